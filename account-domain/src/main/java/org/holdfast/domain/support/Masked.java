package org.holdfast.domain.support;

import java.util.regex.Pattern;
import org.holdfast.domain.EmailAddress;

/**
 * How what belongs to a customer is shown before the caller is verified: enough to know it again,
 * too little to learn it.
 */
public final class Masked {

  private static final Pattern BEHIND_FIRST =
      Pattern.compile("(?<=[\\p{L}\\p{N}])[\\p{L}\\p{M}\\p{N}]+");
  private static final String DOTS = "•••";

  private Masked() {}

  /** The first letter of each word. */
  public static String words(String text) {
    return BEHIND_FIRST.matcher(text).replaceAll(DOTS);
  }

  /** The first letter of the address and of its domain, and the domain's last part. */
  public static String address(EmailAddress address) {
    var domain = address.domain();
    return address.value().charAt(0)
        + DOTS
        + "@"
        + domain.charAt(0)
        + DOTS
        + domain.substring(domain.lastIndexOf('.'));
  }
}
