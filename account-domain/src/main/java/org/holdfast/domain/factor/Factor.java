package org.holdfast.domain.factor;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.UserId;

/**
 * Something that a user has and proves with at sign-in, besides the password: a time-based token or
 * a YubiKey. It counts once it has proved to work.
 *
 * @param name as its user calls it
 * @param lastUsedAt when it last proved who they are
 */
public record Factor(
    Id id, UserId user, Kind kind, String name, Instant addedAt, Optional<Instant> lastUsedAt) {

  /** A user has at most so many. */
  public static final int MOST = 10;

  /** Which factor. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** The kinds of factors. */
  public enum Kind {
    /** A time-based token in an authenticator app (RFC 6238). */
    TOTP,
    /** A YubiKey that types one-time passwords (Yubico OTP). */
    YUBIKEY;

    /** The kind's name in JSON, pages and letters. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
