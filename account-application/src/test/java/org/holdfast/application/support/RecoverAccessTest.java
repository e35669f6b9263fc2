package org.holdfast.application.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecoverAccessTest {

  private static final List<String> ENOUGH = List.of("posted_code", "invoices_known");

  private final InMemoryHoldfast all = new InMemoryHoldfast();
  private final StaffAtWork staff = new StaffAtWork(all);
  private final RecoverAccess recover = all.holdfast.recoverAccess();
  private Worker ann;
  private Worker bob;
  private Worker sue;
  private Account account;
  private SignedIn ada;

  @BeforeEach
  void somebodyHasLostSomething() {
    ann = staff.administrator("ann@example.com");
    bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    sue = staff.hire(ann, "sue@example.com", Role.SUPERVISOR);
    account = all.customer("ada@example.com");
    ada = all.signIn("ada@example.com");
    all.addToken(ada);
  }

  @Test
  void a_lost_factor_is_removed_by_nobodys_hand_after_the_hold() {
    var opened = open("lost_factor", null);
    assertThat(opened.state()).isEqualTo(State.OPENED);
    assertThat(recover.runDue()).isFalse();
    recover.approve(staff.fresh(sue), opened.id());
    all.clock.pass(recover.hold().minusSeconds(61));
    assertThat(recover.runDue()).as("not before").isFalse();
    assertThat(show()).isInstanceOf(SignIn.FactorNeeded.class);
    all.clock.pass(Duration.ofMinutes(2));
    assertThat(recover.runDue()).isTrue();
    assertThat(recover.runDue()).isFalse();
    refuses(Reason.SIGN_IN_FAILED, this::show); // the password may be in the wrong hands too
    reset("ada@example.com", "a password chosen by mail");
    assertThat(
            all.holdfast
                .signIn()
                .signIn(
                    "ada@example.com",
                    new Password("a password chosen by mail"),
                    Optional.empty(),
                    HOME))
        .isInstanceOf(SignIn.Begun.class);
    assertThat(acts()).contains(What.CASE_OPENED, What.CASE_APPROVED, What.CASE_DONE);
  }

  @Test
  void a_lost_mailbox_moves_once_the_new_address_has_proved_itself() {
    var opened = open("lost_mailbox", "new@example.org");
    recover.approve(staff.fresh(sue), opened.id());
    all.clock.pass(recover.hold());
    assertThat(recover.runDue()).as("nobody has followed the link").isFalse();
    var link = all.lastLink(Letter.Kind.CONFIRM_CASE_ADDRESS).orElseThrow();
    assertThat(recover.seenByProof(link)).isPresent();
    recover.prove(link);
    refuses(Reason.LINK_NOT_VALID, () -> recover.prove(link));
    assertThat(recover.runDue()).isTrue();
    var user = all.store.users().find(account.holder()).orElseThrow();
    assertThat(user.email().value()).isEqualTo("new@example.org");
    assertThat(all.holdfast.editAccount().find(account.number()).details().email().value())
        .isEqualTo("new@example.org");
    assertThat(all.letters(Letter.Kind.CASE_DONE))
        .extracting(letter -> letter.to().value())
        .contains("ada@example.com", "new@example.org");
    assertThat(all.letters(Letter.Kind.EMAIL_CHANGED))
        .as("the address before can undo it")
        .extracting(letter -> letter.to().value())
        .contains("ada@example.com");
    assertThat(all.store.standings().lock(user.id()).orElseThrow().hasFactor())
        .as("the factor stays")
        .isTrue();
  }

  @Test
  void every_known_address_hears_of_it_and_any_of_them_can_veto() {
    for (var kind : List.of(Letter.Kind.CASE_OPENED, Letter.Kind.CASE_APPROVED)) {
      var opened = open("lost_mailbox", "new@example.org");
      recover.approve(staff.fresh(sue), opened.id());
      var letters = all.letters(kind);
      var told = letters.subList(letters.size() - 2, letters.size());
      assertThat(told)
          .extracting(letter -> letter.to().value())
          .containsExactlyInAnyOrder("ada@example.com", "new@example.org");
      var link = veto(told.get(0));
      assertThat(recover.seenByVeto(link)).isPresent();
      recover.veto(link);
      refuses(Reason.LINK_NOT_VALID, () -> recover.veto(link));
      refuses(Reason.LINK_NOT_VALID, () -> recover.veto(veto(told.get(1))));
      all.clock.pass(recover.hold().plusDays(1));
      assertThat(recover.runDue()).isFalse();
      assertThat(find(opened).state()).isEqualTo(State.VETOED);
    }
    assertThat(all.letters(Letter.Kind.CASE_ENDED)).isNotEmpty();
  }

  @Test
  void its_user_sees_it_from_the_first_minute_and_stops_it() {
    var who = ada;
    var opened = open("lost_factor", null);
    assertThat(recover.openOf(who)).contains(opened);
    assertThat(recover.of(who, account.number())).containsExactly(opened);
    all.customer("eve@example.com");
    var eve = all.signIn("eve@example.com");
    refuses(Reason.NO_SUCH_CASE, () -> recover.veto(eve, opened.id()));
    refuses(Reason.NO_SUCH_ACCOUNT, () -> recover.of(eve, account.number()));
    recover.veto(who, opened.id());
    refuses(Reason.CASE_DECIDED, () -> recover.approve(staff.fresh(sue), opened.id()));
  }

  @Test
  void nobody_decides_what_they_opened_themselves_and_no_agent_decides() {
    var byAgent = open("lost_factor", null);
    refuses(Reason.NOT_ALLOWED, () -> recover.approve(staff.fresh(bob), byAgent.id()));
    recover.withdraw(staff.fresh(bob), byAgent.id());
    var bySupervisor = openAs(sue, "lost_factor", null, ENOUGH);
    refuses(
        Reason.ANOTHER_PERSON_NEEDED, () -> recover.approve(staff.fresh(sue), bySupervisor.id()));
    refuses(
        Reason.ANOTHER_PERSON_NEEDED, () -> recover.refuse(staff.fresh(sue), bySupervisor.id()));
    refuses(Reason.NOT_ALLOWED, () -> recover.withdraw(staff.fresh(ann), bySupervisor.id()));
    recover.refuse(staff.fresh(ann), bySupervisor.id());
    assertThat(find(bySupervisor).state()).isEqualTo(State.REFUSED);
  }

  @Test
  void an_administrator_cannot_make_the_second_person_up() {
    var opened = openAs(ann, "lost_factor", null, ENOUGH);
    var puppet = staff.hireNow(ann, "puppet@example.com", Role.SUPERVISOR);
    refuses(Reason.ROLE_TOO_NEW, () -> recover.approve(staff.fresh(puppet), opened.id()));
    all.holdfast.keepStaff().changeRole(staff.fresh(ann), bob.id(), "supervisor");
    refuses(Reason.ROLE_TOO_NEW, () -> recover.approve(staff.fresh(bob), opened.id()));
    recover.withdraw(staff.fresh(ann), opened.id());
    refuses(Reason.ROLE_TOO_NEW, () -> openAs(puppet, "lost_factor", null, ENOUGH));
  }

  @Test
  void a_stolen_session_opens_and_approves_only_so_many() {
    var thief = staff.check(staff.again(sue)); // fifty customers' factors, one after the other
    var opened = 0;
    for (var i = 0; i < 50; i++) {
      var email = "victim" + i + "@example.com";
      var victim = all.customer(email);
      all.addToken(all.signIn(email));
      try {
        var open = all.holdfast.answerCall().withoutProof(thief, victim.number());
        recover.open(thief, open.id(), "lost_factor", null, ENOUGH, "");
        opened++;
      } catch (Refusal no) {
        assertThat(no.reason()).isEqualTo(Reason.TOO_MANY_TRIES);
      }
    }
    assertThat(opened).isEqualTo(10);
    assertThat(all.letters(Letter.Kind.STAFF_LIMIT_ALERT))
        .extracting(letter -> letter.to().value())
        .containsExactlyInAnyOrder("ann@example.com", "sue@example.com");
  }

  @Test
  void a_decision_takes_a_fresh_proof() {
    var opened = open("lost_factor", null);
    var worker = staff.again(sue);
    all.clock.pass(Duration.ofMinutes(11));
    refuses(Reason.STEP_UP_NEEDED, () -> recover.approve(staff.check(worker), opened.id()));
  }

  @Test
  void evidence_must_weigh_enough_and_make_sense() {
    weak("lost_factor", null, List.of());
    weak(
        "lost_factor",
        null,
        List.of("invoices_known", "identity_document", "payment_method_known"));
    weak("lost_factor", null, List.of("caller_verified", "called_back")); // nobody was verified
    weak("lost_factor", null, List.of("a_nice_voice", "posted_code", "called_back"));
    weak("lost_everything", null, ENOUGH);
    weak("lost_mailbox", "", ENOUGH);
    weak("lost_mailbox", "not an address", ENOUGH);
    refuses(Reason.SAME_ADDRESS, () -> open("lost_mailbox", "ada@example.com"));
    var eve = all.customer("eve@example.com");
    var grant = all.holdfast.answerCall().withoutProof(staff.fresh(bob), eve.number());
    refuses(
        Reason.NOTHING_TO_RECOVER,
        () -> recover.open(staff.fresh(bob), grant.id(), "lost_factor", null, ENOUGH, ""));
    open("lost_factor", null);
    refuses(Reason.CASE_OPEN_ALREADY, () -> open("lost_mailbox", "new@example.org"));
  }

  @Test
  void what_nobody_decides_and_what_nobody_proves_expires() {
    var opened = open("lost_factor", null);
    all.clock.pass(RecoveryCase.PATIENCE.plusSeconds(1));
    assertThat(recover.runDue()).isTrue();
    assertThat(find(opened).state()).isEqualTo(State.EXPIRED);
    var unproved = open("lost_mailbox", "new@example.org");
    recover.approve(staff.fresh(sue), unproved.id());
    all.clock.pass(recover.hold().plus(RecoveryCase.PATIENCE).plusSeconds(1));
    assertThat(recover.runDue()).isTrue();
    assertThat(find(unproved).state()).isEqualTo(State.EXPIRED);
    var link = all.lastLink(Letter.Kind.CONFIRM_CASE_ADDRESS).orElseThrow();
    refuses(Reason.LINK_NOT_VALID, () -> recover.prove(link));
  }

  @Test
  void of_an_approval_and_a_veto_at_once_one_wins() {
    for (var round = 0; round < 10; round++) {
      var opened = open("lost_factor", null);
      var who = staff.fresh(sue);
      var letters = all.letters(Letter.Kind.CASE_OPENED);
      var link = veto(letters.get(letters.size() - 1));
      Race.of(
          64,
          i -> {
            try {
              if (i % 2 == 0) {
                recover.approve(who, opened.id());
              } else {
                recover.veto(link);
              }
              return true;
            } catch (Refusal no) {
              return false;
            }
          });
      assertThat(find(opened).state()).isEqualTo(State.VETOED); // also what was approved before
      assertThat(acts().stream().filter(What.CASE_VETOED::equals)).hasSize(round + 1);
    }
  }

  @Test
  void a_case_is_done_once_whatever_node_finds_it() {
    var opened = open("lost_factor", null);
    recover.approve(staff.fresh(sue), opened.id());
    all.clock.pass(recover.hold());
    Race.of(64, i -> recover.runDue());
    assertThat(acts().stream().filter(What.CASE_DONE::equals)).hasSize(1);
  }

  @Test
  void an_address_that_is_another_users_ends_nothing_half_done() {
    all.customer("taken@example.org");
    var opened = open("lost_mailbox", "taken@example.org");
    recover.prove(all.lastLink(Letter.Kind.CONFIRM_CASE_ADDRESS).orElseThrow());
    recover.approve(staff.fresh(sue), opened.id());
    all.clock.pass(recover.hold());
    recover.runDue();
    assertThat(find(opened).state()).isEqualTo(State.REFUSED);
    assertThat(recover.runDue()).as("it does not stand in the others' way").isFalse();
    assertThat(all.store.users().find(account.holder()).orElseThrow().email().value())
        .isEqualTo("ada@example.com");
    assertThat(show()).isInstanceOf(SignIn.FactorNeeded.class);
  }

  private RecoveryCase open(String kind, @Nullable String address) {
    return openAs(bob, kind, address, ENOUGH);
  }

  private RecoveryCase openAs(
      Worker worker, String kind, @Nullable String address, List<String> evidence) {
    var who = staff.fresh(worker);
    return recover.open(who, grant(who).id(), kind, address, evidence, "called on Monday");
  }

  private Grant grant(SignedInStaff who) {
    return all.holdfast.answerCall().withoutProof(who, account.number());
  }

  private void weak(String kind, @Nullable String address, List<String> evidence) {
    assertThatThrownBy(() -> openAs(bob, kind, address, evidence)).isInstanceOf(InvalidInput.class);
  }

  private RecoveryCase find(RecoveryCase opened) {
    return recover.find(staff.fresh(bob), opened.id()).recovery();
  }

  private SignIn.Outcome show() {
    return all.holdfast
        .signIn()
        .signIn("ada@example.com", new Password(PASSWORD), Optional.empty(), HOME);
  }

  private void reset(String email, String password) {
    all.clock.pass(Duration.ofSeconds(1));
    all.holdfast.resetPassword().request(email, Optional.empty(), HOME);
    all.runErrands();
    all.holdfast
        .resetPassword()
        .redeem(all.lastLink(Letter.Kind.RESET_LINK).orElseThrow(), new Password(password), HOME);
  }

  private static Secret veto(Letter letter) {
    return InMemoryHoldfast.secretIn(letter.words().getOrDefault("vetoLink", "")).orElseThrow();
  }

  private List<What> acts() {
    return all
        .holdfast
        .readActivity()
        .pageForHost(account.number(), Optional.empty(), Optional.empty(), 200)
        .stream()
        .map(told -> told.entry().happening().what())
        .toList();
  }

  private static void refuses(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }
}
