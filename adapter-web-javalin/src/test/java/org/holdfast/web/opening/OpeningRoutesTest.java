package org.holdfast.web.opening;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpeningRoutesTest {

  private Running portal = Running.portal();

  @AfterEach
  void stop() {
    portal.close();
  }

  private Browser.Answer register(String email) {
    return portal
        .browser()
        .post(
            "/register",
            "email",
            email,
            "firstName",
            "Katherine",
            "lastName",
            "Johnson",
            "language",
            "en",
            "address.line1",
            "Main Street 1",
            "address.city",
            "Hampton",
            "address.region",
            "Virginia",
            "address.postcode",
            "23666",
            "address.country",
            "US");
  }

  private String link(Letter.Kind kind) {
    var letters = portal.memory.letters(kind);
    var link = "" + letters.get(letters.size() - 1).words().get("link");
    return link.substring(portal.url().length());
  }

  @Test
  void whoever_registers_follows_a_link_chooses_a_password_and_signs_in() {
    assertThat(register("katherine@example.com").location()).isEqualTo("/register/sent");
    portal.memory.runErrands();
    var katherine = portal.browser();
    var hidden = katherine.get(link(Letter.Kind.CONFIRM_REGISTRATION));
    assertThat(hidden.location()).isEqualTo("/welcome");
    assertThat(katherine.get("/welcome").status()).isEqualTo(200);
    assertThat(katherine.post("/welcome", "newPassword", "short").status()).isEqualTo(422);
    assertThat(katherine.post("/welcome", "newPassword", "orbits of friendly comets").location())
        .isEqualTo("/sign-in?done=welcome");
    assertThat(katherine.cookies).doesNotContainKey("welcome");
    katherine.post(
        "/sign-in", "email", "katherine@example.com", "password", "orbits of friendly comets");
    assertThat(katherine.open("/").body()).contains("Katherine Johnson", "Main Street 1");
  }

  @Test
  void opening_the_link_changes_nothing_however_often() {
    register("katherine@example.com");
    portal.memory.runErrands();
    for (var i = 0; i < 3; i++) {
      assertThat(portal.browser().open(link(Letter.Kind.CONFIRM_REGISTRATION)).status())
          .isEqualTo(200);
    }
    assertThat(portal.memory.letters(Letter.Kind.WELCOME)).isEmpty();
  }

  @Test
  void friend_and_stranger_get_the_same_answer() {
    portal.memory.customer("ada@example.com");
    assertThat(register("ada@example.com").location())
        .isEqualTo(register("katherine@example.com").location());
    portal.memory.runErrands();
    assertThat(portal.memory.letters(Letter.Kind.ALREADY_REGISTERED)).hasSize(1);
  }

  @Test
  void every_fault_is_told_at_once_and_nothing_typed_is_lost() {
    var answer =
        portal
            .browser()
            .post("/register", "email", "kath", "firstName", "Katherine", "address.country", "US");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body())
        .contains(
            "value=\"kath\"",
            "value=\"Katherine\"",
            "<option value=\"US\" selected>",
            "href=\"#f-email\"",
            "href=\"#f-lastName\"",
            "href=\"#f-address-line1\"",
            "id=\"f-address-line1-error\"",
            "aria-describedby=\"f-email-hint f-email-error\"");
  }

  @Test
  void faults_are_listed_in_the_order_of_the_page() {
    var body =
        portal
            .browser()
            .post("/register", "lastName", "", "firstName", "", "email", "x", "address.city", "")
            .body();
    assertThat(body.indexOf("#f-lastName")).isPositive().isLessThan(body.indexOf("#f-firstName"));
    assertThat(body.indexOf("#f-firstName")).isLessThan(body.indexOf("#f-email"));
    assertThat(body.indexOf("#f-email")).isLessThan(body.indexOf("#f-address-city"));
    assertThat(body.indexOf("#f-address-city")).isLessThan(body.indexOf("#f-address-line1"));
  }

  @Test
  void a_host_may_want_no_registration() {
    portal.close();
    portal = Running.portal(policy -> policy.withRegistrationOpen(false));
    assertThat(portal.browser().get("/register").status()).isEqualTo(403);
    assertThat(register("katherine@example.com").status()).isEqualTo(403);
    assertThat(portal.browser().get("/sign-in").body()).doesNotContain("/register");
  }
}
