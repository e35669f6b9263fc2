package org.holdfast.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.application.mail.Mailer.Receipt;
import org.holdfast.application.mail.Mailer.Verdict;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Message;
import org.holdfast.mail.SmtpMailer.Patience;
import org.holdfast.mail.SmtpSettings.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says and does, and what becomes of the letter. */
class SmtpMailerTest {

  private static final Patience PATIENT =
      new Patience(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(60));
  private static final Patience HASTY =
      new Patience(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(1));

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void a_letter_that_is_taken_is_accepted() {
    assertThat(send()).isEqualTo(new Receipt(Verdict.ACCEPTED, "250 2.0.0 Ok: queued as 4711"));
    assertThat(server.commands())
        .startsWith(
            "EHLO nordlicht.example",
            "MAIL FROM:<no-reply@nordlicht.example>",
            "RCPT TO:<ada@example.com>",
            "DATA");
    assertThat(server.data())
        .contains("Message-ID: <0193594b-86c0-7000-8000-0123456789ab@nordlicht.example>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 No such user here            | NO_SUCH_ADDRESS",
        "550 No such user here                  | NO_SUCH_ADDRESS",
        "551 User not local                     | NO_SUCH_ADDRESS",
        "553 5.1.3 Bad destination syntax       | NO_SUCH_ADDRESS",
        "553 Mailbox name not allowed           | NO_SUCH_ADDRESS",
        "556 5.1.10 Domain takes no mail        | NO_SUCH_ADDRESS",
        "550 5.2.1 Mailbox disabled             | NO_SUCH_ADDRESS",
        "550 5.4.1 Recipient address rejected   | NO_SUCH_ADDRESS",
        "550 5.7.1 Blocked by our spam filter   | REFUSED",
        "550 5.7.26 Unauthenticated sender      | REFUSED",
        "550 5.1.8 Sender's domain is unknown   | REFUSED",
        "550 5.2.2 Mailbox full                 | REFUSED",
        "552 5.2.2 Mailbox full                 | REFUSED",
        "554 5.7.1 Relay access denied          | REFUSED",
        "554 Transaction failed                 | REFUSED",
        "530 5.7.0 Authentication required      | TRY_LATER",
        "421 4.7.0 Try again later              | TRY_LATER",
        "450 4.2.1 Mailbox busy                 | TRY_LATER",
        "451 4.7.1 Greylisted                   | TRY_LATER",
        "452 4.2.2 Mailbox full                 | TRY_LATER",
      })
  void what_is_said_about_the_address_decides(String reply, Verdict verdict) {
    server.answering("RCPT", reply);
    assertThat(send()).isEqualTo(new Receipt(verdict, reply));
    assertThat(server.data()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAIL | 550 5.7.1 Not you                    | REFUSED",
        "MAIL | 553 5.1.8 Unknown sender             | REFUSED",
        "MAIL | 552 5.3.4 Too big                    | REFUSED",
        "MAIL | 530 5.7.0 Must sign in               | TRY_LATER",
        "MAIL | 451 4.3.0 Local error                | TRY_LATER",
        "MAIL | 421 4.3.2 Shutting down              | TRY_LATER",
        "DATA | 554 5.5.1 No valid recipients        | REFUSED",
        "DATA | 451 4.3.0 Queue full                 | TRY_LATER",
        ".    | 550 5.7.1 Spam                       | REFUSED",
        ".    | 554 5.6.0 Malformed                  | REFUSED",
        ".    | 552 5.3.4 Too big                    | REFUSED",
        ".    | 452 4.3.1 Disk full                  | TRY_LATER",
        ".    | 421 4.3.2 Shutting down              | TRY_LATER",
      })
  void what_is_said_about_the_letter_never_condemns_the_address(
      String command, String reply, Verdict verdict) {
    server.answering(command, reply);
    assertThat(send()).isEqualTo(new Receipt(verdict, reply));
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "EHLO"})
  void a_server_that_will_not_talk_to_us_is_tried_again(String command) {
    server.answering(command, "554 5.7.1 Go away").answering("HELO", "554 5.7.1 Go away");
    assertThat(send())
        .isEqualTo(
            new Receipt(
                Verdict.TRY_LATER,
                "The mail server could not be reached or broke off the conversation."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "EHLO", "MAIL", "RCPT", "DATA", "."})
  void a_connection_that_breaks_is_tried_again(String command) {
    server.answering(command, ScriptedServer.DROP).answering("HELO", ScriptedServer.DROP);
    assertThat(send().verdict()).isEqualTo(Verdict.TRY_LATER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "EHLO", "MAIL", "RCPT", "DATA", "."})
  void garbage_is_tried_again(String command) {
    for (var garbage : new String[] {"", "hello", "\u0000\u0001\u00ff", "25", "99999 x", "250"}) {
      server.answering(command, garbage).answering("HELO", garbage);
      assertThat(send().verdict())
          .as(garbage)
          .isIn(Verdict.TRY_LATER, garbage.equals("250") ? Verdict.ACCEPTED : Verdict.TRY_LATER);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "EHLO", "MAIL", "RCPT", "DATA", "."})
  void a_server_that_stalls_is_left_in_time(String command) throws InterruptedException {
    server.answering(command, ScriptedServer.STALL);
    assertThat(send(HASTY))
        .isEqualTo(new Receipt(Verdict.TRY_LATER, "The mail server did not finish in time."));
    server.awaitGone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "EHLO", "RCPT", "."})
  void a_server_that_drips_is_left_in_time(String command) throws InterruptedException {
    server.answering(command, ScriptedServer.DRIP);
    assertThat(send(HASTY).reply()).isEqualTo("The mail server did not finish in time.");
    server.awaitGone();
  }

  @Test
  void a_server_that_takes_no_bytes_is_left_in_time() {
    server.answering("DATA", ScriptedServer.DEAF);
    var endless = new Message("s", "t", Optional.of("<p>" + "ü".repeat(90_000)));
    try (var mailer = mailer(HASTY)) {
      var receipt =
          mailer.send(
              Sample.letter(Kind.NOTIFICATION, Language.EN),
              Optional.of(endless),
              Optional.empty());
      assertThat(receipt.reply()).isEqualTo("The mail server did not finish in time.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "RCPT", "."})
  void a_server_that_floods_us_is_left(String command) throws InterruptedException {
    server.answering(command, ScriptedServer.FLOOD);
    assertThat(send(PATIENT).verdict()).isEqualTo(Verdict.TRY_LATER);
    server.awaitGone();
  }

  @ParameterizedTest
  @ValueSource(strings = {ScriptedServer.DROP, ScriptedServer.STALL, "500 What?"})
  void once_the_letter_is_taken_a_bad_goodbye_changes_nothing(String goodbye) {
    server.answering("QUIT", goodbye);
    assertThat(send().verdict()).isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void nobody_there_is_tried_again() throws IOException {
    server.close();
    assertThat(send())
        .isEqualTo(
            new Receipt(
                Verdict.TRY_LATER,
                "The mail server could not be reached or broke off the conversation."));
  }

  @Test
  void a_reply_is_printable_and_short() {
    server.answering("RCPT", "550-5.1.1 No\u0007 such\r\n550 5.1.1 " + "ü x".repeat(1_000));
    var receipt = send();
    assertThat(receipt.verdict()).isEqualTo(Verdict.NO_SUCH_ADDRESS);
    assertThat(receipt.reply())
        .startsWith("550-5.1.1 No such 550 5.1.1")
        .hasSizeLessThanOrEqualTo(500)
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void nothing_in_a_letter_is_a_command() {
    var evil = "x\r\n.\r\nMAIL FROM:<e@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n";
    assertThat(EmailAddress.parse("\"a\r\nRCPT TO:<eve@evil.example>\"@example.com")).isEmpty();
    assertThat(EmailAddress.parse("a@example.com>\r\nRCPT TO:<eve@evil.example")).isEmpty();
    for (var kind : Kind.values()) {
      var words = new HashMap<>(Sample.words(kind));
      words.replaceAll(
          (word, value) ->
              word.endsWith("ink") || List.of("at", "due", "zone").contains(word) ? value : evil);
      var message =
          kind == Kind.NOTIFICATION
              ? Optional.of(
                  new Message(
                      "s", evil + "\n.\nQUIT\n..\n", Optional.of("<b>" + evil + "\r\n.\r\nQUIT")))
              : Optional.<Message>empty();
      try (var fresh = new ScriptedServer();
          var mailer = new SmtpMailer(settings(fresh), Sample.BRAND, PATIENT)) {
        var receipt =
            mailer.send(
                Sample.letter(kind, Language.DE, words), message, Optional.of(Sample.UNSUBSCRIBE));
        assertThat(receipt.verdict()).isEqualTo(Verdict.ACCEPTED);
        fresh.awaitGone();
        assertThat(fresh.commands())
            .containsExactly(
                "EHLO nordlicht.example",
                "MAIL FROM:<no-reply@nordlicht.example>",
                "RCPT TO:<ada@example.com>",
                "DATA",
                "QUIT");
        assertThat(fresh.data().subList(0, fresh.data().indexOf("")))
            .noneMatch(line -> line.matches("(?i)(MAIL|RCPT|DATA|Bcc|Cc)\\b.*"));
        assertThat(fresh.data()).doesNotContain(".");
      } catch (IOException | InterruptedException over) {
        throw new IllegalStateException(over);
      }
    }
  }

  @Test
  void a_letter_that_cannot_be_written_is_not_lost_and_not_sent() {
    var words = new HashMap<>(Sample.words(Kind.RESET_LINK));
    words.remove("link");
    try (var mailer = mailer(PATIENT)) {
      assertThat(
              mailer.send(
                  Sample.letter(Kind.RESET_LINK, Language.EN, words),
                  Optional.empty(),
                  Optional.empty()))
          .isEqualTo(new Receipt(Verdict.TRY_LATER, "The letter could not be written."));
    }
    assertThat(server.commands()).isEmpty();
  }

  @Test
  void a_closed_mailer_sends_no_more() {
    var mailer = mailer(PATIENT);
    mailer.close();
    assertThat(
            mailer
                .send(
                    Sample.letter(Kind.NEW_DEVICE, Language.EN), Optional.empty(), Optional.empty())
                .verdict())
        .isEqualTo(Verdict.TRY_LATER);
  }

  @Test
  void whoever_is_stopped_while_sending_hears_of_it() throws InterruptedException {
    server.answering("RCPT", ScriptedServer.STALL);
    Thread.currentThread().interrupt();
    assertThat(send().reply()).isEqualTo("Sending was interrupted.");
    assertThat(Thread.interrupted()).isTrue();
  }

  private Receipt send() {
    return send(PATIENT);
  }

  private Receipt send(Patience patience) {
    try (var mailer = mailer(patience)) {
      return mailer.send(
          Sample.letter(Kind.RESET_LINK, Language.EN), Optional.empty(), Optional.empty());
    }
  }

  private SmtpMailer mailer(Patience patience) {
    return new SmtpMailer(settings(server), Sample.BRAND, patience);
  }

  private static SmtpSettings settings(ScriptedServer server) {
    return SmtpSettings.of("127.0.0.1", server.port(), Sample.SENDER).withMode(Mode.PLAIN);
  }
}
