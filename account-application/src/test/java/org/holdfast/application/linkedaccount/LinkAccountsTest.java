package org.holdfast.application.linkedaccount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.holdfast.application.linkedaccount.LinkAccounts.Departure;
import org.holdfast.application.linkedaccount.LinkAccounts.LinkMade;
import org.holdfast.application.linkedaccount.LinkAccounts.Return;
import org.holdfast.application.linkedaccount.LinkAccounts.SignedInBy;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn.Begun;
import org.holdfast.application.signin.SignIn.FactorNeeded;
import org.holdfast.application.signin.SignIn.SetUpNeeded;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;
import org.junit.jupiter.api.Test;

class LinkAccountsTest {

  private static final String ADA = "ada@example.com";
  private static final String BOB = "bob@example.com";
  private static final String AT = "example";

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final LinkAccounts linkAccounts = memory.holdfast.linkAccounts();

  LinkAccountsTest() {
    memory.customer(ADA);
    memory.customer(BOB);
  }

  @Test
  void whoever_is_linked_signs_in_without_a_password() {
    link(memory.signIn(ADA), "ada there");
    var begun = (Begun) signIn("ada there");
    var who = memory.holdfast.sessions().check(begun.token()).orElseThrow();
    assertThat(who.user().email().value()).isEqualTo(ADA);
    assertThat(memory.letters(Letter.Kind.ACCOUNT_LINKED)).hasSize(1);
    assertThat(linkAccounts.list(who).get(0).lastUsedAt()).isPresent();
  }

