package org.holdfast.auth;

import com.bastiaanjansen.otp.HMACAlgorithm;
import com.bastiaanjansen.otp.HOTPGenerator;
import java.nio.charset.StandardCharsets;
import org.holdfast.application.factor.TotpCodes;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;

/**
 * Codes by otp-java (RFC 6238). It only computes them: its own check would take a code twice, and
 * which step of which token is spent is the domain's to say.
 */
public final class OtpJavaCodes implements TotpCodes {

  private final HMACAlgorithm algorithm;
  private final int digits;

  /** As authenticator apps do it: SHA-1 and six digits. */
  @SuppressWarnings("deprecation") // of SHA-1, of which HMAC is none the weaker (RFC 6194 §3.3)
  public OtpJavaCodes() {
    this(HMACAlgorithm.SHA1, Totp.DIGITS);
  }

  OtpJavaCodes(HMACAlgorithm algorithm, int digits) {
    this.algorithm = algorithm;
    this.digits = digits;
  }

  @Override
  public String at(TotpSecret secret, long step) {
    return new HOTPGenerator.Builder(secret.base32().getBytes(StandardCharsets.US_ASCII))
        .withPasswordLength(digits)
        .withAlgorithm(algorithm)
        .build()
        .generate(step);
  }
}
