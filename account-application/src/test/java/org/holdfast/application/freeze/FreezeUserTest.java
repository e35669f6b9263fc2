package org.holdfast.application.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.util.Optional;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.signin.SignIn.FactorNeeded;
import org.holdfast.application.testkit.InMemoryHoldfast;
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

  private void freeze() {
    freezeUser.freeze(link(), HOME);
    memory.clock.pass(Duration.ofSeconds(1));
  }

  private Secret link() {
    var letters = memory.letters(Letter.Kind.NEW_DEVICE);
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
