package org.holdfast.web.credential;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasswordRoutesTest {

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

  @Test
  void the_current_password_is_needed_and_every_other_session_ends() {
    var here = portal.signedIn("ada@example.com");
    var there = portal.signedIn("ada@example.com");
    here.open("/change-password");
    var wrong = here.post("/change-password", "currentPassword", "wrong", "newPassword", CHOSEN);
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.body()).contains("not your current password").doesNotContain(CHOSEN);
    portal.memory.clock.pass(java.time.Duration.ofSeconds(5));
    var before = here.cookie("session").orElseThrow();
    var right =
        here.post(
            "/change-password",
            "currentPassword",
            InMemoryHoldfast.PASSWORD,
            "newPassword",
            CHOSEN,
            "username",
            "ada@example.com");
    assertThat(right.location()).isEqualTo("/change-password?done=password-changed");
    assertThat(here.cookie("session").orElseThrow()).isNotEqualTo(before);
    assertThat(here.get("/profile").status()).isEqualTo(200);
    assertThat(there.get("/profile").status()).isEqualTo(303);
  }

  @Test
  void the_meter_answers_those_who_choose_a_password_and_nobody_else() {
    var stranger =
        portal.browser().post("/password-strength", "newPassword", "orbits of friendly comets");
    assertThat(stranger.body()).doesNotContain("score");
    var ada = portal.signedIn("ada@example.com");
    ada.open("/change-password");
    var answer = ada.post("/password-strength", "newPassword", CHOSEN);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"score\":4", "\"words\":\"Strong\"");
  }
}
