package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.holdfast.application.mail.Letter;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.Test;

/** Linked accounts, and what other sites make a browser do. */
class LinkedAccountAttacksTest extends Attack {

  /**
   * CVE-2026-53516 (better-auth), and 35 of 75 services studied: whoever registered an address
   * first was let in beside its owner.
   */
  @Test
  void whoever_registers_anothers_address_has_no_part_in_what_its_owner_gets() {
    var carol = "carol@example.com";
    portal
        .browser()
        .post(
            "/register",
            "email",
            carol,
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
    var asked = mailed(Letter.Kind.CONFIRM_REGISTRATION);
    var browser = portal.browser();
    var left = browser.post("/sign-in/with/example");
    assertThat(comeBack(browser, left, carol).status()).isEqualTo(401);
    portal.browser().post("/forgot", "email", carol);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
    var carols = memory.customer(carol); // as her host opens it
    var late = portal.browser();
    late.get("/welcome?token=" + asked);
    assertThat(late.post("/welcome", "newPassword", CHOSEN).status()).isEqualTo(409);
    assertThat(signIn(portal.browser(), carol, CHOSEN).status()).isEqualTo(401);
    assertThat(portal.signedIn(carol).open("/").body()).contains(carols.number());
  }

  /** CVE-2015-9284 (OmniAuth), CVE-2021-41274 (Solidus): another site began it. */
  @Test
  void no_other_site_does_anything_in_somebodys_name() {
    link("ada there");
    var browser = portal.signedIn(ADA);
    open(browser, "/security");
    var looked = 0;
    for (var route : routes()) {
      var parts = route.split(" ", 2);
      if (!parts[0].equals("GET") && !parts[1].startsWith("/api/")) {
        browser.with("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site");
        assertThat(browser.post(parts[1]).status()).as(route).isEqualTo(403);
        browser.with("Sec-Fetch-Site", "same-site");
        assertThat(browser.post(parts[1]).status()).as(route).isEqualTo(403);
        looked++;
      }
    }
    assertThat(looked).isGreaterThan(30);
    browser.with("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
    for (var path :
        List.of(
            "/sign-in/with/example",
            "/security/links/example/add",
            "/prove-it-is-you/with/example",
            "/linked/example/return?state=" + "%043d".formatted(1) + "&code=is-eve",
            "/linked/example/return?error=access_denied",
            "/sign-out",
            "/sessions/end-others")) {
      var answer = browser.get(path);
      assertThat(answer.header("Refresh")).as(path).isEmpty();
      assertThat(browser.cookie("linking")).as(path).isEmpty();
    }
    browser.with();
    var program = with(browser.cookie("session").orElseThrow());
    assertThat(call(program, "GET", "/api/v1/links", "").body()).contains("Example ID");
    assertThat(call(program, "GET", "/api/v1/profile", "").body()).contains(ADA);
    assertThat(memory.letters(Letter.Kind.ACCOUNT_UNLINKED)).isEmpty();
    assertThat(memory.letters(Letter.Kind.EMAIL_CHANGE_ASKED)).isEmpty();
    for (var noToken : List.of("/security/links/example/add", "/sign-in", "/change-password")) {
      var forged =
          browser.postBody(noToken, "application/x-www-form-urlencoded", "formToken=forged");
      assertThat(forged.status()).as(noToken).isEqualTo(403);
    }
  }

  /**
   * CVE-2025-12419 (Mattermost), CVE-2025-46815 (Zitadel): what one browser had left with was good
   * in another, so that people were signed in as, or linked to, somebody else.
   */
  @Test
  void nobody_comes_back_with_what_another_left_with() {
    var eves = memory.customer(EVE);
    var eve = portal.signedIn(EVE);
    eve.get("/security");
    comeBack(eve, eve.post("/security/links/example/add"), "eve there");
    var toLink = eve.post("/security/links/example/add");
    var victim = portal.signedIn(ADA);
    assertThat(comeBack(victim, toLink, "eve as well").status()).isEqualTo(401);
    victim.cookies.put("linking", eve.cookie("linking").orElseThrow());
    assertThat(comeBack(victim, toLink, "eve as well").status()).isEqualTo(401); // her session's
    var stranger = portal.browser();
    var toSignIn = stranger.post("/sign-in/with/example");
    assertThat(comeBack(victim, toSignIn, "eve there").status()).isEqualTo(401);
    assertThat(victim.open("/").body()).contains(ada.number()).doesNotContain(eves.number());
    var program = with(victim.cookie("session").orElseThrow());
    assertThat(call(program, "GET", "/api/v1/links", "").body()).isEqualTo("{\"links\":[]}");
  }

  /** The address that a browser is sent to is a header's value and a link's. */
  @Test
  void nobody_but_the_provider_says_where_a_browser_is_sent() {
    for (var next : List.of("//evil.example", "/x;url=//evil.example", "/a\r\nX: y", "'\"><b>")) {
      var left = portal.browser().post("/sign-in/with/example", "next", next);
      assertThat(left.header("Refresh"))
          .matches("0; url=https://id\\.example/authorize\\?state=[\\w-]{43}&nonce=[\\w-]{43}");
      assertThat(left.body()).doesNotContain("evil", "<b>");
    }
    for (var provider : List.of("other", "EXAMPLE", "example%20", "example%0d%0aX:%20y")) {
      var no = portal.browser().post("/sign-in/with/" + provider);
      assertThat(no.status()).as(provider).isIn(400, 404);
      assertThat(no.header("Refresh")).isEmpty();
    }
  }

  /**
   * CVE-2026-58422 (Gitea), CVE-2026-33668 (Vikunja), CVE-2025-53942 (authentik): somebody disabled
   * came in by an account elsewhere, or was enabled by that.
   */
  @Test
  void whoever_was_shut_out_comes_in_by_no_door() {
    link("ada there");
    var page = portal.signedIn(ADA);
    var program = with(session());
    portal.browser().post("/forgot", "email", ADA);
    var reset = mailed(Letter.Kind.RESET_LINK);
    var away = portal.browser();
    var left = away.post("/sign-in/with/example");
    memory.holdfast.editProfile().disable(ada.holder());

    assertThat(page.get("/profile").location()).startsWith("/sign-in");
    assertThat(call(program, "GET", "/api/v1/profile", "").status()).isEqualTo(401);
    assertThat(signIn(portal.browser(), ADA, PASSWORD).status()).isEqualTo(401);
    assertThat(call("POST", "/api/v1/sessions", credentials(ADA, PASSWORD)).status())
        .isEqualTo(401);
    assertThat(comeBack(away, left, "ada there").status()).isEqualTo(401);
    var again = portal.browser();
    assertThat(comeBack(again, again.post("/sign-in/with/example"), "ada there").status())
        .isEqualTo(401);
    var chosen = "{'token':'%s','newPassword':'%s'}".formatted(reset, CHOSEN);
    assertThat(call("POST", "/api/v1/password/reset", chosen).status()).isEqualTo(410);
    portal.browser().post("/forgot", "email", ADA);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).hasSize(1);
    assertThat(away.cookie("session")).isEmpty();
    assertThat(again.send("/profile", r -> r.method("GET", BodyPublishers.noBody())).status())
        .isEqualTo(303);

    memory.holdfast.editProfile().enable(ada.holder());
    assertThat(page.get("/profile").location()).startsWith("/sign-in");
    assertThat(call(program, "GET", "/api/v1/profile", "").status()).isEqualTo(401);
    open(signedInByLink(), "/profile");
  }

  private Browser signedInByLink() {
    var browser = portal.browser();
    comeBack(browser, browser.post("/sign-in/with/example"), "ada there");
    return browser;
  }
}
