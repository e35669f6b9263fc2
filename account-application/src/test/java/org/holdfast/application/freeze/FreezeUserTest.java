package org.holdfast.application.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn.Begun;
import org.holdfast.application.signin.SignIn.FactorNeeded;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.notification.Category;
import org.junit.jupiter.api.Test;

class FreezeUserTest {

  private static final String ADA = "ada@example.com";
  private static final Password CHOSEN = new Password("nine herons count pebbles");

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final FreezeUser freezeUser = memory.holdfast.freezeUser();
  private final Account account = memory.customer(ADA);

  @Test
  void it_ends_every_session_and_whatever_is_half_done() {
    var begun = memory.begin(ADA);
    var who = memory.holdfast.sessions().check(begun.token()).orElseThrow();
    memory.holdfast.changeEmail().request(who, "elsewhere@example.com");
    memory.runErrands();
    freeze();
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    assertThatThrownBy(
            () ->
                memory
                    .holdfast
                    .changeEmail()
                    .confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow()))
        .hasMessage("LINK_NOT_VALID");
    assertThatThrownBy(() -> memory.show(ADA)).hasMessage("SIGN_IN_FAILED");
    assertThat(memory.letters(Letter.Kind.FROZEN)).hasSize(1);
  }

  @Test
  void a_reset_link_that_was_out_opens_nothing_and_a_new_one_thaws() {
    memory.begin(ADA);
    memory.holdfast.resetPassword().request(ADA, Optional.empty(), HOME);
    memory.runErrands();
    var before = memory.lastLink(Letter.Kind.RESET_LINK).orElseThrow();
    freeze();
    assertThatThrownBy(() -> memory.holdfast.resetPassword().redeem(before, CHOSEN, HOME))
        .hasMessage("LINK_NOT_VALID");
    reset();
    memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    assertThat(memory.letters(Letter.Kind.THAWED)).hasSize(1);
    memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    assertThat(memory.letters(Letter.Kind.THAWED)).hasSize(1);
  }

  @Test
  void the_mailbox_alone_does_not_thaw_whoever_has_a_second_factor() {
    var token = memory.addToken(memory.signIn(ADA));
    freeze();
    reset();
    var needed =
        (FactorNeeded) memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    assertThat(memory.letters(Letter.Kind.THAWED)).isEmpty();
    memory
        .holdfast
        .signIn()
        .showFactor(needed.pending(), memory.nextCode(token.secret()), Optional.empty(), HOME);
    assertThat(memory.letters(Letter.Kind.THAWED)).hasSize(1);
  }

  @Test
  void a_half_done_sign_in_does_not_outlive_it() {
    var token = memory.addToken(memory.signIn(ADA));
    var half = ((FactorNeeded) memory.show(ADA)).pending();
    freeze();
    assertThatThrownBy(
            () ->
                memory
                    .holdfast
                    .signIn()
                    .showFactor(half, memory.nextCode(token.secret()), Optional.empty(), HOME))
        .hasMessage("SIGN_IN_EXPIRED");
  }

  @Test
  void the_same_click_counts_once_and_for_thirty_days() {
    memory.begin(ADA);
    var link = link();
    var outcomes =
        Race.of(
            64,
            i -> {
              try {
                freezeUser.freeze(link, HOME);
                return true;
              } catch (Refusal no) {
                return false;
              }
            });
    assertThat(outcomes).containsOnlyOnce(true);
    assertThatThrownBy(() -> freezeUser.freeze(null, HOME)).hasMessage("LINK_NOT_VALID");
    memory.clock.pass(Duration.ofSeconds(1));
    reset();
    memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    var late = link();
    memory.clock.pass(Letters.FREEZABLE);
    assertThat(freezeUser.opens(late)).isEmpty();
    assertThatThrownBy(() -> freezeUser.freeze(late, HOME)).hasMessage("LINK_NOT_VALID");
  }

  @Test
  void looking_at_the_link_changes_nothing_and_it_is_good_for_nothing_else() {
    var begun = memory.begin(ADA);
    var link = link();
    assertThat(freezeUser.opens(link)).isPresent();
    assertThat(memory.holdfast.sessions().check(begun.token())).isPresent();
    for (var purpose : Purpose.values()) {
      if (purpose != Purpose.FREEZE) {
        assertThat(memory.memory.links.consume(purpose, link.fingerprint(), memory.clock.instant()))
            .isEmpty();
      }
    }
  }

  @Test
  void whoever_is_frozen_still_gets_invoices() {
    memory.begin(ADA);
    freeze();
    memory
        .holdfast
        .notifications()
        .notify(
            account.number(),
            Category.INVOICES,
            new MessageInput("invoice-1", "Invoice 1", "Please pay.", null));
    assertThat(memory.letters(Letter.Kind.NOTIFICATION)).hasSize(1);
  }

  @Test
  void every_security_notice_carries_the_link() {
    var who = memory.signIn(ADA);
    var token = memory.addToken(who);
    memory.holdfast.editFactors().makeRecoveryCodes(who);
    memory.holdfast.editFactors().remove(who, token.id());
    memory.holdfast.sessions().endOthers(who);
    memory.holdfast.changeEmail().request(who, "elsewhere@example.com");
    assertThat(memory.letters())
        .filteredOn(letter -> letter.kind() != Letter.Kind.WELCOME)
        .filteredOn(letter -> letter.to().value().equals(ADA))
        .hasSizeGreaterThan(5)
        .allSatisfy(letter -> assertThat(letter.words()).containsKey("freezeLink"));
  }

  /** Whoever was signed in as somebody may have linked an account of their own. */
  @Test
  void an_account_that_was_linked_before_opens_nothing_after_it_either() {
    var who = memory.signIn(ADA);
    var linkAccounts = memory.holdfast.linkAccounts();
    back(linkAccounts.beginLink(who, "example"), Optional.of(who));
    freeze();
    reset();
    var again = memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    assertThat(again).isInstanceOf(Begun.class);
    assertThatThrownBy(() -> back(linkAccounts.beginSignIn("example", ""), Optional.empty()))
        .hasMessage("NOT_LINKED");
  }

  private void back(LinkAccounts.Departure departure, Optional<SignedIn> who) {
    var uri = departure.to().toString();
    memory
        .holdfast
        .linkAccounts()
        .comeBack(
            "example",
            Optional.of(departure.browser()),
            Secret.parse(uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce"))),
            PretendedProvider.IS + "somebody",
            who,
            Optional.empty(),
            Optional.empty(),
            HOME);
  }

  /** Or else whoever changed the address would thaw by a password chosen there. */
  @Test
  void said_of_a_changed_address_it_takes_the_change_back() {
    memory.holdfast.changeEmail().request(memory.signIn(ADA), "thief@example.net");
    var asked = linkIn(Letter.Kind.EMAIL_CHANGE_ASKED);
    memory.runErrands();
    memory
        .holdfast
        .changeEmail()
        .confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var undo = memory.lastLink(Letter.Kind.EMAIL_CHANGED).orElseThrow();
    freezeUser.freeze(asked, HOME);
    memory.clock.pass(Duration.ofSeconds(1));
    memory.holdfast.resetPassword().request("thief@example.net", Optional.empty(), HOME);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
    assertThat(memory.letters(Letter.Kind.FROZEN))
        .extracting(letter -> letter.to().value())
        .containsExactly(ADA);
    assertThatThrownBy(() -> memory.holdfast.changeEmail().undo(undo)).hasMessage("LINK_NOT_VALID");
    reset();
    memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
  }

  @Test
  void a_change_that_can_no_longer_be_undone_stays_and_the_user_is_frozen() {
    memory.holdfast.changeEmail().request(memory.signIn(ADA), "ada@new.example");
    memory.runErrands();
    memory
        .holdfast
        .changeEmail()
        .confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var link = linkIn(Letter.Kind.EMAIL_CHANGED);
    memory.clock.pass(ChangeEmail.UNDO);
    freezeUser.freeze(link, HOME);
    assertThatThrownBy(() -> memory.show("ada@new.example")).hasMessage("SIGN_IN_FAILED");
    assertThat(memory.letters(Letter.Kind.FROZEN))
        .extracting(letter -> letter.to().value())
        .containsExactly("ada@new.example", ADA);
  }

  /** Freezing may have to wait for whoever replaces the password just then. */
  @Test
  void a_password_that_was_chosen_while_it_waited_opens_nothing() {
    memory.begin(ADA);
    var link = link();
    var user = account.holder();
    var sessions =
        (OpenSessions)
            Proxy.newProxyInstance(
                FreezeUserTest.class.getClassLoader(),
                new Class<?>[] {OpenSessions.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("endAll")) {
                    memory.clock.pass(Duration.ofMillis(5));
                    var hash = "hash of " + CHOSEN.value();
                    memory.store.passwords().replace(user, 1, hash, false, memory.clock.instant());
                  }
                  return method.invoke(memory.store.sessions(), arguments);
                });
    memory.over(memory.store.with(sessions)).freezeUser().freeze(link, HOME);
    memory.clock.pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME))
        .hasMessage("SIGN_IN_FAILED");
  }

  private void freeze() {
    freezeUser.freeze(link(), HOME);
    memory.clock.pass(Duration.ofSeconds(1));
  }

  private Secret link() {
    return linkIn(Letter.Kind.NEW_DEVICE);
  }

  private Secret linkIn(Letter.Kind kind) {
    var letters = memory.letters(kind);
    var link = "" + letters.get(letters.size() - 1).words().get("freezeLink");
    return Secret.parse(link.substring(link.indexOf("token=") + 6)).orElseThrow();
  }

  private void reset() {
    memory.holdfast.resetPassword().request(ADA, Optional.empty(), HOME);
    memory.runErrands();
    memory
        .holdfast
        .resetPassword()
        .redeem(memory.lastLink(Letter.Kind.RESET_LINK).orElseThrow(), CHOSEN, HOME);
  }

  @Test
  void the_old_password_stays_worthless() {
    memory.begin(ADA);
    freeze();
    reset();
    assertThatThrownBy(
            () ->
                memory
                    .holdfast
                    .signIn()
                    .signIn(ADA, new Password(PASSWORD), Optional.empty(), HOME))
        .hasMessage("SIGN_IN_FAILED");
  }
}
