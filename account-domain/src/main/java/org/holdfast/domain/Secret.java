package org.holdfast.domain;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A 256-bit secret that opens something: a session, a mailed link, a device cookie, a service key.
 * It lives with whoever it was given to; what we keep is its {@link #fingerprint()}, which opens
 * nothing. It does not print.
 */
public record Secret(String value) {

  private static final int BYTES = 32; // guessing is hopeless, so a plain hash is enough to keep
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");

  public Secret {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a secret of ours");
    }
  }

  /** A fresh secret. The generator must be a cryptographic one. */
  public static Secret generate(RandomGenerator random) {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** What a caller handed in, or nothing where it cannot be one: a plain "no", never an error. */
  public static Optional<Secret> parse(@Nullable String given) {
    return given != null && SHAPE.matcher(given).matches()
        ? Optional.of(new Secret(given))
        : Optional.empty();
  }

  /** The SHA-256 of the secret in lower-case hex: what is stored and looked up. */
  public String fingerprint() {
    return Hashing.sha256().hashString(value, StandardCharsets.US_ASCII).toString();
  }

  @Override
  public String toString() {
    return "Secret[…]";
  }
}
