package org.holdfast.application.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import com.google.common.collect.ImmutableSet;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.application.Policy;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.support.HelpCaller.PinState;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.Method;
import org.holdfast.domain.supportpin.SupportPin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SupportDeskTest {

  private InMemoryHoldfast all;
  private StaffAtWork staff;
  private AnswerCall calls;
  private HelpCaller help;
  private Account account;
  private Worker ann;
  private Worker bob;
  private SignedInStaff agent;

  @BeforeEach
  void somebodyCalls() {
    begin(Policy.of("Example Hosting", URI.create("https://portal.example")));
  }

  private void begin(Policy policy) {
    all = new InMemoryHoldfast(policy);
    staff = new StaffAtWork(all);
    calls = all.holdfast.answerCall();
    help = all.holdfast.helpCaller();
    ann = staff.administrator("ann@example.com");
    bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    account = all.customer("ada@example.com");
    agent = staff.fresh(bob);
  }

  private void begin(SupportPin.Rules rules) {
    begin(all.policy.withSupportPins(rules));
  }

  // finding

  @Test
  void an_account_is_found_by_number_name_address_and_domain_but_masked() {
    all.holdfast.checkLockOut().hostDomains(account.number(), List.of("engines.example"));
    for (var query :
        List.of(
            account.number(),
            "ada@example.com",
            "ADA@example.com ",
            "engines.example",
            "lovelace",
            "Ada Love",
            "ENGINES")) {
      var found = calls.find(agent, query);
      assertThat(found).as(query).hasSize(1);
      assertThat(found.get(0).number()).isEqualTo(account.number());
      assertThat(found.get(0).toString())
          .doesNotContain("Lovelace", "Ada", "ada@", "example.com", "Engines");
    }
    assertThat(calls.find(agent, "nobody at all")).isEmpty();
    assertThat(calls.find(agent, "%%%")).isEmpty();
    assertThatThrownBy(() -> calls.find(agent, "ad")).isInstanceOf(InvalidInput.class);
  }

  @Test
  void whoever_searches_too_much_is_stopped_and_supervisors_hear_of_it_once() {
    for (var i = 0; i < 60; i++) {
      calls.find(agent, "lovelace");
    }
    refuses(Reason.TOO_MANY_TRIES, () -> calls.find(agent, "lovelace"));
    refuses(Reason.TOO_MANY_TRIES, () -> calls.find(agent, "lovelace"));
    assertThat(all.letters(Letter.Kind.STAFF_LIMIT_ALERT)).hasSize(1);
  }

  // the support PIN

  @Test
  void the_right_pin_opens_a_quarter_of_an_hour_for_this_agent_and_account() {
    var grant = calls.byPin(agent, account.number(), pin().grouped());
    assertThat(grant.method()).isEqualTo(Method.SUPPORT_PIN);
    assertThat(help.beside(agent, grant.id()).account()).contains(account);
    refuses(Reason.NO_GRANT, () -> help.beside(staff.fresh(ann), grant.id()));
    refuses(Reason.NO_GRANT, () -> help.beside(agent, new Grant.Id(UUID.randomUUID())));
    all.clock.set(grant.expiresAt().minusMillis(1));
    help.beside(
        staff.check(staff.again(bob)), calls.byPin(agent, account.number(), pin().digits()).id());
    all.clock.set(grant.expiresAt());
    refuses(Reason.NO_GRANT, () -> help.beside(agent, grant.id()));
  }

  @Test
  void a_call_that_was_ended_opens_nothing() {
    var grant = verified();
    refuses(Reason.NO_GRANT, () -> calls.end(staff.fresh(ann), grant.id()));
    calls.end(agent, grant.id());
    refuses(Reason.NO_GRANT, () -> help.sendResetLink(agent, grant.id()));
    assertThat(calls.open(agent)).isEmpty();
  }

  @Test
  void wrong_locked_old_suspended_and_unknown_are_one_answer() {
    var right = pin().digits();
    var other = all.customer("eve@example.com");
    notVerified(account.number(), wrong(right));
    notVerified("99999999", right);
    notVerified(other.number(), right); // has none
    for (var i = 0; i < 5; i++) {
      tries(account.number(), wrong(right));
    }
    notVerified(account.number(), right);
    var fresh = replaced().digits();
    freeze();
    notVerified(account.number(), fresh);
  }

  @Test
  void five_wrong_ones_a_day_over_all_staff_and_only_a_new_pin_helps() {
    var right = pin().digits();
    var carl = staff.hire(ann, "carl@example.com", Role.AGENT);
    var agents = List.of(staff.fresh(bob), staff.fresh(carl));
    var answers = Race.of(64, i -> tries(agents.get(i % 2), account.number(), wrong(right)));
    assertThat(answers).containsOnly("CALLER_NOT_VERIFIED", "TOO_MANY_TRIES");
    agent = staff.fresh(bob);
    all.clock.pass(Duration.ofDays(2));
    agent = staff.fresh(bob);
    notVerified(account.number(), right);
    all.runErrands();
    assertThat(all.letters(Letter.Kind.SUPPORT_PIN_LOCKED)).hasSize(1);
    assertThat(all.letters(Letter.Kind.PIN_LOCKED_ALERT)).hasSize(1);
    assertThat(verifiedBy(replaced().digits()).method()).isEqualTo(Method.SUPPORT_PIN);
  }

  @Test
  void four_wrong_ones_are_forgotten_after_a_day_and_right_ones_do_not_count() {
    var right = pin().digits();
    for (var day = 0; day < 3; day++) {
      for (var i = 0; i < 4; i++) {
        notVerified(account.number(), wrong(right));
      }
      for (var i = 0; i < 6; i++) {
        verifiedBy(right);
      }
      all.clock.pass(Duration.ofDays(1));
      agent = staff.fresh(bob);
    }
  }

  @Test
  void a_pin_that_is_too_old_is_worthless_where_the_operator_says_so() {
    begin(new SupportPin.Rules(6, Optional.of(Duration.ofDays(30)), false));
    var right = pin().digits();
    verifiedBy(right);
    all.clock.pass(Duration.ofDays(30));
    agent = staff.fresh(bob);
    notVerified(account.number(), right);
  }

  @Test
  void a_pin_for_single_use_is_good_once_whoever_says_it() {
    begin(new SupportPin.Rules(6, Optional.empty(), true));
    var right = pin().digits();
    var answers = Race.of(4, i -> tries(agent, account.number(), right));
    assertThat(answers).containsOnlyOnce("verified");
  }

  // the mailed code

  @Test
  void a_mailed_code_is_good_once_for_this_call_and_ten_minutes() {
    var mailed = calls.mailCode(agent, account.number());
    var code = mailedCode();
    assertThat(mailed.address()).isEqualTo("a•••@e•••.com");
    assertThat(code).hasSize(8);
    var other = staff.hireNow(ann, "carl@example.com", Role.AGENT);
    refuses(
        Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(staff.fresh(other), mailed.call(), code));
    var answers =
        Race.of(
            5,
            i -> {
              try {
                return calls.byCode(agent, mailed.call(), code).method().key();
              } catch (Refusal no) {
                return no.reason().name();
              }
            });
    assertThat(answers).containsOnlyOnce("mailed_code");
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, mailed.call(), code));
    var late = calls.mailCode(agent, account.number());
    var lateCode = mailedCode();
    all.clock.pass(AnswerCall.CODE);
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, late.call(), lateCode));
  }

  @Test
  void five_wrong_codes_end_it() {
    var mailed = calls.mailCode(agent, account.number());
    var code = mailedCode();
    var wrong = code.equals("00000000") ? "00000001" : "00000000";
    for (var i = 0; i < 5; i++) {
      refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, mailed.call(), wrong));
    }
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, mailed.call(), code));
  }

  @Test
  void nothing_that_opens_something_goes_to_an_address_that_was_changed_lately() {
    var grant = verified();
    var who = all.signIn("ada@example.com");
    all.holdfast.changeEmail().request(who, "thief@example.net");
    all.runErrands();
    all.holdfast
        .changeEmail()
        .confirm(all.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    refuses(Reason.ADDRESS_CHANGED_LATELY, () -> calls.mailCode(agent, account.number()));
    refuses(Reason.ADDRESS_CHANGED_LATELY, () -> help.sendResetLink(agent, grant.id()));
    all.clock.pass(Duration.ofDays(8));
    calls.mailCode(staff.fresh(bob), account.number());
  }

  @Test
  void a_customer_is_not_bombed_with_codes() {
    for (var i = 0; i < 5; i++) {
      calls.mailCode(agent, account.number());
    }
    refuses(Reason.TOO_MANY_TRIES, () -> calls.mailCode(agent, account.number()));
    assertThat(all.letters(Letter.Kind.SUPPORT_CODE))
        .hasSize(5)
        .allSatisfy(letter -> assertThat(letter.to().value()).isEqualTo("ada@example.com"));
  }

  // what is done for a verified caller

  @Test
  void the_reset_link_goes_to_the_address_on_file_and_staff_never_see_it() {
    help.sendResetLink(agent, verified().id());
    var letters = all.letters(Letter.Kind.RESET_LINK);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).to().value()).isEqualTo("ada@example.com");
    all.holdfast
        .resetPassword()
        .redeem(
            InMemoryHoldfast.linkIn(letters.get(0)).orElseThrow(),
            new Password("a wholly other password"),
            HOME);
    assertThat(acts()).contains(What.RESET_LINK_SENT_BY_STAFF);
  }

  @Test
  void unlocking_ends_the_wait_but_not_that_a_new_password_is_needed() {
    var grant = verified();
    guessAtPassword(8);
    assertThat(help.beside(agent, grant.id()).signInLocked()).isTrue();
    refuses(
        Reason.TOO_MANY_TRIES,
        () ->
            all.holdfast
                .signIn()
                .signIn("ada@example.com", new Password(PASSWORD), Optional.empty(), HOME));
    help.unlockSignIn(agent, grant.id());
    assertThat(all.begin("ada@example.com")).isNotNull();
    assertThat(all.letters(Letter.Kind.SIGN_IN_UNLOCKED)).hasSize(1);
  }

  @Test
  void the_pin_is_given_and_replaced_and_the_customer_hears_of_both() {
    var right = pin();
    var grant = byMail();
    assertThat(help.givePin(agent, grant.id())).isEqualTo(right);
    var fresh = help.replacePin(agent, grant.id());
    assertThat(fresh).isNotEqualTo(right);
    notVerified(account.number(), right.digits());
    verifiedBy(fresh.digits());
    assertThat(all.letters(Letter.Kind.SUPPORT_PIN_GIVEN)).hasSize(1);
    assertThat(all.letters(Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF)).hasSize(1);
    assertThat(acts())
        .contains(What.SUPPORT_PIN_GIVEN_BY_STAFF, What.SUPPORT_PIN_REPLACED_BY_STAFF);
  }

  @Test
  void a_pin_that_was_guessed_at_too_often_is_replaced_by_a_verified_caller() {
    var right = pin().digits();
    for (var i = 0; i < 5; i++) {
      tries(account.number(), wrong(right));
    }
    var grant = byMail();
    assertThat(help.beside(agent, grant.id()).pin()).isEqualTo(PinState.LOCKED);
    refuses(Reason.NO_SUPPORT_PIN, () -> help.givePin(agent, grant.id()));
    verifiedBy(help.replacePin(agent, grant.id()).digits());
  }

  @Test
  void freezing_ends_calls_and_suspends_pins() {
    var grant = verified();
    var code = calls.mailCode(agent, account.number());
    var digits = mailedCode();
    freeze();
    refuses(Reason.NO_GRANT, () -> help.beside(agent, grant.id()));
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, code.call(), digits));
    var again = byMail();
    assertThat(help.beside(agent, again.id()).frozen()).isTrue();
    refuses(Reason.SUPPORT_PINS_SUSPENDED, () -> help.givePin(agent, again.id()));
    refuses(Reason.SUPPORT_PINS_SUSPENDED, () -> help.replacePin(agent, again.id()));
  }

  @Test
  void whoever_is_shut_out_during_a_call_can_do_nothing_more() {
    var grant = verified();
    all.holdfast.keepStaff().disable(staff.fresh(ann), bob.id(), true);
    refuses(Reason.NOT_SIGNED_IN, () -> help.sendResetLink(agent, grant.id()));
    all.holdfast.keepStaff().disable(staff.fresh(ann), bob.id(), false);
    refuses(Reason.NO_GRANT, () -> help.sendResetLink(agent, grant.id()));
  }

  @Test
  void looking_as_the_customer_is_told_once_a_call() {
    var grant = verified();
    assertThat(help.asCustomer(agent, grant.id()).account()).isEqualTo(account);
    help.asCustomer(agent, grant.id());
    assertThat(all.letters(Letter.Kind.SEEN_AS_CUSTOMER)).hasSize(1);
    assertThat(acts()).containsOnlyOnce(What.SEEN_AS_CUSTOMER_BY_STAFF);
  }

  @Test
  void a_caller_who_proves_nothing_is_shown_nothing() {
    var grant = calls.withoutProof(agent, account.number());
    var beside = help.beside(agent, grant.id());
    assertThat(beside.account()).isEmpty();
    assertThat(beside.user()).isEmpty();
    assertThat(beside.number()).isEqualTo(account.number());
    refuses(Reason.NOT_BY_THIS_METHOD, () -> help.sendResetLink(agent, grant.id()));
  }

  @Test
  void the_customer_sees_all_of_it_with_the_agents_name() {
    var grant = verified();
    help.beside(agent, grant.id());
    tries(account.number(), wrong(pin().digits()));
    all.runErrands();
    var page = all.holdfast.readActivity().page(ada(), Optional.empty(), Optional.empty(), 50);
    for (var what :
        List.of(What.CALLER_VERIFIED, What.CALLER_REFUSED, What.DETAILS_SEEN_BY_STAFF)) {
      assertThat(page)
          .filteredOn(told -> told.entry().happening().what() == what)
          .isNotEmpty()
          .allSatisfy(
              told ->
                  assertThat(told.entry().happening().details())
                      .containsEntry("agent", agent.staff().name()));
    }
  }

  @Test
  void the_doctors_findings_are_mailed_to_the_customer() {
    all.holdfast.checkLockOut().hostDomains(account.number(), List.of("example.com"));
    var grant = verified();
    assertThat(help.beside(agent, grant.id()).findings()).isNotEmpty();
    help.sendAdvice(agent, grant.id());
    assertThat(all.letters(Letter.Kind.LOCK_OUT_ADVICE)).hasSize(1);
  }

  @Test
  void one_agent_verifies_only_so_many_callers() {
    var right = pin().digits();
    for (var i = 0; i < 30; i++) {
      verifiedBy(right);
    }
    refuses(Reason.TOO_MANY_TRIES, () -> calls.byPin(agent, account.number(), right));
    refuses(Reason.TOO_MANY_TRIES, () -> calls.mailCode(agent, account.number()));
    refuses(Reason.TOO_MANY_TRIES, () -> calls.withoutProof(agent, account.number()));
    assertThat(all.letters(Letter.Kind.STAFF_LIMIT_ALERT)).hasSize(1);
  }

  @Test
  void the_table_names_no_act_that_takes_something_away() {
    assertThat(Act.OPEN_CASE.methods()).containsExactlyInAnyOrder(Method.values());
    for (var act : Act.values()) {
      assertThat(act.isOf(Role.ADMINISTRATOR)).isTrue();
      assertThat(act == Act.OPEN_CASE || !act.methods().contains(Method.NOTHING)).isTrue();
    }
    assertThat(ImmutableSet.copyOf(Act.DECIDE_CASE.methods())).isEmpty();
  }

  private SupportPin pin() {
    return all.holdfast
        .supportPin()
        .show(ada(), account.number())
        .map(shown -> shown.pin())
        .orElseGet(this::replaced);
  }

  private SupportPin replaced() {
    return all.holdfast.supportPin().replace(ada(), account.number()).pin();
  }

  private SignedIn ada() {
    return all.signIn("ada@example.com");
  }

  private static String wrong(String right) {
    return right.charAt(0) == '0' ? "1" + right.substring(1) : "0" + right.substring(1);
  }

  private Grant verified() {
    return verifiedBy(pin().digits());
  }

  private Grant verifiedBy(String digits) {
    return calls.byPin(agent, account.number(), digits);
  }

  private Grant byMail() {
    var mailed = calls.mailCode(agent, account.number());
    return calls.byCode(agent, mailed.call(), mailedCode());
  }

  private String mailedCode() {
    var letters = all.letters(Letter.Kind.SUPPORT_CODE);
    return letters.get(letters.size() - 1).words().getOrDefault("code", "").replace(" ", "");
  }

  private String tries(String number, String digits) {
    return tries(agent, number, digits);
  }

  private String tries(SignedInStaff who, String number, String digits) {
    try {
      calls.byPin(who, number, digits);
      return "verified";
    } catch (Refusal no) {
      return no.reason().name();
    }
  }

  private void notVerified(String number, String digits) {
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byPin(agent, number, digits));
  }

  private void guessAtPassword(int times) {
    IntStream.range(0, times)
        .forEach(
            i -> {
              try {
                all.holdfast
                    .signIn()
                    .signIn("ada@example.com", new Password("wrong"), Optional.empty(), HOME);
              } catch (Refusal no) {
                // as it should
              }
            });
  }

  private void freeze() {
    ada();
    var letters = all.letters(Letter.Kind.NEW_DEVICE);
    var link = letters.get(letters.size() - 1).words().getOrDefault("freezeLink", "");
    all.holdfast.freezeUser().freeze(InMemoryHoldfast.secretIn(link).orElseThrow(), HOME);
  }

  private List<What> acts() {
    return all
        .holdfast
        .readActivity()
        .pageForHost(account.number(), Optional.empty(), Optional.empty(), 100)
        .stream()
        .map(told -> told.entry().happening().what())
        .toList();
  }

  private static void refuses(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }
}
