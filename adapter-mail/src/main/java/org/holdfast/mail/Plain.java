package org.holdfast.mail;

import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Text that cannot do anything but be read. */
final class Plain {

  private static final Pattern BREAKS = Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]+");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{C}\\p{Z}]+");

  private Plain() {}

  /** The text on one line: whatever could begin another is a space. */
  static String oneLine(String text) {
    return BREAKS.matcher(text).replaceAll(" ").strip();
  }

  /** What a server said, printable and short enough to be stored. */
  static String reply(String text, int most) {
    var printable = NOT_PRINTABLE.matcher(text).replaceAll(" ").strip();
    return printable.codePointCount(0, printable.length()) <= most
        ? printable
        : printable.substring(0, printable.offsetByCodePoints(0, most)).strip();
  }

  /** Is this something a browser opens, and nothing else? */
  static boolean isWebAddress(String text) {
    try {
      var uri = new URI(text);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null;
    } catch (URISyntaxException no) {
      return false;
    }
  }

  /** A header's value as it was before it was encoded and folded. */
  static String decoded(String header) {
    try {
      return oneLine(MimeUtility.decodeText(MimeUtility.unfold(header)));
    } catch (UnsupportedEncodingException strange) {
      return oneLine(header);
    }
  }
}
