package org.holdfast.application.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.util.Optional;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

class ResetPasswordTest {

  private static final String ADA = "ada@example.com";
  private static final Password CHOSEN = new Password("eleven badgers fly north");

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final ResetPassword reset = memory.holdfast.resetPassword();

  ResetPasswordTest() {
    memory.customer(ADA);
  }

  @Test
  void a_forgotten_password_is_replaced_and_everything_it_opened_ends() {
    var begun = memory.begin(ADA);
    reset.redeem(linkFor(ADA), CHOSEN, HOME);
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    assertThatThrownBy(() -> memory.begin(ADA)).hasMessage("SIGN_IN_FAILED");
    memory.holdfast.signIn().signIn(ADA, CHOSEN, Optional.empty(), HOME);
    assertThat(memory.letters(Letter.Kind.PASSWORD_CHANGED)).hasSize(1);
  }

  @Test
  void a_stranger_causes_the_same_errand_and_no_letter() {
    reset.request("nobody@example.com", Optional.empty(), HOME);
    assertThat(memory.holdfast.oldestErrand()).isPresent();
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
  }

  @Test
  void of_three_links_one_works_and_then_none() {
    var first = linkFor(ADA);
    var second = linkFor(ADA);
    var third = linkFor(ADA);
    reset.redeem(third, CHOSEN, HOME);
    for (var link : new Secret[] {first, second, third}) {
      assertThatThrownBy(() -> reset.redeem(link, new Password(PASSWORD), HOME))
          .hasMessage("LINK_NOT_VALID");
    }
  }

  @Test
  void a_link_works_for_half_an_hour() {
    var link = linkFor(ADA);
    memory.clock.pass(Duration.ofMinutes(30));
    assertThat(reset.opens(link)).isFalse();
    assertThatThrownBy(() -> reset.redeem(link, CHOSEN, HOME)).isInstanceOf(Refusal.class);
  }

  @Test
  void a_password_that_will_not_do_leaves_the_link_good_and_tells_every_reason() {
    var link = linkFor(ADA);
    assertThatThrownBy(() -> reset.redeem(link, new Password("Lovelace"), HOME))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            no ->
                assertThat(no.faults())
                    .extracting(fault -> fault.rule())
                    .containsExactly("password_too_short", "password_personal"));
    assertThat(reset.opens(link)).isTrue();
  }

  @Test
  void repeated_requests_cannot_starve_the_owner() {
    for (var i = 0; i < 12; i++) {
      reset.request(ADA, Optional.empty(), HOME);
      memory.clock.pass(Duration.ofMinutes(5));
      memory.runErrands();
    }
    var newest = memory.lastLink(Letter.Kind.RESET_LINK).orElseThrow();
    assertThat(memory.letters(Letter.Kind.RESET_LINK).size()).isLessThan(12);
    assertThat(reset.opens(newest)).isTrue();
  }

  @Test
  void the_known_device_is_mailed_whatever_strangers_asked_for() {
    var begun = memory.begin(ADA);
    for (var i = 0; i < 5; i++) {
      reset.request(ADA, Optional.empty(), HOME);
    }
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).hasSize(3);
    reset.request(ADA, Optional.of(begun.device()), HOME);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).hasSize(4);
  }

  private Secret linkFor(String email) {
    reset.request(email, Optional.empty(), HOME);
    memory.runErrands();
    return memory.lastLink(Letter.Kind.RESET_LINK).orElseThrow();
  }
}