  @Test
  void an_address_links_nobody_whoever_vouches_for_it() {
    assertThatThrownBy(() -> signIn(ADA)).hasMessage("NOT_LINKED");
    assertThatThrownBy(() -> signIn("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_second_factor_is_still_asked_for() {
    var who = memory.signIn(ADA);
    link(who, "ada there");
    var token = memory.addToken(who);
    var needed = (FactorNeeded) signIn("ada there");
    assertThat(memory.holdfast.sessions().check(needed.pending())).isEmpty();
    memory
        .holdfast
        .signIn()
        .showFactor(needed.pending(), memory.nextCode(token.secret()), Optional.empty(), HOME);
  }

  @Test
  void a_recovery_code_that_was_used_after_a_linked_sign_in_is_used_for_good() {
    var who = memory.signIn(ADA);
    link(who, "ada there");
    var code = memory.addToken(who).recoveryCodes().get(0).value();
    var first = ((FactorNeeded) signIn("ada there")).pending();
    memory.holdfast.signIn().showFactor(first, code, Optional.empty(), HOME);
    var second = ((FactorNeeded) memory.show(ADA)).pending();
    assertThatThrownBy(
            () -> memory.holdfast.signIn().showFactor(second, code, Optional.empty(), HOME))
        .hasMessage("CODE_WRONG");
  }

  @Test
  void where_a_factor_is_demanded_it_is_set_up_first() {
    var who = memory.signIn(ADA);
    link(who, "ada there");
    var account = memory.holdfast.editAccount().mine(who).get(0);
    memory.memory.accounts.demandFactor(account.id(), true);
    assertThat(signIn("ada there")).isInstanceOf(SetUpNeeded.class);
  }

  @Test
  void a_session_by_a_link_has_proved_nothing_sensitive() {
    link(memory.signIn(ADA), "ada there");
    var who = who((Begun) signIn("ada there"));
    assertThatThrownBy(() -> memory.holdfast.editFactors().beginTotp(who, "x"))
        .hasMessage("STEP_UP_NEEDED");
    assertThatThrownBy(() -> memory.holdfast.changeEmail().request(who, "x@example.com"))
        .hasMessage("STEP_UP_NEEDED");
  }

  @Test
  void an_identity_is_linked_to_one_user_and_stays_so() {
    link(memory.signIn(ADA), "somebody");
    assertThatThrownBy(() -> link(memory.signIn(BOB), "somebody")).hasMessage("ALREADY_LINKED");
    assertThatThrownBy(() -> link(memory.signIn(ADA), "somebody")).hasMessage("ALREADY_LINKED");
  }

  @Test
  void of_all_who_come_back_at_once_one_does() {
    link(memory.signIn(ADA), "ada there");
    var departure = linkAccounts.beginSignIn(AT, "/", HOME);
    var outcomes =
        Race.of(
            64,
            i -> {
              try {
                return back(departure, "ada there", Optional.empty()) instanceof SignedInBy;
              } catch (Refusal no) {
                return false;
              }
            });
    assertThat(outcomes).containsOnlyOnce(true);
  }

  @Test
  void a_state_is_good_for_its_browser_its_provider_and_its_time() {
    link(memory.signIn(ADA), "ada there");
    var mine = linkAccounts.beginSignIn(AT, "/", HOME);
    var theirs = linkAccounts.beginSignIn(AT, "/", HOME);
    assertThatThrownBy(
            () -> back(new Departure(mine.to(), theirs.browser()), "ada there", Optional.empty()))
        .hasMessage("NOT_VOUCHED");
    memory.clock.pass(LinkAccounts.AWAY);
    assertThatThrownBy(() -> back(mine, "ada there", Optional.empty())).hasMessage("NOT_VOUCHED");
    var cancelled = linkAccounts.beginSignIn(AT, "/", HOME);
    linkAccounts.giveUp(AT, Optional.of(cancelled.browser()), Secret.parse(state(cancelled)));
    assertThatThrownBy(() -> back(cancelled, "ada there", Optional.empty()))
        .hasMessage("NOT_VOUCHED");
    assertThatThrownBy(() -> linkAccounts.beginSignIn("facebook", "/", HOME))
        .hasMessage("NO_SUCH_PROVIDER");
  }

  @Test
  void nobody_is_made_to_link_somebody_elses_account() {
    var ada = memory.signIn(ADA);
    var bob = memory.signIn(BOB);
    var departure = linkAccounts.beginLink(bob, AT);
    assertThatThrownBy(() -> back(departure, "bob there", Optional.of(ada)))
        .hasMessage("NOT_VOUCHED");
    var again = linkAccounts.beginLink(bob, AT);
    assertThatThrownBy(() -> back(again, "bob there", Optional.empty())).hasMessage("NOT_VOUCHED");
    assertThat(linkAccounts.list(ada)).isEmpty();
    assertThat(linkAccounts.list(bob)).isEmpty();
  }

  @Test
  void a_state_for_signing_in_links_nothing_and_one_for_linking_signs_nobody_in() {
    var ada = memory.signIn(ADA);
    link(ada, "ada there");
    var toSignIn = linkAccounts.beginSignIn(AT, "/", HOME);
    assertThat(back(toSignIn, "ada there", Optional.of(ada))).isInstanceOf(SignedInBy.class);
    var toLink = linkAccounts.beginLink(memory.signIn(ADA), AT);
    assertThatThrownBy(() -> back(toLink, "ada there", Optional.empty())).hasMessage("NOT_VOUCHED");
  }

  @Test
  void linking_and_unlinking_end_all_other_sessions() {
    var other = memory.begin(ADA);
    var who = memory.signIn(ADA);
    link(who, "ada there");
    assertThat(memory.holdfast.sessions().check(other.token())).isEmpty();
    var byLink = (Begun) signIn("ada there");
    linkAccounts.unlink(who, linkAccounts.list(who).get(0).id());
    assertThat(memory.holdfast.sessions().check(byLink.token())).isEmpty();
    assertThatThrownBy(() -> signIn("ada there")).hasMessage("NOT_LINKED");
    assertThat(memory.letters(Letter.Kind.ACCOUNT_UNLINKED)).hasSize(1);
  }

  @Test
  void the_last_way_in_stays() {
    var who = memory.signIn(ADA);
    link(who, "one");
    link(who, "two");
    memory.memory.forgetPassword(who.user().id());
    linkAccounts.unlink(who, linkAccounts.list(who).get(0).id());
    assertThatThrownBy(() -> linkAccounts.unlink(who, linkAccounts.list(who).get(0).id()))
        .hasMessage("LAST_WAY_IN");
  }

  @Test
  void whoever_is_disabled_or_frozen_is_let_in_by_no_link() {
    var who = memory.signIn(ADA);
    link(who, "ada there");
    memory.holdfast.editProfile().disable(who.user().id());
    assertThatThrownBy(() -> signIn("ada there")).hasMessage("SIGN_IN_FAILED");
    memory.holdfast.editProfile().enable(who.user().id());
    memory.memory.store().freezes().freeze(who.user().id(), memory.clock.instant());
    assertThatThrownBy(() -> signIn("ada there")).hasMessage("SIGN_IN_FAILED");
  }

  @Test
  void whoever_has_no_password_proves_it_again_at_the_provider_and_with_the_factor() {
    var begun = memory.begin(ADA);
    var who = who(begun);
    link(who, "ada there");
    var token = memory.addToken(who);
    memory.memory.forgetPassword(who.user().id());
    memory.clock.pass(Duration.ofMinutes(11));
    assertThatThrownBy(() -> linkAccounts.beginStepUp(who, AT, null, "/"))
        .hasMessageContaining("code: required");
    var code = memory.nextCode(token.secret());
    var departure = linkAccounts.beginStepUp(who, AT, code, "/security");
    assertThat(departure.to().toString()).contains("prompt=login");
    var back =
        linkAccounts.comeBack(
            AT,
            Optional.of(departure.browser()),
            Secret.parse(state(departure)),
            PretendedProvider.IS + "ada there",
            Optional.of(who),
            Optional.of(begun.token()),
            Optional.empty(),
            HOME);
    var proved = (LinkAccounts.SteppedUp) back;
    assertThat(proved.next()).isEqualTo("/security");
    var after = memory.holdfast.sessions().check(proved.token()).orElseThrow();
    memory.holdfast.editFactors().makeRecoveryCodes(after);
  }

  @Test
  void whoever_has_a_password_proves_it_with_that() {
    var who = memory.signIn(ADA);
    link(who, "ada there");
    assertThatThrownBy(() -> linkAccounts.beginStepUp(who, AT, null, "/"))
        .hasMessage("CURRENT_PASSWORD_WRONG");
    memory.holdfast.signIn().mustBeCurrent(who, new Password(PASSWORD));
  }

  @Test
  void why_a_provider_says_no_is_for_the_operator() {
    assertThatThrownBy(() -> comeBack(linkAccounts.beginSignIn(AT, "/", HOME), "no such code"))
        .hasMessage("NOT_VOUCHED");
    assertThatThrownBy(() -> comeBack(linkAccounts.beginSignIn(AT, "/", HOME), "away"))
        .hasMessage("PROVIDER_UNAVAILABLE");
    assertThatThrownBy(() -> comeBack(linkAccounts.beginSignIn(AT, "/", HOME), ""))
        .hasMessage("NOT_VOUCHED");
    assertThat(memory.troubles)
        .contains("example: knows nobody by that", "example: is away", "example sent no code");
  }

  @Test
  void a_state_nobody_was_sent_with_is_none() {
    assertThatThrownBy(
            () ->
                linkAccounts.comeBack(
                    AT,
                    Optional.of(Secret.generate(new Random(1))),
                    Optional.of(Secret.generate(new Random(2))),
                    "is-ada",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    HOME))
        .hasMessage("NOT_VOUCHED");
  }

  /** Each is a row that waits, and strangers may ask for as many as they like. */
  @Test
  void nobody_sends_browsers_away_without_end() {
    var stranger = new Origin("2001:db8:0:1::1", "curl");
    for (var i = 0; i < 60; i++) {
      linkAccounts.beginSignIn(AT, "/", stranger);
    }
    var neighbour = new Origin("2001:db8:0:1::2", "curl"); // the same customer's network
    assertThatThrownBy(() -> linkAccounts.beginSignIn(AT, "/", neighbour))
        .hasMessageStartingWith("TOO_MANY_TRIES");
    linkAccounts.beginSignIn(AT, "/", HOME);
    memory.clock.pass(Duration.ofSeconds(5));
    linkAccounts.beginSignIn(AT, "/", stranger);
  }

  private Object signIn(String subject) {
    var departure = linkAccounts.beginSignIn(AT, "/", HOME);
    return ((SignedInBy) back(departure, subject, Optional.empty())).outcome();
  }

  private void link(SignedIn who, String subject) {
    var back = back(linkAccounts.beginLink(who, AT), subject, Optional.of(who));
    assertThat(back).isInstanceOf(LinkMade.class);
  }

  private Return back(Departure departure, String subject, Optional<SignedIn> who) {
    return comeBack(departure, PretendedProvider.IS + subject, who);
  }

  private Return comeBack(Departure departure, String code) {
    return comeBack(departure, code, Optional.empty());
  }

  private Return comeBack(Departure departure, String code, Optional<SignedIn> who) {
    return linkAccounts.comeBack(
        AT,
        Optional.of(departure.browser()),
        Secret.parse(state(departure)),
        code,
        who,
        Optional.empty(),
        Optional.empty(),
        HOME);
  }

  private static String state(Departure departure) {
    var uri = departure.to().toString();
    return uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce"));
  }

  private SignedIn who(Begun begun) {
    return Objects.requireNonNull(memory.holdfast.sessions().check(begun.token()).orElse(null));
  }
}
