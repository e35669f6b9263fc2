package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.google.common.io.BaseEncoding;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Policy;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PostedLetters;
import org.holdfast.auth.Defaults;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.supportpin.SupportPin;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.Web;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Every kind of secret there is comes into being, is used, shown wrong, and sent where it does not
 * belong; then none of them is in any log, page, export, answer or plain column, and of the letters
 * each is in none but its own.
 */
class PlantedSecretsTest {

  private static final Origin HERE = new Origin("192.0.2.7", "Firefox on Linux");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path folder;

  private final HikariDataSource database = TestDatabases.H2_FILE.fresh(8);
  private final PostedLetters posted = new PostedLetters();
  private final Map<String, String> planted = new LinkedHashMap<>();
  private final Map<String, String> heard = new LinkedHashMap<>(); // what was answered, by place
  private final Log log = new Log();
  private final int portalPort = freePort();
  private final int consolePort = freePort();
  private Holdfast holdfast;
  private Javalin portal;
  private Javalin console;

  /** Keeps every line, with what was thrown. */
  private static final class Log extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(
          event.getFormattedMessage()
              + Optional.ofNullable(event.getThrowableProxy())
                  .map(ThrowableProxyUtil::asString)
                  .orElse(""));
    }
  }

  @BeforeEach
  void start() {
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    ((Logger) LoggerFactory.getLogger("org.holdfast")).setLevel(Level.TRACE);
    var keys = folder.resolve("keys.json");
    KeySet.create(keys);
    var parts = Defaults.parts(KeySet.load(keys), new InMemoryHoldfast.KeepingMailer());
    var store = Databases.of(database).store(database, parts.sealer(), parts.ids());
    var policy =
        Policy.of("Example Hosting", URI.create("http://127.0.0.1:" + portalPort))
            .withSupportPins(new SupportPin.Rules(12, Optional.empty(), false))
            .withDesk(Policy.Desk.at(URI.create("http://127.0.0.1:" + consolePort)));
    holdfast = new Holdfast(posted.in(store), policy, parts);
    var clock = Clock.tickMillis(ZoneOffset.UTC);
    portal = serve(portalPort, new Web(holdfast, clock, proxy -> false)::configure);
    console = serve(consolePort, new Console(holdfast, clock, proxy -> false)::configure);
  }

  @AfterEach
  void stop() {
    portal.stop();
    console.stop();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
    ((Logger) LoggerFactory.getLogger("org.holdfast")).setLevel(null);
    database.close();
  }

  @Test
  void none_of_them_is_where_it_does_not_belong() throws SQLException {
    var account = everySecretThereIs();
    assertThat(planted).hasSizeGreaterThanOrEqualTo(40);
    assertThat(heard).hasSizeGreaterThan(60);
    heard.forEach((place, answer) -> free(place, answer, Set.of()));
    log.lines.forEach(line -> free("log", line, Set.of()));
    for (var letter : posted.all()) {
      var own = new TreeSet<String>();
      planted.forEach(
          (name, secret) -> {
            if (name.startsWith("letter " + letter.kind() + " ")) {
              own.add(name);
            }
          });
      letter.words().forEach((word, value) -> free("letter " + letter.kind(), value, own));
    }
    columns().forEach((column, value) -> free(column, value, Set.of()));
    var exported = new StringBuilder();
    holdfast
        .readActivity()
        .pageForHost(account.number(), Optional.empty(), Optional.empty(), 500)
        .forEach(exported::append);
    free("activity", exported.toString(), Set.of());
  }

  /** Not one of the secrets but these is in there. */
  private void free(String place, String text, Set<String> but) {
    planted.forEach(
        (name, secret) -> {
          if (!but.contains(name)) {
            assertThat(text.contains(secret)).as("%s in %s", name, place).isFalse();
          }
        });
  }

  private Account everySecretThereIs() {
    var password = plant("password", "seven otters juggle plums");
    var account = holdfast.openAccount().open(InMemoryHoldfast.opening("ada@example.com"));
    holdfast.openAccount().confirm(link(Letter.Kind.WELCOME, "link"), new Password(password), HERE);
    var begun = begun("ada@example.com", password);
    var ada = holdfast.sessions().check(begun.token()).orElseThrow();
    plant("session", begun.token().value());
    plant("device", begun.device().value());
    var enrolment = holdfast.editFactors().beginTotp(ada, "Phone");
    plant("token secret", enrolment.secret().base32());
    var codes =
        holdfast.editFactors().confirmTotp(ada, enrolment.id(), codeNow(enrolment.secret()));
    codes.forEach(code -> plant("recovery code " + planted.size(), code.value()));
    plant("support PIN", holdfast.supportPin().replace(ada, account.number()).pin().digits());
    var half =
        holdfast.signIn().signIn("ada@example.com", new Password(password), Optional.empty(), HERE);
    var pending = ((org.holdfast.application.signin.SignIn.FactorNeeded) half).pending();
    plant("half signed in", pending.value());
    var second =
        holdfast.signIn().showFactor(pending, codes.get(0).value(), Optional.empty(), HERE);
    plant("second session", second.token().value());
    var again = holdfast.sessions().check(second.token()).orElseThrow();
    plant("service key", holdfast.serviceKeys().make("billing").secret().value());
    holdfast.changeEmail().request(again, account.number(), "billing@example.com");
    errands();
    link(Letter.Kind.CONFIRM_EMAIL_CHANGE, "link");
    link(Letter.Kind.EMAIL_CHANGE_ASKED, "link");
    holdfast.resetPassword().request("ada@example.com", Optional.empty(), HERE);
    errands();
    link(Letter.Kind.RESET_LINK, "link");
    for (var kind :
        List.of(
            Letter.Kind.NEW_DEVICE,
            Letter.Kind.FACTOR_ADDED,
            Letter.Kind.RECOVERY_CODE_USED,
            Letter.Kind.SUPPORT_PIN_REPLACED,
            Letter.Kind.EMAIL_CHANGE_ASKED)) {
      link(kind, "freezeLink");
    }
    var bob = staff("bob", "eight badgers tune a cello");
    var sue = staff("sue", "nine herons mend a bridge");
    support(account, bob, sue);
    wrongPlaces(account, ada, bob);
    return account;
  }

  private record Worker(SignedInStaff who, Secret session) {}

  private Worker staff(String name, String password) {
    var email = name + "@example.com";
    var link = holdfast.keepStaff().inviteFromCommandLine(name, email);
    var secret = InMemoryHoldfast.secretIn(link).orElseThrow();
    plant(name + "'s invitation", secret.value());
    var token = holdfast.signInStaff().invitation(secret).orElseThrow().token();
    plant(name + "'s token", token.base32());
    plant(name + "'s password", password);
    var session =
        holdfast.signInStaff().accept(secret, new Password(password), codeNow(token), HERE);
    plant(name + "'s session", session.value());
    return new Worker(holdfast.signInStaff().check(session).orElseThrow(), session);
  }

  private void support(Account account, Worker bob, Worker sue) {
    var calls = holdfast.answerCall();
    var help = holdfast.helpCaller();
    var mailed = calls.mailCode(bob.who(), account.number());
    var code = lastWord(Letter.Kind.SUPPORT_CODE, "code").replace(" ", "");
    plant("letter SUPPORT_CODE digits", lastWord(Letter.Kind.SUPPORT_CODE, "code"));
    plant("mailed code", code);
    link(Letter.Kind.SUPPORT_CODE, "freezeLink");
    var grant = calls.byCode(bob.who(), mailed.call(), code).id();
    help.givePin(bob.who(), grant);
    link(Letter.Kind.SUPPORT_PIN_GIVEN, "freezeLink");
    plant("replaced PIN", help.replacePin(bob.who(), grant).digits());
    link(Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF, "freezeLink");
    help.sendResetLink(bob.who(), grant);
    link(Letter.Kind.RESET_LINK, "link");
    help.asCustomer(bob.who(), grant);
    link(Letter.Kind.SEEN_AS_CUSTOMER, "freezeLink");
    holdfast.keepStaff().invite(bob.who(), "Carl", "carl@example.com", Role.AGENT.key(), "de");
    link(Letter.Kind.STAFF_INVITATION, "link");
    var opened =
        holdfast
            .recoverAccess()
            .open(
                bob.who(),
                grant,
                "lost_mailbox",
                "new@example.org",
                List.of("posted_code", "caller_verified"),
                "");
    link(Letter.Kind.CASE_OPENED, "vetoLink");
    link(Letter.Kind.CONFIRM_CASE_ADDRESS, "link");
    holdfast.recoverAccess().approve(sue.who(), opened.id());
    link(Letter.Kind.CASE_APPROVED, "vetoLink");
    for (var worker : List.of(bob, sue)) {
      staffPages(account, worker, grant, opened.id().toString());
    }
  }

  /** All that staff can look at, as pages and as JSON. */
  private void staffPages(Account account, Worker worker, Grant.Id grant, String recovery) {
    var at = "http://127.0.0.1:" + consolePort;
    var call = "/calls/" + grant;
    for (var path :
        List.of(
            "/",
            "/?q=lovelace",
            "/accounts/" + account.number() + "/call",
            call,
            call + "/customer",
            call + "/case",
            "/cases",
            "/cases/" + recovery,
            "/log",
            "/numbers",
            "/staff",
            "/nowhere")) {
      look(at + path, "Cookie", "staff-session=" + worker.session().value());
    }
    for (var path :
        List.of(
            "/accounts?q=lovelace",
            "/calls",
            call,
            call + "/customer",
            "/recovery-cases",
            "/recovery-cases/" + recovery,
            "/log",
            "/numbers",
            "/staff",
            "/sessions/current",
            "/staff/" + worker.who().staff().id())) {
      look(at + "/api/v1" + path, "Authorization", "Bearer " + worker.session().value());
    }
  }

  /** What the customer looks at, and every secret where none belongs. */
  private void wrongPlaces(Account account, SignedIn ada, Worker bob) {
    var at = "http://127.0.0.1:" + portalPort;
    var session = Optional.ofNullable(planted.get("second session")).orElseThrow();
    for (var path :
        List.of(
            "/security",
            "/sessions",
            "/activity",
            "/activity/export.csv",
            "/activity/export.jsonl",
            "/recovery",
            "/accounts/" + account.number() + "/details",
            "/accounts/" + account.number() + "/deliveries",
            "/accounts/" + account.number() + "/lock-out")) {
      look(at + path, "Cookie", "session=" + session);
    }
    List.copyOf(planted.values())
        .forEach(
            secret -> {
              send(at + "/api/v1/sessions", "{\"" + secret + "\": 1}");
              send(at + "/api/v1/sessions", "{\"email\": \"" + secret + "\", \"password\": 7}");
              send(
                  "http://127.0.0.1:" + consolePort + "/api/v1/sessions",
                  "{\"email\": \"x@example.com\", \"password\": \"" + secret + "\", \"code\": []}");
              refused(
                  () ->
                      holdfast
                          .resetPassword()
                          .redeem(Secret.parse(secret).orElse(null), new Password("x"), HERE));
              refused(() -> holdfast.recoverAccess().veto(Secret.parse(secret).orElse(null)));
              refused(() -> holdfast.answerCall().byPin(bob.who(), account.number(), secret));
            });
    assertThat(ada).isNotNull();
    assertThat(ada.toString() + bob).doesNotContain(session);
  }

  private static void refused(Runnable call) {
    try {
      call.run();
    } catch (Refusal | org.holdfast.domain.InvalidInput no) {
      assertThat(no).hasMessageNotContaining("Secret[A");
    }
  }

  private void look(String url, String header, String value) {
    hear(
        HttpRequest.newBuilder(URI.create(url)).header(header, value).build(),
        url + " " + value.length());
  }

  private void send(String url, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    // which field is unknown is told, and that was the secret's place: the caller's own fault
    if (!body.endsWith("\": 1}")) {
      hear(request, url + " " + heard.size());
    }
  }

  private void hear(HttpRequest request, String place) {
    try {
      var answer = CLIENT.send(request, BodyHandlers.ofString());
      heard.put(
          place + " " + answer.statusCode() + " " + heard.size(),
          answer.headers().map() + "\n" + answer.body());
    } catch (IOException | InterruptedException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private Map<String, String> columns() throws SQLException {
    var found = new LinkedHashMap<String, String>();
    try (var connection = database.getConnection();
        var tables = connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
      var names = new ArrayList<String>();
      while (tables.next()) {
        if (!tables.getString("TABLE_SCHEM").equals("INFORMATION_SCHEMA")) {
          names.add(tables.getString("TABLE_NAME"));
        }
      }
      for (var name : names) {
        try (var rows =
            connection.createStatement().executeQuery("SELECT * FROM \"" + name + "\"")) {
          var columns = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            for (var i = 1; i <= columns; i++) {
              var value = rows.getObject(i);
              var place = name + "." + rows.getMetaData().getColumnName(i) + " " + found.size();
              found.put(
                  place,
                  value instanceof byte[] bytes
                      ? new String(bytes, StandardCharsets.ISO_8859_1)
                          + BaseEncoding.base16().lowerCase().encode(bytes)
                      : "" + value);
            }
          }
        }
      }
    }
    return found;
  }

  private String plant(String name, String secret) {
    planted.put(name, secret);
    return secret;
  }

  private Optional<Secret> link(Letter.Kind kind, String word) {
    var secret = InMemoryHoldfast.secretIn(lastWord(kind, word));
    plant("letter " + kind + " " + word + " " + planted.size(), secret.orElseThrow().value());
    return secret;
  }

  private String lastWord(Letter.Kind kind, String word) {
    return posted.all().stream()
        .filter(letter -> letter.kind() == kind)
        .reduce((earlier, later) -> later)
        .map(letter -> letter.words().getOrDefault(word, ""))
        .orElseThrow();
  }

  private org.holdfast.application.signin.SignIn.Begun begun(String email, String password) {
    return (org.holdfast.application.signin.SignIn.Begun)
        holdfast.signIn().signIn(email, new Password(password), Optional.empty(), HERE);
  }

  private void errands() {
    while (holdfast.runErrand()) {
      // until none waits
    }
  }

  private static String codeNow(TotpSecret secret) {
    return new OtpJavaCodes().at(secret, Totp.step(Clock.systemUTC().instant()));
  }

  private static Javalin serve(int port, Consumer<io.javalin.config.JavalinConfig> configure) {
    return Javalin.create(
            config -> {
              config.jetty.host = "127.0.0.1";
              config.jetty.port = port;
              configure.accept(config);
            })
        .start();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new IllegalStateException(none);
    }
  }
}
