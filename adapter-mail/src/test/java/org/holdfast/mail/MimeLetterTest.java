package org.holdfast.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.CharMatcher;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Message;
import org.junit.jupiter.api.Test;

class MimeLetterTest {

  private static final Session SESSION = Session.getInstance(new Properties());

  @Test
  void it_says_who_to_whom_when_and_that_a_machine_wrote_it() throws Exception {
    var mime = read(bytes(Kind.RESET_LINK, Language.DE, Optional.empty(), Optional.empty()));
    var from = (InternetAddress) mime.getFrom()[0];
    assertThat(from.getAddress()).isEqualTo("no-reply@nordlicht.example");
    assertThat(from.getPersonal()).isEqualTo("Nordlicht Kundenportal");
    assertThat(mime.getReplyTo()).containsExactly(new InternetAddress("support@nordlicht.example"));
    assertThat(mime.getAllRecipients()).containsExactly(new InternetAddress("ada@example.com"));
    assertThat(mime.getSentDate().toInstant()).isEqualTo(Instant.parse("2026-11-24T04:10:00Z"));
    assertThat(mime.getMessageID())
        .isEqualTo("<0193594b-86c0-7000-8000-0123456789ab@nordlicht.example>");
    assertThat(mime.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(mime.getHeader("Content-Language")).containsExactly("de");
    assertThat(mime.getHeader("MIME-Version")).containsExactly("1.0");
    assertThat(mime.getHeader("List-Unsubscribe")).isNull();
    assertThat(mime.getHeader("List-Unsubscribe-Post")).isNull();
  }

  @Test
  void the_same_letter_is_the_same_to_the_byte() throws Exception {
    assertThat(bytes(Kind.RESET_LINK, Language.DE, Optional.empty(), Optional.empty()))
        .isEqualTo(bytes(Kind.RESET_LINK, Language.DE, Optional.empty(), Optional.empty()));
  }

  @Test
  void one_click_unsubscribes() throws Exception {
    var mime =
        read(
            bytes(
                Kind.NOTIFICATION,
                Language.EN,
                Optional.of(Sample.MESSAGE),
                Optional.of(Sample.UNSUBSCRIBE)));
    assertThat(mime.getHeader("List-Unsubscribe")).containsExactly("<" + Sample.UNSUBSCRIBE + ">");
    assertThat(mime.getHeader("List-Unsubscribe-Post"))
        .containsExactly("List-Unsubscribe=One-Click");
  }

  @Test
  void both_forms_come_back_as_they_were_written_umlauts_and_long_words_too() throws Exception {
    var text =
        "Grüße 😀 aus Łódź.\n.\n..\nFrom here =20 on\n" + "x".repeat(3_000) + "\n\tEnde = gut ";
    var html = "<p>Größe " + "ß".repeat(2_000) + "</p>";
    var message = new Message("Ü".repeat(150), text, Optional.of(html));
    var raw = bytes(Kind.NOTIFICATION, Language.DE, Optional.of(message), Optional.empty());
    var mime = read(raw);
    var written =
        new LetterWriter(Sample.BRAND)
            .write(
                Sample.letter(Kind.NOTIFICATION, Language.DE),
                Optional.of(message),
                Optional.empty());
    assertThat(mime.getSubject()).isEqualTo("Ü".repeat(150));
    assertThat(mime.getContentType()).startsWith("multipart/alternative;");
    var parts = (MimeMultipart) mime.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).getContentType())
        .isEqualToIgnoringCase("text/plain; charset=UTF-8");
    assertThat(parts.getBodyPart(1).getContentType())
        .isEqualToIgnoringCase("text/html; charset=UTF-8");
    assertThat(lines(parts.getBodyPart(0).getContent())).isEqualTo(written.text());
    assertThat(lines(parts.getBodyPart(1).getContent())).isEqualTo(written.html());
    var ascii = new String(raw, StandardCharsets.ISO_8859_1);
    assertThat(CharMatcher.ascii().matchesAllOf(ascii)).isTrue();
    assertThat(ascii.lines()).allMatch(line -> line.length() <= 100);
    assertThat(ascii)
        .contains("Content-Transfer-Encoding: quoted-printable")
        .doesNotContain("base64");
  }

  @Test
  void replies_go_to_the_sender_where_support_has_no_address() throws Exception {
    var brand = new Brand("Nordlicht", "+49 30 1234", URI.create("https://my.nordlicht.example"));
    var mime =
        new MimeLetter(
            SESSION,
            Sample.letter(Kind.NEW_DEVICE, Language.EN),
            new Written("s", "t", "h"),
            Sample.SENDER,
            brand,
            Optional.empty());
    assertThat(mime.getReplyTo())
        .containsExactly(new InternetAddress("no-reply@nordlicht.example"));
  }

  @Test
  void no_name_and_no_subject_makes_a_header() throws Exception {
    var evil = "Nord\r\nBcc: eve@evil.example\r\n\r\nlicht\" <eve@evil.example>, \u0000";
    var sender =
        new Sender(new EmailAddress("no-reply@nordlicht.example"), evil, "nordlicht.example");
    var brand = new Brand(evil, "support@nordlicht.example", URI.create("https://n.example"));
    var out = new ByteArrayOutputStream();
    new MimeLetter(
            SESSION,
            Sample.letter(Kind.NEW_DEVICE, Language.EN),
            new Written(evil, "text", "html"),
            sender,
            brand,
            Optional.empty())
        .writeTo(out);
    var mime = read(out.toByteArray());
    assertThat(mime.getHeader("Bcc")).isNull();
    assertThat(mime.getFrom()).hasSize(1);
    assertThat(((InternetAddress) mime.getFrom()[0]).getAddress())
        .isEqualTo("no-reply@nordlicht.example");
    assertThat(mime.getReplyTo()).hasSize(1);
    assertThat(mime.getAllRecipients()).hasSize(1);
  }

  private static byte[] bytes(
      Kind kind, Language language, Optional<Message> message, Optional<URI> unsubscribe)
      throws MessagingException, IOException {
    var letter = Sample.letter(kind, language);
    var written = new LetterWriter(Sample.BRAND).write(letter, message, unsubscribe);
    var out = new ByteArrayOutputStream();
    new MimeLetter(SESSION, letter, written, Sample.SENDER, Sample.BRAND, unsubscribe).writeTo(out);
    return out.toByteArray();
  }

  private static MimeMessage read(byte[] raw) throws MessagingException {
    return new MimeMessage(SESSION, new ByteArrayInputStream(raw));
  }

  private static String lines(Object content) {
    return ((String) content).replace("\r\n", "\n");
  }
}
