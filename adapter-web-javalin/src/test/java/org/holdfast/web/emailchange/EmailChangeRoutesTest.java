package org.holdfast.web.emailchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmailChangeRoutesTest {

  private final Running portal = Running.portal();

  @BeforeEach
  void ada() {
    portal.memory.customer("ada@example.com");
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  private String link(Letter.Kind kind) {
    var letters = portal.memory.letters(kind);
    return ("" + letters.get(letters.size() - 1).words().get("link"))
        .substring(portal.url().length());
  }

  @Test
  void a_new_address_is_confirmed_there_and_undone_from_the_old_one() {
    var ada = portal.signedIn("ada@example.com");
    ada.open("/profile/email");
    assertThat(ada.post("/profile/email", "email", "ada@example.com").status()).isEqualTo(409);
    var asked = ada.submit("/profile/email", "email", "ada@new.example");
    assertThat(asked.body())
        .contains("Waiting for confirmation: we have written to ada@new.example");
    portal.memory.runErrands();
    var newMailbox = portal.browser();
    assertThat(newMailbox.open(link(Letter.Kind.CONFIRM_EMAIL_CHANGE)).body())
        .contains("ada@new.example");
    assertThat(newMailbox.get("/email/undo").status()).isEqualTo(410);
    assertThat(newMailbox.post("/email/confirm").location()).isEqualTo("/email/confirmed");
    assertThat(ada.open("/profile").body()).contains("ada@new.example");
    var oldMailbox = portal.browser();
    oldMailbox.open(link(Letter.Kind.EMAIL_CHANGED));
    assertThat(oldMailbox.post("/email/undo").location()).isEqualTo("/email/undone");
    assertThat(ada.get("/profile").status()).isEqualTo(303);
    assertThat(portal.memory.signIn("ada@example.com").user().email().value())
        .isEqualTo("ada@example.com");
  }

  @Test
  void a_change_that_waits_can_be_withdrawn() {
    var account =
        portal.memory.holdfast.editAccount().mine(portal.memory.signIn("ada@example.com")).get(0);
    var path = "/accounts/" + account.number();
    var ada = portal.signedIn("ada@example.com");
    ada.open(path + "/email");
    assertThat(ada.submit(path + "/email", "email", "bills@new.example").body())
        .contains("bills@new.example");
    portal.memory.runErrands();
    assertThat(ada.post(path + "/email/withdraw").location())
        .isEqualTo(path + "/details?done=email-withdrawn");
    assertThat(portal.browser().open(link(Letter.Kind.CONFIRM_EMAIL_CHANGE)).status())
        .isEqualTo(410);
  }
}
