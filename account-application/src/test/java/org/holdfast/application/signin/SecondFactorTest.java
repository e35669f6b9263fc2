package org.holdfast.application.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.factor.Enrolling;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn.Begun;
import org.holdfast.application.signin.SignIn.FactorNeeded;
import org.holdfast.application.signin.SignIn.SetUpNeeded;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

/** Signing in of those who have, or must have, a second factor. */
class SecondFactorTest {

  private static final String ADA = "ada@example.com";
  private static final String TOUCH = "ccccccbcgujh" + "cbdefghijklnrtuvcbdefghijklnrtuv";
  private static final String OTHER_TOUCH = "ccccccbcgujh" + "vutrnlkjihgfedbcvutrnlkjihgfedbc";

  private static final String THIRD_TOUCH = "ccccccbcgujh" + "cccccccccccccccccccccccccccccccc";

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final SignIn signIn = memory.holdfast.signIn();

  SecondFactorTest() {
    memory.customer(ADA);
  }

  @Test
  void the_password_alone_begins_no_session_any_more() {
    var before = memory.begin(ADA);
    var token = memory.addToken(memory.holdfast.sessions().check(before.token()).orElseThrow());
    var needed = (FactorNeeded) memory.show(ADA);
    assertThat(needed.totp()).isTrue();
    assertThat(needed.yubiKey()).isFalse();
    assertThat(needed.recoveryCode()).isTrue();
    assertThat(memory.holdfast.sessions().check(needed.pending())).isEmpty();
    var begun = show(needed.pending(), memory.nextCode(token.secret()));
    assertThat(memory.holdfast.sessions().check(begun.token())).isPresent();
  }

  @Test
  void the_code_that_confirmed_a_token_is_spent() {
    var token = memory.addToken(memory.signIn(ADA));
    assertThat(reason(pending(), memory.codeNow(token.secret()))).isEqualTo(Reason.CODE_WRONG);
  }

  @Test
  void an_accepted_code_and_every_older_one_is_refused_and_the_next_is_taken_at_once() {
    var token = memory.addToken(memory.signIn(ADA));
    var older = memory.nextCode(token.secret());
    var code = memory.nextCode(token.secret());
    show(pending(), code);
    for (var seconds : List.of(1, 28)) {
      memory.clock.pass(Duration.ofSeconds(seconds));
      assertThat(reason(pending(), code)).isEqualTo(Reason.CODE_WRONG);
      assertThat(reason(pending(), older)).isEqualTo(Reason.CODE_WRONG);
    }
    memory.clock.pass(Duration.ofSeconds(2));
    assertThat(reason(pending(), code)).isEqualTo(Reason.CODE_WRONG);
    memory.clock.pass(Duration.ofSeconds(15)); // five failures in a row cost a wait
    show(pending(), memory.codeNow(token.secret()));
  }

  @Test
  void a_clock_that_steps_back_lets_no_spent_code_through() {
    var token = memory.addToken(memory.signIn(ADA));
    var code = memory.nextCode(token.secret());
    show(pending(), code);
    memory.clock.pass(Duration.ofSeconds(-90));
    assertThat(reason(pending(), memory.codeNow(token.secret()))).isEqualTo(Reason.CODE_WRONG);
    memory.clock.pass(Duration.ofSeconds(90));
    assertThat(reason(pending(), code)).isEqualTo(Reason.CODE_WRONG);
    show(pending(), memory.nextCode(token.secret()));
  }

  @Test
  void a_code_is_good_for_one_step_after_its_own() {
    var token = memory.addToken(memory.signIn(ADA));
    var late = memory.nextCode(token.secret());
    memory.clock.pass(Duration.ofSeconds(30));
    show(pending(), late);
    var tooLate = memory.nextCode(token.secret());
    memory.clock.pass(Duration.ofSeconds(60));
    assertThat(reason(pending(), tooLate)).isEqualTo(Reason.CODE_WRONG);
  }

  @Test
  void of_all_who_show_one_code_one_is_signed_in() {
    var token = memory.addToken(memory.signIn(ADA));
    var pendings = java.util.stream.Stream.generate(this::pending).limit(4).toList();
    var code = memory.nextCode(token.secret());
    var begun =
        Race.of(4, i -> outcome(pendings.get(i), code)).stream()
            .filter(Begun.class::isInstance)
            .count();
    assertThat(begun).isEqualTo(1);
  }

