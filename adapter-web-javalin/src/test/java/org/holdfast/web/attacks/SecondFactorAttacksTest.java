package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.Test;

/** One-time codes, and second factors skipped by the order of steps or on another way. */
class SecondFactorAttacksTest extends Attack {

  private static final Pattern GROUPED = Pattern.compile("([A-Z2-7]{4} ){7}[A-Z2-7]{4}");

  /** CVE-2024-8796 (devise-two-factor): among what it tells of secrets, when they are shown. */
  @Test
  void the_secret_of_a_token_that_counts_is_never_shown_again() {
    var browser = portal.signedIn(ADA);
    open(browser, "/security/tokens/add");
    var page = browser.post("/security/tokens/add", "name", "Phone").location();
    var shown = browser.get(page).body();
    var found = GROUPED.matcher(shown);
    assertThat(found.find()).isTrue();
    var grouped = found.group();
    var secret = new TotpSecret(grouped.replace(" ", ""));
    assertThat(browser.post(page, "code", memory.codeNow(secret)).status()).isEqualTo(200);
    var seen = new ArrayList<Browser.Answer>();
    for (var path : List.of(page, "/security", page.replace("tokens", "factors"))) {
      seen.add(browser.get(path));
    }
    var token = browser.cookie("session").orElseThrow();
    seen.add(call(with(token), "GET", "/api/v1/factors", ""));
    seen.add(call(with(token), "GET", "/api/v1/activity/export?format=jsonl", ""));
    assertThat(seen.get(0).status()).isEqualTo(404);
    assertThat(seen)
        .noneMatch(a -> a.body().contains(grouped) || a.body().contains(secret.base32()));
  }

  /**
   * CVE-2026-9091 (Casdoor), CVE-2026-15616 (Logto), CVE-2026-73278 (Gitea), CVE-2026-34727
   * (Vikunja), CVE-2026-32246 (Tinyauth): an account elsewhere was enough.
   */
  @Test
  void an_account_elsewhere_is_no_second_factor() {
    link("ada there");
    var token = addToken();
    var browser = portal.browser();
    var back = comeBack(browser, browser.post("/sign-in/with/example"), "ada there");
    assertThat(back.location()).startsWith("/sign-in/code");
    assertThat(browser.cookie("session")).isEmpty();
    assertThat(browser.get("/profile").location()).startsWith("/sign-in");
    assertThat(browser.post("/sign-in/code", "code", memory.nextCode(token.secret())).location())
        .isEqualTo("/");
    open(browser, "/profile");
  }

  /**
   * CVE-2025-64103 (Zitadel), CVE-2026-56737 (phpMyFAQ): a code was enough. CVE-2022-0992
   * (SiteGround Security): so was nothing at all, to set one up.
   */
  @Test
  void a_code_opens_nothing_for_those_who_have_not_shown_the_first_factor() {
    var token = addToken();
    memory.customer(EVE);
    memory.addToken(memory.signIn(EVE));
    var code = memory.nextCode(token.secret());
    for (var pending : List.of("", "x", "%043d".formatted(1))) {
      var no = call("POST", "/api/v1/sessions/factor", shown(pending, code));
      assertThat(reason(no)).isEqualTo("sign_in_expired");
    }
    assertThat(reason(call("POST", "/api/v1/sessions/factor", "{'code': '%s'}".formatted(code))))
        .isEqualTo("sign_in_expired");
    var stranger = portal.browser();
    assertThat(stranger.post("/sign-in/code", "code", code).location())
        .isEqualTo("/sign-in?done=sign-in-expired");
    for (var path : List.of("/sign-in/set-up", "/sign-in/set-up/yubikey", "/sign-in/code")) {
      assertThat(stranger.get(path).location()).isEqualTo("/sign-in?done=sign-in-expired");
    }
    assertThat(stranger.post("/sign-in/set-up", "name", "x").location())
        .isEqualTo("/sign-in?done=sign-in-expired");

    var eves = text(call("POST", "/api/v1/sessions", credentials(EVE, PASSWORD)), "pending");
    for (var i = 0; i < 5; i++) { // counted at her, and nothing of Ada's is spent
      assertThat(reason(call("POST", "/api/v1/sessions/factor", shown(eves, code))))
          .isEqualTo("code_wrong");
    }
    assertThat(reason(call("POST", "/api/v1/sessions/factor", shown(eves, code))))
        .isEqualTo("too_many_tries");
    assertThat(call("POST", "/api/v1/sessions/factor", shown(pending(), code)).status())
        .isEqualTo(201);
  }

  /** CVE-2021-30120 (Kaseya): whether a factor was needed was the browser's to say. */
  @Test
  void whoever_is_half_signed_in_sees_what_strangers_see() {
    addToken();
    var half = portal.browser();
    signIn(half, ADA, PASSWORD);
    var pending = half.cookie("pending").orElseThrow();
    half.cookies.put("session", pending);
    half.cookies.put("mfa", "false");
    half.with("Authorization", "Bearer " + pending);
    var stranger = portal.browser();
    var looked = 0;
    for (var route : routes()) {
      var path = route.substring(route.indexOf(' ') + 1);
      if (route.startsWith("GET ") && !path.startsWith("/sign-in/")) {
        var answer = half.get(path);
        half.cookies.put("session", pending); // which may have been taken back
        var expected = stranger.get(path);
        assertThat(answer.status()).as(route).isEqualTo(expected.status());
        assertThat(
                answer
                    .location()
                    .replace("&done=session-ended", "")
                    .replace("?done=session-ended", ""))
            .as(route)
            .isEqualTo(expected.location());
        looked++;
      }
    }
    assertThat(looked).isGreaterThan(60);
  }

  /**
   * GHSA-f9rx-7wf7-jr36 (Froxlor), CVE-2022-24857 (django-mfa3), CVE-2026-33315 (Vikunja): another
   * door took the password alone.
   */
  @Test
  void no_door_takes_the_password_alone() {
    addToken();
    var basic =
        Base64.getEncoder().encodeToString((ADA + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    var keys = List.of("Basic " + basic, "Bearer " + basic, "Bearer " + PASSWORD);
    var open = Set.of(200, 201, 202, 204);
    var stranger = portal.browser();
    var looked = 0;
    for (var route : routes()) {
      var parts = route.split(" ", 2);
      var json = parts[0].equals("GET") || parts[0].equals("DELETE") ? "" : "{}";
      var closed = call(stranger, parts[0], parts[1], json).status();
      if (!open.contains(closed)) {
        for (var key : keys) {
          var caller = portal.browser().with("Authorization", key);
          assertThat(call(caller, parts[0], parts[1], json).status()).as(route).isEqualTo(closed);
        }
        looked++;
      }
    }
    assertThat(looked).isGreaterThan(100);
    assertThat(call("POST", "/api/v1/sessions", credentials(ADA, PASSWORD)).status())
        .isEqualTo(202);
  }
}
