package org.holdfast.web.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProfileRoutesTest {

  private final Running portal = Running.portal();

  @AfterEach
  void stop() {
    portal.close();
  }

  @Test
  void a_profile_is_edited_and_read_in_its_own_language() {
    portal.memory.customer("ada@example.com");
    var ada = portal.signedIn("ada@example.com");
    assertThat(ada.open("/profile").body()).contains("value=\"Lovelace\"");
    var saved =
        ada.submit(
            "/profile",
            "firstName",
            "Augusta Ada",
            "lastName",
            "King",
            "language",
            "de",
            "timeZone",
            "Europe/Berlin");
    assertThat(saved.body())
        .contains("Ihr Profil ist gespeichert", "Augusta Ada King", "lang=\"de\"");
  }

  @Test
  void faults_are_told_beside_their_fields() {
    portal.memory.customer("ada@example.com");
    var ada = portal.signedIn("ada@example.com");
    ada.open("/profile");
    var refused =
        ada.post(
            "/profile",
            "firstName",
            "https://spam.example",
            "lastName",
            "",
            "language",
            "xx",
            "timeZone",
            "Mars/Olympus");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body())
        .contains("4 things need another look", "f-firstName-error", "f-timeZone-error");
  }
}
