package org.holdfast.web.console;

import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Role;
import org.holdfast.persistence.Databases;
import org.holdfast.web.Browser;

/** A console that listens on loopback, with everything behind it in memory. */
public final class RunningConsole implements AutoCloseable {

  public static final String PASSWORD = "seven walruses weigh plums";

  public final InMemoryHoldfast memory;
  public final int port = freePort();
  private final Javalin server;
  private int made;

  /** A staff member, and what they sign in with. */
  public record Member(String email, TotpSecret token) {}

  private RunningConsole(String url, Set<String> trustedProxies) {
    this(url, trustedProxies, InMemoryHoldfast::new);
  }

  private RunningConsole(
      String url, Set<String> trustedProxies, Function<Policy, InMemoryHoldfast> behind) {
    var uri = URI.create(url.isEmpty() ? "http://127.0.0.1:" + port : url);
    memory =
        behind.apply(
            Policy.of("Example Hosting", URI.create("https://portal.example"))
                .withDesk(Policy.Desk.at(uri)));
    server =
        Javalin.create(
                config -> {
                  config.jetty.host = "127.0.0.1";
                  config.jetty.port = port;
                  new Console(memory.holdfast, memory.clock, trustedProxies::contains)
                      .configure(config);
                })
            .start();
  }

  public static RunningConsole console() {
    return new RunningConsole("", Set.of());
  }

  /** One of several nodes on a database. */
  public static RunningConsole on(DataSource database) {
    var ids = Ids.timeOrdered(InstantSource.system(), new SecureRandom());
    var store = Databases.of(database).store(database, InMemoryHoldfast.SEALER, ids);
    return new RunningConsole("", Set.of(), policy -> new InMemoryHoldfast(policy, store));
  }

  /** As if behind a proxy that staff reach by https. */
  public static RunningConsole behindProxy(String url) {
    return new RunningConsole(url, Set.of());
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** A browser that has not been here before. */
  public Browser browser() {
    return new Browser(url());
  }

  /** Somebody in this role, who has taken up their invitation. */
  public Member staff(Role role) {
    var email = role.key() + ++made + "@example.com";
    var link = memory.holdfast.keepStaff().inviteFromCommandLine("Sam " + role.key(), email);
    var member = accept(email, Secret.parse(link.substring(link.indexOf('=') + 1)).orElseThrow());
    if (role != Role.ADMINISTRATOR) {
      memory
          .store
          .transactions()
          .inOne(
              () -> {
                var staff = memory.store.staff();
                var found =
                    staff.all().stream()
                        .filter(one -> one.email().value().equals(email))
                        .findFirst()
                        .orElseThrow();
                staff.save(found.as(role, java.time.Instant.EPOCH));
              });
    }
    return member;
  }

  /** Somebody who reads this language, invited by an administrator. */
  public Member reading(Language language, Role role, String name) {
    var boss = at(staff(Role.ADMINISTRATOR));
    var email = language.tag() + ++made + "@example.com";
    memory.holdfast.keepStaff().invite(boss, name, email, role.key(), language.tag());
    return accept(email, memory.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow());
  }

  private Member accept(String email, Secret link) {
    var signIn = memory.holdfast.signInStaff();
    var token = signIn.invitation(link).orElseThrow().token();
    var code = memory.codeNow(token);
    signIn.accept(link, new Password(PASSWORD), code, InMemoryHoldfast.HOME);
    return new Member(email, token);
  }

  /** Somebody signed in without a browser. */
  public SignedInStaff at(Member member) {
    var token =
        memory
            .holdfast
            .signInStaff()
            .signIn(
                member.email(),
                new Password(PASSWORD),
                memory.nextCode(member.token()),
                InMemoryHoldfast.HOME);
    return memory.holdfast.signInStaff().check(token).orElseThrow();
  }

  /** A browser in which this staff member is signed in. */
  public Browser signedIn(Member member) {
    var browser = browser();
    var answer =
        browser.post(
            "/sign-in",
            "email",
            member.email(),
            "password",
            PASSWORD,
            "code",
            memory.nextCode(member.token()));
    if (answer.status() != 303) {
      throw new IllegalStateException("could not sign in: " + answer);
    }
    browser.get("/log"); // with the token for its forms
    return browser;
  }

  /** A customer with a support PIN. */
  public Account customer(String email) {
    return memory.customer(email);
  }

  /** The PIN of a customer. */
  public String pinOf(Account account) {
    var who = memory.signIn(account.details().email().value());
    return memory
        .holdfast
        .supportPin()
        .show(who, account.number())
        .map(shown -> shown.pin().digits())
        .orElseGet(
            () -> {
              memory.holdfast.supportPin().replace(who, account.number());
              return memory
                  .holdfast
                  .supportPin()
                  .show(who, account.number())
                  .orElseThrow()
                  .pin()
                  .digits();
            });
  }

  /** The newest letter of this kind. */
  public Optional<Letter> letter(Letter.Kind kind) {
    var all = memory.letters(kind);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Every route there is, as "METHOD /path". */
  public Set<String> routes() {
    return server.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .filter(endpoint -> !endpoint.method.name().startsWith("BEFORE"))
        .map(endpoint -> endpoint.method.name() + " " + endpoint.path)
        .collect(Collectors.toSet());
  }

  /** Longer than a session at the console lasts. */
  public void passTheIdleTime() {
    memory.clock.pass(Duration.ofMinutes(16));
  }

  @Override
  public void close() {
    server.stop();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }
}
