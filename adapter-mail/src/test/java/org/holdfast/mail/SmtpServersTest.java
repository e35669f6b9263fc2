package org.holdfast.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.application.mail.Mailer.Receipt;
import org.holdfast.application.mail.Mailer.Verdict;
import org.holdfast.domain.Language;
import org.holdfast.mail.SmtpSettings.Mode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.server.SMTPServer;

/** Conversations with mail servers that others wrote. */
class SmtpServersTest {

  private static final Receipt NOT_SECURE =
      new Receipt(Verdict.TRY_LATER, "No secure connection to the mail server could be made.");

  private static Certificates ours;
  private static Certificates anothers;

  private final List<byte[]> got = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    ours = Certificates.of(folder, "ip:127.0.0.1");
    anothers = Certificates.of(folder, "dns:mail.elsewhere.example");
  }

  @Test
  void in_the_open_on_this_machine() throws Exception {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    try {
      var settings = settings(server.getSmtp().getPort()).withMode(Mode.PLAIN);
      assertThat(send(settings).verdict()).isEqualTo(Verdict.ACCEPTED);
      var mime = server.getReceivedMessages()[0];
      assertThat(mime.getSubject()).isEqualTo("Wählen Sie ein neues Passwort für Nordlicht");
      assertThat((String) ((MimeMultipart) mime.getContent()).getBodyPart(0).getContent())
          .contains("Neues Passwort wählen: https://my.nordlicht.example/link?token=ttt");
    } finally {
      server.stop();
    }
  }

  @Test
  void with_a_sign_in_and_not_with_a_wrong_one() {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    try {
      server.setUser("portal@nordlicht.example", "portal", "right one");
      var settings = settings(server.getSmtp().getPort()).withMode(Mode.PLAIN);
      assertThat(send(settings.withLogin("portal", () -> "right one")).verdict())
          .isEqualTo(Verdict.ACCEPTED);
      assertThat(send(settings.withLogin("portal", () -> "wrong one")))
          .isEqualTo(new Receipt(Verdict.TRY_LATER, "The mail server did not accept our sign-in."));
      assertThat(server.getReceivedMessages()).hasSize(1);
    } finally {
      server.stop();
    }
  }

  @Test
  void by_starttls_to_a_server_that_is_trusted() throws Exception {
    var server = startTls(ours);
    try {
      var settings = settings(server.getPortAllocated()).withTrust(ours.trusting());
      assertThat(settings.mode()).isEqualTo(Mode.STARTTLS);
      assertThat(send(settings).verdict()).isEqualTo(Verdict.ACCEPTED);
      var mime =
          new MimeMessage(
              Session.getInstance(new Properties()), new ByteArrayInputStream(got.get(0)));
      assertThat(mime.getMessageID())
          .isEqualTo("<0193594b-86c0-7000-8000-0123456789ab@nordlicht.example>");
    } finally {
      server.stop();
    }
  }

  @Test
  void not_by_starttls_to_one_that_is_not_trusted() throws Exception {
    var server = startTls(ours);
    try {
      assertThat(send(settings(server.getPortAllocated()))).isEqualTo(NOT_SECURE);
      assertThat(send(settings(server.getPortAllocated()).withTrust(anothers.trusting())))
          .isEqualTo(NOT_SECURE);
      assertThat(got).isEmpty();
    } finally {
      server.stop();
    }
  }

  @Test
  void not_to_one_whose_certificate_has_another_name() throws Exception {
    var server = startTls(anothers);
    try {
      assertThat(send(settings(server.getPortAllocated()).withTrust(anothers.trusting())).verdict())
          .isEqualTo(Verdict.TRY_LATER);
      assertThat(got).isEmpty();
    } finally {
      server.stop();
    }
  }

  @Test
  void not_to_one_that_knows_no_starttls() throws Exception {
    try (var server = new ScriptedServer()) {
      assertThat(send(settings(server.port())).verdict()).isEqualTo(Verdict.TRY_LATER);
      assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
    }
    try (var server =
        new ScriptedServer()
            .answering("EHLO", "250-scripted.example\r\n250 STARTTLS")
            .answering("STARTTLS", "454 4.7.0 TLS not available")) {
      assertThat(send(settings(server.port())).verdict()).isEqualTo(Verdict.TRY_LATER);
      assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @Test
  void what_is_slipped_in_before_tls_is_not_believed() throws Exception {
    try (var server =
        new ScriptedServer()
            .answering("EHLO", "250-scripted.example\r\n250 STARTTLS")
            .answering("STARTTLS", "220 Go\r\n250-slipped in\r\n250 in\r\n250 ok\r\n250 ok")) {
      assertThat(send(settings(server.port()).withTrust(ours.trusting()))).isEqualTo(NOT_SECURE);
      assertThat(server.data()).isEmpty();
    }
  }

  @Test
  void by_tls_from_the_first_byte() throws Exception {
    var server = smtps(ours);
    try {
      var settings = settings(server.getPortAllocated()).withMode(Mode.SMTPS);
      assertThat(send(settings.withTrust(ours.trusting())).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(got).hasSize(1);
      assertThat(send(settings)).isEqualTo(NOT_SECURE);
      assertThat(got).hasSize(1);
    } finally {
      server.stop();
    }
    var elsewhere = smtps(anothers);
    try {
      var settings = settings(elsewhere.getPortAllocated()).withMode(Mode.SMTPS);
      assertThat(send(settings.withTrust(anothers.trusting())).verdict())
          .isEqualTo(Verdict.TRY_LATER);
      assertThat(got).hasSize(1);
    } finally {
      elsewhere.stop();
    }
  }

  @Test
  void by_tls_to_one_that_stalls_in_the_handshake_only_for_so_long() throws Exception {
    try (var server = new ScriptedServer().answering("connect", ScriptedServer.STALL);
        var mailer =
            new SmtpMailer(
                settings(server.port()).withMode(Mode.SMTPS),
                Sample.BRAND,
                new SmtpMailer.Patience(
                    java.time.Duration.ofSeconds(30),
                    java.time.Duration.ofSeconds(60),
                    java.time.Duration.ofSeconds(1)))) {
      assertThat(
              mailer
                  .send(
                      Sample.letter(Kind.NEW_DEVICE, Language.EN),
                      Optional.empty(),
                      Optional.empty())
                  .reply())
          .isEqualTo("The mail server did not finish in time.");
      server.awaitGone();
    }
  }

  @Test
  void settings_that_cannot_be_are_told() {
    var settings = settings(25);
    assertThatThrownBy(
            () -> SmtpSettings.of("mail.nordlicht.example", 25, Sample.SENDER).withMode(Mode.PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "mail may leave unencrypted only to a server on this machine, not to"
                + " mail.nordlicht.example");
    for (var host : List.of("localhost", "127.0.0.1", "127.8.8.8", "::1")) {
      assertThat(SmtpSettings.of(host, 25, Sample.SENDER).withMode(Mode.PLAIN).mode())
          .isEqualTo(Mode.PLAIN);
    }
    for (var host : List.of("localhost.evil.example", "10.0.0.1", "0.0.0.0", "127.0.0.1.example")) {
      assertThatThrownBy(() -> SmtpSettings.of(host, 25, Sample.SENDER).withMode(Mode.PLAIN))
          .hasMessageContaining("only to a server on this machine");
    }
    assertThatThrownBy(() -> SmtpSettings.of(" ", 25, Sample.SENDER)).hasMessageContaining("host");
    assertThatThrownBy(() -> settings(0)).hasMessageContaining("port");
    assertThatThrownBy(() -> settings(65_536)).hasMessageContaining("port");
    assertThat(settings.withLogin("portal", () -> "secret").toString())
        .doesNotContain("secret")
        .doesNotContain("\"portal\"");
  }

  private SMTPServer startTls(Certificates certificates) throws Exception {
    var server =
        SMTPServer.port(0)
            .bindAddress(InetAddress.getByName("127.0.0.1"))
            .enableTLS()
            .requireTLS()
            .startTlsSocketFactory(certificates.server())
            .messageHandler((context, from, to, data) -> got.add(data))
            .build();
    server.start();
    return server;
  }

  private SMTPServer smtps(Certificates certificates) throws Exception {
    var server =
        SMTPServer.port(0)
            .bindAddress(InetAddress.getByName("127.0.0.1"))
            .serverSocketFactory(certificates.server())
            .messageHandler((context, from, to, data) -> got.add(data))
            .build();
    server.start();
    return server;
  }

  private static SmtpSettings settings(int port) {
    return SmtpSettings.of("127.0.0.1", port, Sample.SENDER);
  }

  private static Receipt send(SmtpSettings settings) {
    try (var mailer = new SmtpMailer(settings, Sample.BRAND)) {
      return mailer.send(
          Sample.letter(Kind.RESET_LINK, Language.DE), Optional.empty(), Optional.empty());
    }
  }
}
