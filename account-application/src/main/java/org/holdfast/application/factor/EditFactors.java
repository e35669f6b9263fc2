package org.holdfast.application.factor;

import com.google.common.collect.ImmutableList;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.factor.Enrolling.Enrolment;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Text;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.session.Step;
import org.jspecify.annotations.Nullable;

/**
 * "Two-Factor Authentication": time-based tokens, YubiKeys and recovery codes of whoever is signed
 * in. To add, replace or remove one takes a fresh proof at the highest level they have, ends their
 * other sessions, and is told them by mail.
 */
public final class EditFactors {

  private final Store store;
  private final Enrolling enrolling;
  private final SecondFactor secondFactor;
  private final Letters letters;
  private final Policy policy;
  private final InstantSource clock;

  public EditFactors(
      Store store,
      Enrolling enrolling,
      SecondFactor secondFactor,
      Letters letters,
      Policy policy,
      InstantSource clock) {
    this.store = store;
    this.enrolling = enrolling;
    this.secondFactor = secondFactor;
    this.letters = letters;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * What somebody has to sign in with.
   *
   * @param factors oldest first
   * @param codesLeft recovery codes that have not been used
   * @param required must they have a factor?
   * @param yubiKeysWork has the operator set YubiKeys up?
   */
  public record Overview(
      ImmutableList<Factor> factors,
      int codesLeft,
      boolean required,
      boolean yubiKeysWork,
      boolean hasPassword) {

    /** Of this kind only. */
    public ImmutableList<Factor> of(Factor.Kind kind) {
      return factors.stream()
          .filter(factor -> factor.kind() == kind)
          .collect(ImmutableList.toImmutableList());
    }

    /** Is it time to make new recovery codes? */
    public boolean fewCodes() {
      return !factors.isEmpty() && codesLeft <= RecoveryCode.FEW;
    }
  }

  /** Has the operator set YubiKeys up? */
  public boolean yubiKeysWork() {
    return secondFactor.knowsYubiKeys();
  }

  /** What the caller has. */
  public Overview overview(SignedIn who) {
    var user = who.user().id();
    return store
        .transactions()
        .inOne(
            () -> {
              var standing = store.standings().lock(user).orElseThrow();
              return new Overview(
                  store.factors().of(user),
                  standing.recoveryCodes(),
                  policy.secondFactorRequired() || standing.factorRequired(),
                  secondFactor.knowsYubiKeys(),
                  standing.hasPassword());
            });
  }

  /**
   * Begins a time-based token.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code name}
   * @throws Refusal STEP_UP_NEEDED or TOO_MANY_FACTORS
   */
  public Enrolment beginTotp(SignedIn who, @Nullable String name) {
    Step.ADD_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    return enrolling.begin(who.user(), name);
  }

  /**
   * A token that was begun, shown once more.
   *
   * @throws Refusal STEP_UP_NEEDED or NO_SUCH_FACTOR
   */
  public Enrolment begunTotp(SignedIn who, Factor.Id id) {
    Step.ADD_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    return enrolling.begun(who.user(), id).orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
  }

  /**
   * Makes a time-based token count, by a first code.
   *
   * @return recovery codes, where there were none left
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_FACTOR, CODE_WRONG or TOO_MANY_FACTORS
   */
  public ImmutableList<RecoveryCode> confirmTotp(
      SignedIn who, Factor.Id id, @Nullable String code) {
    Step.ADD_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    return store
        .transactions()
        .inOne(
            () ->
                enrolling.confirm(
                    who.user().id(),
                    id,
                    code,
                    Optional.of(who.session().id()),
                    who.session().origin()));
  }

  /**
   * Adds a YubiKey by what it types.
   *
   * @return recovery codes, where there were none left
   * @throws org.holdfast.domain.InvalidInput told of {@code name} or {@code code}
   * @throws Refusal STEP_UP_NEEDED, CODE_WRONG, FACTOR_TAKEN, TOO_MANY_FACTORS, YUBIKEY_UNREACHABLE
   *     or YUBIKEY_NOT_CONFIGURED
   */
  public ImmutableList<RecoveryCode> addYubiKey(
      SignedIn who, @Nullable String name, @Nullable String code) {
    Step.ADD_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    var label = Text.LABEL.of("name", name);
    var otp = enrolling.genuine(code);
    return store
        .transactions()
        .inOne(
            () ->
                enrolling.add(
                    who.user().id(),
                    label,
                    otp,
                    Optional.of(who.session().id()),
                    who.session().origin()));
  }

  /**
   * Gives a factor another name.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code name}
   * @throws Refusal NO_SUCH_FACTOR
   */
  public void rename(SignedIn who, Factor.Id id, @Nullable String name) {
    var label = Text.LABEL.of("name", name);
    store
        .transactions()
        .inOne(
            () -> {
              if (!store.factors().rename(who.user().id(), id, label)) {
                throw new Refusal(Reason.NO_SUCH_FACTOR);
              }
              record(who, What.FACTOR_RENAMED, label);
            });
  }

  /**
   * Removes a factor; with the last one the recovery codes go too.
   *
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_FACTOR, FACTOR_REQUIRED or PASSWORD_TOO_SHORT_ALONE
   */
  public void remove(SignedIn who, Factor.Id id) {
    Step.REMOVE_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    var user = who.user().id();
    store
        .transactions()
        .inOne(
            () -> {
              var standing = store.standings().lock(user).orElseThrow();
              var all = store.factors().of(user);
              var factor =
                  all.stream()
                      .filter(known -> known.id().equals(id))
                      .findFirst()
                      .orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
              if (all.size() == 1) {
                mustDoWithout(who, policy.secondFactorRequired() || standing.factorRequired());
                store.factors().replaceCodes(user, ImmutableList.of());
              }
              store.factors().remove(user, id);
              enrolling.endOthers(user, Optional.of(who.session().id()));
              record(who, What.FACTOR_REMOVED, factor.name());
              letters
                  .notice(who.user(), Letter.Kind.FACTOR_REMOVED, who.session().origin())
                  .with("factor", factor.name())
                  .with("last", all.size() == 1 ? "yes" : "")
                  .post();
            });
  }

  /**
   * Makes a new set of recovery codes; the old one is worthless, and what it opened ends.
   *
   * @throws Refusal STEP_UP_NEEDED or NO_FACTOR
   */
  public ImmutableList<RecoveryCode> makeRecoveryCodes(SignedIn who) {
    Step.MAKE_RECOVERY_CODES.mustBeProved(who.session().provedAt(), clock.instant());
    var user = who.user().id();
    return store
        .transactions()
        .inOne(
            () -> {
              if (!store.standings().lock(user).orElseThrow().hasFactor()) {
                throw new Refusal(Reason.NO_FACTOR);
              }
              var fresh = enrolling.freshCodes(user);
              enrolling.endOthers(user, Optional.of(who.session().id()));
              record(who, What.RECOVERY_CODES_MADE, "");
              letters
                  .notice(who.user(), Letter.Kind.RECOVERY_CODES_MADE, who.session().origin())
                  .post();
              return fresh;
            });
  }

  private void mustDoWithout(SignedIn who, boolean required) {
    if (required) {
      throw new Refusal(Reason.FACTOR_REQUIRED);
    }
    if (store.passwords().isShort(who.user().id())) {
      throw new Refusal(Reason.PASSWORD_TOO_SHORT_ALONE);
    }
  }

  private void record(SignedIn who, What what, String name) {
    var happening =
        Happening.of(what, null, who.user().id(), clock.instant()).from(who.session().origin());
    store.activity().record(name.isEmpty() ? happening : happening.with("factor", name));
  }
}
