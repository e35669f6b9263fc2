package org.holdfast.application.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

class SignInTest {

  private static final String ADA = "ada@example.com";
  private static final Password WRONG = new Password("not at all the password");

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final SignIn signIn = memory.holdfast.signIn();

  SignInTest() {
    memory.customer(ADA);
  }

  @Test
  void the_right_password_begins_a_session_and_tells_of_a_new_device() {
    var begun = memory.begin(ADA);
    assertThat(memory.holdfast.sessions().check(begun.token())).isPresent();
    assertThat(memory.letters(Letter.Kind.NEW_DEVICE)).hasSize(1);
    signIn.signIn(ADA, new Password(PASSWORD), Optional.of(begun.device()), HOME);
    assertThat(memory.letters(Letter.Kind.NEW_DEVICE)).hasSize(1);
  }

  @Test
  void a_stranger_and_a_wrong_password_get_the_same_answer_after_the_same_work() {
    var before = memory.hasher.hashes.get();
    assertThat(reasonOf(ADA)).isEqualTo(Reason.SIGN_IN_FAILED);
    assertThat(reasonOf("nobody@example.com")).isEqualTo(Reason.SIGN_IN_FAILED);
    assertThat(reasonOf("no address at all")).isEqualTo(Reason.SIGN_IN_FAILED);
    assertThat(memory.hasher.hashes.get() - before).isEqualTo(3);
  }

  @Test
  void guesses_are_counted_before_they_are_looked_at_however_many_come_at_once() {
    var before = memory.hasher.hashes.get();
    Race.of(64, i -> reasonOf(i % 2 == 0 ? "ADA@EXAMPLE.COM " : ADA));
    assertThat(memory.hasher.hashes.get() - before).isLessThanOrEqualTo(10);
    assertThat(reasonOf(PASSWORD, ADA)).isEqualTo(Reason.TOO_MANY_TRIES);
    memory.clock.pass(Duration.ofHours(1));
    memory.begin(ADA);
  }

  @Test
  void a_stranger_cannot_lock_the_owner_out() {
    var begun = memory.begin(ADA);
    for (var i = 0; i < 150; i++) {
      reasonOf(ADA);
      memory.clock.pass(Duration.ofHours(1));
    }
    assertThat(reasonOf(PASSWORD, ADA)).isEqualTo(Reason.TOO_MANY_TRIES);
    signIn.signIn(ADA, new Password(PASSWORD), Optional.of(begun.device()), HOME);
  }

  /** Or else a few hundred network addresses would keep every customer out. */
  @Test
  void however_much_strangers_guess_the_owners_come_in_on_their_devices() {
    var owner = memory.begin(ADA);
    memory.customer("bob@example.com");
    var token = memory.addToken(memory.signIn("bob@example.com"));
    var known =
        signIn.showFactor(
            ((SignIn.FactorNeeded) memory.show("bob@example.com")).pending(),
            memory.nextCode(token.secret()),
            Optional.empty(),
            HOME);
    for (var i = 0; i < 40; i++) {
      reasonOf("nobody" + i + "@example.com");
    }
    assertThat(reasonOf(PASSWORD, ADA)).isEqualTo(Reason.TOO_MANY_TRIES);
    signIn.signIn(ADA, new Password(PASSWORD), Optional.of(owner.device()), HOME);
    var device = Optional.of(known.device());
    var half =
        (SignIn.FactorNeeded)
            signIn.signIn("bob@example.com", new Password(PASSWORD), device, HOME);
    memory.clock.pass(Duration.ofSeconds(1));
    var code = memory.codeNow(token.secret());
    assertThatThrownBy(() -> signIn.showFactor(half.pending(), code, Optional.empty(), HOME))
        .hasMessageStartingWith("TOO_MANY_TRIES");
    assertThatThrownBy(() -> signIn.showFactor(half.pending(), code, device, HOME))
        .hasMessageStartingWith("CODE_WRONG"); // it is looked at, and was spent
  }

  @Test
  void whoever_guesses_on_is_told_of_again() {
    for (var i = 0; i < 30; i++) {
      reasonOf(ADA);
      memory.clock.pass(Duration.ofHours(1));
    }
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.GUESSES_FAILED))
        .extracting(letter -> letter.words().get("guesses"))
        .containsExactly("10", "20", "30");
  }

  @Test
  void a_lock_comes_back_after_it_ran_out() {
    for (var i = 0; i < 5; i++) {
      reasonOf(ADA);
    }
    assertThat(reasonOf(ADA)).isEqualTo(Reason.TOO_MANY_TRIES);
    memory.clock.pass(Duration.ofHours(1));
    assertThat(reasonOf(ADA)).isEqualTo(Reason.SIGN_IN_FAILED);
    assertThat(reasonOf(ADA)).isEqualTo(Reason.TOO_MANY_TRIES);
  }

  @Test
  void somebody_shut_out_gets_in_by_no_session_and_no_password() {
    var begun = memory.begin(ADA);
    var user = memory.holdfast.editProfile().findByAddress(new EmailAddress(ADA)).id();
    memory.holdfast.editProfile().disable(user);
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    assertThat(reasonOf(PASSWORD, ADA)).isEqualTo(Reason.SIGN_IN_FAILED);
    memory.holdfast.editProfile().enable(user);
    memory.begin(ADA);
  }

  @Test
  void a_session_ends_when_it_is_idle_or_old() {
    var idle = memory.begin(ADA);
    memory.clock.pass(Duration.ofHours(1));
    assertThat(memory.holdfast.sessions().check(idle.token())).isEmpty();
    var busy = memory.begin(ADA);
    for (var i = 0; i < 47; i++) {
      memory.clock.pass(Duration.ofMinutes(30));
      assertThat(memory.holdfast.sessions().check(busy.token())).isPresent();
    }
    memory.clock.pass(Duration.ofMinutes(30));
    assertThat(memory.holdfast.sessions().check(busy.token())).isEmpty();
  }

  @Test
  void proving_who_one_is_renews_the_token() {
    var begun = memory.begin(ADA);
    var who = memory.holdfast.sessions().check(begun.token()).orElseThrow();
    assertThatThrownBy(() -> signIn.stepUp(who, begun.token(), WRONG, null))
        .hasMessage("CURRENT_PASSWORD_WRONG");
    var fresh = signIn.stepUp(who, begun.token(), new Password(PASSWORD), null);
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    assertThat(memory.holdfast.sessions().check(fresh)).isPresent();
  }

  private Reason reasonOf(String address) {
    return reasonOf(WRONG.value(), address);
  }

  private Reason reasonOf(String password, String address) {
    try {
      signIn.signIn(address, new Password(password), Optional.empty(), HOME);
      throw new AssertionError("signed in");
    } catch (Refusal no) {
      return no.reason();
    }
  }

  @Test
  void a_known_device_is_noted_once_a_day() {
    var device = Optional.of(memory.begin(ADA).device());
    var first = memory.clock.instant();
    memory.clock.pass(Duration.ofHours(23));
    signIn.signIn(ADA, new Password(PASSWORD), device, HOME);
    assertThat(seen(device.get())).contains(first);
    memory.clock.pass(Duration.ofHours(2));
    signIn.signIn(ADA, new Password(PASSWORD), device, HOME);
    assertThat(seen(device.get())).contains(memory.clock.instant());
  }

  private Optional<Instant> seen(Secret device) {
    return memory
        .memory
        .passwords
        .candidate(new EmailAddress(ADA), Optional.of(device.fingerprint()))
        .orElseThrow()
        .deviceSeenAt();
  }
}
