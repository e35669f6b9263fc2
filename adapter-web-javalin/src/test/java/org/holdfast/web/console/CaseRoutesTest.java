package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Browser;
import org.holdfast.web.console.RunningConsole.Member;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaseRoutesTest {

  private final RunningConsole console = RunningConsole.console();
  private final Account account = console.customer("ada@example.com");
  private final Member opener = console.staff(Role.SUPERVISOR);
  private final Browser sam = console.signedIn(opener);

  @AfterEach
  void stop() {
    console.close();
  }

  private String open() {
    var call = sam.post("/accounts/" + account.number() + "/call/without-proof").location();
    return sam.postBody(
            call + "/case",
            "application/x-www-form-urlencoded",
            "formToken="
                + sam.formToken()
                + "&kind=lost_mailbox&newAddress=ada%40new.example&evidence=posted_code"
                + "&evidence=payment_made&note=Letter+came+back")
        .location()
        .replace("?done=case-opened", "");
  }

  @Test
  void a_case_is_opened_with_evidence_and_decided_by_somebody_else() {
    var recovery = open();
    assertThat(recovery).startsWith("/cases/");
    assertThat(sam.get(recovery).body())
        .contains("ada@new.example", "weighs 5", "Together it weighs 9", "Letter came back")
        .contains("somebody else has to decide", "Withdraw the case")
        .doesNotContain(">Approve<");
    assertThat(sam.post(recovery + "/approve").status()).isEqualTo(403);

    var agent = console.signedIn(console.staff(Role.AGENT));
    assertThat(agent.get(recovery).body())
        .contains("Supervisors decide cases")
        .doesNotContain(">Approve<", "Withdraw the case");

    var kim = console.signedIn(console.staff(Role.SUPERVISOR));
    assertThat(kim.get("/cases").body()).contains(recovery, "To be decided");
    assertThat(kim.get(recovery).body()).contains(">Approve<", ">Refuse<");
    assertThat(kim.post(recovery + "/approve").location())
        .isEqualTo(recovery + "?done=case-approved");
    assertThat(kim.get(recovery).body()).contains("On hold", "unless somebody vetoes");
    assertThat(console.letter(Letter.Kind.CASE_APPROVED)).isPresent();
    assertThat(kim.post(recovery + "/refuse").status()).isEqualTo(409);
  }

  @Test
  void what_weighs_too_little_is_told_and_nothing_typed_is_lost() {
    var call = sam.post("/accounts/" + account.number() + "/call/without-proof").location();
    var refused =
        sam.post(
            call + "/case",
            "kind",
            "lost_mailbox",
            "newAddress",
            "ada@new.example",
            "evidence",
            "identity_document",
            "note",
            "Looks odd");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body())
        .contains("proves too little", "ada@new.example", "Looks odd")
        .containsPattern("value=\"identity_document\" checked");
    assertThat(console.letter(Letter.Kind.CASE_OPENED)).isEmpty();
  }

  @Test
  void who_opened_a_case_withdraws_it() {
    var recovery = open();
    assertThat(sam.post(recovery + "/withdraw").location())
        .isEqualTo(recovery + "?done=case-withdrawn");
    assertThat(sam.get("/cases").body()).doesNotContain(recovery);
    assertThat(sam.get("/cases?show=all").body()).contains(recovery, "Withdrawn");
  }

  @Test
  void to_decide_takes_a_fresh_proof() {
    var recovery = open();
    var kim = console.signedIn(console.staff(Role.SUPERVISOR));
    kim.get(recovery);
    console.memory.clock.pass(Duration.ofMinutes(11));
    assertThat(kim.post(recovery + "/approve").location())
        .isEqualTo("/prove?next=" + recovery + "/approve");
    assertThat(kim.get(recovery + "/approve").location()).isEqualTo(recovery);
  }
}
