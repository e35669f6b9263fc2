package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;

/** A portal with a customer, and with all that somebody who means her ill would type. */
abstract class Attack {

  static final String ADA = "ada@example.com";
  static final String EVE = "eve@example.com";
  static final String PASSWORD = InMemoryHoldfast.PASSWORD;
  static final String CHOSEN = "nine herons count pebbles";

  private static final Pattern REASON = Pattern.compile("\"reason\":\"(\\w+)\"");

  final Running portal;
  final InMemoryHoldfast memory;
  final Account ada;

  Attack() {
    this(Running.portal());
  }

  Attack(Running portal) {
    this.portal = portal;
    memory = portal.memory;
    ada = memory.customer(ADA);
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  static Browser.Answer signIn(Browser browser, String email, String password) {
    return browser.post("/sign-in", "email", email, "password", password);
  }

  /** Calls the API as a stranger; single quotes stand for double ones. */
  Browser.Answer call(String method, String path, String json) {
    return call(portal.browser(), method, path, json);
  }

  Browser.Answer call(Browser program, String method, String path, String json) {
    return program.send(
        path,
        request ->
            json.isEmpty()
                ? request.method(method, BodyPublishers.noBody())
                : request
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(json.replace('\'', '"'))));
  }

  /** A program that holds this token. */
  Browser with(String token) {
    return portal.browser().with("Authorization", "Bearer " + token);
  }

  static String credentials(String email, String password) {
    return "{'email': '%s', 'password': '%s'}".formatted(email, password);
  }

  static String shown(String pending, String code) {
    return "{'pending': '%s', 'code': '%s'}".formatted(pending, code);
  }

  /** Why the API said no. */
  static String reason(Browser.Answer answer) {
    var found = REASON.matcher(answer.body());
    return found.find() ? found.group(1) : "";
  }

  /** What the API says of this field. */
  static String text(Browser.Answer answer, String field) {
    var found = Pattern.compile("\"" + field + "\":\"([^\"]+)\"").matcher(answer.body());
    assertThat(found.find()).as(answer.body()).isTrue();
    return found.group(1);
  }

  /** Shows Ada's password by the API; says what she is half signed in by. */
  String pending() {
    return text(call("POST", "/api/v1/sessions", credentials(ADA, PASSWORD)), "pending");
  }

  /** Ada's session, of which a program holds the token. */
  String session() {
    return text(call("POST", "/api/v1/sessions", credentials(ADA, PASSWORD)), "token");
  }

  InMemoryHoldfast.Token addToken() {
    return memory.addToken(memory.signIn(ADA));
  }

  /** What this browser, having just left for the provider, comes back with as this subject. */
  Browser.Answer comeBack(Browser browser, Browser.Answer left, String subject) {
    return browser.get(
        "/linked/example/return?state="
            + state(left)
            + "&code="
            + PretendedProvider.IS
            + percent(subject));
  }

  static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The state that a browser was sent away with. */
  static String state(Browser.Answer left) {
    var found = Pattern.compile("state=([A-Za-z0-9_-]{43})").matcher(left.header("Refresh"));
    assertThat(found.find()).as(left.toString()).isTrue();
    return found.group(1);
  }

  /** Links an account elsewhere to Ada's. */
  void link(String subject) {
    var browser = portal.signedIn(ADA);
    browser.get("/security");
    var left = browser.post("/security/links/example/add");
    assertThat(comeBack(browser, left, subject).location()).contains("account-linked");
  }

  SignedIn who(String token) {
    return memory.holdfast.sessions().check(new Secret(token)).orElseThrow();
  }

  /** The secret in the newest letter of this kind. */
  String mailed(Letter.Kind kind) {
    memory.runErrands();
    return memory.lastLink(kind).orElseThrow().value();
  }

  /** The link that says "This wasn't me" in the newest letter of this kind. */
  String notMe(Letter.Kind kind) {
    var letters = memory.letters(kind);
    var link = Objects.requireNonNull(letters.get(letters.size() - 1).words().get("freezeLink"));
    return link.substring(link.indexOf("token=") + "token=".length());
  }

  /** The page that a form of this session has to come from. */
  static void open(Browser browser, String path) {
    assertThat(browser.get(path).status()).as(path).isEqualTo(200);
  }

  /** Every page and every call there is, with something in place of what its path names. */
  List<String> routes() {
    return portal.routes().stream()
        .filter(route -> !route.contains("roken"))
        .map(route -> route.replace("{number}", ada.number()).replace("{provider}", "example"))
        .map(route -> route.replace("{file}", "x").replace("{page}", "details"))
        .map(route -> route.replaceAll("\\{\\w+}", "01970000-0000-7000-8000-000000000001"))
        .filter(route -> !route.contains("*"))
        .sorted()
        .toList();
  }
}
