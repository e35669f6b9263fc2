package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import com.google.common.collect.ImmutableMap;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.Workers;
import org.holdfast.application.account.DetailsInput;
import org.holdfast.application.contact.ContactInput;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.auth.Argon2Hasher;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.auth.Peppers;
import org.holdfast.auth.ShippedPasswordLists;
import org.holdfast.auth.ZxcvbnMeter;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.notification.Category;
import org.holdfast.mail.Brand;
import org.holdfast.mail.Sender;
import org.holdfast.mail.SmtpMailer;
import org.holdfast.mail.SmtpSettings;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.Browser;
import org.holdfast.web.server.Acknowledged.Deed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills in the midst of writes, again and again: nothing that was acknowledged is lost, nothing is
 * done by halves, and no letter is lost or reaches the mail server under two ids. A few rounds run
 * with the other tests; docs/crash-test.md tells how to run many:
 *
 * <pre>
 * mvn test -Dtest=CrashTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dholdfast.crash.host=500 -Dholdfast.crash.server=500
 * </pre>
 */
class CrashTest {

  private static final Duration BETWEEN_ROUNDS = Duration.ofMinutes(6); // a lease takes five
  private static final int WRITERS = 2;

  @TempDir private Path folder;
  private final MailServer mail = new MailServer();
  private final Random random = new Random();
  private final List<Acknowledged> all = new ArrayList<>();

  @AfterEach
  void stop() {
    mail.close();
  }

  /** A host with the library inside and an H2 file, which is killed together with it. */
  @Test
  void a_host_that_is_killed_loses_nothing() throws Exception {
    var rounds = Integer.getInteger("holdfast.crash.host", 5);
    var url = "jdbc:h2:file:" + folder.resolve("host");
    try (var source = source(url)) {
      Databases.H2.migrate(source);
    }
    var unheard = new ArrayList<String>();
    for (var round = 0; round < rounds; round++) {
      var customers = writeUntilKilled(url, round, unheard);
      all.addAll(customers.values());
      unheard.clear();
      try (var source = source(url)) {
        for (var customer : customers.values()) {
          mustBeThere(customer, source);
          customer
              .inHand(Deed.NOTICE)
              .ifPresent(key -> unheard.addAll(List.of(customer.email, key)));
        }
      }
    }
    try (var source = source(url)) {
      var host = new Host(source, mail.port(), rounds);
      for (var i = 0; i < unheard.size(); i += 2) {
        host.tell(unheard.get(i), unheard.get(i + 1));
      }
      while (host.holdfast.deliveries().deliverDue(50) > 0) {
        // until all have left
      }
      for (var customer : all) {
        mustBeThere(customer, source);
      }
      everyLetterMustHaveArrivedUnderOneId(source);
    }
    tell("host on H2", rounds);
  }

  private static void mustBeThere(Acknowledged customer, DataSource source) throws SQLException {
    var store = store(source, InstantSource.system());
    customer.mustBeIn(store, source, new InMemoryHoldfast.QuickHasher(), false);
  }

