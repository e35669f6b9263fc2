package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.domain.staff.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StaffRoutesTest {

  private final RunningConsole console = RunningConsole.console();

  @AfterEach
  void stop() {
    console.close();
  }

  @Test
  void an_administrator_keeps_the_staff() {
    var member = console.staff(Role.AGENT);
    var agent = console.signedIn(member);
    var kim = "/staff/" + console.at(member).staff().id();
    var boss = console.signedIn(console.staff(Role.ADMINISTRATOR));
    assertThat(boss.get("/staff").body()).contains(member.email(), kim);
    assertThat(boss.get(kim).body()).containsPattern("value=\"agent\" checked");
    assertThat(boss.post(kim + "/role", "role", "supervisor").location())
        .isEqualTo(kim + "?done=staff-role-changed");
    assertThat(agent.get("/numbers").status()).isEqualTo(200);
    assertThat(boss.post(kim + "/role", "role", "king").status()).isEqualTo(422);
    assertThat(boss.post(kim + "/disable").location()).isEqualTo(kim + "?done=staff-disabled");
    assertThat(agent.get("/").location()).startsWith("/sign-in");
    assertThat(boss.get(kim).body()).contains("Let in again");
    assertThat(boss.post(kim + "/enable").location()).isEqualTo(kim + "?done=staff-enabled");
    assertThat(boss.post(kim + "/invite-anew").location()).isEqualTo(kim + "?done=staff-invited");
    assertThat(console.letter(Letter.Kind.STAFF_INVITATION)).isPresent();
  }

  @Test
  void what_is_wrong_with_an_invitation_is_told() {
    var first = console.staff(Role.AGENT);
    var boss = console.signedIn(console.staff(Role.ADMINISTRATOR));
    var empty = boss.post("/staff/invite", "name", "", "email", "kim", "language", "en");
    assertThat(empty.status()).isEqualTo(422);
    assertThat(empty.body()).contains("href=\"#f-name\"", "href=\"#f-email\"", "href=\"#f-role\"");
    var taken =
        boss.post(
            "/staff/invite",
            "name",
            "Kim",
            "email",
            first.email(),
            "language",
            "en",
            "role",
            "agent");
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.body()).contains("has this e-mail address");
  }

  @Test
  void nobody_changes_themselves() {
    var member = console.staff(Role.ADMINISTRATOR);
    var boss = console.signedIn(member);
    var self = "/staff/" + console.at(member).staff().id();
    assertThat(boss.get(self).body()).contains("This is you").doesNotContain("/disable");
    assertThat(boss.post(self + "/disable").status()).isEqualTo(409);
  }

  @Test
  void everybody_reads_what_they_did_and_supervisors_read_numbers() {
    var sam = console.signedIn(console.staff(Role.SUPERVISOR));
    sam.get("/?q=nobody");
    assertThat(sam.get("/log").body()).contains("Searched", "Signed in");
    assertThat(sam.get("/numbers").body()).contains("Searched", "24 hours", "Sam supervisor");
    assertThat(sam.get("/numbers?days=7").body()).contains("aria-current=\"page\">7 days");
  }
}
