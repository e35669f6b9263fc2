package org.holdfast.web;

import com.google.common.collect.ImmutableListMultimap;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads {@code application/x-www-form-urlencoded}, and nothing that only looks like it: an escape
 * that is none, or bytes that are no UTF-8, are refused instead of replaced.
 */
final class UrlEncoded {

  private static final int MOST_FIELDS = 200;

  private UrlEncoded() {}

  /**
   * The fields in the order they came.
   *
   * @throws Malformed naming the field as far as it can be read
   */
  static ImmutableListMultimap<String, String> parse(String encoded) {
    var fields = ImmutableListMultimap.<String, String>builder();
    var pairs = encoded.split("&", MOST_FIELDS + 1);
    if (pairs.length > MOST_FIELDS) {
      throw new Malformed("", "not_readable");
    }
    for (var pair : pairs) {
      if (!pair.isEmpty()) {
        var equals = pair.indexOf('=');
        var name = decode(equals < 0 ? pair : pair.substring(0, equals), "");
        fields.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1), name));
      }
    }
    return fields.build();
  }

  private static String decode(String encoded, String field) {
    var bytes = new ByteArrayOutputStream(encoded.length());
    for (var i = 0; i < encoded.length(); i++) {
      var c = encoded.charAt(i);
      if (c == '%') {
        var high = i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) : -1;
        var low = i + 2 < encoded.length() ? hex(encoded.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw new Malformed(field, "not_readable");
        }
        bytes.write(16 * high + low);
        i += 2;
      } else if (c == '+') {
        bytes.write(' ');
      } else if (c > 0xff) {
        throw new Malformed(field, "not_readable");
      } else {
        bytes.write(c); // one byte: the body was read as ISO 8859-1, which has 256 characters
      }
    }
    return utf8(bytes.toByteArray(), field);
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1; // Java knows digits of other scripts too
  }

  /**
   * The text these bytes spell.
   *
   * @throws Malformed where they are no UTF-8
   */
  static String utf8(byte[] bytes, String field) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new Malformed(field, "not_readable");
    }
  }
}
