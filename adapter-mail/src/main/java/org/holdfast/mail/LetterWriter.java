package org.holdfast.mail;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.html.HtmlEscapers;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Message;
import org.holdfast.mail.Template.Line;
import org.holdfast.mail.Template.Line.Shape;
import org.holdfast.mail.Template.Paragraph;

/**
 * Writes letters out, as plain text and as HTML, from one template for each kind and language. To a
 * letter's own words come the brand's ({@code brand}, {@code support}, {@code portal}) and {@code
 * when}: its {@code at}, told in its {@code zone}, as is what is {@code due}.
 */
public final class LetterWriter {

  private final Brand brand;
  private final ImmutableMap<Language, ImmutableMap<Letter.Kind, Template>> templates;

  /** Reads all templates, so that one that is missing is found at once. */
  public LetterWriter(Brand brand) {
    this.brand = brand;
    var read = new EnumMap<Language, ImmutableMap<Letter.Kind, Template>>(Language.class);
    for (var language : Language.values()) {
      var ofLanguage = new EnumMap<Letter.Kind, Template>(Letter.Kind.class);
      for (var kind : Letter.Kind.values()) {
        ofLanguage.put(kind, Template.of(kind, language));
      }
      read.put(language, ImmutableMap.copyOf(ofLanguage));
    }
    this.templates = ImmutableMap.copyOf(read);
  }

  /**
   * Writes one letter.
   *
   * @param message what a notification carries
   * @param unsubscribe where one click ends announcements
   * @throws IllegalArgumentException naming the kind and the word, when one is missing or useless
   */
  public Written write(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {
    var words = new Words(letter, message, unsubscribe);
    var template =
        Optional.ofNullable(templates.get(letter.language()))
            .map(ofLanguage -> ofLanguage.get(letter.kind()))
            .orElseThrow();
    var subject = Template.fill(template.subject(), words);
    return new Written(
        subject, text(template, words), html(template, words, subject, letter.language()));
  }

  private static String text(Template template, Words words) {
    var body = paragraphs(template.body(), words);
    var small = paragraphs(template.small(), words);
    return body + (small.isEmpty() ? "" : "\n\n-- \n" + small) + "\n";
  }

  private static String paragraphs(List<Paragraph> paragraphs, Words words) {
    return paragraphs.stream()
        .map(paragraph -> paragraph.present(words))
        .filter(lines -> !lines.isEmpty())
        .map(
            lines ->
                lines.stream().map(line -> inText(line, words)).collect(Collectors.joining("\n")))
        .collect(Collectors.joining("\n\n"));
  }

  private static String inText(Line line, Words words) {
    return switch (line.shape()) {
      case TEXT -> Template.fill(line.text(), words);
      case ITEM -> "- " + Template.fill(line.text(), words);
      case LINK -> line.text() + ": " + words.link(line);
      case MESSAGE -> words.message().text();
    };
  }

  private static String html(Template template, Words words, String subject, Language language) {
    var body = new ArrayList<String>();
    for (var paragraph : template.body()) {
      body.addAll(inHtml(paragraph.present(words), words, Frame::button));
    }
    var small = new ArrayList<String>();
    for (var paragraph : template.small()) {
      small.addAll(inHtml(paragraph.present(words), words, Frame::link));
    }
    return Frame.around(language, subject, body, small);
  }

  private static ImmutableList<String> inHtml(
      List<Line> lines, Words words, BinaryOperator<String> link) {
    var blocks = ImmutableList.<String>builder();
    var from = 0;
    while (from < lines.size()) { // a block is a run of lines of one shape
      var shape = lines.get(from).shape();
      var to = from;
      while (to < lines.size() && lines.get(to).shape() == shape) {
        to++;
      }
      blocks.add(block(shape, lines.subList(from, to), words, link));
      from = to;
    }
    return blocks.build();
  }

  private static String block(
      Shape shape, List<Line> lines, Words words, BinaryOperator<String> link) {
    UnaryOperator<String> escaped =
        word -> word.equals("support") ? reachable(words.apply(word)) : escape(words.apply(word));
    return switch (shape) {
      case TEXT ->
          lines.stream()
              .map(line -> Template.fill(escape(line.text()), escaped))
              .collect(Collectors.joining("<br>\n", "<p>", "</p>"));
      case ITEM ->
          lines.stream()
              .map(line -> "<li>" + Template.fill(escape(line.text()), escaped) + "</li>")
              .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>"));
      case LINK ->
          lines.stream()
              .map(line -> link.apply(escape(line.text()), escape(words.link(line))))
              .collect(Collectors.joining("\n"));
      case MESSAGE -> inHtml(words.message());
    };
  }

  private static String inHtml(Message message) {
    return message
        .html()
        .orElseGet(
            () ->
                message
                    .text()
                    .lines()
                    .map(LetterWriter::escape)
                    .collect(Collectors.joining("<br>\n", "<p>", "</p>")));
  }

  /** Where support is reached, for a click where one reaches it. */
  private static String reachable(String support) {
    var shown = escape(support);
    if (Plain.isWebAddress(support)) {
      return Frame.anchor(shown, shown);
    }
    return EmailAddress.parse(support).isPresent() ? Frame.anchor(shown, "mailto:" + shown) : shown;
  }

  private static String escape(String text) {
    return HtmlEscapers.htmlEscaper().escape(text);
  }

  /** A letter's words, each on one line. */
  private final class Words implements UnaryOperator<String> {
    private final Letter letter;
    private final Optional<Message> message;
    private final Optional<URI> unsubscribe;

    Words(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {
      this.letter = letter;
      this.message = message;
      this.unsubscribe = unsubscribe;
    }

    @Override
    public String apply(String word) {
      var text =
          switch (word) {
            case "brand" -> brand.name();
            case "support" -> brand.support();
            case "portal" -> brand.portal().toString();
            case "subject" -> message().subject();
            case "contact" -> letter.toContact().isPresent() ? "yes" : "";
            case "unsubscribeLink" -> unsubscribe.map(URI::toASCIIString).orElse("");
            case "when" -> when("at");
            case "due" -> when("due");
            default -> word(word);
          };
      return Plain.oneLine(text);
    }

    /** Where a link leads: to a page, or it is none. */
    String link(Line line) {
      var word = line.link().orElseThrow();
      var address = apply(word);
      if (!Plain.isWebAddress(address)) {
        throw useless(word);
      }
      return address;
    }

    Message message() {
      return message.orElseThrow(
          () -> new IllegalArgumentException("%s without its message".formatted(letter.kind())));
    }

    private String word(String word) {
      var text = letter.words().get(word);
      if (text == null) {
        throw new IllegalArgumentException("%s without its word %s".formatted(letter.kind(), word));
      }
      return text;
    }

    private String when(String word) {
      try {
        return moment(Instant.parse(word(word)), ZoneId.of(word("zone")), letter.language());
      } catch (DateTimeException noTime) {
        throw useless(word + " or zone");
      }
    }

    private IllegalArgumentException useless(String word) {
      return new IllegalArgumentException(
          "%s with a useless word %s".formatted(letter.kind(), word));
    }
  }

  /** A time to the minute with its zone, as in {@code 24 November 2026, 05:10 (Europe/Paris)}. */
  private static String moment(Instant at, ZoneId zone, Language language) {
    var pattern =
        switch (language) {
          case EN -> "d MMMM uuuu, HH:mm";
          case DE -> "d. MMMM uuuu, HH:mm 'Uhr'";
        };
    var name = zone.normalized().equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    return DateTimeFormatter.ofPattern(pattern, language.locale()).format(at.atZone(zone))
        + " ("
        + name
        + ")";
  }
}
