package org.holdfast.web.server;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.util.Arrays;

/**
 * A range of network addresses such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}. One address
 * alone is a range of itself.
 */
public record Network(String text) {

  /**
   * @throws IllegalArgumentException when it is no such range
   */
  public Network {
    bits(text);
  }

  /** Is this address in the range? What is no address is in none. */
  public boolean contains(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return false;
    }
    var base = InetAddresses.forString(base(text)).getAddress();
    var other = InetAddresses.forString(address).getAddress();
    return base.length == other.length
        && Arrays.equals(masked(base, bits(text)), masked(other, bits(text)));
  }

  private static byte[] masked(byte[] address, int bits) {
    var masked = address.clone();
    for (var i = 0; i < masked.length; i++) {
      var kept = Math.max(0, Math.min(8, bits - 8 * i));
      masked[i] &= (byte) (0xff << (8 - kept));
    }
    return masked;
  }

  private static String base(String text) {
    var slash = text.indexOf('/');
    return slash < 0 ? text : text.substring(0, slash);
  }

  private static int bits(String text) {
    var most = InetAddresses.forString(base(text)).getAddress().length * 8;
    var slash = text.indexOf('/');
    if (slash < 0) {
      return most;
    }
    var bits = Integer.parseInt(text.substring(slash + 1));
    checkArgument(bits >= 0 && bits <= most, "0 to %s bits", most);
    return bits;
  }

  @Override
  public String toString() {
    return text;
  }
}
