package org.holdfast.mail;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.Language;

/**
 * The text of one kind of letter in one language, as its translator wrote it: {@code Subject: …} on
 * the first line, then paragraphs with blank lines between them. In it stand
 *
 * <ul>
 *   <li>{@code {word}}: a word of the letter;
 *   <li>{@code [Label]({link})}, alone on its line: a link to follow;
 *   <li>{@code - something}: an item of a list;
 *   <li>{@code {message}}, alone on its line: the message a notification carries;
 *   <li>{@code ?word …} or {@code !word …}: a line that is there if the word is not empty, or only
 *       if it is;
 *   <li>{@code ?word=key …}: a line that is there if the word is this key, or holds it among others
 *       with commas between them; so that a key is told in a whole sentence;
 *   <li>{@code ---}, alone on its line: what follows is small print.
 * </ul>
 */
record Template(String subject, ImmutableList<Paragraph> body, ImmutableList<Paragraph> small) {

  private static final Pattern WORD = Pattern.compile("\\{([a-zA-Z]+)}");
  private static final Pattern CONDITION = Pattern.compile("([?!])([a-zA-Z]+)(?:=([a-z_]+))? (.+)");
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)]\\(\\{([a-zA-Z]+)}\\)");
  private static final String SUBJECT = "Subject: ";
  private static final Splitter LINES = Splitter.on('\n');
  private static final Splitter KEYS = Splitter.on(',');

  static Template of(Letter.Kind kind, Language language) {
    var name = kind.name().toLowerCase(Locale.ROOT) + "." + language.tag() + ".txt";
    // asked for here and not by Guava, which may not look into this module
    try (var in = Template.class.getResourceAsStream("letters/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException brokenJar) {
      throw new UncheckedIOException(brokenJar);
    }
  }

  static Template parse(String text) {
    var lines = LINES.splitToList(text.strip());
    checkArgument(lines.get(0).startsWith(SUBJECT), "the first line must be the subject");
    var parts =
        Splitter.on("\n---\n")
            .limit(2)
            .splitToList(String.join("\n", lines.subList(1, lines.size())));
    return new Template(
        lines.get(0).substring(SUBJECT.length()),
        paragraphs(parts.get(0)),
        parts.size() > 1 ? paragraphs(parts.get(1)) : ImmutableList.of());
  }

  private static ImmutableList<Paragraph> paragraphs(String text) {
    return Splitter.on("\n\n")
        .trimResults()
        .omitEmptyStrings()
        .splitToStream(text)
        .map(
            paragraph ->
                new Paragraph(
                    LINES.splitToStream(paragraph).map(Line::parse).collect(toImmutableList())))
        .collect(toImmutableList());
  }

  /** Puts words into a text, each once: what a word brings along is never looked at again. */
  static String fill(String text, UnaryOperator<String> word) {
    return WORD.matcher(text)
        .replaceAll(found -> java.util.regex.Matcher.quoteReplacement(word.apply(found.group(1))));
  }

  /** Lines that belong together. */
  record Paragraph(ImmutableList<Line> lines) {

    /** The lines that are there with these words. */
    ImmutableList<Line> present(UnaryOperator<String> word) {
      return lines.stream().filter(line -> line.isPresent(word)).collect(toImmutableList());
    }
  }

  /**
   * What decides whether a line is there.
   *
   * @param key which the word has to be or to hold; where there is none, any word will do
   * @param unless is it there where the word is empty?
   */
  record Condition(String word, Optional<String> key, boolean unless) {

    boolean isMet(UnaryOperator<String> words) {
      var given = words.apply(word);
      return key.map(wanted -> KEYS.splitToList(given).contains(wanted))
          .orElse(given.isEmpty() == unless);
    }
  }

  /**
   * A line.
   *
   * @param link the word that holds where it leads, for a link
   * @param condition what decides whether it is there
   */
  record Line(Shape shape, String text, Optional<String> link, Optional<Condition> condition) {

    enum Shape {
      TEXT,
      ITEM,
      LINK,
      MESSAGE
    }

    static Line parse(String text) {
      var found = CONDITION.matcher(text);
      return found.matches()
          ? parse(
              found.group(4),
              Optional.of(
                  new Condition(
                      found.group(2),
                      Optional.ofNullable(found.group(3)),
                      found.group(1).equals("!"))))
          : parse(text, Optional.empty());
    }

    private static Line parse(String text, Optional<Condition> condition) {
      var link = LINK.matcher(text);
      if (link.matches()) {
        return new Line(Shape.LINK, link.group(1), Optional.of(link.group(2)), condition);
      }
      if (text.equals("{message}")) {
        return new Line(Shape.MESSAGE, text, Optional.empty(), condition);
      }
      return text.startsWith("- ")
          ? new Line(Shape.ITEM, text.substring(2), Optional.empty(), condition)
          : new Line(Shape.TEXT, text, Optional.empty(), condition);
    }

    private boolean isPresent(UnaryOperator<String> words) {
      return condition.map(decides -> decides.isMet(words)).orElse(true);
    }
  }
}
