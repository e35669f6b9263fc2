package org.holdfast.domain.credential;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * What somebody typed as a password, in the one form it is hashed in: NFKC (NIST SP 800-63B
 * §3.1.1.2), so that the same characters typed on another keyboard are the same password. Nothing
 * is cut off and nothing is stripped. It does not print.
 */
public record Password(String value) {

  /** More code points than this are refused unread: hashing them would only burn time. */
  public static final int MAX_LENGTH = 256;

  public Password {
    if (value.length() > 4 * MAX_LENGTH) {
      value = value.substring(0, 4 * MAX_LENGTH); // over any limit, and normalising is not free
    }
    value = Normalizer.normalize(value, Normalizer.Form.NFKC);
  }

  /** The length in code points. */
  public int length() {
    return value.codePointCount(0, value.length());
  }

  /** Is it longer than any password can be? */
  public boolean isTooLong() {
    return length() > MAX_LENGTH;
  }

  /** The bytes that are hashed: UTF-8. */
  public byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Password[…]";
  }
}
