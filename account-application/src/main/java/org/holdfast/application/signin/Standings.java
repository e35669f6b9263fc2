package org.holdfast.application.signin;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;

/** What decides whether a session of a user may begin, and what it takes, read from live rows. */
public interface Standings {

  /**
   * Reads it, and keeps it so until the transaction ends: whoever adds or removes a factor,
   * replaces the password, freezes or disables this user locks the same, so that no session can
   * begin by what was true a moment ago.
   */
  Optional<Standing> lock(UserId user);

  /**
   * Where a user stands.
   *
   * @param passwordVersion counts the passwords they have had; 0 where they have none
   * @param passwordChangedAt when the last one was chosen
   * @param totp have they a time-based token that counts?
   * @param yubiKey have they a YubiKey?
   * @param factorRequired does an account of theirs demand a second factor?
   */
  record Standing(
      boolean disabled,
      long passwordVersion,
      Optional<Instant> passwordChangedAt,
      Optional<Instant> frozenSince,
      boolean totp,
      boolean yubiKey,
      int recoveryCodes,
      boolean factorRequired) {

    /** Have they a second factor? */
    public boolean hasFactor() {
      return totp || yubiKey;
    }

    public boolean hasPassword() {
      return passwordVersion > 0;
    }

    /** Are they frozen, no new password having been chosen since? */
    public boolean isShut() {
      return frozenSince
          .filter(since -> passwordChangedAt.filter(since::isBefore).isEmpty())
          .isPresent();
    }
  }
}
