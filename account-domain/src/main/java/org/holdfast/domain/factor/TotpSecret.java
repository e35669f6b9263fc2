package org.holdfast.domain.factor;

import com.google.common.io.BaseEncoding;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.holdfast.domain.EmailAddress;

/**
 * What a time-based token and we both know: 160 bits (RFC 4226 §4, requirement 6), with SHA-1, six
 * digits and steps of 30 seconds, which every authenticator app can do. It does not print.
 *
 * @param base32 RFC 4648 §6, without padding, as apps take it
 */
public record TotpSecret(String base32) {

  private static final int BYTES = 20;
  private static final BaseEncoding BASE32 = BaseEncoding.base32().omitPadding();

  public TotpSecret {
    if (!BASE32.canDecode(base32) || BASE32.decode(base32).length < BYTES) {
      throw new IllegalArgumentException("not a secret of a time-based token");
    }
  }

  /** A fresh secret. The generator must be a cryptographic one. */
  public static TotpSecret generate(RandomGenerator random) {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return of(bytes);
  }

  /** The secret of these bytes. */
  public static TotpSecret of(byte[] bytes) {
    return new TotpSecret(BASE32.encode(bytes));
  }

  /** The bytes that are kept, sealed. */
  public byte[] bytes() {
    return BASE32.decode(base32);
  }

  /** As people type it: in groups of four. */
  public String grouped() {
    return base32.replaceAll("(.{4})(?=.)", "$1 ");
  }

  /**
   * What a QR code tells an app ({@code otpauth://totp/…}, Google's key URI format).
   *
   * @param brand whom the token is for, as the app will show it
   */
  public String uri(String brand, EmailAddress address) {
    var issuer = percent(brand.replace(":", " ").strip());
    return "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d"
        .formatted(issuer, percent(address.value()), base32, issuer, Totp.DIGITS, Totp.SECONDS);
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return "TotpSecret[…]";
  }
}