  private Map<String, Acknowledged> writeUntilKilled(String url, int round, List<String> unheard)
      throws IOException, InterruptedException {
    var command = ServerProcess.command(Host.class);
    command.addAll(List.of(url, "" + mail.port(), "" + round));
    command.addAll(unheard);
    var log = folder.resolve("host.log");
    var host = new ProcessBuilder(command).redirectError(log.toFile()).start();
    var lines = new ArrayList<String>();
    try (var out =
        new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8))) {
      var ready = out.readLine();
      assertThat(ready).as(() -> read(log)).isEqualTo("ready");
      var begun = new CountDownLatch(1);
      var reading =
          new Thread(
              () ->
                  out.lines()
                      .forEach(
                          line -> {
                            lines.add(line);
                            if (line.startsWith("done ")) {
                              begun.countDown();
                            }
                          }));
      reading.start();
      assertThat(begun.await(60, TimeUnit.SECONDS)).as(() -> read(log)).isTrue();
      assertThat(host.waitFor(random.nextInt(500), TimeUnit.MILLISECONDS))
          .as(() -> read(log))
          .isFalse();
      host.toHandle()
          .destroyForcibly(); // SIGKILL; Process.destroyForcibly would drop what was said
      reading.join();
    } finally {
      host.destroyForcibly().waitFor();
    }
    assertThat(read(log)).doesNotContain("\tat "); // no exception in the background
    return heard(lines);
  }

  private static Map<String, Acknowledged> heard(List<String> lines) {
    var customers = new HashMap<String, Acknowledged>();
    for (var line : lines) {
      var words = line.split(" ", 4);
      switch (words[0]) {
        case "opened" -> known(customers, words[1]);
        case "tries" -> known(customers, words[1]).tries(Deed.valueOf(words[2]), words[3]);
        case "done" -> known(customers, words[1]).isDone(Deed.valueOf(words[2]), words[3]);
        default -> throw new AssertionError(line);
      }
    }
    return customers;
  }

  private static Acknowledged known(Map<String, Acknowledged> customers, String email) {
    return customers.computeIfAbsent(email, unheardOf -> new Acknowledged(unheardOf));
  }

  /** The whole server with PostgreSQL, driven as browsers do. */
  @Test
  void a_server_that_is_killed_loses_nothing() throws Exception {
    var rounds = Integer.getInteger("holdfast.crash.server", 3);
    var settings = ServerProcess.settings(TestDatabases.POSTGRESQL, folder, mail);
    var hasher =
        new Argon2Hasher(
            Argon2Hasher.Cost.DEFAULT,
            Peppers.none(),
            Argon2Hasher.Load.ofThisMachine(),
            new SecureRandom());
    try (var beside =
        Installation.open(
            Settings.read(folder, Optional.empty(), Map.of(), settings),
            () ->
                (letter, message, unsubscribe) -> {
                  throw new AssertionError("left to the server");
                },
            new Meters(Installation.CLOCK))) {
      var before = List.<Visitor>of();
      for (var round = 0; round <= rounds; round++) {
        try (var server = serve(settings)) {
          for (var visitor : before) {
            visitor.mustStillBeSignedIn(server.browser());
          }
          if (round == rounds) {
            while (beside.holdfast().deliveries().waiting() > 0) {
              LockSupport.parkNanos(20_000_000);
            }
            break;
          }
          before = visitors(beside.holdfast(), server, round);
          var threads = before.stream().map(Thread::new).toList();
          threads.forEach(Thread::start);
          LockSupport.parkNanos(random.nextLong(5_000_000, 900_000_000));
          server.kill();
          for (var thread : threads) {
            thread.join();
          }
        }
        for (var visitor : before) {
          assertThat(visitor.surprise).isEmpty();
          visitor.customer.mustBeIn(beside.store(), beside.pool(), hasher, true);
          all.add(visitor.customer);
        }
        leasesEnd(beside.pool());
      }
      everyLetterMustHaveArrivedUnderOneId(beside.pool());
    }
    tell("server on PostgreSQL", rounds);
  }

  private ServerProcess serve(ImmutableMap<String, String> settings) {
    var arguments = new ArrayList<>(List.of("--port", "0"));
    settings.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return ServerProcess.start(folder.resolve("server"), arguments.toArray(String[]::new));
  }

  /** New customers, who have chosen their password and are signed in. */
  private List<Visitor> visitors(Holdfast host, ServerProcess server, int round) {
    var visitors = new ArrayList<Visitor>();
    for (var i = 0; i < WRITERS; i++) {
      var email = "r%dw%d@example.com".formatted(round, i);
      var account = host.openAccount().open(InMemoryHoldfast.opening(email));
      var browser = server.browser();
      browser.open(mail.await(letter -> letter.to().equals(email)).link());
      assertThat(browser.post("/welcome", "newPassword", PASSWORD).status()).isEqualTo(303);
      assertThat(browser.post("/sign-in", "email", email, "password", PASSWORD).status())
          .isEqualTo(303);
      visitors.add(new Visitor(account, new Acknowledged(email), browser));
    }
    return visitors;
  }

  /** The server's clock cannot be moved on, so what it waits for comes nearer. */
  private static void leasesEnd(DataSource source) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "UPDATE letters SET due_at = due_at - INTERVAL '%d minutes' WHERE due_at IS NOT NULL"
              .formatted(BETWEEN_ROUNDS.toMinutes()));
    }
  }

  /** Someone at a browser, who goes on until nothing answers any more. */
  private static final class Visitor implements Runnable {
    private final Account account;
    private final Acknowledged customer;
    private final Browser browser;
    private String surprise = "";

    Visitor(Account account, Acknowledged customer, Browser browser) {
      this.account = account;
      this.customer = customer;
      this.browser = browser;
    }

    @Override
    public void run() {
      try {
        var password = PASSWORD;
        browser.open("/profile");
        for (var i = 0; ; i++) {
          var contact = "c%d.%s".formatted(i, customer.email);
          if (i < 20) { // more letters to contacts are refused for a while
            var path = "/accounts/" + account.number() + "/contacts/new";
            submit(Deed.CONTACT, contact, path, "name", "C", "email", contact);
          }
          changePhone("+49 30 " + (1_000_000 + i));
          if (i % 3 == 2) {
            var next = "otters juggle plums, turn " + i;
            submit(
                Deed.PASSWORD,
                next,
                "/change-password",
                "currentPassword",
                password,
                "newPassword",
                next);
            password = next;
          }
        }
      } catch (UncheckedIOException killed) {
        // and what was in hand is not acknowledged
      } catch (RuntimeException | Error unforeseen) {
        surprise = unforeseen.toString();
      }
    }

    private void changePhone(String phone) {
      var path = "/accounts/" + account.number() + "/details";
      var page = browser.open(path).body();
      var version = page.replaceAll("(?s).*name=\"version\" value=\"(\\d+)\".*", "$1");
      submit(
          Deed.PHONE,
          phone,
          path,
          "version",
          version,
          "firstName",
          "Ada",
          "lastName",
          "Lovelace",
          "company",
          "Engines Ltd",
          "phone",
          phone,
          "taxId",
          "DE123456789",
          "language",
          "en",
          "address.line1",
          "Unter den Linden 1",
          "address.city",
          "Berlin",
          "address.postcode",
          "10117",
          "address.country",
          "DE");
    }

    private void submit(Deed deed, String value, String path, String... fields) {
      customer.tries(deed, value);
      var answer = browser.post(path, fields);
      if (!answer.location().contains("done=")) {
        throw new IllegalStateException(deed + ": " + answer);
      }
      customer.isDone(deed, value);
      browser.open("/profile"); // for the token of the next form
    }

    /** Unless a change of the password was in hand, which would have given the session a new id. */
    void mustStillBeSignedIn(Browser again) {
      if (customer.inHand(Deed.PASSWORD).isEmpty()) {
        again.cookies.putAll(browser.cookies);
        assertThat(again.get("/profile").status()).as(customer.email).isEqualTo(200);
      }
    }
  }

  private void everyLetterMustHaveArrivedUnderOneId(DataSource source) throws SQLException {
    assertThat(Acknowledged.count(source, "letters WHERE state <> 'SENT'")).isZero();
    var arrived = new HashSet<UUID>();
    var idsOf = new HashMap<List<String>, Set<String>>();
    for (var letter : mail.letters()) {
      var id = letter.messageId();
      arrived.add(UUID.fromString(id.substring(1, id.indexOf('@'))));
      if (!letter.subject().contains("password")) { // these are told apart by their time only
        idsOf.computeIfAbsent(List.of(letter.to(), letter.subject()), l -> new HashSet<>()).add(id);
      }
    }
    assertThat(idsOf).allSatisfy((letter, ids) -> assertThat(ids).hasSize(1));
    assertThat(arrived).isEqualTo(posted(source));
  }

  private static Set<UUID> posted(DataSource source) throws SQLException {
    var ids = new HashSet<UUID>();
    try (var connection = source.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM letters")) {
      while (rows.next()) {
        ids.add(rows.getObject(1, UUID.class));
      }
    }
    return ids;
  }

  private void tell(String what, int kills) {
    var letters = mail.letters();
    assertThat(all).hasSizeGreaterThanOrEqualTo(kills);
    var ids = letters.stream().map(MailServer.Got::messageId).distinct().count();
    System.out.printf(
        "crash: %s, %d kills, %d changes acknowledged, 0 lost; %d letters posted, 0 lost, 0 under a"
            + " second Message-ID, %d sent again under their own%n",
        what, kills, all.stream().mapToInt(Acknowledged::count).sum(), ids, letters.size() - ids);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  /** A process that was closed or killed may hold its file for a moment after it has ended. */
  private static HikariDataSource source(String url) {
    for (var triesLeft = 100; ; triesLeft--) {
      try {
        return Databases.pool(url, "sa", "", 8);
      } catch (HikariPool.PoolInitializationException inUse) {
        if (triesLeft == 0 || !("" + inUse.getMessage()).contains("already in use")) {
          throw inUse;
        }
        LockSupport.parkNanos(100_000_000);
      }
    }
  }

  private static Store store(DataSource source, InstantSource clock) {
    return Databases.H2.store(
        source, InMemoryHoldfast.SEALER, Ids.timeOrdered(clock, new SecureRandom()));
  }

  /** The process that is killed. It says what it tries and what is done. */
  static final class Host {
    private static final PrintStream OUT = System.out;

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final Store store;
    private final Holdfast holdfast;

    Host(DataSource source, int mailPort, int round) {
      clock = Clock.offset(Clock.tickMillis(ZoneOffset.UTC), BETWEEN_ROUNDS.multipliedBy(round));
      store = store(source, clock);
      var portal = URI.create("https://portal.example");
      var sender = Sender.of(new EmailAddress("portal@example.com"), "Example Hosting");
      var smtp = SmtpSettings.of("127.0.0.1", mailPort, sender).withMode(SmtpSettings.Mode.PLAIN);
      holdfast =
          new Holdfast(
              store,
              Policy.of("Example Hosting", portal).withContactsMustConfirm(false),
              Holdfast.Parts.of(
                  new InMemoryHoldfast.QuickHasher(),
                  new ShippedPasswordLists(),
                  new ZxcvbnMeter(),
                  InMemoryHoldfast.SEALER,
                  new SmtpMailer(smtp, new Brand("Example Hosting", "help@example.com", portal)),
                  new OtpJavaCodes(),
                  clock,
                  random));
    }

    /** Database, mail server, round, and what it did not hear about when it was killed. */
    public static void main(String[] args) {
      System.setOut(System.err); // for the log, which begins with a list of its settings
      var round = Integer.parseInt(args[2]);
      var host = new Host(source(args[0]), Integer.parseInt(args[1]), round);
      say("ready");
      Workers.start(host.holdfast, 2, Throwable::printStackTrace);
      for (var i = 0; i < WRITERS; i++) {
        var email = "r%dw%d@example.com".formatted(round, i);
        new Thread(() -> host.write(email)).start();
      }
      for (var i = 3; i < args.length; i += 2) {
        host.tell(args[i], args[i + 1]);
      }
    }

    private static synchronized void say(String line) {
      OUT.println(line);
    }

    /** As a host does that did not hear whether it was told already. */
    private void tell(String email, String key) {
      var user =
          store
              .transactions()
              .inOne(() -> store.users().findByAddress(new EmailAddress(email)))
              .orElseThrow();
      var account = store.transactions().inOne(() -> store.accounts().heldBy(user.id())).get(0);
      tell(account, key);
    }

    private void tell(Account account, String key) {
      holdfast
          .notifications()
          .notify(account.number(), Category.INVOICES, new MessageInput(key, key, "Pay.", null));
    }

    private void write(String email) {
      var account = holdfast.openAccount().open(InMemoryHoldfast.opening(email));
      say("opened " + email);
      choosePassword(account, email);
      var token =
          ((SignIn.Begun)
                  holdfast.signIn().signIn(email, new Password(PASSWORD), Optional.empty(), HOME))
              .token();
      var password = PASSWORD;
      for (var i = 0; ; i++) {
        var who = holdfast.sessions().check(token).orElseThrow();
        if (i < 90) {
          var contact = "c%d.%s".formatted(i, email);
          var ticks = i < 3 ? Set.of(Category.INVOICES.key()) : Set.<String>of();
          var input = new ContactInput("C", contact, "", "", null, ticks);
          say("tries " + email + " CONTACT " + contact);
          holdfast.editContacts().add(who, account.number(), input);
          say("done " + email + " CONTACT " + contact);
        }

        var phone = "+49 30 " + (1_000_000 + i);
        var now = holdfast.editAccount().find(account.number());
        say("tries " + email + " PHONE " + phone);
        holdfast.editAccount().change(who, account.number(), withPhone(now, phone), now.version());
        say("done " + email + " PHONE " + phone);

        var key = "notice-%d-%s".formatted(i, email);
        say("tries " + email + " NOTICE " + key);
        tell(account, key);
        say("done " + email + " NOTICE " + key);

        if (i % 3 == 2) {
          var next = "otters juggle plums, turn " + i;
          say("tries " + email + " PASSWORD " + next);
          token =
              holdfast
                  .changePassword()
                  .change(who, token, new Password(password), new Password(next));
          say("done " + email + " PASSWORD " + next);
          password = next;
        }
      }
    }

    /** By a link as its letter has one, but without waiting for the letter. */
    private void choosePassword(Account account, String email) {
      var link = Secret.generate(random);
      store
          .transactions()
          .inOne(
              () ->
                  store
                      .links()
                      .issue(
                          new MailedLink(
                              link.fingerprint(),
                              Purpose.WELCOME,
                              account.holder().value(),
                              new EmailAddress(email),
                              0,
                              ImmutableMap.of(),
                              clock.instant().plus(Duration.ofHours(1)))));
      holdfast.openAccount().confirm(Optional.of(link), new Password(PASSWORD), HOME);
    }

    private static DetailsInput withPhone(Account account, String phone) {
      var as = DetailsInput.of(account.details());
      return new DetailsInput(
          as.firstName(),
          as.lastName(),
          as.company(),
          phone,
          as.taxId(),
          as.language(),
          as.address());
    }
  }
}
