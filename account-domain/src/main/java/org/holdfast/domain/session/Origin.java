package org.holdfast.domain.session;

import com.google.common.base.CharMatcher;

/**
 * Where a request comes from, as it is shown to the user it concerns.
 *
 * @param address the socket's IP address (or what a trusted proxy says of it)
 * @param device the browser and system in a few words
 */
public record Origin(String address, String device) {

  private static final int MAX_ADDRESS = 45; // an IPv6 address with an IPv4 tail
  private static final int MAX_DEVICE = 120;

  /** Keeps what is printable and short: both end up in letters and pages. */
  public Origin {
    address = printable(address, MAX_ADDRESS);
    device = printable(device, MAX_DEVICE);
  }

  private static String printable(String text, int max) {
    var plain = CharMatcher.inRange(' ', '~').retainFrom(text);
    return plain.length() <= max ? plain : plain.substring(0, max);
  }
}
