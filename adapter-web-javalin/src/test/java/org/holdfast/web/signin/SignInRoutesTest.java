package org.holdfast.web.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignInRoutesTest {

  private final Running portal = Running.portal();

  @BeforeEach
  void ada() {
    portal.memory.customer("ada@example.com");
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  private static Browser.Answer signIn(Browser browser, String email, String password) {
    return browser.post("/sign-in", "email", email, "password", password);
  }

  @Test
  void whoever_signs_in_sees_their_account() {
    var page = portal.signedIn("ada@example.com").open("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body()).contains("Account Details", "Ada Lovelace", "Unter den Linden 1");
  }

  @Test
  void whoever_signs_in_comes_to_the_page_they_wanted() {
    var ada = portal.browser();
    var asked = ada.get("/change-password");
    assertThat(asked.location()).isEqualTo("/sign-in?next=/change-password");
    assertThat(ada.get(asked.location()).body())
        .contains("name=\"next\" value=\"/change-password\"");
    var answer =
        ada.post(
            "/sign-in",
            "email",
            "ada@example.com",
            "password",
            InMemoryHoldfast.PASSWORD,
            "next",
            "/change-password");
    assertThat(answer.location()).isEqualTo("/change-password");
  }

  @Test
  void nobody_is_led_to_another_site() {
    for (var next :
        List.of("//evil.example", "https://evil.example", "/\\evil.example", "/%2f/evil")) {
      var answer =
          portal
              .browser()
              .post(
                  "/sign-in",
                  "email",
                  "ada@example.com",
                  "password",
                  InMemoryHoldfast.PASSWORD,
                  "next",
                  next);
      assertThat(answer.location()).isEqualTo("/");
    }
  }

  @Test
  void friend_and_stranger_get_the_same_bytes() {
    var friend = signIn(portal.browser(), "ada@example.com", "wrong");
    var stranger = signIn(portal.browser(), "eve@example.com", "wrong");
    assertThat(friend.status()).isEqualTo(stranger.status()).isEqualTo(401);
    assertThat(friend.body().replace("ada@", "eve@")).isEqualTo(stranger.body());
    assertThat(friend.cookies()).isEmpty();
    assertThat(stranger.cookies()).isEmpty();
  }

  @Test
  void what_was_typed_is_kept_but_never_the_password() {
    var answer = signIn(portal.browser(), "  ada@example.com\"><b>", "a wrong secret");
    assertThat(answer.body()).contains("&#34;>&lt;b>").doesNotContain("a wrong secret");
  }

  @Test
  void a_wait_is_told_with_its_time() {
    var ada = portal.browser();
    Browser.Answer answer = signIn(ada, "ada@example.com", "wrong");
    for (var i = 0; i < 20 && answer.status() == 401; i++) {
      answer = signIn(ada, "ada@example.com", "wrong");
    }
    assertThat(answer.status()).isEqualTo(429);
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    assertThat(answer.body()).contains("Too many tries");
  }

  @Test
  void signing_out_ends_the_session_and_not_only_the_cookie() {
    var ada = portal.signedIn("ada@example.com");
    ada.open("/profile");
    var stolen = ada.cookie("session").orElseThrow();
    var gone = ada.post("/sign-out");
    assertThat(gone.location()).isEqualTo("/sign-in?done=signed-out");
    assertThat(gone.cookies())
        .singleElement()
        .asString()
        .contains("session=;", "Expires=Thu, 01 Jan 1970");
    assertThat(ada.cookie("session")).isEmpty();
    ada.cookies.put("session", stolen);
    assertThat(ada.get("/profile").location())
        .isEqualTo("/sign-in?next=/profile&done=session-ended");
    assertThat(ada.cookie("session")).isEmpty();
  }

  @Test
  void a_link_from_elsewhere_signs_nobody_out() {
    var ada = portal.signedIn("ada@example.com");
    assertThat(ada.get("/sign-out").location()).isEqualTo("/");
    assertThat(ada.get("/profile").status()).isEqualTo(200);
  }

  @Test
  void signing_in_again_leaves_no_session_behind() {
    var ada = portal.signedIn("ada@example.com");
    ada.open("/profile");
    signIn(ada, "ada@example.com", InMemoryHoldfast.PASSWORD);
    var who = portal.memory.signIn("ada@example.com");
    assertThat(portal.memory.holdfast.sessions().list(who)).hasSize(2); // this one and the test's
  }

  @Test
  void something_sensitive_asks_first_and_then_goes_on() {
    var ada = portal.signedIn("ada@example.com");
    portal.memory.clock.pass(Duration.ofMinutes(11));
    assertThat(ada.get("/profile/email").location())
        .isEqualTo("/prove-it-is-you?next=/profile/email");
    ada.open("/prove-it-is-you?next=/profile/email");
    var before = ada.cookie("session").orElseThrow();
    assertThat(ada.post("/prove-it-is-you", "password", "wrong", "next", "/profile/email").status())
        .isEqualTo(422);
    portal.memory.clock.pass(Duration.ofMinutes(1));
    var proved =
        ada.post(
            "/prove-it-is-you", "password", InMemoryHoldfast.PASSWORD, "next", "/profile/email");
    assertThat(proved.location()).isEqualTo("/profile/email");
    assertThat(ada.cookie("session").orElseThrow()).isNotEqualTo(before);
    assertThat(ada.get("/profile/email").status()).isEqualTo(200);
  }

  @Test
  void a_form_sent_after_the_session_has_ended_leads_to_signing_in_and_back_to_its_page() {
    var ada = portal.signedIn("ada@example.com");
    ada.open("/profile");
    portal.memory.clock.pass(Duration.ofHours(2));
    assertThat(ada.post("/profile", "firstName", "Eve").location())
        .isEqualTo("/sign-in?next=/profile&done=session-ended");
    assertThat(portal.signedIn("ada@example.com").get("/sessions/end-others").location())
        .isEqualTo("/sessions");
  }
}
