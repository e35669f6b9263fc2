package org.holdfast.application.emailchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;

import java.time.Duration;
import java.util.Optional;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.Test;

class ChangeEmailTest {

  private static final String OLD = "ada@example.com";
  private static final String NEW = "ada@new.example";

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final ChangeEmail changeEmail = memory.holdfast.changeEmail();
  private final String number = memory.customer(OLD).number();

  @Test
  void a_change_is_confirmed_at_the_new_address_and_undone_from_the_old() {
    changeEmail.request(memory.signIn(OLD), NEW);
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var begun = memory.begin(NEW);
    assertThatThrownBy(() -> memory.begin(OLD)).hasMessage("SIGN_IN_FAILED");
    memory.clock.pass(Duration.ofDays(6));
    changeEmail.undo(memory.lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow());
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    memory.begin(OLD);
    assertThatThrownBy(() -> memory.begin(NEW)).hasMessage("SIGN_IN_FAILED");
  }

  @Test
  void the_old_address_recovers_for_seven_days() {
    changeEmail.request(memory.signIn(OLD), NEW);
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    memory.clock.pass(Duration.ofDays(7).minusMillis(1));
    memory.holdfast.resetPassword().request(OLD, Optional.empty(), HOME);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).hasSize(1);
    memory.clock.pass(Duration.ofMillis(1));
    memory.holdfast.resetPassword().request(OLD, Optional.empty(), HOME);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).hasSize(1);
  }

  @Test
  void it_needs_a_fresh_proof() {
    var who = memory.signIn(OLD);
    memory.clock.pass(Duration.ofMinutes(11));
    assertThatThrownBy(() -> changeEmail.request(who, NEW)).hasMessage("STEP_UP_NEEDED");
    assertThatThrownBy(() -> changeEmail.align(who, number)).hasMessage("STEP_UP_NEEDED");
  }

  @Test
  void a_newer_request_makes_the_older_link_worthless() {
    var who = memory.signIn(OLD);
    changeEmail.request(who, NEW);
    memory.runErrands();
    var first = memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow();
    changeEmail.request(who, "ada@other.example");
    memory.runErrands();
    assertThatThrownBy(() -> changeEmail.confirm(first)).hasMessage("LINK_NOT_VALID");
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    memory.begin("ada@other.example");
  }

  @Test
  void nobody_learns_that_an_address_is_another_users() {
    memory.customer("bob@example.com");
    changeEmail.request(memory.signIn(OLD), "bob@example.com");
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.CONFIRM_EMAIL_CHANGE)).isEmpty();
    assertThat(memory.letters(Letter.Kind.ADDRESS_IN_USE)).hasSize(1);
  }

  @Test
  void an_earlier_change_is_undone_whatever_came_after() {
    changeEmail.request(memory.signIn(OLD), NEW);
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var undoOfFirst = memory.lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow();
    changeEmail.request(memory.signIn(NEW), "thief@example.net");
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    changeEmail.undo(undoOfFirst);
    memory.begin(OLD);
  }

  /** A thief who changes the address twice has the second change's link in a mailbox of theirs. */
  @Test
  void what_came_after_a_change_that_was_undone_is_not_undone_in_turn() {
    confirmed(OLD, NEW);
    var owners = memory.lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow();
    memory.clock.pass(Duration.ofMinutes(1));
    confirmed(NEW, "thief@example.net");
    var thiefs = memory.lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow();
    changeEmail.undo(owners);
    assertThat(changeEmail.seenByUndo(thiefs)).isEmpty();
    assertThatThrownBy(() -> changeEmail.undo(thiefs)).hasMessage("LINK_NOT_VALID");
    memory.begin(OLD);
  }

  private void confirmed(String from, String to) {
    changeEmail.request(memory.signIn(from), to);
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
  }

  @Test
  void the_account_is_aligned_with_the_profile_in_one_step() {
    changeEmail.request(memory.signIn(OLD), NEW);
    memory.runErrands();
    changeEmail.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var who = memory.signIn(NEW);
    assertThat(memory.holdfast.editAccount().page(who, number).matchesProfile()).isFalse();
    changeEmail.align(who, number);
    assertThat(memory.holdfast.editAccount().page(who, number).matchesProfile()).isTrue();
  }
}
