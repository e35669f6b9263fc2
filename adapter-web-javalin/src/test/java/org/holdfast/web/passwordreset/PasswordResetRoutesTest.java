package org.holdfast.web.passwordreset;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasswordResetRoutesTest {

  private static final String CHOSEN = "orbits of friendly comets";
  private final Running portal = Running.portal();

  @BeforeEach
  void ada() {
    portal.memory.customer("ada@example.com");
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  private String mailedLink() {
    portal.browser().post("/forgot", "email", "ada@example.com");
    portal.memory.runErrands();
    var letters = portal.memory.letters(Letter.Kind.RESET_LINK);
    return ("" + letters.get(letters.size() - 1).words().get("link"))
        .substring(portal.url().length());
  }

  @Test
  void friend_and_stranger_get_the_same_answer() {
    var friend = portal.browser().post("/forgot", "email", "ada@example.com");
    var stranger = portal.browser().post("/forgot", "email", "nobody@example.com");
    assertThat(friend.status()).isEqualTo(stranger.status()).isEqualTo(303);
    assertThat(friend.location()).isEqualTo(stranger.location()).isEqualTo("/forgot/sent");
    assertThat(friend.cookies()).isEqualTo(stranger.cookies()).isEmpty();
  }

  @Test
  void a_forgotten_password_is_replaced() {
    var link = mailedLink();
    var ada = portal.signedIn("ada@example.com");
    var hidden = ada.get(link);
    assertThat(hidden.status()).isEqualTo(303);
    assertThat(hidden.location()).isEqualTo("/forgot/choose");
    assertThat(hidden.cookies())
        .singleElement()
        .asString()
        .contains("HttpOnly", "SameSite=Lax", "Path=/");
    var page = ada.get("/forgot/choose");
    assertThat(page.body()).contains("new-password").doesNotContain(link.split("=")[1]);
    assertThat(ada.post("/forgot/choose", "newPassword", CHOSEN).location())
        .isEqualTo("/sign-in?done=password-reset");
    assertThat(ada.cookies).doesNotContainKeys("reset", "session");
    assertThat(
            portal
                .browser()
                .post("/sign-in", "email", "ada@example.com", "password", CHOSEN)
                .status())
        .isEqualTo(303);
    assertThat(
            portal
                .browser()
                .post("/sign-in", "email", "ada@example.com", "password", InMemoryHoldfast.PASSWORD)
                .status())
        .isEqualTo(401);
  }

  @Test
  void a_used_or_old_or_invented_link_is_refused_in_words() {
    var link = mailedLink();
    var ada = portal.browser();
    ada.open(link);
    ada.post("/forgot/choose", "newPassword", CHOSEN);
    var again = portal.browser().open(link);
    assertThat(again.status()).isEqualTo(410);
    assertThat(again.body()).contains("no longer works", "/forgot").doesNotContain("ada@");
    var late = mailedLink();
    portal.memory.clock.pass(Duration.ofMinutes(31));
    assertThat(portal.browser().open(late).status()).isEqualTo(410);
    assertThat(portal.browser().open("/forgot/choose?token=nonsense").status()).isEqualTo(410);
    assertThat(portal.browser().post("/forgot/choose", "newPassword", CHOSEN).status())
        .isEqualTo(410);
  }

  @Test
  void a_bad_password_is_told_and_the_link_stays_good() {
    var ada = portal.browser();
    ada.open(mailedLink());
    var refused = ada.post("/forgot/choose", "newPassword", "password");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("Use at least 15 characters", "Everybody");
    assertThat(ada.post("/forgot/choose", "newPassword", CHOSEN).status()).isEqualTo(303);
  }

  @Test
  void several_addresses_are_none() {
    for (var body :
        new String[] {
          "email=ada%40example.com&email=eve%40example.com",
          "email%5B%5D=ada%40example.com&email%5B%5D=eve%40example.com",
          "email=ada%40example.com%2Ceve%40example.com",
          "email=ada%40example.com%20eve%40example.com"
        }) {
      var answer = portal.browser().postBody("/forgot", "application/x-www-form-urlencoded", body);
      assertThat(answer.status()).isBetween(400, 422);
    }
    portal.memory.runErrands();
    assertThat(portal.memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
  }
}
