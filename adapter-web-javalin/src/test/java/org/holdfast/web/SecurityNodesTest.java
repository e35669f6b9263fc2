package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.application.testkit.Race;
import org.holdfast.auth.testkit.SoftYubiKey;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.persistence.testkit.TestDatabases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two nodes on one PostgreSQL, each with connections of its own, and 64 callers who come with the
 * same thing at the same instant, half of them to either node: what is good once is good for one.
 */
class SecurityNodesTest {

  private static final int CALLERS = 64;
  private static final int LOOKED_AT = 5; // guesses in a row before somebody has to wait
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Door DOOR = new Door();
  private static final HikariDataSource HERE = TestDatabases.POSTGRESQL.fresh(40);
  private static final HikariDataSource THERE = TestDatabases.beside(HERE);
  private static final Running A = node(HERE);
  private static final Running B = node(THERE);
  private static final InMemoryHoldfast MEMORY = A.memory;
  private static int made;

  private final String email = "ada" + ++made + "@example.com";
  private final Account account = MEMORY.customer(email);

  @AfterAll
  static void stop() {
    A.close();
    B.close();
    THERE.close();
    HERE.close();
  }

  /** So many wrong guesses come from this machine that counting them by address would stop us. */
  private static Running node(HikariDataSource database) {
    var many = new Rate(1_000_000, Duration.ofMillis(1));
    return Running.node(database, policy -> policy.withGuesses(many, many), DOOR);
  }

  /** What each request goes through: on its own, or in a race together with all others. */
  private static final class Door implements Runnable {
    private volatile @Nullable CyclicBarrier all;

    @Override
    public void run() {
      var together = all;
      if (together != null) {
        try {
          together.await(60, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | InterruptedException | TimeoutException missing) {
          throw new IllegalStateException(missing);
        }
      }
    }

    void shut() {
      all = new CyclicBarrier(CALLERS);
    }

    void open() {
      all = null;
    }
  }

  /** An answer. */
  private record Said(int status, JsonNode json) {
    String text(String pointer) {
      return json.at(pointer).asText();
    }
  }

