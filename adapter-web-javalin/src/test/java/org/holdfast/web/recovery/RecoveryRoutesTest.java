package org.holdfast.web.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.web.Browser;
import org.holdfast.web.Desk;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecoveryRoutesTest {

  private static final String NEW = "ada@elsewhere.example";
  private static final String ASKED =
      "Somebody asked our support to let them into your user account";

  private final Running portal = Running.portal();
  private final Desk desk = new Desk(portal.memory);
  private final Account account = portal.memory.customer("ada@example.com");
  private final Browser ada = portal.signedIn("ada@example.com");

  @AfterEach
  void stop() {
    portal.close();
  }

  private RecoveryCase.State state(RecoveryCase recovery) {
    return portal.memory.store.recoveryCases().find(recovery.id()).orElseThrow().state();
  }

  private String link(Letter.Kind kind, String word, String path) {
    return path + "?token=" + desk.link(kind, word).value();
  }

  @Test
  void whoever_is_signed_in_is_told_from_the_first_minute_on_and_can_stop_it() {
    var details = "/accounts/" + account.number() + "/details";
    for (var page : new String[] {details, "/security"}) {
      assertThat(ada.get(page).body()).doesNotContain(ASKED);
    }
    assertThat(ada.get("/recovery").body()).contains("Nothing is asked for");
    var recovery = desk.lostMailbox(account, NEW);
    for (var page : new String[] {details, "/security"}) {
      assertThat(ada.get(page).body()).contains(ASKED, NEW, "href=\"/recovery\"");
    }
    assertThat(ada.get("/recovery").body())
        .contains(NEW, "has not agreed yet", "another 72 hours")
        .doesNotContain("Sam");
    desk.approve(recovery);
    assertThat(ada.get("/recovery").body()).contains("has agreed", "Will be done");
    var stopped = ada.submit("/recovery/" + recovery.id() + "/veto");
    assertThat(stopped.body()).contains("It is stopped", "Nothing is asked for");
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.VETOED);
    assertThat(ada.get("/security").body()).doesNotContain(ASKED);
    desk.waitForIt();
    assertThat(portal.memory.store.users().find(account.holder()).orElseThrow().email().value())
        .isEqualTo("ada@example.com");
  }

  @Test
  void nobody_sees_or_stops_another_ones_case() {
    portal.memory.customer("bob@example.com");
    var bob = portal.signedIn("bob@example.com");
    var recovery = desk.lostMailbox(account, NEW);
    assertThat(bob.get("/security").body()).doesNotContain(ASKED, NEW);
    assertThat(bob.get("/recovery").body()).doesNotContain(NEW);
    var veto = "/recovery/" + recovery.id() + "/veto";
    assertThat(bob.post(veto).status()).isEqualTo(404);
    assertThat(bob.post("/recovery/nothing/veto").status()).isEqualTo(404);
    assertThat(portal.browser().get("/recovery").location()).startsWith("/sign-in");
    assertThat(portal.browser().post(veto).location()).startsWith("/sign-in");
    assertThat(new Browser(portal.url()).with("Origin", "https://evil.example").post(veto).status())
        .isEqualTo(403);
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.OPENED);
    assertThat(ada.get(veto).location()).isEqualTo("/recovery");
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.OPENED);
  }

  @Test
  void a_case_that_is_over_is_told_so() {
    var recovery = desk.lostMailbox(account, NEW);
    ada.get("/recovery");
    desk.refuse(recovery);
    var late = ada.post("/recovery/" + recovery.id() + "/veto");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.body()).contains("decided or has ended already", "Nothing is asked for");
  }

  @Test
  void a_mailed_link_stops_it_by_one_more_click() {
    var recovery = desk.lostMailbox(account, NEW);
    var link = link(Letter.Kind.CASE_OPENED, "vetoLink", "/recovery/veto");
    var stranger = portal.browser();
    var opened = stranger.get(link);
    assertThat(opened.status()).isEqualTo(303);
    assertThat(opened.location()).isEqualTo("/recovery/veto");
    var page = stranger.get("/recovery/veto");
    assertThat(page.body()).contains("Stop it?", NEW).doesNotContain(link.substring(22), "Sam");
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.OPENED);
    var done = stranger.submit("/recovery/veto");
    assertThat(done.body()).contains("It is stopped");
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.VETOED);
    assertThat(stranger.cookie("veto-case")).isEmpty();
    assertThat(stranger.open(link).status()).isEqualTo(410);
    assertThat(stranger.post("/recovery/veto").status()).isEqualTo(410);
    assertThat(portal.browser().get("/recovery/veto").status()).isEqualTo(410);
  }

  @Test
  void every_known_address_can_stop_it_until_it_is_done() {
    var recovery = desk.lostMailbox(account, NEW);
    var before = link(Letter.Kind.CASE_OPENED, "vetoLink", "/recovery/veto");
    desk.approve(recovery);
    assertThat(portal.memory.letters(Letter.Kind.CASE_APPROVED)).hasSize(2);
    assertThat(portal.browser().open(before).body()).contains("Will be done");
    portal.browser().open(link(Letter.Kind.CONFIRM_CASE_ADDRESS, "link", "/recovery/confirm"));
    var mail = portal.browser();
    mail.open(link(Letter.Kind.CONFIRM_CASE_ADDRESS, "link", "/recovery/confirm"));
    assertThat(mail.submit("/recovery/confirm").body()).contains("We know now");
    desk.waitForIt();
    assertThat(state(recovery)).isEqualTo(RecoveryCase.State.DONE);
    assertThat(portal.browser().open(before).status()).isEqualTo(410);
    assertThat(ada.get("/recovery").location()).startsWith("/sign-in"); // everyone is signed out
  }

  @Test
  void the_new_address_is_proved_by_one_more_click_and_by_its_own_link_only() {
    var recovery = desk.lostMailbox(account, NEW);
    var link = link(Letter.Kind.CONFIRM_CASE_ADDRESS, "link", "/recovery/confirm");
    var veto = desk.link(Letter.Kind.CASE_OPENED, "vetoLink").value();
    assertThat(portal.browser().open("/recovery/confirm?token=" + veto).status()).isEqualTo(410);
    var mail = portal.browser();
    assertThat(mail.get(link).location()).isEqualTo("/recovery/confirm");
    assertThat(mail.get("/recovery/confirm").body()).contains("Is this your address?", NEW);
    assertThat(proved(recovery)).isFalse();
    assertThat(mail.submit("/recovery/confirm").body()).contains("Thank you");
    assertThat(proved(recovery)).isTrue();
    assertThat(mail.cookie("confirm-case")).isEmpty();
    assertThat(mail.open(link).status()).isEqualTo(410);
    assertThat(portal.browser().get("/recovery/confirm").status()).isEqualTo(410);
  }

  private boolean proved(RecoveryCase recovery) {
    return portal.memory.store.recoveryCases().find(recovery.id()).orElseThrow().isProved();
  }
}
