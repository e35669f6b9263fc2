package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.application.Words;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.Fault;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.activity.Happening.Group;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.support.Method;
import org.holdfast.domain.support.RecoveryCase;
import org.junit.jupiter.api.Test;

class WordingTest {

  private static final Pattern USED =
      Pattern.compile("(?:\\bt|words\\.of|has)\\(\\s*\"([a-z][A-Za-z0-9._-]*[A-Za-z0-9])\"");
  private static final Pattern CONFIRMED =
      Pattern.compile("done\\(\\s*ctx,[^;]*?\"([a-z-]+)\"(?: : \"([a-z-]+)\")?\\)");

  @Test
  void both_languages_have_the_same_words() {
    assertThat(keys(Language.DE)).isEqualTo(keys(Language.EN));
  }

  @Test
  void no_words_are_left_empty_or_untranslated_in_length() {
    for (var language : Language.values()) {
      assertThat(keys(language))
          .allSatisfy(k -> assertThat(Wording.in(language).of(k, 0, 1)).isNotBlank());
    }
  }

  @Test
  void both_languages_mention_the_same_details() {
    for (var key : keys(Language.EN)) {
      assertThat(places(Language.DE, key)).as(key).isEqualTo(places(Language.EN, key));
    }
  }

  @Test
  void every_no_and_every_name_has_its_words() {
    var wanted = new TreeSet<String>();
    Arrays.stream(Refusal.Reason.values()).map(r -> "no." + Answers.key(r)).forEach(wanted::add);
    Arrays.stream(Category.values()).map(c -> "category." + c.key()).forEach(wanted::add);
    Arrays.stream(Delivery.State.values()).map(s -> "state." + lower(s)).forEach(wanted::add);
    Arrays.stream(Letter.Kind.values()).map(k -> "letter." + lower(k)).forEach(wanted::add);
    Arrays.stream(What.values()).map(w -> "activity.act." + w.key()).forEach(wanted::add);
    Arrays.stream(Group.values()).map(g -> "activity.about." + g.key()).forEach(wanted::add);
    Arrays.stream(Method.values()).map(m -> "method." + m.key()).forEach(wanted::add);
    for (var kind : RecoveryCase.Kind.values()) {
      wanted.addAll(List.of("lost." + kind.key(), "recovery.asked." + kind.key()));
    }
    Arrays.stream(RecoveryCase.State.values())
        .filter(RecoveryCase.State::isOpen)
        .map(state -> "recovery.state." + state.key())
        .forEach(wanted::add);
    for (var language : Language.values()) {
      assertThat(keys(language)).containsAll(wanted);
    }
  }

  @Test
  void every_word_that_a_page_or_a_route_asks_for_exists() throws IOException {
    var sources = sources();
    var used = new TreeSet<String>();
    USED.matcher(sources).results().map(m -> m.group(1)).forEach(used::add);
    assertThat(used).hasSizeGreaterThan(150);
    assertThat(keys(Language.EN)).containsAll(used);
  }

  @Test
  void every_confirmation_has_its_words() throws IOException {
    var found = new TreeSet<String>();
    CONFIRMED
        .matcher(sources())
        .results()
        .flatMap(m -> Stream.of(m.group(1), m.group(2) == null ? m.group(1) : m.group(2)))
        .map(code -> "done." + code)
        .forEach(found::add);
    assertThat(found).hasSizeGreaterThan(12);
    assertThat(keys(Language.EN)).containsAll(found);
  }

  @Test
  void a_german_machine_still_speaks_english_to_whoever_reads_it() {
    var machine = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      ResourceBundle.clearCache();
      assertThat(Words.of(new Fault("x", "required"), Language.EN))
          .isEqualTo("Please fill this in.");
      assertThat(bundle(Language.EN).getString("cancel")).isEqualTo("Cancel");
    } finally {
      Locale.setDefault(machine);
      ResourceBundle.clearCache();
    }
  }

  @Test
  void details_are_never_read_as_places() {
    assertThat(Wording.in(Language.EN).of("remove.title", "{0} $1 \\"))
        .isEqualTo("Remove {0} $1 \\?");
  }

  private static String sources() throws IOException {
    var all = new StringBuilder();
    for (var root : ImmutableSet.of("src/main/jte", "src/main/java/org/holdfast/web")) {
      try (var files = Files.walk(Path.of(root))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          if (file.toString().contains("/server/")) {
            continue; // it has settings, not words
          }
          all.append(Files.readString(file)).append('\n');
        }
      }
    }
    return all.toString();
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static TreeSet<String> places(Language language, String key) {
    var places = new TreeSet<String>();
    Pattern.compile("\\{\\d}")
        .matcher(bundle(language).getString(key))
        .results()
        .map(m -> m.group())
        .forEach(places::add);
    return places;
  }

  private static TreeSet<String> keys(Language language) {
    var keys = new TreeSet<String>();
    Enumeration<String> all = bundle(language).getKeys();
    while (all.hasMoreElements()) {
      keys.add(all.nextElement());
    }
    return keys;
  }

  private static ResourceBundle bundle(Language language) {
    return ResourceBundle.getBundle("org.holdfast.web.words", language.locale());
  }
}
