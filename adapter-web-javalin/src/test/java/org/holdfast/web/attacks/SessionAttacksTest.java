package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sessions, what strangers learn, and where browsers are led. */
class SessionAttacksTest extends Attack {

  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}|[0-9]{6}");

  /** Somebody with five sessions, of which the first does it. */
  private record Person(
      InMemoryHoldfast memory, String email, SignedIn who, Secret token, List<SignIn.Begun> all) {}

  private static final ImmutableMap<String, Consumer<Person>> CHANGES =
      ImmutableMap.<String, Consumer<Person>>builder()
          .put("a new password", SessionAttacksTest::changePassword)
          .put("a reset", SessionAttacksTest::reset)
          .put("a factor added", p -> p.memory().addToken(p.who()))
          .put("a factor removed", SessionAttacksTest::addAndRemove)
          .put("an account linked", p -> link(p.memory(), p.who()))
          .put("this wasn't me", SessionAttacksTest::freeze)
          .put("an address taken back", SessionAttacksTest::undo)
          .put("shut out", p -> p.memory().holdfast.editProfile().disable(p.who().user().id()))
          .buildOrThrow();

  /**
   * CVE-2023-4005 (FOSSBilling), CVE-2021-25970 (Camaleon), CVE-2024-21635 (Memos),
   * GHSA-7hgr-xvrr-xpw3 (nhost): sessions lived on after the password had changed.
   */
  @TestFactory
  Collection<DynamicTest> no_other_session_and_no_device_outlives_a_change_of_how_one_signs_in() {
    var tests = new ArrayList<DynamicTest>();
    CHANGES.forEach(
        (what, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    what,
                    () -> {
                      var email = what.replaceAll("\\W", "") + "@example.com";
                      memory.customer(email);
                      var all = new ArrayList<SignIn.Begun>();
                      for (var i = 0; i < 5; i++) {
                        all.add(memory.begin(email));
                      }
                      var token = all.get(0).token();
                      change.accept(new Person(memory, email, who(token.value()), token, all));
                      for (var other : all.subList(1, 5)) {
                        mustBeWorthless(other);
                      }
                    })));
    return tests;
  }

  private void mustBeWorthless(SignIn.Begun other) {
    var token = other.token().value();
    assertThat(call(with(token), "GET", "/api/v1/profile", "").status()).isEqualTo(401);
    var browser = portal.browser();
    browser.cookies.put("session", token);
    assertThat(browser.get("/profile").status()).isEqualTo(303);
    assertThat(memory.store.devices().seenAt(other.user(), other.device().fingerprint())).isEmpty();
  }

  private static void changePassword(Person p) {
    p.memory()
        .holdfast
        .changePassword()
        .change(p.who(), p.token(), new Password(PASSWORD), new Password(CHOSEN));
  }

  private static void reset(Person p) {
    var reset = p.memory().holdfast.resetPassword();
    reset.request(p.email(), Optional.empty(), HOME);
    p.memory().runErrands();
    reset.redeem(
        p.memory().lastLink(Letter.Kind.RESET_LINK).orElseThrow(), new Password(CHOSEN), HOME);
  }

  private static void addAndRemove(Person p) {
    var token = p.memory().addToken(p.who());
    var half = (SignIn.FactorNeeded) p.memory().show(p.email());
    var code = p.memory().nextCode(token.secret());
    p.all()
        .set(
            1,
            p.memory().holdfast.signIn().showFactor(half.pending(), code, Optional.empty(), HOME));
    p.memory().holdfast.editFactors().remove(p.who(), token.id());
  }

  private static void link(InMemoryHoldfast memory, SignedIn who) {
    var departure = memory.holdfast.linkAccounts().beginLink(who, "example");
    memory
        .holdfast
        .linkAccounts()
        .comeBack(
            "example",
            Optional.of(departure.browser()),
            state(departure),
            PretendedProvider.IS + who.user().email(),
            Optional.of(who),
            Optional.empty(),
            Optional.empty(),
            HOME);
  }

  private static Optional<Secret> state(LinkAccounts.Departure departure) {
    var uri = departure.to().toString();
    return Secret.parse(uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce")));
  }

  private static void freeze(Person p) {
    var letters = p.memory().letters(Letter.Kind.NEW_DEVICE);
    var link = "" + letters.get(letters.size() - 1).words().get("freezeLink");
    p.memory()
        .holdfast
        .freezeUser()
        .freeze(Secret.parse(link.substring(link.indexOf("token=") + 6)).orElseThrow(), HOME);
  }

  private static void undo(Person p) {
    var change = p.memory().holdfast.changeEmail();
    change.request(p.who(), "thief" + p.email());
    p.memory().runErrands();
    change.confirm(p.memory().lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    change.undo(p.memory().lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow());
  }

  /** CVE-2015-8314 (Devise), CVE-2026-56750 (Gitea): what remembered a device opened an account. */
  @Test
  void a_device_that_is_remembered_opens_nothing() {
    var browser = portal.signedIn(ADA);
    var device = browser.cookie("device").orElseThrow();
    var thief = portal.browser();
    thief.cookies.put("session", device);
    thief.cookies.put("device", device);
    assertThat(thief.get("/profile").location()).startsWith("/sign-in");
    thief.cookies.put("pending", device);
    assertThat(thief.post("/sign-in/code", "code", "000000").location()).startsWith("/sign-in?");
    assertThat(call(with(device), "GET", "/api/v1/profile", "").status()).isEqualTo(401);
    assertThat(signIn(thief, ADA, "wrong").status()).isEqualTo(401);
  }

  /**
   * CVE-2022-34174 (Jenkins), CVE-2024-39329 (Django), CVE-2024-39891 (Authy), CVE-2022-39307
   * (Grafana): answers told friend from stranger.
   */
  @Test
  void nobody_learns_who_has_an_account_and_in_which_state() {
    var names = List.of("known", "nobod", "shut0", "nopwd", "froze", "unset");
    for (var name : List.of("known", "shut0", "nopwd", "froze")) {
      memory.customer(name + "@example.com");
    }
    memory.holdfast.openAccount().open(InMemoryHoldfast.opening("unset@example.com"));
    memory.holdfast.editProfile().disable(user("shut0"));
    portal.forgetPassword(user("nopwd"));
    memory.store.freezes().freeze(user("froze"), memory.clock.instant());
    var answers = new ArrayList<String>();
    for (var name : names) {
      var email = name + "@example.com";
      var password = List.of("shut0", "froze").contains(name) ? PASSWORD : "wrong";
      var before = memory.hasher.hashes.get();
      var seen = new StringBuilder();
      for (var answer :
          List.of(
              signIn(portal.browser(), email, password),
              call("POST", "/api/v1/sessions", credentials(email, password)),
              portal.browser().post("/forgot", "email", email),
              call("POST", "/api/v1/password/forgot", "{'email':'%s'}".formatted(email)))) {
        seen.append(answer.toString().replace(name, "")).append(answer.cookies()).append('\n');
      }
      answers.add(seen + " after " + (memory.hasher.hashes.get() - before) + " hashes");
    }
    assertThat(answers).containsOnly(answers.get(0));
    assertThat(answers.get(0)).contains("401", "303 /forgot/sent", "202", "after 2 hashes");
  }

  private org.holdfast.domain.UserId user(String name) {
    var address = new EmailAddress(name + "@example.com");
    return memory.holdfast.editProfile().findByAddress(address).id();
  }

  /**
   * CVE-2025-27143 (better-auth), CVE-2021-23435 (Clearance), CVE-2014-3730 (Django),
   * CVE-2026-40295 (Devise): some spelling of another site's address was taken for a page.
   */
  @Test
  void nobody_is_led_to_another_site() {
    var token = addToken();
    var nexts = new ArrayList<String>();
    for (var lead :
        List.of(
            "",
            "/",
            "//",
            "///",
            "/////",
            "\\",
            "/\\",
            "\\/",
            "/\\/",
            "\t//",
            "/\t/",
            "\r\n//",
            "http:",
            "https:/",
            "https://",
            "http:\\\\",
            "http:\\\\\\",
            "HTTPS:",
            "javascript:",
            "data:,",
            "/%2f/",
            "/%5c",
            "/..//",
            "/.//",
            "/@",
            "/:",
            " //",
            "/\u0000/",
            "/;/")) {
      for (var site : List.of("evil.example", "evil.example/profile", "127.0.0.1@evil.example")) {
        nexts.add(lead + site);
      }
    }
    nexts.add("/" + "a".repeat(5000));
    nexts.add("/profile?next=//evil.example");
    nexts.add("/profile#//evil.example");
    assertThat(nexts.size()).isGreaterThan(85);
    memory.customer("bob@example.com");
    var friend = portal.signedIn("bob@example.com");
    var half = portal.browser();
    for (var next : nexts) {
      var answers = new ArrayList<Browser.Answer>();
      var stranger = portal.browser().with("Referer", "https://evil.example/");
      answers.add(stranger.post("/sign-in", "email", ADA, "password", PASSWORD, "next", next));
      answers.add(stranger.post("/language", "language", "de", "next", next));
      open(friend, "/prove-it-is-you");
      answers.add(friend.get("/sign-in?next=" + percent(next)));
      answers.add(friend.post("/language", "language", "en", "next", next));
      answers.add(friend.post("/prove-it-is-you", "password", PASSWORD, "next", next));
      half.cookies.putAll(stranger.cookies);
      for (var answer : answers) {
        assertThat(answer.location())
            .as("%s: %s", next, answer)
            .matches("(/[A-Za-z0-9-]+)*(/?\\?next=/[A-Za-z0-9/-]*)?|/")
            .isNotEmpty();
      }
    }
    var code = memory.nextCode(token.secret());
    assertThat(half.post("/sign-in/code", "code", code, "next", "//evil.example").location())
        .isEqualTo("/");
    half.with("Referer", "https://evil.example/");
    half.get("/profile");
    assertThat(half.post("/sign-out").location()).isEqualTo("/sign-in?done=signed-out");
    memory.clock.pass(Duration.ofHours(2));
    assertThat(friend.get("//evil.example/profile").location()).doesNotContain("evil");
  }

  /** What is in an address is in history, logs and referrers. */
  @Test
  void no_secret_is_in_an_address() {
    var token = addToken();
    var browser = portal.browser();
    var seen = new ArrayList<Browser.Answer>();
    seen.add(signIn(browser, ADA, PASSWORD));
    seen.add(browser.get(seen.get(0).location()));
    seen.add(browser.post("/sign-in/code", "code", "x"));
    seen.add(browser.post("/sign-in/code", "code", memory.nextCode(token.secret())));
    memory.clock.pass(Duration.ofMinutes(11));
    browser.get("/security");
    seen.add(browser.get("/security/tokens/add"));
    browser.get("/prove-it-is-you");
    var code = memory.nextCode(token.secret());
    seen.add(browser.post("/prove-it-is-you", "password", PASSWORD, "code", code));
    portal.browser().post("/forgot", "email", ADA);
    var link = mailed(Letter.Kind.RESET_LINK);
    seen.add(portal.browser().get("/forgot/choose?token=" + link));
    var frozen = notMe(Letter.Kind.NEW_DEVICE);
    seen.add(portal.browser().get("/freeze?token=" + frozen));
    assertThat(seen.stream().filter(answer -> !answer.location().isEmpty())).hasSize(6);
    assertThat(seen)
        .noneMatch(answer -> SECRET.matcher(answer.location()).find())
        .noneMatch(answer -> answer.body().contains("action=\"/sign-in/code?"));
  }

  /** Somebody else may have signed in in the same browser between the two halves. */
  @Test
  void whoever_signed_in_between_password_and_code_is_not_left_signed_in() {
    memory.customer(EVE);
    var eves = memory.addToken(memory.signIn(EVE));
    var browser = portal.browser();
    signIn(browser, EVE, PASSWORD);
    var other = portal.signedIn(ADA);
    browser.cookies.put("session", other.cookie("session").orElseThrow());
    open(browser, "/sign-in/code");
    var code = memory.nextCode(eves.secret());
    assertThat(browser.post("/sign-in/code", "code", code).location()).isEqualTo("/");
    assertThat(browser.open("/profile").body()).contains(EVE);
    assertThat(other.get("/profile").location()).startsWith("/sign-in");
  }
}
