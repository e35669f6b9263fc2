package org.holdfast.domain.factor;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a YubiKey types when it is touched: its public id, then 32 characters that no one can make
 * twice (Yubico OTP, in modhex). It does not print.
 *
 * @param value in lower case
 */
public record YubiKeyOtp(String value) {

  private static final int ENCRYPTED = 32; // one AES block in modhex
  private static final Pattern SHAPE = Pattern.compile("[cbdefghijklnrtuv]{33,48}");

  public YubiKeyOtp {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a one-time password of a YubiKey");
    }
  }

  /** What somebody typed, or nothing where no YubiKey can have done so. */
  public static Optional<YubiKeyOtp> parse(@Nullable String typed) {
    if (typed == null || typed.length() > 100) {
      return Optional.empty();
    }
    var lower = typed.strip().toLowerCase(Locale.ROOT); // a key types capitals under Caps Lock
    return SHAPE.matcher(lower).matches() ? Optional.of(new YubiKeyOtp(lower)) : Optional.empty();
  }

  /** Which key: the same in all that it types. */
  public String publicId() {
    return value.substring(0, value.length() - ENCRYPTED);
  }

  /** What is remembered of it once it was used. */
  public String fingerprint() {
    return Hashing.sha256().hashString(value, StandardCharsets.US_ASCII).toString();
  }

  @Override
  public String toString() {
    return "YubiKeyOtp[…]";
  }
}
