package org.holdfast.web;

import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.UnsupportedMediaTypeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpException;

/** What a request carries: of one media type, in UTF-8, and never more than fits. */
final class Body {

  /** No form of ours comes near it. */
  static final int MAX_BYTES = 64 * 1024;

  /** What a host tells its customers may be longer: a text, and the same as HTML. */
  static final int MAX_MESSAGE_BYTES = 512 * 1024;

  private static final int MOST_DISCARDED = 4 << 20;

  private Body() {}

  /**
   * Reads the whole body.
   *
   * @throws UnsupportedMediaTypeResponse where it says to be something else
   * @throws ContentTooLargeResponse when it is too large, however it is sent
   */
  static byte[] read(Context ctx, String mediaType) {
    return read(ctx, mediaType, MAX_BYTES);
  }

  /** The same with another limit. */
  static byte[] read(Context ctx, String mediaType, int max) {
    mustBe(ctx.contentType(), mediaType);
    return readUpTo(ctx, max);
  }

  /** Reads the whole body, whatever it is. */
  static byte[] read(Context ctx) {
    return readUpTo(ctx, MAX_BYTES);
  }

  /** Is there no body at all? */
  static boolean isEmpty(Context ctx) {
    return ctx.req().getContentLengthLong() <= 0 && ctx.header("Transfer-Encoding") == null;
  }

  private static byte[] readUpTo(Context ctx, int max) {
    try {
      if (ctx.req().getContentLengthLong() > max) {
        throw new ContentTooLargeResponse();
      }
      var bytes = ctx.req().getInputStream().readNBytes(max + 1);
      if (bytes.length > max) {
        throw new ContentTooLargeResponse();
      }
      return bytes;
    } catch (IOException cutOff) {
      throw new UncheckedIOException(cutOff);
    } catch (HttpException.RuntimeException broken) {
      throw new Malformed("", "not_readable");
    }
  }

  /**
   * Reads what is left of a body that got a no before it was read, and forgets it: a client that is
   * still sending would otherwise meet a closed connection instead of the answer. Who sends more
   * than this is not waited for.
   */
  static void discard(Context ctx) {
    var forgotten = new byte[8 * 1024];
    try {
      var rest = ctx.req().getInputStream();
      for (var total = 0; total < MOST_DISCARDED; ) {
        var read = rest.read(forgotten);
        if (read < 0) {
          return;
        }
        total += read;
      }
    } catch (IOException | RuntimeException broken) {
      // whoever sends something broken has nothing left to be read
    }
  }

  private static void mustBe(@org.jspecify.annotations.Nullable String given, String mediaType) {
    var parts = (given == null ? "" : given).toLowerCase(Locale.ROOT).split(";");
    if (!parts[0].strip().equals(mediaType)) {
      throw new UnsupportedMediaTypeResponse("send " + mediaType);
    }
    for (var i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip();
      if (parameter.startsWith("charset=") && !isUtf8(parameter.substring("charset=".length()))) {
        throw new UnsupportedMediaTypeResponse("send UTF-8");
      }
    }
  }

  private static boolean isUtf8(String charset) {
    try {
      return Charset.forName(charset.replace("\"", "").strip()).equals(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notACharset) {
      return false;
    }
  }
}
