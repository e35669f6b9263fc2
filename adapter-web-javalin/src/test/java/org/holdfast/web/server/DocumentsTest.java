package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.auth.KeySet;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;
import org.holdfast.mail.Sender;
import org.holdfast.mail.SmtpSettings;
import org.holdfast.persistence.Databases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.server.SMTPServer;

/** What the documents show is what is there: every line of Java in them is compiled and run. */
class DocumentsTest {

  private static final Path ROOT = Path.of("..");
  private static final Origin HOME = new Origin("192.0.2.7", "Firefox on Linux");

  private static final String ADA = "ada@example.com";

  @TempDir private Path folder;

  @Test
  void every_line_of_java_in_the_documents_is_compiled() throws IOException {
    var compiled = lines(Files.readString(sourceOf("Samples")));
    var shown = new ArrayList<List<String>>();
    for (var document : List.of("README.md", "docs/hosts.md")) {
      shown.addAll(blocks(Files.readString(ROOT.resolve(document))));
    }
    assertThat(shown).hasSizeGreaterThan(2);
    for (var block : shown) {
      assertThat(compiled).containsSequence(block);
    }
  }

  @Test
  void operators_are_told_of_every_setting_and_of_every_meter() throws IOException {
    var told = Files.readString(ROOT.resolve("docs/operators.md"));
    for (var key : Settings.KEYS) {
      assertThat(told).contains("| `" + key + "` |");
    }
    var meters = new Meters(Installation.CLOCK);
    meters.watch(new InMemoryHoldfast().holdfast);
    meters.watch(new InMemoryHoldfast.QuickHasher(), 2).matchNothing(new Password("any"));
    meters.answered("GET", "/", 200, Duration.ZERO);
    meters.signIn("failed");
    meters.letter(Delivery.State.SENT);
    var names = Pattern.compile("(?m)^# TYPE (holdfast_\\w+)").matcher(meters.scrape());
    while (names.find()) {
      assertThat(told).contains("`" + names.group(1) + "`");
    }
  }

  @Test
  void six_lines_embed_it() throws IOException {
    assertThat(blocks(Files.readString(ROOT.resolve("README.md"))).get(0)).hasSize(6);
  }

  @Test
  void they_do_what_is_said_of_them() throws Exception {
    var letters = new Letters();
    var server =
        SMTPServer.port(0)
            .bindAddress(InetAddress.getLoopbackAddress())
            .messageHandler((context, from, to, data) -> letters.add(data))
            .build();
    server.start();
    try (var source = Databases.pool("jdbc:h2:mem:documents", "sa", "", 4)) {
      execute(source, "CREATE TABLE invoices (number VARCHAR(20) PRIMARY KEY)");
      try (var host = Samples.embed(source, mail(server.getPortAllocated()), keys())) {
        run(host, source, letters);
      }
    } finally {
      server.stop();
    }
  }

  private static void run(Samples host, DataSource source, Letters letters) throws Exception {
    var invoice = message("2026-001");
    var tomorrow = Instant.now().plus(Duration.ofDays(1));
    var party = host.bill(InMemoryHoldfast.opening(ADA), invoice, tomorrow).orElseThrow();
    assertThat(party.name()).isEqualTo("Ada Lovelace");
    letters.next("Subject: Invoice 2026-001");

    var link = linkIn(letters.next("To: " + ADA, "/welcome?token="));
    var password = InMemoryHoldfast.PASSWORD;
    host.holdfast.openAccount().confirm(link, new Password(password), HOME);
    var who = host.signIn(ADA, password, Optional.empty(), HOME).orElseThrow();
    assertThat(host.cookies).containsKeys("session", "device");
    letters.next(HOME.device());

    var number = host.holdfast.editAccount().mine(who).get(0).number();
    assertThat(host.recipients(number))
        .extracting(recipient -> recipient.email().value())
        .containsExactly(ADA);
    try (var connection = source.getConnection()) {
      host.inOne(connection, number, "2026-002");
      letters.next("Subject: Invoice 2026-002");
      assertThatThrownBy(() -> host.inOne(connection, number, "2026-002"))
          .isInstanceOf(SQLException.class);
      connection.rollback();
    }
    assertThat(host.announce().key()).isEqualTo("maintenance-2026-12");
    letters.next("Subject: Maintenance");
  }

  /** The letters that have come, in whatever order. */
  private static final class Letters {
    private final List<String> come = new ArrayList<>();

    synchronized void add(byte[] letter) {
      // undone is what mail does to long lines and to what is not ASCII
      come.add(new String(letter, StandardCharsets.UTF_8).replace("=\r\n", "").replace("=3D", "="));
      notifyAll();
    }

    /** Waits for the letter with all of this in it. */
    synchronized String next(String... parts) throws InterruptedException {
      var until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < until) {
        for (var letter : come) {
          if (Stream.of(parts).allMatch(letter::contains)) {
            return letter;
          }
        }
        wait(1_000);
      }
      throw new AssertionError("no letter with " + List.of(parts) + " in " + come);
    }
  }

  private static MessageInput message(String invoice) {
    return new MessageInput(invoice, "Invoice " + invoice, "It is in the portal.", null);
  }

  private static List<List<String>> blocks(String markdown) {
    return Splitter.on("```java\n")
        .splitToStream(markdown)
        .skip(1)
        .map(rest -> lines(rest.substring(0, rest.indexOf("```"))))
        .toList();
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static Path sourceOf(String test) {
    return Path.of("src/test/java/org/holdfast/web/server", test + ".java");
  }

  private static SmtpSettings mail(int port) {
    return SmtpSettings.of(
            "127.0.0.1", port, Sender.of(new EmailAddress("billing@example.com"), "Example"))
        .withMode(SmtpSettings.Mode.PLAIN);
  }

  private Path keys() {
    var keys = folder.resolve("keys.json");
    KeySet.create(keys);
    return keys;
  }

  private static Optional<Secret> linkIn(String letter) {
    var found = Pattern.compile("token=([A-Za-z0-9_-]{43})").matcher(letter);
    assertThat(found.find()).as("a link in %s", letter).isTrue();
    return Secret.parse(found.group(1));
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
