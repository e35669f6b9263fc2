package org.holdfast.application.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;
import static org.holdfast.application.testkit.StaffAtWork.OFFICE;

import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StaffTest {

  private final InMemoryHoldfast all = new InMemoryHoldfast();
  private final StaffAtWork staff = new StaffAtWork(all);
  private final SignInStaff signIn = all.holdfast.signInStaff();
  private final KeepStaff keep = all.holdfast.keepStaff();
  private Worker ann;

  @BeforeEach
  void somebodyIsAdministrator() {
    ann = staff.administrator("ann@example.com");
  }

  @Test
  void an_invitation_is_good_once_whoever_comes() {
    var who = staff.fresh(ann);
    keep.invite(who, "Bob Miller", "bob@example.com", "agent", "de");
    var link = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    var token = signIn.invitation(link).orElseThrow().token();
    var code = all.codeNow(token);
    var came =
        Race.of(
            64,
            i -> {
              try {
                signIn.accept(link, new Password("a password of my own " + i), code, OFFICE);
                return true;
              } catch (Refusal no) {
                return false;
              }
            });
    assertThat(came).containsOnlyOnce(true);
    assertThat(signIn.invitation(link)).isEmpty();
  }

  @Test
  void an_invitation_runs_out_and_needs_a_good_password_and_the_tokens_code() {
    keep.invite(staff.fresh(ann), "Bob Miller", "bob@example.com", "agent", "de");
    var link = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    var token = signIn.invitation(link).orElseThrow().token();
    assertThatThrownBy(() -> signIn.accept(link, new Password("short"), all.codeNow(token), OFFICE))
        .isInstanceOf(InvalidInput.class);
    assertThatThrownBy(
            () -> signIn.accept(link, new Password("Bob Miller 1234"), all.codeNow(token), OFFICE))
        .isInstanceOf(InvalidInput.class);
    refuses(Reason.CODE_WRONG, () -> signIn.accept(link, new Password(PASSWORD), "000000", OFFICE));
    assertThat(signIn.invitation(link)).as("it stays good").isPresent();
    all.clock.pass(KeepStaff.INVITED);
    refuses(
        Reason.LINK_NOT_VALID,
        () -> signIn.accept(link, new Password(PASSWORD), all.codeNow(token), OFFICE));
  }

  @Test
  void it_takes_password_and_code_and_each_code_is_good_once() {
    all.clock.pass(Duration.ofMinutes(1));
    var code = all.codeNow(ann.token());
    failsToSignIn("ann@example.com", PASSWORD, "");
    failsToSignIn("ann@example.com", PASSWORD, "000000");
    failsToSignIn("ann@example.com", "another password than hers", code);
    failsToSignIn("nobody@example.com", PASSWORD, code);
    var came =
        Race.of(
            8,
            i -> {
              try {
                signIn.signIn("ann@example.com", new Password(PASSWORD), code, OFFICE);
                return true;
              } catch (Refusal no) {
                return false;
              }
            });
    assertThat(came).containsOnlyOnce(true);
  }

  @Test
  void strangers_cost_the_same_work_and_get_the_same_answer() {
    var before = all.hasher.hashes.get();
    failsToSignIn("nobody@example.com", PASSWORD, "123456");
    assertThat(all.hasher.hashes.get() - before).isEqualTo(1);
  }

  @Test
  void guesses_at_staff_are_counted_before_they_are_looked_at() {
    all.clock.pass(Duration.ofMinutes(1));
    var before = all.hasher.hashes.get();
    var refused =
        Race.of(
            64,
            i -> {
              try {
                signIn.signIn("ann@example.com", new Password("wrong"), "123456", OFFICE);
                return "in";
              } catch (Refusal no) {
                return no.reason().name();
              }
            });
    assertThat(refused).doesNotContain("in").contains("TOO_MANY_TRIES");
    assertThat(all.hasher.hashes.get() - before).isLessThanOrEqualTo(5);
  }

  @Test
  void strangers_keep_nobody_out_who_comes_from_where_they_always_do() {
    var elsewhere = new Origin("203.0.113.9", "Firefox on Linux");
    for (var i = 0; i < 40; i++) {
      try {
        signIn.signIn("ann@example.com", new Password("wrong"), "123456", elsewhere);
      } catch (Refusal no) {
        // as it should
      }
    }
    refuses(
        Reason.TOO_MANY_TRIES,
        () -> signIn.signIn("ann@example.com", new Password(PASSWORD), "123456", elsewhere));
    assertThat(staff.fresh(ann).staff().role()).isEqualTo(Role.ADMINISTRATOR);
  }

  @Test
  void whoever_is_shut_out_is_out_at_once() {
    var bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    keep.disable(staff.fresh(ann), bob.id(), true);
    assertThat(signIn.check(bob.session())).isEmpty();
    refuses(Reason.SIGN_IN_FAILED, () -> staff.again(bob));
    keep.disable(staff.fresh(ann), bob.id(), false);
    assertThat(staff.fresh(bob).staff().isActive()).isTrue();
  }

  @Test
  void a_session_ends_sooner_than_a_customers() {
    var session = staff.again(ann).session();
    all.clock.pass(all.policy.desk().sessions().idle());
    assertThat(signIn.check(session)).isEmpty();
    var other = staff.again(ann).session();
    for (var i = 0; i < 40; i++) {
      all.clock.pass(Duration.ofMinutes(14));
      signIn.check(other);
    }
    assertThat(signIn.check(other)).as("after more than eight hours").isEmpty();
    assertThat(all.policy.desk().sessions().idle()).isLessThan(all.policy.sessions().idle());
  }

  @Test
  void whoever_is_invited_anew_has_to_set_up_all_of_it() {
    var bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    keep.inviteAnew(staff.fresh(ann), bob.id());
    assertThat(signIn.check(bob.session())).isEmpty();
    refuses(Reason.SIGN_IN_FAILED, () -> staff.again(bob));
    var first = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    keep.inviteAnew(staff.fresh(ann), bob.id());
    assertThat(signIn.invitation(first)).as("the older link").isEmpty();
    var link = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    var token = signIn.invitation(link).orElseThrow().token();
    assertThat(token.base32()).isNotEqualTo(bob.token().base32());
    signIn.accept(link, new Password(PASSWORD), all.codeNow(token), OFFICE);
  }

  @Test
  void nobody_raises_themselves_and_somebody_stays_administrator() {
    var bob = staff.hire(ann, "bob@example.com", Role.SUPERVISOR);
    var who = staff.fresh(bob);
    refuses(Reason.NOT_ALLOWED, () -> keep.changeRole(who, bob.id(), "administrator"));
    refuses(Reason.NOT_ALLOWED, () -> keep.changeRole(who, ann.id(), "agent"));
    refuses(Reason.NOT_ALLOWED, () -> keep.disable(who, ann.id(), true));
    refuses(Reason.NOT_ALLOWED, () -> keep.inviteAnew(who, ann.id()));
    refuses(
        Reason.NOT_ALLOWED,
        () -> keep.invite(who, "Eve", "eve@example.com", "administrator", "en"));
    var annAgain = staff.fresh(ann);
    refuses(Reason.NOT_YOURSELF, () -> keep.changeRole(annAgain, ann.id(), "agent"));
    refuses(Reason.NOT_YOURSELF, () -> keep.disable(annAgain, ann.id(), true));
  }

  @Test
  void two_administrators_cannot_shut_each_other_out() {
    var bob = staff.hire(ann, "bob@example.com", Role.ADMINISTRATOR);
    var first = staff.fresh(ann);
    var second = staff.fresh(bob);
    keep.disable(first, bob.id(), true);
    refuses(Reason.NOT_SIGNED_IN, () -> keep.disable(second, ann.id(), true));
  }

  @Test
  void what_is_sensitive_takes_a_fresh_proof() {
    var worker = staff.again(ann);
    all.clock.pass(Duration.ofMinutes(11));
    var who = staff.check(worker);
    refuses(Reason.STEP_UP_NEEDED, () -> keep.invite(who, "Eve", "eve@example.com", "agent", "en"));
    refuses(
        Reason.CODE_WRONG,
        () -> signIn.stepUp(who, worker.session(), new Password(PASSWORD), "000000"));
    refuses(
        Reason.CURRENT_PASSWORD_WRONG,
        () -> signIn.stepUp(who, worker.session(), new Password("x"), all.codeNow(ann.token())));
    var fresh =
        signIn.stepUp(who, worker.session(), new Password(PASSWORD), all.codeNow(ann.token()));
    assertThat(signIn.check(worker.session())).as("the older token").isEmpty();
    keep.invite(signIn.check(fresh).orElseThrow(), "Eve", "eve@example.com", "agent", "en");
  }

  @Test
  void a_new_password_takes_the_old_one_and_a_code_and_ends_all_other_sessions() {
    var other = staff.again(ann).session();
    var who = staff.fresh(ann);
    all.clock.pass(Duration.ofMinutes(1));
    var code = all.codeNow(ann.token());
    var chosen = new Password("another nine word password");
    refuses(
        Reason.CURRENT_PASSWORD_WRONG,
        () -> signIn.changePassword(who, new Password("wrong"), code, chosen));
    refuses(
        Reason.CODE_WRONG,
        () -> signIn.changePassword(who, new Password(PASSWORD), "000000", chosen));
    assertThatThrownBy(
            () -> signIn.changePassword(who, new Password(PASSWORD), code, new Password("short")))
        .isInstanceOf(InvalidInput.class);
    var token = signIn.changePassword(who, new Password(PASSWORD), code, chosen);
    assertThat(signIn.check(other)).isEmpty();
    assertThat(signIn.check(token)).isPresent();
    failsToSignIn("ann@example.com", "another nine word password", code); // it is spent
    all.clock.pass(Duration.ofMinutes(1));
    failsToSignIn("ann@example.com", PASSWORD, all.codeNow(ann.token()));
    all.clock.pass(Duration.ofMinutes(1));
    signIn.signIn("ann@example.com", chosen, all.codeNow(ann.token()), OFFICE);
    assertThat(all.letters(Letter.Kind.STAFF_PASSWORD_CHANGED)).hasSize(1);
  }

  @Test
  void administrators_hear_of_everybody_who_joins() {
    staff.hire(ann, "bob@example.com", Role.AGENT);
    assertThat(all.letters(Letter.Kind.STAFF_JOINED))
        .extracting(letter -> letter.to().value())
        .containsExactly("ann@example.com");
    keep.inviteFromCommandLine("Eve", "eve@example.com");
    assertThat(all.letters(Letter.Kind.STAFF_JOINED)).hasSize(2);
  }

  @Test
  void the_command_line_lets_an_administrator_in_again_who_has_lost_the_token() {
    var before = staff.again(ann).session();
    var link =
        InMemoryHoldfast.secretIn(keep.inviteFromCommandLine("Ann", "ann@example.com"))
            .orElseThrow();
    assertThat(signIn.check(before)).isEmpty();
    var token = signIn.invitation(link).orElseThrow().token();
    var session = signIn.accept(link, new Password(PASSWORD), all.codeNow(token), OFFICE);
    assertThat(signIn.check(session).map(who -> who.staff().role())).contains(Role.ADMINISTRATOR);
  }

  @Test
  void staff_see_their_own_log_and_supervisors_see_numbers() {
    var bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    var who = staff.fresh(bob);
    assertThat(all.holdfast.readStaffLog().own(who, Optional.empty(), 10))
        .extracting(told -> told.entry().did())
        .contains(Did.READY, Did.SIGNED_IN);
    refuses(Reason.NOT_ALLOWED, () -> all.holdfast.readStaffLog().numbers(who, Duration.ofDays(7)));
    assertThat(
            all.holdfast.readStaffLog().numbers(staff.fresh(ann), Duration.ofDays(7)).stream()
                .filter(numbers -> numbers.staff().id().equals(bob.id())))
        .first()
        .extracting(numbers -> numbers.of(Did.SIGNED_IN))
        .isEqualTo(3);
  }

  @Test
  void an_invitation_opens_nothing_else_and_nothing_else_opens_the_console() {
    all.customer("ada@example.com");
    var session = all.begin("ada@example.com").token();
    assertThat(signIn.check(session)).isEmpty();
    assertThat(all.holdfast.sessions().check(ann.session())).isEmpty();
    keep.invite(staff.fresh(ann), "Bob Miller", "bob@example.com", "agent", "de");
    Secret link = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    assertThat(all.holdfast.resetPassword().opens(link)).isFalse();
    assertThat(all.holdfast.freezeUser().opens(link)).isEmpty();
  }

  private void failsToSignIn(String email, String password, String code) {
    refuses(
        Reason.SIGN_IN_FAILED, () -> signIn.signIn(email, new Password(password), code, OFFICE));
  }

  private static void refuses(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }
}
