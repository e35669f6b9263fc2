package org.holdfast.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.holdfast.application.lockout.CheckLockOut;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.domain.Language;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Message;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LetterWriterTest {

  private final LetterWriter writer = new LetterWriter(Sample.BRAND);

  static Stream<Arguments> everyKindAndLanguage() {
    return Arrays.stream(Kind.values())
        .flatMap(
            kind -> Arrays.stream(Language.values()).map(language -> Arguments.of(kind, language)));
  }

  @ParameterizedTest
  @MethodSource("everyKindAndLanguage")
  void every_letter_says_every_word_of_its_kind_in_both_forms(Kind kind, Language language) {
    var plain = write(Sample.letter(kind, language));
    for (var word : Sample.named(kind)) {
      var words = new HashMap<>(Sample.words(kind));
      words.put(word, otherValue(word));
      var other = write(Sample.letter(kind, language, words));
      assertThat(other.text()).as(word).isNotEqualTo(plain.text());
      assertThat(other.html()).as(word).isNotEqualTo(plain.html());
    }
  }

  @ParameterizedTest
  @MethodSource("everyKindAndLanguage")
  void nothing_is_left_to_be_filled_in(Kind kind, Language language) {
    var written = write(Sample.letter(kind, language));
    for (var form : new String[] {written.subject(), written.text(), written.html()}) {
      assertThat(form)
          .doesNotContainPattern("\\{[a-zA-Z]+}")
          .doesNotContain("](", "?device", "!company", "?lost", "?role", "?findings", "?ended");
    }
    assertThat(written.subject()).isNotBlank().doesNotContain("\n").hasSizeLessThan(120);
    assertThat(written.text()).contains("Nordlicht").doesNotContain("<p", "<a", "&amp;", "\n\n\n");
    assertThat(written.html())
        .startsWith("<!DOCTYPE html>\n<html lang=\"" + language.tag() + "\"")
        .doesNotContain("<img", "<script", "<link", "<iframe", "url(", "src=");
  }

  @ParameterizedTest
  @MethodSource("everyKindAndLanguage")
  void a_missing_word_is_told_by_kind_and_word_only(Kind kind, Language language) {
    for (var word : Sample.named(kind)) {
      var words = new HashMap<>(Sample.words(kind));
      words.remove(word);
      assertThatThrownBy(() -> write(Sample.letter(kind, language, words)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasNoCause()
          .hasMessage(kind + " without its word " + word);
    }
  }

  @ParameterizedTest
  @MethodSource("everyKindAndLanguage")
  void no_word_becomes_markup_a_line_or_another_word(Kind kind, Language language) {
    var attack =
        "x\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>\"'{brand}{link}\u2028$1\\";
    var words = new HashMap<>(Sample.words(kind));
    words.replaceAll((word, value) -> isFree(word) ? attack : value);
    var written = write(Sample.letter(kind, language, words));
    assertThat(written.subject()).doesNotContain("\n", "\r", "\u2028");
    assertThat(written.text().lines()).noneMatch(line -> line.startsWith("Bcc:"));
    assertThat(written.html()).doesNotContain("<script");
    if (words.containsValue(attack)) {
      var readable = "x Bcc: eve@evil.example <script>alert(1)</script>\"'{brand}{link} $1\\";
      assertThat(written.text()).contains(readable);
      assertThat(written.html())
          .contains(
              "x Bcc: eve@evil.example &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;{brand}{link}"
                  + " $1\\");
    }
  }

  @ParameterizedTest
  @MethodSource("everyKindAndLanguage")
  void a_link_leads_to_a_page_or_the_letter_is_not_written(Kind kind, Language language) {
    for (var word : Sample.named(kind)) {
      if (!word.toLowerCase(Locale.ROOT).endsWith("link")) {
        continue;
      }
      for (var bad :
          new String[] {
            "",
            "javascript:alert(1)",
            "//evil.example",
            "https://",
            "https://a@evil.example/",
            "no link"
          }) {
        var words = new HashMap<>(Sample.words(kind));
        words.put(word, bad);
        assertThatThrownBy(() -> write(Sample.letter(kind, language, words)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(kind + " with a useless word " + word);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void a_password_reminder_never_has_a_link(Language language) {
    var written = write(Sample.letter(Kind.PASSWORD_REMINDER, language));
    assertThat(written.text()).doesNotContain("http", "www", "@", "://");
    assertThat(written.html())
        .doesNotContain("http", "www", "@example", "://", "href", "mailto", "<a");
  }

  @Test
  void a_reset_letter_says_how_long_how_often_and_what_if_it_was_not_you() {
    var english = write(Sample.letter(Kind.RESET_LINK, Language.EN)).text();
    assertThat(english)
        .contains("The link works once, within 47 minutes.")
        .contains("If it was not you, ignore this letter: nothing changes")
        .contains("- When: 24 November 2026, 05:10 (Europe/Berlin)")
        .contains("- With: the-device")
        .contains("- From the network address: the-address")
        .contains("\nChoose a new password: https://my.nordlicht.example/link?token=ttt");
    assertThat(write(Sample.letter(Kind.RESET_LINK, Language.DE)).text())
        .contains("Der Link gilt einmal und 47 Minuten lang.")
        .contains("Waren Sie es nicht, beachten Sie dieses Schreiben nicht: Es ändert sich nichts")
        .contains("- Wann: 24. November 2026, 05:10 Uhr (Europe/Berlin)");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"PASSWORD_CHANGED", "NEW_DEVICE", "EMAIL_CHANGE_UNDONE"})
  void what_is_to_be_done_at_once_is_a_button(Kind kind) {
    var written = write(Sample.letter(kind, Language.EN));
    assertThat(written.text())
        .contains("\nChoose a new password: https://my.nordlicht.example/forgotLink")
        .contains("tell our support: support@nordlicht.example");
    assertThat(written.html())
        .contains("class=\"button\" href=\"https://my.nordlicht.example/forgotLink?token=")
        .contains("<a href=\"mailto:support@nordlicht.example\"");
  }

  @Test
  void what_is_not_known_is_left_out() {
    var words = new HashMap<>(Sample.words(Kind.NEW_DEVICE));
    words.put("device", "");
    assertThat(write(Sample.letter(Kind.NEW_DEVICE, Language.EN, words)).text())
        .contains("- When: ")
        .contains("- From the network address: ")
        .doesNotContain("- With");
    words = new HashMap<>(Sample.words(Kind.CONFIRM_CONTACT));
    words.put("company", "");
    var person = write(Sample.letter(Kind.CONFIRM_CONTACT, Language.DE, words));
    assertThat(person.text()).contains("the-holder hat diese").doesNotContain("von  hat");
    assertThat(write(Sample.letter(Kind.CONFIRM_CONTACT, Language.DE)).text())
        .contains("the-holder von the-company hat diese");
  }

  @Test
  void a_time_that_is_none_is_told_without_it() {
    for (var word : new String[] {"at", "zone"}) {
      var words = new HashMap<>(Sample.words(Kind.NEW_DEVICE));
      words.put(word, "Nowhere/Land");
      assertThatThrownBy(() -> write(Sample.letter(Kind.NEW_DEVICE, Language.EN, words)))
          .hasMessage("NEW_DEVICE with a useless word at or zone");
    }
    var words = new HashMap<>(Sample.words(Kind.NEW_DEVICE));
    words.put("zone", "Z");
    assertThat(write(Sample.letter(Kind.NEW_DEVICE, Language.EN, words)).text())
        .contains("24 November 2026, 04:10 (UTC)");
  }

  @Test
  void a_notification_carries_the_message_and_says_why() {
    var holder = write(Sample.letter(Kind.NOTIFICATION, Language.DE));
    assertThat(holder.subject()).isEqualTo("Wartung am Größten Übertragungsweg");
    assertThat(holder.text())
        .startsWith("Guten Tag,\n\nam Sonntag früh wird gewartet.\n.\nDanach")
        .contains("\n\n-- \nNordlicht schreibt Ihnen, weil Sie Inhaber eines Kontos bei uns sind.")
        .doesNotContain("abbestellen");
    assertThat(holder.html())
        .contains("<p>Guten Tag,<br>\n<br>\nam Sonntag früh")
        .contains("5 &lt; 6 &amp; so.");
    var toContact =
        writer.write(
            toContact(Sample.letter(Kind.NOTIFICATION, Language.EN)),
            Optional.of(Sample.MESSAGE),
            Optional.of(Sample.UNSUBSCRIBE));
    assertThat(toContact.text())
        .contains("because you are a contact of an account")
        .contains("Unsubscribe from announcements: " + Sample.UNSUBSCRIBE);
    assertThat(toContact.html()).contains("<a href=\"" + Sample.UNSUBSCRIBE + "\"");
  }

  @Test
  void a_message_in_html_is_set_into_the_frame_as_it_is() {
    var message = new Message("News {brand}", "Hello {name}", Optional.of("<h1>Hello {name}</h1>"));
    var written =
        writer.write(
            Sample.letter(Kind.NOTIFICATION, Language.EN), Optional.of(message), Optional.empty());
    assertThat(written.subject()).isEqualTo("News {brand}");
    assertThat(written.text()).startsWith("Hello {name}\n");
    assertThat(written.html()).contains("\n<h1>Hello {name}</h1>\n");
  }

  @Test
  void a_notification_without_its_message_is_not_written() {
    assertThatThrownBy(
            () ->
                writer.write(
                    Sample.letter(Kind.NOTIFICATION, Language.EN),
                    Optional.empty(),
                    Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NOTIFICATION without its message");
  }

  @Test
  void support_is_a_page_an_address_or_just_said() {
    var page =
        new LetterWriter(
            new Brand("N", "https://n.example/help?a=1&b=2", URI.create("https://n.example")));
    assertThat(write(page, Sample.letter(Kind.NEW_DEVICE, Language.EN)).html())
        .contains("<a href=\"https://n.example/help?a=1&amp;b=2\"");
    var telephone =
        new LetterWriter(new Brand("N", "+49 30 <1234>", URI.create("https://n.example")));
    assertThat(write(telephone, Sample.letter(Kind.NEW_DEVICE, Language.EN)).html())
        .contains("tell our support: +49 30 &lt;1234&gt;.");
  }

  @Test
  void a_written_letter_does_not_print() {
    assertThat(write(Sample.letter(Kind.RESET_LINK, Language.EN))).hasToString("Written[…]");
  }

  static Stream<Arguments> everyKey() {
    return Stream.of(
            keys("lost", RecoveryCase.Kind.values(), RecoveryCase.Kind::key),
            keys(
                "ended",
                new State[] {State.REFUSED, State.WITHDRAWN, State.VETOED, State.EXPIRED},
                State::key),
            keys("role", Role.values(), Role::key),
            keys("findings", CheckLockOut.Kind.values(), CheckLockOut.Kind::key))
        .flatMap(all -> all);
  }

  private static <T> Stream<Arguments> keys(String word, T[] all, Function<T, String> key) {
    return Arrays.stream(all)
        .map(key)
        .flatMap(
            each ->
                Arrays.stream(Kind.values())
                    .filter(kind -> Sample.named(kind).contains(word))
                    .flatMap(
                        kind ->
                            Arrays.stream(Language.values())
                                .map(language -> Arguments.of(kind, language, word, each))));
  }

  @ParameterizedTest
  @MethodSource("everyKey")
  void a_key_is_told_in_words_and_each_in_its_own(
      Kind kind, Language language, String word, String key) {
    var said = write(with(kind, language, word, key)).text();
    assertThat(said)
        .doesNotContainPattern("[a-z]_[a-z]")
        .isNotEqualTo(write(with(kind, language, word, "unheard_of")).text());
    keysOf(word)
        .filter(other -> !other.equals(key))
        .forEach(
            other ->
                assertThat(write(with(kind, language, word, other)).text()).isNotEqualTo(said));
  }

  private static Stream<String> keysOf(String word) {
    return everyKey()
        .filter(arguments -> arguments.get()[2].equals(word))
        .map(arguments -> "" + arguments.get()[3])
        .distinct();
  }

  private static Letter with(Kind kind, Language language, String word, String key) {
    var words = new HashMap<>(Sample.words(kind));
    words.put(word, key);
    return Sample.letter(kind, language, words);
  }

  @Test
  void several_keys_are_a_line_each() {
    var advice =
        write(
                with(
                    Kind.LOCK_OUT_ADVICE,
                    Language.EN,
                    "findings",
                    "one_factor_no_codes,nobody_receives_invoices"))
            .text();
    assertThat(advice)
        .contains("\n- You have one second factor and no recovery codes")
        .contains("\n- Nobody receives invoices.")
        .doesNotContain("domain that this account", "names somebody else");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void a_code_for_support_is_for_whoever_called_and_nobody_else(Language language) {
    var letter = write(Sample.letter(Kind.SUPPORT_CODE, language));
    assertThat(letter.subject()).doesNotContain("the-code"); // a locked screen shows subjects
    assertThat(letter.text())
        .contains("\nthe-code\n", "freezeLink?token=")
        .contains(
            language == Language.EN
                ? "Read it out only if you called us. We never call you to ask for it"
                : "nur vor, wenn Sie uns angerufen haben. Wir rufen Sie nie an, um danach zu fragen");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"CASE_OPENED", "CASE_APPROVED"})
  void a_case_is_stopped_by_a_button(Kind kind) {
    var written = write(Sample.letter(kind, Language.EN));
    assertThat(written.text()).contains("\nStop it: https://my.nordlicht.example/vetoLink?token=");
    assertThat(written.html())
        .contains("class=\"button\" href=\"https://my.nordlicht.example/vetoLink?token=");
  }

  @Test
  void what_is_due_is_told_in_its_zone() {
    assertThat(write(Sample.letter(Kind.CASE_APPROVED, Language.EN)).text())
        .contains("- Will be done: 27 November 2026, 05:10 (Europe/Berlin)");
    assertThatThrownBy(() -> write(with(Kind.CASE_APPROVED, Language.EN, "due", "in three days")))
        .hasMessage("CASE_APPROVED with a useless word due or zone");
  }

  private Written write(Letter letter) {
    return write(writer, letter);
  }

  private static Written write(LetterWriter writer, Letter letter) {
    return writer.write(
        letter,
        letter.kind() == Kind.NOTIFICATION ? Optional.of(Sample.MESSAGE) : Optional.empty(),
        Optional.empty());
  }

  private static Letter toContact(Letter letter) {
    return new Letter(
        letter.id(),
        letter.kind(),
        letter.to(),
        letter.language(),
        letter.words(),
        null,
        new Contact.Id(new UUID(1, 2)),
        null,
        letter.postedAt(),
        null);
  }

  private static boolean isFree(String word) {
    return switch (word) {
      case "at", "due", "zone", "lost", "ended", "role", "findings" -> false;
      default -> !word.toLowerCase(Locale.ROOT).endsWith("link");
    };
  }

  private static String otherValue(String word) {
    return switch (word) {
      case "at", "due" -> "2026-12-01T00:00:00Z";
      case "zone" -> "America/New_York";
      case "last", "few" -> ""; // what they are said for is there or not
      case "lost" -> "lost_factor";
      case "ended" -> "refused";
      case "role" -> "agent";
      case "findings" -> "names_differ";
      default -> isFree(word) ? "another" : "https://my.nordlicht.example/elsewhere";
    };
  }
}
