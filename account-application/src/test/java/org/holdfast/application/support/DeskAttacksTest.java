package org.holdfast.application.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a bought agent, an administrator who wants one account, a stolen session at the console or a
 * thief in the mailbox would try at the support desk.
 */
class DeskAttacksTest {

  private static final List<String> ENOUGH = List.of("posted_code", "invoices_known");

  private static final String CHOSEN = "nine herons count pebbles";

  private final InMemoryHoldfast all = new InMemoryHoldfast();
  private final StaffAtWork staff = new StaffAtWork(all);
  private final AnswerCall calls = all.holdfast.answerCall();
  private final HelpCaller help = all.holdfast.helpCaller();
  private final RecoverAccess recover = all.holdfast.recoverAccess();
  private Worker ann;
  private Worker bob;
  private Worker sue;
  private Account account;

  @BeforeEach
  void somebodyWorks() {
    ann = staff.administrator("ann@example.com");
    bob = staff.hire(ann, "bob@example.com", Role.AGENT);
    sue = staff.hire(ann, "sue@example.com", Role.SUPERVISOR);
    account = all.customer("ada@example.com");
  }

  // what a case that is done leaves open

  @Test
  void a_case_that_is_done_leaves_no_way_in_that_a_thief_made_before() {
    var ada = all.signIn("ada@example.com");
    link(ada);
    var token = all.addToken(ada);
    var opened = open(bob);
    recover.approve(staff.fresh(sue), opened.id());
    all.clock.pass(recover.hold());
    var thief = withFactor(token);
    all.holdfast.changeEmail().request(thief, "thief@example.net");
    all.holdfast.changeEmail().request(thief, account.number(), "thief@example.net");
    all.runErrands();
    var change = all.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow();
    var agent = staff.fresh(bob);
    var mailed = calls.mailCode(agent, account.number());
    var code = mailedCode();
    assertThat(recover.runDue()).isTrue();
    assertThat(find(opened).state()).isEqualTo(State.DONE);
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, mailed.call(), code));
    refuses(Reason.LINK_NOT_VALID, () -> all.holdfast.changeEmail().confirm(change));
    assertThat(all.store.linkedIdentities().of(account.holder())).isEmpty();
  }

  @Test
  void this_was_not_me_also_stops_what_support_was_asked_to_do() {
    all.addToken(all.signIn("ada@example.com"));
    var opened = open(bob);
    recover.approve(staff.fresh(sue), opened.id());
    calls.mailCode(staff.fresh(bob), account.number());
    freeze(Letter.Kind.SUPPORT_CODE);
    all.clock.pass(recover.hold());
    assertThat(recover.runDue()).isFalse();
    assertThat(find(opened).state()).isEqualTo(State.VETOED);
    assertThat(all.letters(Letter.Kind.CASE_ENDED)).isNotEmpty();
    assertThat(acts()).contains(What.CASE_VETOED);
  }

  @Test
  void what_two_have_agreed_to_is_not_done_once_one_of_them_is_shut_out() {
    for (var crook : List.of(bob, sue)) {
      var email = "victim.of." + crook.email();
      account = all.customer(email);
      all.addToken(all.signIn(email));
      var opened = open(bob);
      recover.approve(staff.fresh(sue), opened.id());
      all.holdfast.keepStaff().disable(staff.fresh(ann), crook.id(), true);
      all.clock.pass(recover.hold());
      assertThat(recover.runDue()).isTrue();
      assertThat(recover.find(staff.fresh(ann), opened.id()).recovery().state())
          .isEqualTo(State.REFUSED);
      assertThat(all.store.factors().of(account.holder())).isNotEmpty();
      all.holdfast.keepStaff().disable(staff.fresh(ann), crook.id(), false);
      all.clock.pass(recover.hold());
    }
  }

  // what a grant outlives

  @Test
  void a_new_pin_ends_the_calls_that_the_old_one_opened() {
    var agent = staff.fresh(bob);
    var ada = all.signIn("ada@example.com");
    var stolen = all.holdfast.supportPin().replace(ada, account.number()).pin().digits();
    var call = calls.byPin(agent, account.number(), stolen);
    all.holdfast.supportPin().replace(ada, account.number());
    refuses(Reason.NO_GRANT, () -> help.givePin(agent, call.id())); // it would be the new one
    refuses(Reason.NO_GRANT, () -> help.beside(agent, call.id()));
  }

  @Test
  void nothing_is_shown_of_somebody_whom_the_host_has_shut_out() {
    var agent = staff.fresh(bob);
    var call = byMail(agent);
    var mailed = calls.mailCode(agent, account.number());
    var code = mailedCode();
    all.holdfast.editProfile().disable(account.holder());
    refuses(Reason.NO_GRANT, () -> help.beside(agent, call.id()));
    all.holdfast.editProfile().enable(account.holder());
    refuses(Reason.NO_GRANT, () -> help.beside(agent, call.id()));
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byCode(agent, mailed.call(), code));
  }

  @Test
  void a_code_on_its_way_to_a_thief_in_the_mailbox_ends_with_what_its_owner_changes() {
    all.customer("eve@example.com");
    var codes = new ArrayList<ThrowingCallable>();
    var agent = staff.fresh(bob);
    for (var email : List.of("ada@example.com", "eve@example.com", "joe@example.com")) {
      account = email.startsWith("joe") ? all.customer(email) : accountOf(email);
      var who = all.begin(email);
      var owner = all.holdfast.sessions().check(who.token()).orElseThrow();
      var mailed = calls.mailCode(agent, account.number());
      var code = mailedCode();
      codes.add(() -> calls.byCode(agent, mailed.call(), code));
      switch (email) {
        case "ada@example.com" ->
            all.holdfast
                .changePassword()
                .change(owner, who.token(), new Password(PASSWORD), new Password(CHOSEN));
        case "eve@example.com" -> all.addToken(owner);
        default -> {
          all.holdfast.changeEmail().request(owner, "safe@example.net");
          all.runErrands();
          var link = all.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow();
          all.holdfast.changeEmail().confirm(link);
        }
      }
    }
    assertThat(codes).allSatisfy(code -> refuses(Reason.CALLER_NOT_VERIFIED, code));
  }

  @Test
  void a_pin_that_was_read_out_to_somebody_else_does_not_come_back_to_life() {
    var ada = all.signIn("ada@example.com");
    var stolen = all.holdfast.supportPin().replace(ada, account.number()).pin().digits();
    var agent = staff.fresh(bob);
    help.givePin(agent, byMail(agent).id());
    freeze(Letter.Kind.SUPPORT_PIN_GIVEN);
    all.clock.pass(Duration.ofSeconds(1));
    all.holdfast.resetPassword().request("ada@example.com", Optional.empty(), HOME);
    all.runErrands();
    var link = all.lastLink(Letter.Kind.RESET_LINK).orElseThrow();
    all.holdfast.resetPassword().redeem(link, new Password(CHOSEN), HOME);
    var again = all.holdfast.signIn();
    var begun = again.signIn("ada@example.com", new Password(CHOSEN), Optional.empty(), HOME);
    var back = all.holdfast.sessions().check(((SignIn.Begun) begun).token()).orElseThrow();
    refuses(Reason.CALLER_NOT_VERIFIED, () -> calls.byPin(agent, account.number(), stolen));
    assertThat(all.holdfast.supportPin().show(back, account.number())).isEmpty();
  }

  private Account accountOf(String email) {
    var user = all.holdfast.editProfile().findByAddress(new EmailAddress(email)).id();
    return all.store.accounts().heldBy(user).get(0);
  }

  // who acts

  @Test
  void whoever_is_shut_out_or_lowered_while_their_request_is_on_its_way_does_nothing_with_it() {
    var keep = all.holdfast.keepStaff();
    var eve = staff.hire(ann, "eve@example.com", Role.ADMINISTRATOR);
    all.addToken(all.signIn("ada@example.com"));
    var opened = open(bob);
    var agent = staff.fresh(bob);
    var supervisor = staff.fresh(sue);
    var administrator = staff.fresh(eve);
    var boss = staff.fresh(ann);
    keep.disable(boss, bob.id(), true);
    keep.changeRole(boss, sue.id(), "agent");
    keep.disable(boss, eve.id(), true);
    refuses(Reason.NOT_SIGNED_IN, () -> calls.find(agent, "lovelace"));
    refuses(Reason.NOT_SIGNED_IN, () -> calls.withoutProof(agent, account.number()));
    refuses(Reason.NOT_ALLOWED, () -> recover.approve(supervisor, opened.id()));
    refuses(
        Reason.NOT_SIGNED_IN,
        () -> keep.invite(administrator, "Puppet", "puppet@example.com", "supervisor", "en"));
  }

  @Test
  void nobody_who_was_let_in_again_is_the_second_person_at_once() {
    all.addToken(all.signIn("ada@example.com"));
    var opened = open(bob);
    var keep = all.holdfast.keepStaff();
    keep.disable(staff.fresh(ann), sue.id(), true);
    keep.disable(staff.fresh(ann), sue.id(), false); // and whoever reads her mail by now
    refuses(Reason.ROLE_TOO_NEW, () -> recover.approve(staff.fresh(sue), opened.id()));
    assertThat(all.letters(Letter.Kind.STAFF_JOINED)).as("hired, out and in").hasSize(4);
    all.clock.pass(recover.hold());
    keep.inviteAnew(staff.fresh(ann), sue.id());
    var again = accept(sue.email());
    refuses(Reason.ROLE_TOO_NEW, () -> recover.approve(again, opened.id()));
  }

  @Test
  void no_administrator_is_alone_without_the_others_having_heard_of_it() {
    var keep = all.holdfast.keepStaff();
    var eve = staff.hire(ann, "eve@example.com", Role.ADMINISTRATOR);
    var joe = staff.hire(ann, "joe@example.com", Role.ADMINISTRATOR);
    var before = all.letters(Letter.Kind.STAFF_JOINED).size();
    keep.disable(staff.fresh(eve), ann.id(), true);
    keep.changeRole(staff.fresh(eve), joe.id(), "agent"); // and now for a puppet
    var told = all.letters(Letter.Kind.STAFF_JOINED);
    assertThat(told.subList(before, told.size()))
        .extracting(letter -> letter.to().value())
        .containsExactlyInAnyOrder(
            "ann@example.com",
            "eve@example.com",
            "joe@example.com",
            "eve@example.com",
            "joe@example.com");
    assertThat(told.get(before).words()).containsEntry("role", "shut_out");
    assertThat(told.get(told.size() - 1).words()).containsEntry("role", "agent");
  }

  @Test
  void strangers_do_not_learn_by_spelling_an_address_otherwise_whose_it_is() {
    all.clock.pass(Duration.ofMinutes(5));
    assertThat(guesses("bob@example.com")).isEqualTo(guesses("nobody@example.com"));
  }

  private String guesses(String address) {
    var elsewhere = new Origin("203.0.113.9", "Firefox on Linux");
    var heard = new StringBuilder();
    for (var i = 0; i < 12; i++) {
      var spelled = i % 2 == 0 ? address : address.toUpperCase(java.util.Locale.ROOT);
      try {
        all.holdfast.signInStaff().signIn(spelled, new Password("wrong"), "123456", elsewhere);
      } catch (Refusal no) {
        heard.append(no.reason()).append(' ');
      }
    }
    return heard.toString();
  }

  // too much of it

  @Test
  void no_call_makes_guessing_free_and_no_agent_bombs_a_customer() {
    var agent = staff.fresh(bob);
    var call = byMail(agent).id();
    all.holdfast.supportPin().replace(all.signIn("ada@example.com"), account.number());
    var again = byMail(agent).id();
    assertThat(call).isNotEqualTo(again);
    assertThat(times(() -> help.unlockSignIn(agent, again))).isEqualTo(3);
    assertThat(times(() -> help.replacePin(agent, again))).isLessThanOrEqualTo(5);
    assertThat(times(() -> help.givePin(agent, again))).isLessThanOrEqualTo(5);
    var other = staff.fresh(sue);
    var third = byMail(other).id();
    refuses(Reason.TOO_MANY_TRIES, () -> help.unlockSignIn(other, third));
  }

  private static int times(Runnable deed) {
    for (var i = 0; i < 50; i++) {
      try {
        deed.run();
      } catch (Refusal no) {
        assertThat(no.reason()).isEqualTo(Reason.TOO_MANY_TRIES);
        return i;
      }
    }
    return 50;
  }

  private RecoveryCase open(Worker worker) {
    var who = staff.fresh(worker);
    var call = calls.withoutProof(who, account.number());
    return recover.open(who, call.id(), "lost_factor", null, ENOUGH, "");
  }

  private RecoveryCase find(RecoveryCase opened) {
    return recover.find(staff.fresh(bob), opened.id()).recovery();
  }

  private Grant byMail(SignedInStaff agent) {
    var mailed = calls.mailCode(agent, account.number());
    return calls.byCode(agent, mailed.call(), mailedCode());
  }

  private String mailedCode() {
    return newest(Letter.Kind.SUPPORT_CODE).words().getOrDefault("code", "").replace(" ", "");
  }

  private Letter newest(Letter.Kind kind) {
    var letters = all.letters(kind);
    return letters.get(letters.size() - 1);
  }

  private void freeze(Letter.Kind kind) {
    var link = newest(kind).words().getOrDefault("freezeLink", "");
    all.holdfast.freezeUser().freeze(InMemoryHoldfast.secretIn(link).orElseThrow(), HOME);
  }

  private SignedIn withFactor(InMemoryHoldfast.Token token) {
    var half = (SignIn.FactorNeeded) all.show("ada@example.com");
    var begun =
        all.holdfast
            .signIn()
            .showFactor(half.pending(), all.nextCode(token.secret()), Optional.empty(), HOME);
    return all.holdfast.sessions().check(begun.token()).orElseThrow();
  }

  private void link(SignedIn who) {
    var departure = all.holdfast.linkAccounts().beginLink(who, "example");
    all.holdfast
        .linkAccounts()
        .comeBack(
            "example",
            Optional.of(departure.browser()),
            state(departure),
            PretendedProvider.IS + "the thief",
            Optional.of(who),
            Optional.empty(),
            Optional.empty(),
            HOME);
    assertThat(all.store.linkedIdentities().of(account.holder())).hasSize(1);
  }

  private static Optional<Secret> state(LinkAccounts.Departure departure) {
    var uri = departure.to().toString();
    return Secret.parse(uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce")));
  }

  private SignedInStaff accept(String email) {
    var link = all.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow();
    var signIn = all.holdfast.signInStaff();
    var invitation = signIn.invitation(link).orElseThrow();
    assertThat(invitation.staff().email().value()).isEqualTo(email);
    var code = all.codeNow(invitation.token());
    return signIn
        .check(signIn.accept(link, new Password(PASSWORD), code, StaffAtWork.OFFICE))
        .orElseThrow();
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
