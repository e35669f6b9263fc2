package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.holdfast.application.Holdfast;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.notification.Category;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers on a database server and with a mail server; and several of them, beside a host that
 * embeds the library, on one database.
 */
class NodesTest {

  private static final String PASSWORD = InMemoryHoldfast.PASSWORD;
  private static final String LATER_PASSWORD = "orbits of friendly comets";

  @TempDir private Path folder;
  private final MailServer mail = new MailServer();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(mail));

  @AfterEach
  void stop() throws Exception {
    for (var i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void who_registers_is_mailed_a_link_and_comes_in(TestDatabases database) {
    var node = node("a", ServerProcess.settings(database, folder, mail));
    assertThat(
            node.browser()
                .post(
                    "/register",
                    "email",
                    "katherine@example.com",
                    "firstName",
                    "Kathérine 🪐",
                    "lastName",
                    "Johnson",
                    "language",
                    "de",
                    "address.line1",
                    "Hauptstraße 1",
                    "address.city",
                    "Köln",
                    "address.postcode",
                    "50667",
                    "address.country",
                    "DE")
                .location())
        .isEqualTo("/register/sent");
    var katherine = node.browser();
    choosePassword(katherine, "katherine@example.com");
    assertThat(signIn(katherine, "katherine@example.com").body())
        .contains("Kathérine 🪐 Johnson", "Hauptstraße 1");
    assertThat(node.stop()).isEqualTo(new ServerProcess.Ended(0, "", ""));
  }

  @Test
  void two_nodes_on_one_database_are_one_portal() {
    var settings = ServerProcess.settings(TestDatabases.POSTGRESQL, folder, mail);
    var other = CompletableFuture.supplyAsync(() -> node("b", settings)); // both make the schema
    var a = node("a", settings);
    var b = other.join();
    var host = host(settings);
    var ada = host.openAccount().open(InMemoryHoldfast.opening("ada@example.com"));

    // A session made at one is good at the other, and ended at one is worthless at the other.
    var atA = a.browser();
    choosePassword(atA, "ada@example.com");
    signIn(atA, "ada@example.com");
    var atB = b.browser();
    atB.cookies.putAll(atA.cookies);
    assertThat(atB.get("/profile").body()).contains("Ada");
    atA.open("/profile");
    assertThat(atA.post("/sign-out").location()).isEqualTo("/sign-in?done=signed-out");
    assertThat(atB.get("/profile").location()).startsWith("/sign-in");

    oneLinkOpensOnce(a, b);
    fiftyLettersAreSentOnceEach(host, ada);
  }

  /** Used at both nodes at once, a link is honoured by one of them. */
  private void oneLinkOpensOnce(ServerProcess a, ServerProcess b) {
    for (var round = 1; round <= 3; round++) {
      a.browser().post("/forgot", "email", "ada@example.com");
      var links =
          mail.await(
              round,
              letter ->
                  letter.to().equals("ada@example.com")
                      && letter.text().contains("/forgot/choose?"));
      var here = a.browser();
      var there = b.browser();
      for (var browser : List.of(here, there)) {
        assertThat(browser.open(links.get(round - 1).link()).status()).isEqualTo(200);
      }
      var answers =
          Race.of(
              2,
              i ->
                  (i == 0 ? here : there)
                      .post("/forgot/choose", "newPassword", LATER_PASSWORD)
                      .status());
      assertThat(answers).containsExactlyInAnyOrder(303, 410);
    }
  }

  private void fiftyLettersAreSentOnceEach(Holdfast host, Account account) {
    host.transactions()
        .inOne(
            () -> {
              for (var i = 0; i < 50; i++) {
                var message = new MessageInput("invoice-" + i, "Invoice " + i, "Please pay.", null);
                host.notifications().notify(account.number(), Category.INVOICES, message);
              }
            });
    mail.await(50, NodesTest::isInvoice);
    while (host.deliveries().waiting() > 0) { // until every node has written down what it sent
      LockSupport.parkNanos(20_000_000);
    }
    var invoices = mail.letters().stream().filter(NodesTest::isInvoice).toList();
    assertThat(invoices).hasSize(50);
    assertThat(invoices).extracting(MailServer.Got::subject).doesNotHaveDuplicates();
    assertThat(invoices).extracting(MailServer.Got::messageId).doesNotHaveDuplicates();
  }

  private static boolean isInvoice(MailServer.Got letter) {
    return letter.subject().contains("Invoice ");
  }

  private void choosePassword(Browser browser, String email) {
    var link = mail.await(letter -> letter.to().equals(email)).link();
    assertThat(browser.open(link).status()).isEqualTo(200);
    assertThat(browser.post("/welcome", "newPassword", PASSWORD).location())
        .isEqualTo("/sign-in?done=welcome");
  }

  private static Browser.Answer signIn(Browser browser, String email) {
    browser.get("/sign-in");
    assertThat(browser.post("/sign-in", "email", email, "password", PASSWORD).status())
        .isEqualTo(303);
    return browser.open("/");
  }

  private ServerProcess node(String name, ImmutableMap<String, String> settings) {
    var arguments = new ArrayList<>(List.of("--port", "0"));
    settings.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    var node = ServerProcess.start(folder.resolve(name), arguments.toArray(String[]::new));
    synchronized (open) {
      open.add(node);
    }
    return node;
  }

  /** A host with the library inside, on the same database. It sends no letters itself. */
  private Holdfast host(ImmutableMap<String, String> settings) {
    var host =
        Installation.open(
            Settings.read(folder, Optional.empty(), ImmutableMap.of(), settings),
            () ->
                (letter, message, unsubscribe) -> {
                  throw new AssertionError("left to the nodes");
                },
            new Meters(Installation.CLOCK));
    open.add(host);
    return host.holdfast();
  }
}