  @Test
  void a_code_lets_one_in() {
    var token = MEMORY.addToken(MEMORY.signIn(email));
    var devices = all(i -> knownDevice()); // each guesses on an account of its own
    var tickets = all(i -> ticket(Optional.of(devices.get(i))));
    var code = nextCode(token.secret());
    var said =
        race(i -> post(i, "/sessions/factor", shown(tickets.get(i), code, devices.get(i).value())));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 422, CALLERS - 1L));
    assertThat(get(B, tokenOf(said), "/sessions").json().path("sessions")).hasSize(2);
  }

  @Test
  void somebody_half_signed_in_comes_in_once_and_spends_one_recovery_code() {
    var codes = MEMORY.addToken(MEMORY.signIn(email)).recoveryCodes();
    var devices = all(i -> knownDevice().value());
    var ticket = ticket(Optional.empty());
    var said =
        race(i -> post(i, "/sessions/factor", shown(ticket, codeOf(codes, i), devices.get(i))));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 401, CALLERS - 1L));
    assertThat(get(A, tokenOf(said), "/factors").json().path("recoveryCodesLeft").asInt())
        .isEqualTo(9);
  }

  @Test
  void a_recovery_code_lets_one_in() {
    var codes = MEMORY.addToken(MEMORY.signIn(email)).recoveryCodes();
    var devices = all(i -> knownDevice());
    var tickets = all(i -> ticket(Optional.of(devices.get(i))));
    var said =
        race(
            i ->
                post(
                    i,
                    "/sessions/factor",
                    shown(tickets.get(i), codeOf(codes, 0), devices.get(i).value())));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 422, CALLERS - 1L));
    assertThat(get(B, tokenOf(said), "/factors").json().path("recoveryCodesLeft").asInt())
        .isEqualTo(9);
  }

  /** One key, which two have and two are about to add: its validation server says yes to all. */
  @Test
  void what_a_yubikey_types_is_good_once_whoever_shows_it() {
    var key = new SoftYubiKey(7);
    var bearers = List.of(signedIn(email), newcomer(), newcomer(), newcomer());
    bearers.subList(0, 2).forEach(has -> addYubiKey(check(has), key.touch()));
    var devices = all(i -> knownDevice(check(bearers.get(i / 2 % 2)).user().id()));
    var tickets =
        all(
            i ->
                ticket(
                    check(bearers.get(i / 2 % 2)).user().email().value(),
                    Optional.of(devices.get(i))));
    var typed = key.touch();
    var adding = json("{'name': 'Blue', 'code': '%s'}", typed);
    var said =
        race(
            i ->
                i % 8 < 4
                    ? post(i, bearers.get(2 + i / 2 % 2), "/factors/yubikeys", adding)
                    : post(
                        i,
                        "/sessions/factor",
                        shown(tickets.get(i), typed, devices.get(i).value())));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 422, CALLERS - 1L));
  }

  @Test
  void a_first_code_makes_a_token_count_once_and_is_spent_by_it() {
    var bearer = signedIn(email);
    var begun = post(0, bearer, "/factors/totp", json("{'name': 'Phone'}"));
    var code = MEMORY.codeNow(new TotpSecret(begun.text("/secret")));
    var confirm = "/factors/totp/" + begun.text("/id") + "/confirm";
    var said = race(i -> post(i, bearer, confirm, json("{'code': '%s'}", code)));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 404, CALLERS - 1L));
    assertThat(get(B, bearer, "/factors").json().path("factors")).hasSize(1);
    var ticket = ticket(Optional.empty());
    assertThat(post(1, "/sessions/factor", shown(ticket, code, "")).status()).isEqualTo(422);
  }

  @Test
  void a_factor_is_set_up_once_by_one_or_by_many_half_signed_in() {
    for (var one : List.of(true, false)) {
      var who = address();
      demandFactor(MEMORY.customer(who));
      var first = ticket(who, Optional.empty());
      var tickets = all(i -> one || i == 0 ? first : ticket(who, Optional.empty()));
      var begun =
          post(0, "/sessions/set-up/totp", json("{'pending': '%s', 'name': 'Phone'}", first));
      var code = MEMORY.codeNow(new TotpSecret(begun.text("/secret")));
      var finish = "/sessions/set-up/totp/" + begun.text("/id");
      var said = race(i -> post(i, finish, shown(tickets.get(i), code, "")));
      assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 401, CALLERS - 1L));
      assertThat(get(A, tokenOf(said), "/sessions").json().path("sessions")).hasSize(1);
    }
  }

  @Test
  void a_browser_comes_back_once() {
    link(MEMORY.signIn(email));
    var leaving = leave(A, "/providers/example/sign-in", Optional.empty());
    var said =
        race(
            i -> post(i, "/providers/example/return", back(leaving, PretendedProvider.IS + email)));
    assertThat(statuses(said)).isEqualTo(Map.of(201, 1L, 401, CALLERS - 1L));
  }

  @Test
  void an_account_elsewhere_is_linked_to_one() {
    var bearers = List.of(signedIn(email), newcomer());
    var leavings =
        all(i -> leave(i % 2 == 0 ? B : A, "/providers/example/link", bearer(bearers, i)));
    var said =
        race(
            i ->
                post(
                    i,
                    bearer(bearers, i).orElseThrow(),
                    "/providers/example/return",
                    back(leavings.get(i), PretendedProvider.IS + "both")));
    assertThat(statuses(said)).isEqualTo(Map.of(200, 1L, 409, CALLERS - 1L));
    assertThat(bearers)
        .extracting(each -> get(A, each, "/links").json().path("links").size())
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void this_was_not_me_is_said_once() {
    signedIn(email);
    var link = freezeLink();
    var said = race(i -> post(i, "/freeze", json("{'link': '%s'}", link)));
    assertThat(statuses(said)).isEqualTo(Map.of(204, 1L, 410, CALLERS - 1L));
  }

  @Test
  void a_reset_link_sets_one_password() {
    var link = resetLink();
    var said = race(i -> reset(i, link, "orbits of %d friendly comets".formatted(i)));
    assertThat(statuses(said)).containsEntry(200, 1L);
    assertThat(Set.of(200, 410, 429)) // 429: who came so late that it was a wrong link already
        .containsAll(statuses(said).keySet());
    var winner = IntStream.range(0, CALLERS).filter(i -> said.get(i).status() == 200).findFirst();
    var chosen = "orbits of %d friendly comets".formatted(winner.orElseThrow());
    assertThat(post(1, "/sessions", credentials(chosen)).status()).isEqualTo(201);
  }

  @Test
  void a_code_proves_once_who_somebody_is() {
    var token = MEMORY.addToken(MEMORY.signIn(email));
    var bearers =
        IntStream.range(0, 8)
            .mapToObj(
                i -> {
                  var ticket = ticket(Optional.empty());
                  var code = nextCode(token.secret());
                  return post(i, "/sessions/factor", shown(ticket, code, "")).text("/token");
                })
            .toList();
    var proof = json("{'password': '%s', 'code': '%s'}", PASSWORD, nextCode(token.secret()));
    var said = race(i -> post(i, bearers.get(i % 8), "/sessions/current/step-up", proof));
    assertThat(said).filteredOn(each -> each.status() == 200).hasSize(1);
    assertThat(Set.of(200, 401, 422, 429)) // 401: whose session has a new token by then
        .containsAll(statuses(said).keySet());
  }

  /** What somebody guesses with. */
  private enum Guess {
    OF_A_TOKEN("000000"),
    OF_A_YUBIKEY("ccccccbcgujh" + "c".repeat(32)),
    OF_A_RECOVERY_CODE(RecoveryCode.generate(new java.util.Random(3)).get(0).grouped());

    private final String typed;

    Guess(String typed) {
      this.typed = typed;
    }
  }

  @ParameterizedTest
  @EnumSource
  void no_more_guesses_are_looked_at_for_their_being_many(Guess guess) {
    MEMORY.addToken(MEMORY.signIn(email));
    var tickets = all(i -> ticket(Optional.empty()));
    var wrong = all(i -> shown(tickets.get(i), guess.typed, ""));
    var before = told();
    assertThat(statuses(race(i -> post(i, "/sessions/factor", wrong.get(i)))))
        .isEqualTo(Map.of(422, (long) LOOKED_AT, 429, (long) CALLERS - LOOKED_AT));
    for (var wait = 15; wait <= 60; wait *= 2) {
      pass(Duration.ofSeconds(wait));
      assertThat(statuses(race(i -> post(i, "/sessions/factor", wrong.get(i)))))
          .isEqualTo(Map.of(422, 1L, 429, CALLERS - 1L));
    }
    assertThat(told()).isEqualTo(before + 1);
  }

  @Test
  void what_is_done_at_one_node_is_so_at_the_other() {
    var atA = signedIn(email);
    var atB = post(1, "/sessions", credentials(PASSWORD)).text("/token");
    assertThat(get(B, atB, "/profile").status()).isEqualTo(200);

    var begun = post(0, atA, "/factors/totp", json("{'name': 'Phone'}"));
    var secret = new TotpSecret(begun.text("/secret"));
    var confirm = "/factors/totp/" + begun.text("/id") + "/confirm";
    post(0, atA, confirm, json("{'code': '%s'}", MEMORY.codeNow(secret)));
    assertThat(get(B, atB, "/profile").status()).as("a factor was added").isEqualTo(401);
    assertThat(get(B, atA, "/profile").status()).isEqualTo(200);
    assertThat(post(1, "/sessions", credentials(PASSWORD)).text("/needs")).isEqualTo("factor");

    var half = post(0, "/sessions", credentials(PASSWORD)).text("/pending");
    atB = post(1, "/sessions/factor", shown(half, nextCode(secret), "")).text("/token");
    assertThat(get(B, atB, "/profile").status()).isEqualTo(200);
    makeCodes(atA);
    assertThat(get(B, atB, "/profile").status()).as("codes were made").isEqualTo(401);
    half = post(0, "/sessions", credentials(PASSWORD)).text("/pending");
    atB = post(1, "/sessions/factor", shown(half, nextCode(secret), "")).text("/token");
    var other = post(1, "/sessions", credentials(PASSWORD)).text("/pending");
    delete(A, atA, "/factors/" + begun.text("/id"));
    assertThat(get(B, atB, "/profile").status()).as("a factor was removed").isEqualTo(401);
    assertThat(post(1, "/sessions/factor", shown(other, nextCode(secret), "")).text("/reason"))
        .isEqualTo("sign_in_expired");

    atB = post(1, "/sessions", credentials(PASSWORD)).text("/token");
    link(check(atA));
    assertThat(get(B, atB, "/profile").status()).as("an account was linked").isEqualTo(401);
    atB = post(1, "/sessions", credentials(PASSWORD)).text("/token");
    delete(A, atA, "/links/" + get(B, atA, "/links").text("/links/0/id"));
    assertThat(get(B, atB, "/profile").status()).as("it was unlinked").isEqualTo(401);

    demandFactor(account);
    assertThat(post(1, "/sessions", credentials(PASSWORD)).text("/needs")).isEqualTo("set_up");

    assertThat(post(0, "/freeze", json("{'link': '%s'}", freezeLink())).status()).isEqualTo(204);
    assertThat(get(B, atA, "/profile").status()).as("frozen").isEqualTo(401);
    assertThat(post(1, "/sessions", credentials(PASSWORD)).status()).isEqualTo(401);
    pass(Duration.ofSeconds(1));
    assertThat(reset(0, resetLink(), "orbits of friendly comets").status()).isEqualTo(200);
    assertThat(post(1, "/sessions", credentials("orbits of friendly comets")).text("/needs"))
        .isEqualTo("set_up");
  }

  private static List<Said> race(IntFunction<Said> call) {
    DOOR.shut();
    try {
      return Race.of(CALLERS, call);
    } finally {
      DOOR.open();
    }
  }

  private static Map<Integer, Long> statuses(List<Said> said) {
    return said.stream().collect(Collectors.groupingBy(Said::status, Collectors.counting()));
  }

  private static String tokenOf(List<Said> said) {
    return said.stream()
        .filter(each -> each.status() == 201)
        .findFirst()
        .orElseThrow()
        .text("/token");
  }

  private static <T> List<T> all(IntFunction<T> make) {
    return IntStream.range(0, CALLERS).mapToObj(make).toList();
  }

  /** To either node, by turns. */
  private static Said post(int caller, String path, String json) {
    return said(browser(caller).postBody("/api/v1" + path, "application/json", json));
  }

  private static Said post(int caller, String bearer, String path, String json) {
    return said(
        browser(caller)
            .with("Authorization", "Bearer " + bearer)
            .postBody("/api/v1" + path, "application/json", json));
  }

  private static Said get(Running node, String bearer, String path) {
    return said(node.browser().with("Authorization", "Bearer " + bearer).get("/api/v1" + path));
  }

  private static void delete(Running node, String bearer, String path) {
    var browser = node.browser().with("Authorization", "Bearer " + bearer);
    assertThat(browser.send("/api/v1" + path, request -> request.DELETE()).status()).isEqualTo(204);
  }

  private static void makeCodes(String bearer) {
    var browser = A.browser().with("Authorization", "Bearer " + bearer);
    assertThat(
            browser
                .send(
                    "/api/v1/factors/recovery-codes",
                    request -> request.POST(BodyPublishers.noBody()))
                .status())
        .isEqualTo(201);
  }

  private static Browser browser(int caller) {
    return (caller % 2 == 0 ? A : B).browser();
  }

  private static Said said(Browser.Answer answer) {
    try {
      return new Said(answer.status(), JSON.readTree(answer.body()));
    } catch (JsonProcessingException notJson) {
      throw new AssertionError(answer.toString(), notJson);
    }
  }

  private static String json(String text, Object... words) {
    return text.replace('\'', '"').formatted(words);
  }

  private static String shown(String pending, String code, String device) {
    return json("{'pending': '%s', 'code': '%s', 'device': '%s'}", pending, code, device);
  }

  private String credentials(String password) {
    return json("{'email': '%s', 'password': '%s'}", email, password);
  }

  private static String address() {
    return "grace" + ++made + "@example.com";
  }

  private static String newcomer() {
    var email = address();
    MEMORY.customer(email);
    return signedIn(email);
  }

  private static String signedIn(String email) {
    return MEMORY.begin(email).token().value();
  }

  private static SignedIn check(String bearer) {
    return MEMORY.holdfast.sessions().check(new Secret(bearer)).orElseThrow();
  }

  private static Optional<String> bearer(List<String> bearers, int caller) {
    return Optional.of(bearers.get(caller % 4 / 2));
  }

  private static void addYubiKey(SignedIn who, String typed) {
    MEMORY.holdfast.editFactors().addYubiKey(who, "Blue", typed);
  }

  private Secret knownDevice() {
    return knownDevice(account.holder());
  }

  /** A device that has signed in since the last change, as far as anybody can tell. */
  private static Secret knownDevice(UserId user) {
    var device = Secret.generate(new java.security.SecureRandom());
    MEMORY.store.devices().remember(user, device.fingerprint(), MEMORY.clock.instant());
    return device;
  }

  private String ticket(Optional<Secret> device) {
    return ticket(email, device);
  }

  /** What somebody has who has shown their password. */
  private static String ticket(String email, Optional<Secret> device) {
    var password = new org.holdfast.domain.credential.Password(PASSWORD);
    var outcome = MEMORY.holdfast.signIn().signIn(email, password, device, HOME);
    return (outcome instanceof SignIn.FactorNeeded needed
            ? needed.pending()
            : ((SignIn.SetUpNeeded) outcome).pending())
        .value();
  }

  private static String codeOf(List<RecoveryCode> codes, int caller) {
    return codes.get(caller % codes.size()).grouped();
  }

  private static void pass(Duration time) {
    A.memory.clock.pass(time);
    B.memory.clock.pass(time);
  }

  private static String nextCode(TotpSecret secret) {
    pass(Duration.ofSeconds(30));
    return MEMORY.codeNow(secret);
  }

  private static void demandFactor(Account account) {
    MEMORY
        .store
        .transactions()
        .inOne(() -> MEMORY.store.accounts().demandFactor(account.id(), true));
  }

  /** Where a browser is sent, and what it has to bring back. */
  private record Leaving(String state, String browser) {}

  private static Leaving leave(Running node, String path, Optional<String> bearer) {
    var browser = node.browser();
    bearer.ifPresent(token -> browser.with("Authorization", "Bearer " + token));
    var said =
        said(browser.send("/api/v1" + path, request -> request.POST(BodyPublishers.noBody())));
    assertThat(said.status()).isEqualTo(201);
    return new Leaving(stateIn(said.text("/authorizationUri")), said.text("/browser"));
  }

  private static String back(Leaving leaving, String code) {
    return json(
        "{'browser': '%s', 'state': '%s', 'code': '%s'}", leaving.browser, leaving.state, code);
  }

  private static String stateIn(String uri) {
    return uri.substring(uri.indexOf("state=") + "state=".length(), uri.indexOf("&nonce"));
  }

  private static void link(SignedIn who) {
    var linkAccounts = MEMORY.holdfast.linkAccounts();
    var departure = linkAccounts.beginLink(who, "example");
    linkAccounts.comeBack(
        "example",
        Optional.of(departure.browser()),
        Secret.parse(stateIn("" + departure.to())),
        PretendedProvider.IS + who.user().email(),
        Optional.of(who),
        Optional.empty(),
        Optional.empty(),
        HOME);
  }

  private static Said reset(int caller, String link, String password) {
    return post(
        caller, "/password/reset", json("{'token': '%s', 'newPassword': '%s'}", link, password));
  }

  private String resetLink() {
    MEMORY.holdfast.resetPassword().request(email, Optional.empty(), HOME);
    MEMORY.runErrands();
    return MEMORY.lastLink(Letter.Kind.RESET_LINK).orElseThrow().value();
  }

  private static String freezeLink() {
    var letters = MEMORY.letters(Letter.Kind.NEW_DEVICE);
    var link = "" + letters.get(letters.size() - 1).words().get("freezeLink");
    return link.substring(link.indexOf("token=") + "token=".length());
  }

  /** How many letters tell of wrong codes, whichever node posted them. */
  private static int told() {
    return A.memory.letters(Letter.Kind.CODES_FAILED).size()
        + B.memory.letters(Letter.Kind.CODES_FAILED).size();
  }
}
