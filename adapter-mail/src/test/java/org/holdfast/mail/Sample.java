package org.holdfast.mail;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Message;

/** Letters to write and send. */
final class Sample {

  static final Brand BRAND =
      new Brand(
          "Nordlicht", "support@nordlicht.example", URI.create("https://my.nordlicht.example"));
  static final Sender SENDER =
      Sender.of(new EmailAddress("no-reply@nordlicht.example"), "Nordlicht Kundenportal");
  static final URI UNSUBSCRIBE =
      URI.create("https://my.nordlicht.example/unsubscribe?token=" + "u".repeat(60));
  static final Message MESSAGE =
      new Message(
          "Wartung am Größten Übertragungsweg",
          "Guten Tag,\n\nam Sonntag früh wird gewartet.\n.\nDanach geht alles wieder: 5 < 6 & so.",
          Optional.empty());

  private static final Path LETTER =
      Path.of("../account-application/src/main/java/org/holdfast/application/mail/Letter.java");
  private static final Pattern KIND = Pattern.compile("/\\*\\*([^*]+)\\*/\\s+([A-Z_]+)[,\\s]");

  private Sample() {}

  static Letter letter(Kind kind, Language language) {
    return letter(kind, language, words(kind));
  }

  static Letter letter(Kind kind, Language language, Map<String, String> words) {
    return new Letter(
        UUID.fromString("0193594b-86c0-7000-8000-0123456789ab"),
        kind,
        new EmailAddress("ada@example.com"),
        language,
        ImmutableMap.copyOf(words),
        null,
        null,
        null,
        Instant.parse("2026-11-24T04:10:00.123Z"),
        null);
  }

  /** A value for each of the words that the kind's Javadoc names. */
  static ImmutableMap<String, String> words(Kind kind) {
    var words = ImmutableMap.<String, String>builder();
    for (var word : named(kind)) {
      words.put(word, value(word));
    }
    return words.buildOrThrow();
  }

  private static String value(String word) {
    return switch (word) {
      case "at" -> "2026-11-24T04:10:00Z";
      case "due" -> "2026-11-27T04:10:00Z";
      case "zone" -> "Europe/Berlin";
      case "lost" -> "lost_mailbox";
      case "ended" -> "vetoed";
      case "role" -> "supervisor";
      case "findings" -> "address_on_own_domain,one_factor_no_codes";
      case "hours", "days", "minutes" -> "47";
      default ->
          word.toLowerCase(java.util.Locale.ROOT).endsWith("link")
              ? "https://my.nordlicht.example/" + word + "?token=" + "t".repeat(43)
              : "the-" + word;
    };
  }

  static ImmutableList<String> named(Kind kind) {
    try {
      var source = Files.readString(LETTER);
      var kinds = KIND.matcher(source.substring(source.indexOf("enum Kind")));
      while (kinds.find()) {
        if (kinds.group(2).equals(kind.name())) {
          return Arrays.stream(
                  kinds.group(1).replaceAll("\\([^)]*\\)", "").split("[.:]", 2)[0].split(","))
              .map(String::strip)
              .filter(word -> !word.equals("none") && !word.equals("no words"))
              .collect(ImmutableList.toImmutableList());
        }
      }
      throw new IllegalStateException("no Javadoc at " + kind);
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