  @Test
  void whoever_is_half_signed_in_gets_in_once() {
    var token = memory.addToken(memory.signIn(ADA));
    var pending = pending();
    show(pending, memory.nextCode(token.secret()));
    assertThat(reason(pending, memory.nextCode(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
  }

  @Test
  void half_signed_in_lasts_ten_minutes() {
    var token = memory.addToken(memory.signIn(ADA));
    var pending = pending();
    memory.clock.pass(Admission.PENDING);
    assertThat(reason(pending, memory.codeNow(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
    assertThat(reason(null, memory.codeNow(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
  }

  @Test
  void somebody_elses_code_does_not_help() {
    memory.customer("bob@example.com");
    var bobs = memory.addToken(memory.signIn("bob@example.com"));
    memory.addToken(memory.signIn(ADA));
    assertThat(reason(pending(), memory.nextCode(bobs.secret()))).isEqualTo(Reason.CODE_WRONG);
    assertThat(reason(pending(), bobs.recoveryCodes().get(0).grouped()))
        .isEqualTo(Reason.CODE_WRONG);
  }

  @Test
  void guesses_count_over_all_who_are_half_signed_in_and_the_owner_hears_of_it() {
    memory.addToken(memory.signIn(ADA));
    var pendings = java.util.stream.Stream.generate(this::pending).limit(100).toList();
    var looked =
        pendings.stream()
            .flatMap(
                p -> java.util.stream.IntStream.range(0, 10).mapToObj(i -> reason(p, "000000")))
            .filter(Reason.CODE_WRONG::equals)
            .count();
    assertThat(looked).isEqualTo(5);
    assertThat(memory.letters(Letter.Kind.CODES_FAILED)).hasSize(1);
  }

  @Test
  void guesses_from_elsewhere_do_not_stop_the_owner_on_a_known_device() {
    var token = memory.addToken(memory.signIn(ADA));
    var device = Optional.of(show(pending(), memory.nextCode(token.secret())).device());
    var code = memory.nextCode(token.secret());
    for (var i = 0; i < 10; i++) {
      reasonOf(() -> signIn.showFactor(pending(), "000000", Optional.empty(), HOME));
    }
    assertThat(reason(pending(), code)).isEqualTo(Reason.TOO_MANY_TRIES);
    signIn.showFactor(pending(), code, device, HOME);
  }

  @Test
  void nor_do_guessed_touches_or_recovery_codes() {
    memory.holdfast.editFactors().addYubiKey(memory.signIn(ADA), "Blue key", TOUCH);
    var token = memory.addToken(who(show(pending(), OTHER_TOUCH)));
    var device = Optional.of(show(pending(), memory.nextCode(token.secret())).device());
    var nonsense = "cccccccccccc" + OTHER_TOUCH.substring(12);
    for (var i = 0; i < 10; i++) {
      reason(pending(), nonsense);
      reason(pending(), "0000-0000-0000-0000");
    }
    assertThat(reason(pending(), nonsense)).isEqualTo(Reason.TOO_MANY_TRIES);
    assertThat(reason(pending(), "0000-0000-0000-0000")).isEqualTo(Reason.TOO_MANY_TRIES);
    signIn.showFactor(pending(), THIRD_TOUCH, device, HOME);
  }

  @Test
  void whoever_guesses_on_is_told_of_again() {
    memory.addToken(memory.signIn(ADA));
    for (var i = 0; i < 15; i++) {
      reason(pending(), "000000");
      memory.clock.pass(Duration.ofHours(1));
    }
    assertThat(memory.letters(Letter.Kind.CODES_FAILED))
        .extracting(letter -> letter.words().get("guesses"))
        .containsExactly("5", "10", "15");
  }

  /** Somebody who was signed in for a moment must not have an app of theirs confirmed later. */
  @Test
  void a_token_that_was_begun_waits_for_an_hour() {
    var who = memory.signIn(ADA);
    var editFactors = memory.holdfast.editFactors();
    var begun = editFactors.beginTotp(who, "Phone");
    memory.clock.pass(Enrolling.WAITS.minusMillis(1));
    var later = memory.signIn(ADA);
    assertThat(editFactors.begunTotp(later, begun.id()).uri()).isEqualTo(begun.uri());
    memory.clock.pass(Duration.ofMillis(1));
    assertThat(reasonOf(() -> editFactors.begunTotp(later, begun.id())))
        .isEqualTo(Reason.NO_SUCH_FACTOR);
    assertThat(
            reasonOf(
                () -> editFactors.confirmTotp(later, begun.id(), memory.codeNow(begun.secret()))))
        .isEqualTo(Reason.NO_SUCH_FACTOR);
  }

  /** One of the old codes may have opened one of the sessions. */
  @Test
  void new_recovery_codes_end_what_the_old_ones_opened() {
    var who = memory.signIn(ADA);
    var token = memory.addToken(who);
    var thief = show(pending(), token.recoveryCodes().get(0).value());
    memory.holdfast.editFactors().makeRecoveryCodes(who);
    assertThat(memory.holdfast.sessions().check(thief.token())).isEmpty();
    assertThat(memory.holdfast.sessions().list(who)).hasSize(1);
  }

  @Test
  void after_a_hundred_failures_one_guess_a_day_is_looked_at() {
    var token = memory.addToken(memory.signIn(ADA));
    for (var i = 0; i < 99; i++) {
      assertThat(reason(pending(), "000000")).isEqualTo(Reason.CODE_WRONG);
      memory.clock.pass(Duration.ofHours(1));
    }
    assertThat(reason(pending(), "000000")).isEqualTo(Reason.CODE_WRONG);
    memory.clock.pass(Duration.ofHours(23));
    assertThat(reason(pending(), "000000")).isEqualTo(Reason.TOO_MANY_TRIES);
    memory.clock.pass(Duration.ofHours(1));
    show(pending(), memory.codeNow(token.secret()));
  }

  @Test
  void a_recovery_code_works_once_and_clears_what_strangers_have_locked() {
    var token = memory.addToken(memory.signIn(ADA));
    for (var i = 0; i < 6; i++) {
      reason(pending(), "000000");
    }
    var code = token.recoveryCodes().get(3);
    show(pending(), code.grouped().toUpperCase(java.util.Locale.ROOT));
    assertThat(reason(pending(), code.value())).isEqualTo(Reason.CODE_WRONG);
    assertThat(memory.letters(Letter.Kind.RECOVERY_CODE_USED)).hasSize(1);
    assertThat(memory.letters(Letter.Kind.RECOVERY_CODE_USED).get(0).words())
        .containsEntry("left", "9")
        .containsEntry("few", "");
    show(pending(), memory.nextCode(token.secret()));
    assertThat(reason(pending(), "hardly a code")).isNull();
  }

  @Test
  void at_three_recovery_codes_left_the_notice_says_so() {
    var token = memory.addToken(memory.signIn(ADA));
    for (var code : token.recoveryCodes().subList(0, 7)) {
      show(pending(), code.value());
    }
    var letters = memory.letters(Letter.Kind.RECOVERY_CODE_USED);
    assertThat(letters).extracting(l -> l.words().get("few")).startsWith("", "").endsWith("yes");
    assertThat(letters).extracting(l -> l.words().get("left")).endsWith("4", "3");
  }

  @Test
  void a_touch_counts_once_whatever_the_server_says() {
    memory.holdfast.editFactors().addYubiKey(memory.signIn(ADA), "Blue key", TOUCH);
    assertThat(reason(pending(), TOUCH)).isEqualTo(Reason.CODE_WRONG);
    show(pending(), OTHER_TOUCH.toUpperCase(java.util.Locale.ROOT));
    assertThat(reason(pending(), OTHER_TOUCH)).isEqualTo(Reason.CODE_WRONG);
  }

  @Test
  void a_server_that_is_away_skips_nothing_and_says_so() {
    memory.holdfast.editFactors().addYubiKey(memory.signIn(ADA), "Blue key", TOUCH);
    memory.yubico.answer = Verdict.UNREACHABLE;
    for (var i = 0; i < 10; i++) { // nobody has looked, so nothing is counted
      assertThat(reason(pending(), OTHER_TOUCH)).isEqualTo(Reason.YUBIKEY_UNREACHABLE);
    }
    memory.yubico.answer = Verdict.REFUSED;
    assertThat(reason(pending(), OTHER_TOUCH)).isEqualTo(Reason.CODE_WRONG);
    memory.yubico.answer = Verdict.NOT_CONFIGURED;
    assertThat(reason(pending(), OTHER_TOUCH)).isEqualTo(Reason.YUBIKEY_NOT_CONFIGURED);
    memory.yubico.answer = Verdict.VALID;
    show(pending(), OTHER_TOUCH);
  }

  @Test
  void another_key_is_refused_without_asking() {
    memory.holdfast.editFactors().addYubiKey(memory.signIn(ADA), "Blue key", TOUCH);
    var others = "cccccccccccc" + OTHER_TOUCH.substring(12);
    assertThat(reason(pending(), others)).isEqualTo(Reason.CODE_WRONG);
  }

  @Test
  void what_is_needed_is_read_anew_each_time() {
    var who = memory.signIn(ADA);
    var half = memory.addToken(who);
    var pending = pending();
    memory.holdfast.editFactors().remove(who, half.id());
    assertThat(reason(pending, memory.nextCode(half.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
    assertThat(memory.show(ADA)).isInstanceOf(Begun.class);
    var anew = memory.addToken(memory.signIn(ADA));
    assertThat(memory.show(ADA)).isInstanceOf(FactorNeeded.class);
    assertThat(reason(pending(), memory.nextCode(half.secret()))).isEqualTo(Reason.CODE_WRONG);
    show(pending(), memory.codeNow(anew.secret()));
  }

  @Test
  void a_token_that_was_only_begun_asks_for_nothing() {
    memory.holdfast.editFactors().beginTotp(memory.signIn(ADA), "Phone");
    assertThat(memory.show(ADA)).isInstanceOf(Begun.class);
  }

  @Test
  void a_reset_signs_nobody_in_and_takes_no_factor_away() {
    var token = memory.addToken(memory.signIn(ADA));
    var before = pending();
    memory.holdfast.resetPassword().request(ADA, Optional.empty(), HOME);
    memory.runErrands();
    memory
        .holdfast
        .resetPassword()
        .redeem(
            memory.lastLink(Letter.Kind.RESET_LINK).orElseThrow(), new Password(PASSWORD), HOME);
    assertThat(reason(before, memory.nextCode(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
    show(pending(), memory.codeNow(token.secret()));
  }

  @Test
  void whoever_was_shut_out_gets_in_by_no_sign_in_that_was_half_done_before() {
    var who = memory.signIn(ADA);
    var token = memory.addToken(who);
    var pending = pending();
    memory.holdfast.editProfile().disable(who.user().id());
    assertThat(reason(pending, memory.nextCode(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
    memory.holdfast.editProfile().enable(who.user().id());
    assertThat(reason(pending, memory.nextCode(token.secret()))).isEqualTo(Reason.SIGN_IN_EXPIRED);
    show(pending(), memory.nextCode(token.secret()));
  }

  // setting one up is the only thing that can be done before

  @Test
  void whoever_must_have_a_factor_sets_one_up_first() {
    var strict = strict();
    strict.customer(ADA);
    var pending = ((SetUpNeeded) strict.show(ADA)).pending();
    assertThat(strict.holdfast.sessions().check(pending)).isEmpty();
    var enrolment = strict.holdfast.signIn().beginSetUp(pending, "Phone");
    var done =
        strict
            .holdfast
            .signIn()
            .finishSetUp(
                pending,
                enrolment.id(),
                strict.codeNow(enrolment.secret()),
                Optional.empty(),
                HOME);
    assertThat(done.codes()).hasSize(10);
    assertThat(strict.holdfast.sessions().check(done.begun().token())).isPresent();
    assertThat(strict.show(ADA)).isInstanceOf(FactorNeeded.class);
  }

  @Test
  void a_yubikey_can_be_set_up_as_well() {
    var strict = strict();
    strict.customer(ADA);
    var pending = ((SetUpNeeded) strict.show(ADA)).pending();
    strict.holdfast.signIn().finishSetUp(pending, "Blue key", TOUCH, Optional.empty(), HOME);
    assertThat(((FactorNeeded) strict.show(ADA)).yubiKey()).isTrue();
  }

  @Test
  void nobody_sets_up_a_factor_who_has_one_or_has_shown_no_password() {
    var token = memory.addToken(memory.signIn(ADA));
    assertThat(reasonOf(() -> signIn.beginSetUp(pending(), "Phone")))
        .isEqualTo(Reason.SIGN_IN_EXPIRED);
    assertThat(reasonOf(() -> signIn.beginSetUp(Secret.generate(new java.util.Random(1)), "Phone")))
        .isEqualTo(Reason.SIGN_IN_EXPIRED);
    assertThat(
            reasonOf(
                () ->
                    signIn.finishSetUp(
                        pending(),
                        token.id(),
                        memory.nextCode(token.secret()),
                        Optional.empty(),
                        HOME)))
        .isEqualTo(Reason.SIGN_IN_EXPIRED);
    assertThat(reasonOf(() -> signIn.finishSetUp(pending(), "Key", TOUCH, Optional.empty(), HOME)))
        .isEqualTo(Reason.SIGN_IN_EXPIRED);
  }

  @Test
  void what_two_set_up_at_once_one_of_them_finishes() {
    var strict = strict();
    strict.customer(ADA);
    var first = ((SetUpNeeded) strict.show(ADA)).pending();
    var second = ((SetUpNeeded) strict.show(ADA)).pending();
    var enrolment = strict.holdfast.signIn().beginSetUp(first, "Phone");
    strict
        .holdfast
        .signIn()
        .finishSetUp(
            first, enrolment.id(), strict.codeNow(enrolment.secret()), Optional.empty(), HOME);
    assertThat(reasonOf(() -> strict.holdfast.signIn().beginSetUp(second, "Phone")))
        .isEqualTo(Reason.SIGN_IN_EXPIRED);
  }

  @Test
  void an_account_can_demand_it_of_its_people() {
    var who = memory.signIn(ADA);
    var number = memory.holdfast.editAccount().mine(who).get(0).number();
    assertThat(reasonOf(() -> memory.holdfast.editAccount().demandFactor(who, number, true)))
        .isEqualTo(Reason.NO_FACTOR);
    var token = memory.addToken(who);
    memory.holdfast.editAccount().demandFactor(who, number, true);
    assertThat(memory.holdfast.editFactors().overview(who).required()).isTrue();
    assertThat(reasonOf(() -> memory.holdfast.editFactors().remove(who, token.id())))
        .isEqualTo(Reason.FACTOR_REQUIRED);
    memory.holdfast.editAccount().demandFactor(who, number, false);
    memory.holdfast.editFactors().remove(who, token.id());
    assertThat(memory.show(ADA)).isInstanceOf(Begun.class);
  }

  // proving it again

  /** The password alone is not the highest level of whoever has a factor. */
  @Test
  void a_new_password_proves_nothing_of_the_factor() {
    var begun = memory.begin(ADA);
    memory.addToken(who(begun));
    memory.clock.pass(Duration.ofMinutes(11));
    var chosen = new Password("nine herons count pebbles");
    var fresh =
        memory
            .holdfast
            .changePassword()
            .change(who(begun), begun.token(), new Password(PASSWORD), chosen);
    var after = memory.holdfast.sessions().check(fresh).orElseThrow();
    assertThat(reasonOf(() -> memory.holdfast.editFactors().beginTotp(after, "x")))
        .isEqualTo(Reason.STEP_UP_NEEDED);
  }

  @Test
  void proving_it_again_takes_the_factor_too() {
    var begun = memory.begin(ADA);
    var who = who(begun);
    var token = memory.addToken(who);
    var password = new Password(PASSWORD);
    assertThatThrownBy(() -> signIn.stepUp(who, begun.token(), password, null))
        .hasMessageContaining("code: required");
    assertThat(reasonOf(() -> signIn.stepUp(who, begun.token(), password, "000000")))
        .isEqualTo(Reason.CODE_WRONG);
    var code = memory.nextCode(token.secret());
    assertThat(reasonOf(() -> signIn.stepUp(who, begun.token(), new Password("wrong"), code)))
        .isEqualTo(Reason.CURRENT_PASSWORD_WRONG);
    var fresh = signIn.stepUp(who, begun.token(), password, code);
    assertThat(memory.holdfast.sessions().check(begun.token())).isEmpty();
    assertThat(memory.holdfast.sessions().check(fresh)).isPresent();
    assertThat(reasonOf(() -> signIn.stepUp(who, fresh, password, code)))
        .isEqualTo(Reason.CODE_WRONG);
  }

  private InMemoryHoldfast strict() {
    return new InMemoryHoldfast(
        Policy.of("Example Hosting", URI.create("https://portal.example"))
            .withSecondFactorRequired(true));
  }

  private Secret pending() {
    return ((FactorNeeded) memory.show(ADA)).pending();
  }

  private SignedIn who(Begun begun) {
    return memory.holdfast.sessions().check(begun.token()).orElseThrow();
  }

  private Begun show(Secret pending, String code) {
    return signIn.showFactor(pending, code, Optional.empty(), HOME);
  }

  private Object outcome(Secret pending, String code) {
    try {
      return show(pending, code);
    } catch (Refusal no) {
      return no.reason();
    }
  }

  private @org.jspecify.annotations.Nullable Reason reason(
      @org.jspecify.annotations.Nullable Secret pending, String code) {
    return reasonOf(() -> signIn.showFactor(pending, code, Optional.empty(), HOME));
  }

  private static @org.jspecify.annotations.Nullable Reason reasonOf(Runnable deed) {
    try {
      deed.run();
      throw new AssertionError("nothing forbade it");
    } catch (Refusal no) {
      return no.reason();
    } catch (org.holdfast.domain.InvalidInput bad) {
      return null;
    }
  }
}
