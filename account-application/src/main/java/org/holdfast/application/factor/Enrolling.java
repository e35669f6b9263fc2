package org.holdfast.application.factor;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.factor.Factors.Token;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.session.Sessions;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Text;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * How a factor comes to count, whether somebody signed in adds it or has to have one before they
 * are let in: by a first code, which is spent by that. Whoever is not the session that did it has
 * to sign in anew.
 */
public final class Enrolling {

  /** How long a token that was begun waits for its first code. */
  public static final Duration WAITS = Duration.ofHours(1);

  private final Store store;
  private final TotpCodes codes;
  private final SecondFactor secondFactor;
  private final Sessions sessions;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public Enrolling(
      Store store,
      TotpCodes codes,
      SecondFactor secondFactor,
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.codes = codes;
    this.secondFactor = secondFactor;
    this.sessions = sessions;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A time-based token that waits for its first code. It does not print.
   *
   * @param uri what a QR code tells an authenticator app
   */
  public record Enrolment(Factor.Id id, TotpSecret secret, String uri) {
    @Override
    public String toString() {
      return "Enrolment[" + id + "]";
    }
  }

  /** Begins a time-based token, in place of any other that was begun. */
  public Enrolment begin(User user, @Nullable String name) {
    var label = Text.LABEL.of("name", name);
    var secret = TotpSecret.generate(random);
    var id = new Factor.Id(ids.next());
    return store
        .transactions()
        .inOne(
            () -> {
              store.standings().lock(user.id());
              mustHaveRoom(user.id());
              store
                  .factors()
                  .addUnconfirmed(
                      new Factor(
                          id,
                          user.id(),
                          Factor.Kind.TOTP,
                          label,
                          clock.instant(),
                          Optional.empty()),
                      secret);
              return new Enrolment(id, secret, secret.uri(policy.brand(), user.email()));
            });
  }

  /** The same token shown once more, as long as its first code is still to come. */
  public Optional<Enrolment> begun(User user, Factor.Id id) {
    return store
        .transactions()
        .inOne(() -> waiting(user.id(), id))
        .map(t -> new Enrolment(id, t.secret(), t.secret().uri(policy.brand(), user.email())));
  }

  /**
   * Makes a time-based token count, in the transaction that is open.
   *
   * @param kept the session that goes on
   * @return recovery codes, where there were none left
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal NO_SUCH_FACTOR or CODE_WRONG
   */
  public ImmutableList<RecoveryCode> confirm(
      UserId user, Factor.Id id, @Nullable String typed, Optional<Session.Id> kept, Origin origin) {
    var code = Totp.parse(typed).orElseThrow(() -> SecondFactor.notACode("code", typed));
    var now = clock.instant();
    store.standings().lock(user);
    var token = waiting(user, id).orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
    var step =
        Totp.accept(code, at -> codes.at(token.secret(), at), now, token.lastStep())
            .orElseThrow(() -> new Refusal(Reason.CODE_WRONG));
    mustHaveRoom(user);
    if (!store.factors().confirm(id, step, now)) {
      throw new Refusal(Reason.NO_SUCH_FACTOR);
    }
    return added(token.factor(), kept, origin);
  }

  /**
   * What a YubiKey typed to be added, its servers having been asked. Not inside a transaction.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal CODE_WRONG, YUBIKEY_UNREACHABLE or YUBIKEY_NOT_CONFIGURED
   */
  public YubiKeyOtp genuine(@Nullable String typed) {
    if (!secondFactor.knowsYubiKeys()) {
      throw new Refusal(Reason.YUBIKEY_NOT_CONFIGURED);
    }
    var otp = YubiKeyOtp.parse(typed).orElseThrow(() -> SecondFactor.notACode("code", typed));
    secondFactor.mustBeGenuine(otp);
    return otp;
  }

  /**
   * Makes a YubiKey count, in the transaction that is open.
   *
   * @throws Refusal FACTOR_TAKEN, TOO_MANY_FACTORS or CODE_WRONG
   */
  public ImmutableList<RecoveryCode> add(
      UserId user, String name, YubiKeyOtp otp, Optional<Session.Id> kept, Origin origin) {
    var now = clock.instant();
    store.standings().lock(user);
    mustHaveRoom(user);
    if (!store.factors().spend(otp.fingerprint(), now)) {
      throw new Refusal(Reason.CODE_WRONG);
    }
    var key =
        new Factor(
            new Factor.Id(ids.next()), user, Factor.Kind.YUBIKEY, name, now, Optional.empty());
    if (!store.factors().addYubiKey(key, otp.publicId())) {
      throw new Refusal(Reason.FACTOR_TAKEN);
    }
    return added(key, kept, origin);
  }

  /** Ends what was opened before the user's factors changed. */
  void endOthers(UserId user, Optional<Session.Id> kept) {
    kept.ifPresentOrElse(
        id -> sessions.endEverythingBut(user, id), () -> sessions.endEverything(user));
  }

  /** A fresh set of recovery codes in place of the one there was. */
  ImmutableList<RecoveryCode> freshCodes(UserId user) {
    var fresh = RecoveryCode.generate(random);
    store.factors().replaceCodes(user, fresh.stream().map(code -> code.fingerprint(user)).toList());
    return fresh;
  }

  private ImmutableList<RecoveryCode> added(
      Factor factor, Optional<Session.Id> kept, Origin origin) {
    var user = factor.user();
    endOthers(user, kept);
    store
        .activity()
        .record(
            Happening.of(What.FACTOR_ADDED, null, user, clock.instant())
                .from(origin)
                .with("factor", factor.name())
                .with("kind", factor.kind().key()));
    store
        .users()
        .find(user)
        .ifPresent(
            who ->
                letters
                    .notice(who, Letter.Kind.FACTOR_ADDED, origin)
                    .with("factor", factor.name())
                    .post());
    return store.factors().codesLeft(user) > 0 ? ImmutableList.of() : freshCodes(user);
  }

  private Optional<Token> waiting(UserId user, Factor.Id id) {
    return store
        .factors()
        .unconfirmed(user, id)
        .filter(token -> clock.instant().isBefore(token.factor().addedAt().plus(WAITS)));
  }

  private void mustHaveRoom(UserId user) {
    if (store.factors().of(user).size() >= Factor.MOST) {
      throw new Refusal(Reason.TOO_MANY_FACTORS);
    }
  }
}
