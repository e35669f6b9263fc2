package org.holdfast.web.activity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.common.base.CharMatcher;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.application.activity.ReadActivity.Told;
import org.holdfast.web.Json;
import org.jspecify.annotations.Nullable;

/** The files in which security activity can be taken home. Each is written as it is read. */
public enum ExportFormat {
  /** For spreadsheets (RFC 4180). */
  CSV("text/csv; charset=utf-8; header=present") {
    @Override
    String head() {
      return row("at", "act", "about", "account", "address", "device", "details", "id");
    }

    @Override
    String line(Happened what) {
      return row(
          what.at().toString(),
          what.act(),
          what.about(),
          what.account(),
          what.address(),
          what.device(),
          what.details().entrySet().stream()
              .map(detail -> detail.getKey() + "=" + detail.getValue())
              .collect(Collectors.joining("; ")),
          what.id().toString());
    }
  },

  /** For programs: an object a line. */
  JSONL("application/jsonl") {
    @Override
    String head() {
      return "";
    }

    @Override
    String line(Happened what) {
      try {
        return Json.strict().writeValueAsString(what) + "\n";
      } catch (JsonProcessingException bug) {
        throw new IllegalStateException(bug);
      }
    }
  };

  private static final CharMatcher TO_BE_QUOTED = CharMatcher.anyOf("\",\r\n");
  private static final CharMatcher BEGINS_A_FORMULA = CharMatcher.anyOf("=+-@\t\r＝＋－＠");

  private final String type;

  ExportFormat(String type) {
    this.type = type;
  }

  /** The format's name in addresses, and the end of its files' names. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  abstract String head();

  abstract String line(Happened what);

  /** Answers with a file of what comes. */
  void send(Context ctx, Consumer<Consumer<Told>> all) {
    ctx.contentType(type);
    ctx.header("Content-Disposition", "attachment; filename=\"security-activity." + key() + "\"");
    try {
      var out = new OutputStreamWriter(ctx.outputStream(), StandardCharsets.UTF_8);
      out.write(head());
      all.accept(told -> write(out, line(Happened.of(told))));
      out.flush();
    } catch (IOException | UncheckedIOException left) {
      // whoever asked for it has gone
    }
  }

  private static void write(Writer out, String text) {
    try {
      out.write(text);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private static String row(@Nullable String... cells) {
    return Stream.of(cells).map(ExportFormat::cell).collect(Collectors.joining(",")) + "\r\n";
  }

  private static String cell(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return "";
    }
    var harmless = BEGINS_A_FORMULA.matches(text.charAt(0)) ? "'" + text : text;
    return TO_BE_QUOTED.matchesAnyOf(harmless)
        ? '"' + harmless.replace("\"", "\"\"") + '"'
        : harmless;
  }
}
