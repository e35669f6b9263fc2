package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.Test;

/** Guessing and throttling. */
class GuessingAttacksTest extends Attack {

  private static final int LOOKED_AT = 5; // four for typing errors, and the one that costs a wait

  GuessingAttacksTest() {
    super(
        Running.portal(
            policy ->
                policy.withGuesses(
                    new Rate(100, Duration.ofSeconds(10)),
                    new Rate(3000, Duration.ofMillis(100)))));
  }

  /** CVE-2026-35597 (Vikunja): the lock was rolled back together with the wrong code. */
  @Test
  void wrong_codes_are_not_forgotten_with_their_transaction_nor_by_a_restart() {
    var code = memory.nextCode(addToken().secret());
    IntStream.range(0, 11)
        .forEach(i -> call("POST", "/api/v1/sessions/factor", shown(pending(), "000000")));
    assertThat(reason(call("POST", "/api/v1/sessions/factor", shown(pending(), code))))
        .isEqualTo("too_many_tries");
    var restarted = memory.over(memory.store);
    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                    Refusal.class,
                    () ->
                        restarted
                            .signIn()
                            .showFactor(new Secret(pending()), code, Optional.empty(), HOME))
                .reason())
        .isEqualTo(Refusal.Reason.TOO_MANY_TRIES);
  }

  /** CVE-2025-24806 (Authelia), allauth 0.51.0: one count for each spelling of a name. */
  @Test
  void no_other_spelling_of_a_name_has_guesses_of_its_own() {
    var spellings =
        List.of(
            ADA,
            "ADA@EXAMPLE.COM",
            " ada@example.com",
            "Ada@Example.Com\t",
            "ada@EXAMPLE.com",
            "ada@example.com.",
            "ada@example.com\u3000",
            "ada@example\u3002com",
            "ada+1@example.com",
            ada.number());
    var opening =
        spellings.stream().filter(name -> opens(signIn(portal.browser(), name, PASSWORD))).toList();
    assertThat(opening).hasSizeGreaterThan(5);
    var answers =
        IntStream.range(0, 30)
            .mapToObj(i -> opening.get(i % opening.size()))
            .map(name -> signIn(portal.browser(), name, "wrong").status())
            .toList();
    assertThat(answers).containsOnly(401, 429);
    assertThat(answers.stream().filter(status -> status == 401)).hasSize(LOOKED_AT);
    assertThat(opening).noneMatch(name -> opens(signIn(portal.browser(), name, PASSWORD)));
  }

  private static boolean opens(Browser.Answer answer) {
    return answer.status() == 303;
  }

  /** CVE-2026-29794 (Vikunja), CVE-2025-69615 (Telekom): another header, another guesser. */
  @Test
  void no_header_makes_another_guesser_of_the_same_one() {
    var atAda = IntStream.range(0, 20).mapToObj(i -> guess(i, ADA)).toList();
    assertThat(atAda.stream().filter(status -> status == 401)).hasSize(LOOKED_AT);
    var atMany = IntStream.range(0, 120).mapToObj(i -> guess(i, "n" + i + "@example.com")).toList();
    assertThat(atMany.subList(0, 100 - LOOKED_AT)).containsOnly(401);
    assertThat(atMany.subList(100 - LOOKED_AT, 120)).containsOnly(429);
  }

  private int guess(int i, String email) {
    var elsewhere = "203.0.113." + i;
    var guesser =
        portal
            .browser()
            .with(
                "X-Forwarded-For", elsewhere,
                "X-Real-IP", elsewhere,
                "Forwarded", "for=" + elsewhere,
                "Client-IP", elsewhere,
                "True-Client-IP", elsewhere,
                "CF-Connecting-IP", elsewhere,
                "X-Client-IP", elsewhere);
    return signIn(guesser, email, "wrong").status();
  }

  /** CVE-2026-9798 (Keycloak): what one way in had locked, another opened. */
  @Test
  void what_one_way_in_has_locked_no_other_opens() {
    link("ada there");
    var code = memory.nextCode(addToken().secret());
    var half = pending();
    var byLink = halfSignedInByLink();
    for (var i = 0; i < LOOKED_AT; i++) {
      call("POST", "/api/v1/sessions/factor", shown(half, "000000"));
    }
    assertThat(reason(call("POST", "/api/v1/sessions/factor", shown(half, code))))
        .isEqualTo("too_many_tries");
    assertThat(byLink.post("/sign-in/code", "code", code).status()).isEqualTo(429);
    assertThat(halfSignedInByLink().post("/sign-in/code", "code", code).status()).isEqualTo(429);
    var byPage = portal.browser();
    assertThat(signIn(byPage, ADA, PASSWORD).location()).startsWith("/sign-in/code");
    assertThat(byPage.post("/sign-in/code", "code", code).status()).isEqualTo(429);

    for (var i = 0; i < LOOKED_AT; i++) {
      signIn(portal.browser(), ADA, "wrong");
    }
    assertThat(signIn(portal.browser(), ADA, PASSWORD).status()).isEqualTo(429);
    assertThat(reason(call("POST", "/api/v1/sessions", credentials(ADA, PASSWORD))))
        .isEqualTo("too_many_tries");
  }

  private Browser halfSignedInByLink() {
    var browser = portal.browser();
    var back = comeBack(browser, browser.post("/sign-in/with/example"), "ada there");
    assertThat(back.location()).startsWith("/sign-in/code");
    return browser;
  }

  /** CVE-2022-39229 (Grafana): somebody took another's address as a name, and shut them out. */
  @Test
  void whoever_takes_anothers_address_shuts_nobody_out() {
    var eves = memory.customer(EVE);
    var eve = with(memory.begin(EVE).token().value());
    var accounts = "/api/v1/accounts/" + eves.number();
    var contact = "{'name':'Ada','email':'%s','categories':['invoices']}".formatted(ADA);
    call(eve, "POST", accounts + "/contacts", contact);
    call(eve, "POST", "/api/v1/profile/email-change", "{'email':'%s'}".formatted(ADA));
    call(eve, "POST", accounts + "/email-change", "{'email':'%s'}".formatted(ADA));
    portal
        .browser()
        .post(
            "/register",
            "email",
            ADA,
            "firstName",
            "Eve",
            "lastName",
            "E",
            "language",
            "en",
            "address.line1",
            "x",
            "address.city",
            "x",
            "address.postcode",
            "10117",
            "address.country",
            "DE");
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.CONFIRM_REGISTRATION)).isEmpty();
    assertThat(memory.letters(Letter.Kind.ALREADY_REGISTERED)).hasSize(1);
    assertThat(memory.letters(Letter.Kind.ADDRESS_IN_USE)).hasSize(1);
    assertThat(memory.letters(Letter.Kind.CONFIRM_EMAIL_CHANGE)).hasSize(1); // of the account only
    call("POST", "/api/v1/email-changes/confirm", token(Letter.Kind.CONFIRM_EMAIL_CHANGE));
    assertThat(portal.signedIn(ADA).open("/").body()).contains(ada.number());
    assertThat(memory.signIn(EVE).user().email().value()).isEqualTo(EVE);
  }

  private String token(Letter.Kind kind) {
    return "{'token':'%s'}".formatted(mailed(kind));
  }

  /**
   * CVE-2026-108109 (PHPNuxBill), CVE-2026-43926 (FOSSBilling), CVE-2021-29023 (InvoicePlane): as
   * many tries at a reset as one liked, and the password in the answer.
   */
  @Test
  void links_that_reset_are_neither_guessed_nor_asked_for_without_end() {
    portal.browser().post("/forgot", "email", ADA);
    var link = mailed(Letter.Kind.RESET_LINK);
    var guesses =
        IntStream.range(0, 30)
            .mapToObj(i -> "%043d".formatted(i))
            .map(guess -> reset(guess, CHOSEN))
            .toList();
    assertThat(guesses).extracting(Browser.Answer::status).startsWith(410).endsWith(429);
    assertThat(guesses).noneMatch(answer -> answer.body().contains(CHOSEN));
    var byPage = portal.browser();
    byPage.get("/forgot/choose?token=" + "%043d".formatted(7));
    assertThat(byPage.post("/forgot/choose", "newPassword", CHOSEN).status()).isEqualTo(429);
    assertThat(reset(link, CHOSEN).body()).contains(ADA).doesNotContain(CHOSEN);

    var asked =
        IntStream.range(0, 30)
            .map(i -> portal.browser().post("/forgot", "email", "n" + i + "@example.com").status())
            .boxed()
            .toList();
    assertThat(asked).startsWith(303).endsWith(429);
  }

  private Browser.Answer reset(String token, String chosen) {
    return call(
        "POST",
        "/api/v1/password/reset",
        "{'token':'%s','newPassword':'%s'}".formatted(token, chosen));
  }
}
