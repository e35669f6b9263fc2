package org.holdfast.application.factor;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.holdfast.application.Store;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Proving who one is by a second factor: a code of a time-based token, a touch of a YubiKey, or a
 * recovery code, all typed into one field. First {@link #look}, which counts the guess and asks
 * whom it has to ask, outside of any transaction; then {@link Shown#spend}, in the transaction of
 * what it is shown for. Whatever is shown counts once.
 */
public final class SecondFactor {

  /** After every so many wrong codes in a row their user is told: somebody knows the password. */
  public static final int TELL_AFTER = 5;

  private final Store store;
  private final TotpCodes codes;
  private final YubicoValidation yubico;
  private final Guessing guessing;
  private final Letters letters;
  private final InstantSource clock;

  public SecondFactor(
      Store store,
      TotpCodes codes,
      YubicoValidation yubico,
      Guessing guessing,
      Letters letters,
      InstantSource clock) {
    this.store = store;
    this.codes = codes;
    this.yubico = yubico;
    this.guessing = guessing;
    this.letters = letters;
    this.clock = clock;
  }

  /**
   * Reads what somebody typed, counts it as a guess, and asks a YubiKey's servers.
   *
   * @param guesser who is showing it, as far as guesses are counted: each kind has its own count
   * @throws InvalidInput told of {@code code}, where it can be none
   * @throws Refusal TOO_MANY_TRIES, YUBIKEY_UNREACHABLE or YUBIKEY_NOT_CONFIGURED
   */
  public Shown look(UserId user, @Nullable String typed, String guesser, Origin origin) {
    var digits = Totp.parse(typed);
    if (digits.isPresent()) {
      return lookAtCode(user, digits.get(), "codes:" + guesser, origin);
    }
    var otp = YubiKeyOtp.parse(typed);
    if (otp.isPresent()) {
      return lookAtTouch(user, otp.get(), "touches:" + guesser, origin);
    }
    var recovery = RecoveryCode.parse(typed);
    if (recovery.isPresent()) {
      return lookAtRecoveryCode(user, recovery.get(), "recovery:" + guesser, origin);
    }
    throw notACode("code", typed);
  }

  /** What is told of a field that holds no code. */
  public static InvalidInput notACode(String field, @Nullable String typed) {
    var rule = typed == null || typed.isBlank() ? "required" : "factor_code";
    return new InvalidInput(List.of(new Fault(field, rule)));
  }

  /**
   * Asks whether a YubiKey has really typed this, by which nothing is spent yet.
   *
   * @throws Refusal CODE_WRONG, YUBIKEY_UNREACHABLE or YUBIKEY_NOT_CONFIGURED
   */
  void mustBeGenuine(YubiKeyOtp otp) {
    switch (yubico.ask(otp)) {
      case VALID -> {}
      case REFUSED -> throw new Refusal(Reason.CODE_WRONG);
      case UNREACHABLE -> throw new Refusal(Reason.YUBIKEY_UNREACHABLE);
      case NOT_CONFIGURED -> throw new Refusal(Reason.YUBIKEY_NOT_CONFIGURED);
    }
  }

  /** Can YubiKeys be used here? */
  boolean knowsYubiKeys() {
    return yubico.isConfigured();
  }

  /**
   * To be called when what was shown turned out to be wrong: it counts for the network address, and
   * the user hears of it when it was one too many.
   */
  public void failed(Shown shown) {
    guessing.wrong(shown.origin);
    if (shown.guesses % TELL_AFTER == 0) {
      store.transactions().inOne(() -> tell(shown));
    }
  }

  private void tell(Shown shown) {
    store
        .activity()
        .record(
            Happening.of(What.GUESSES_FAILED, null, shown.user, clock.instant())
                .from(shown.origin)
                .with("guesses", "" + shown.guesses));
    store
        .users()
        .find(shown.user)
        .ifPresent(
            user ->
                letters
                    .notice(user, Letter.Kind.CODES_FAILED, shown.origin)
                    .with("guesses", "" + shown.guesses)
                    .post());
  }

  private Shown lookAtCode(UserId user, String digits, String subject, Origin origin) {
    var guesses = guessing.countCode(subject);
    return new Shown(user, origin, subject, guesses) {
      @Override
      Optional<Factor> accept() {
        var now = clock.instant();
        for (var token : store.factors().tokens(user)) {
          var step = Totp.accept(digits, at -> codes.at(token.secret(), at), now, token.lastStep());
          if (step.isPresent()
              && store.factors().accept(token.factor().id(), step.getAsLong(), now)) {
            return Optional.of(token.factor());
          }
        }
        return Optional.empty();
      }
    };
  }

  private Shown lookAtTouch(UserId user, YubiKeyOtp otp, String subject, Origin origin) {
    var guesses = guessing.countCode(subject);
    var known = store.factors().yubiKey(user, otp.publicId()).isPresent();
    var verdict = known ? yubico.ask(otp) : Verdict.REFUSED;
    if (verdict == Verdict.UNREACHABLE || verdict == Verdict.NOT_CONFIGURED) {
      guessing.clear(subject); // nobody has looked at it
      mustBeAsked(verdict);
    }
    return new Shown(user, origin, subject, guesses) {
      @Override
      Optional<Factor> accept() {
        var now = clock.instant();
        return Optional.of(verdict)
            .filter(Verdict.VALID::equals)
            .filter(vouched -> store.factors().spend(otp.fingerprint(), now))
            .flatMap(vouched -> store.factors().yubiKey(user, otp.publicId()))
            .map(
                key -> {
                  store.factors().touch(key.id(), now);
                  return key;
                });
      }
    };
  }

  private static void mustBeAsked(Verdict verdict) {
    throw new Refusal(
        verdict == Verdict.UNREACHABLE
            ? Reason.YUBIKEY_UNREACHABLE
            : Reason.YUBIKEY_NOT_CONFIGURED);
  }

  private Shown lookAtRecoveryCode(UserId user, RecoveryCode code, String subject, Origin origin) {
    var guesses = guessing.countCode(subject);
    return new Shown(user, origin, subject, guesses) {
      @Override
      Optional<Factor> accept() {
        return Optional.empty();
      }

      @Override
      public void spend() {
        var now = clock.instant();
        if (!store.factors().useCode(user, code.fingerprint(user), now)) {
          throw new Refusal(Reason.CODE_WRONG);
        }
        var left = store.factors().codesLeft(user);
        store
            .activity()
            .record(
                Happening.of(What.RECOVERY_CODE_USED, null, user, now)
                    .from(origin)
                    .with("left", "" + left));
        store
            .users()
            .find(user)
            .ifPresent(
                who ->
                    letters
                        .notice(who, Letter.Kind.RECOVERY_CODE_USED, origin)
                        .with("left", "" + left)
                        .with("few", left <= RecoveryCode.FEW ? "yes" : "")
                        .post());
        guessing.clear(subject);
        guessing.clear(
            "codes:" + Guessing.atFactorOf(user)); // who holds these is whom the count protects
      }
    };
  }

  /** What somebody has shown; it does not say yet whether it is right. */
  public abstract class Shown {
    private final UserId user;
    private final Origin origin;
    private final String subject;
    private final int guesses;

    private Shown(UserId user, Origin origin, String subject, int guesses) {
      this.user = user;
      this.origin = origin;
      this.subject = subject;
      this.guesses = guesses;
    }

    /** The factor it is of, the code being spent; nothing where it is wrong. */
    abstract Optional<Factor> accept();

    /**
     * Spends it, in the transaction that is open. Of all who show the same at once, one comes back.
     *
     * @throws Refusal CODE_WRONG
     */
    public void spend() {
      var factor = accept().orElseThrow(() -> new Refusal(Reason.CODE_WRONG));
      store
          .activity()
          .record(
              Happening.of(What.FACTOR_SHOWN, null, user, clock.instant())
                  .from(origin)
                  .with("factor", factor.name()));
      guessing.clear(subject);
    }
  }
}
