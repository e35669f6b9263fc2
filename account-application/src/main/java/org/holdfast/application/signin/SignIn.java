package org.holdfast.application.signin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.credential.Passwords.Candidate;
import org.holdfast.application.credential.Passwords.Stored;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.factor.Enrolling;
import org.holdfast.application.factor.Enrolling.Enrolment;
import org.holdfast.application.factor.SecondFactor;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.PendingSignIns.Way;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.Text;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Signing in, and proving again who one is; {@link Admission} says what it takes. It refuses with:
 *
 * <ul>
 *   <li>SIGN_IN_FAILED: for a stranger, a wrong password, a disabled or frozen user and one without
 *       a password alike, after the same work;
 *   <li>SIGN_IN_EXPIRED: half signed in too long ago, or all of it was ended meanwhile;
 *   <li>CODE_WRONG: the second factor is wrong, or was used before;
 *   <li>TOO_MANY_TRIES: too many failures at this user, from this device or network address, or
 *       over all;
 *   <li>BUSY: more people are signing in than can be hashed for.
 * </ul>
 */
public final class SignIn {

  private static final int TELL_AFTER = 10; // wrong passwords in a row, of which some are typos

  private final Store store;
  private final Guessing guessing;
  private final PasswordHasher hasher;
  private final SecondFactor secondFactor;
  private final Enrolling enrolling;
  private final Admission admission;
  private final Letters letters;
  private final Ids ids;
  private final InstantSource clock;

  public SignIn(
      Store store,
      Guessing guessing,
      PasswordHasher hasher,
      SecondFactor secondFactor,
      Enrolling enrolling,
      Admission admission,
      Letters letters,
      Ids ids,
      InstantSource clock) {
    this.store = store;
    this.guessing = guessing;
    this.hasher = hasher;
    this.secondFactor = secondFactor;
    this.enrolling = enrolling;
    this.admission = admission;
    this.letters = letters;
    this.ids = ids;
    this.clock = clock;
  }

  /** What came of showing the first factor. */
  public sealed interface Outcome permits Begun, FactorNeeded, SetUpNeeded {}

  /**
   * A session that has just begun.
   *
   * @param token opens the session
   * @param device tells this device from others at the next sign-in
   */
  public record Begun(UserId user, Secret token, Secret device) implements Outcome {}

  /**
   * The second factor is still to be shown.
   *
   * @param pending tells who has shown the first one
   * @param totp is there a time-based token?
   * @param yubiKey is there a YubiKey?
   * @param recoveryCode is there a recovery code left?
   */
  public record FactorNeeded(Secret pending, boolean totp, boolean yubiKey, boolean recoveryCode)
      implements Outcome {}

  /**
   * A second factor is demanded and there is none: one has to be set up, and nothing else can be
   * done before.
   */
  public record SetUpNeeded(Secret pending) implements Outcome {}

  /** A session that began with setting a factor up; the codes are never shown again. */
  public record SetUp(Begun begun, ImmutableList<RecoveryCode> codes) {
    @Override
    public String toString() {
      return "SetUp[" + begun + "]";
    }
  }

  /**
   * Shows a password as the first factor.
   *
   * @param address as typed
   * @param device the device cookie that came along
   */
  public Outcome signIn(
      @Nullable String address, Password password, Optional<Secret> device, Origin origin) {
    var email = EmailAddress.parse(address);
    var candidate =
        email.flatMap(known -> store.passwords().candidate(known, device.map(Secret::fingerprint)));
    if (candidate.filter(Candidate::knownDevice).isEmpty()) {
      guessing.mustNotBeExhausted(origin); // by strangers, of whom the owners' devices are none
    }
    var subject = subject(address, email, candidate, device);
    var guesses = guessing.count(subject);
    var right = opens(candidate, password); // whoever it is: the same work for everybody
    if (!right || candidate.isEmpty() || candidate.get().disabled()) {
      guessing.wrong(origin);
      if (guesses % TELL_AFTER == 0) { // each time: at one of them we may have been too busy
        email.ifPresent(known -> askToTell(known, guesses, origin));
      }
      throw new Refusal(Reason.SIGN_IN_FAILED);
    }
    var user = candidate.get();
    var seen = user.password().orElseThrow();
    upgrade(user.user(), seen, password);
    return store
        .transactions()
        .inOne(
            () -> {
              var standing = admission.stands(user.user());
              if (standing.passwordVersion() != seen.version()) {
                throw new Refusal(Reason.SIGN_IN_FAILED); // it was replaced while we hashed
              }
              var outcome =
                  admission.proceed(
                      user.user(), Way.PASSWORD, standing, user.deviceSeenAt(), device, origin);
              guessing.clear(subject); // last, as those who count the same wait for us
              return outcome;
            });
  }

  /**
   * Shows the second factor: a code, a touch of a YubiKey, or a recovery code.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal SIGN_IN_EXPIRED, CODE_WRONG, TOO_MANY_TRIES, YUBIKEY_UNREACHABLE or
   *     YUBIKEY_NOT_CONFIGURED
   */
  public Begun showFactor(
      @Nullable Secret pending, @Nullable String code, Optional<Secret> device, Origin origin) {
    var half = admission.pending(pending);
    if (!admission.knows(half.user(), device)) {
      guessing.mustNotBeExhausted(origin);
    }
    var shown = secondFactor.look(half.user(), code, admission.codes(half.user(), device), origin);
    return admission.spending(
        shown,
        () -> {
          var standing = admission.stands(half.user());
          if (!standing.hasFactor()) {
            throw Admission.expired(); // the last one went meanwhile, and with it its codes
          }
          admission.take(pending);
          shown.spend();
          return admission.begin(half.user(), half.way(), standing, device, origin);
        });
  }

  /**
   * What somebody half signed in still needs; it changes nothing.
   *
   * @throws Refusal SIGN_IN_EXPIRED
   */
  public Outcome needed(@Nullable Secret pending) {
    return store
        .transactions()
        .inOne(
            () -> {
              var standing = admission.stands(admission.pending(pending).user());
              return standing.hasFactor()
                  ? Admission.factorNeeded(Admission.present(pending), standing)
                  : new SetUpNeeded(Admission.present(pending));
            });
  }

  /**
   * Begins a time-based token for somebody who must have a factor and has none.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code name}
   * @throws Refusal SIGN_IN_EXPIRED
   */
  public Enrolment beginSetUp(@Nullable Secret pending, @Nullable String name) {
    return enrolling.begin(toBeSetUp(pending), name);
  }

  /**
   * The token that was begun, shown once more.
   *
   * @throws Refusal SIGN_IN_EXPIRED or NO_SUCH_FACTOR
   */
  public Enrolment begunSetUp(@Nullable Secret pending, Factor.Id id) {
    return enrolling
        .begun(toBeSetUp(pending), id)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
  }

  /**
   * Makes the token count, and begins the session.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal SIGN_IN_EXPIRED, NO_SUCH_FACTOR or CODE_WRONG
   */
  public SetUp finishSetUp(
      @Nullable Secret pending,
      Factor.Id id,
      @Nullable String code,
      Optional<Secret> device,
      Origin origin) {
    return setUp(
        pending,
        device,
        origin,
        user -> enrolling.confirm(user, id, code, Optional.empty(), origin));
  }

  /**
   * Makes a YubiKey count by what it types, and begins the session.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code name} or {@code code}
   * @throws Refusal SIGN_IN_EXPIRED, CODE_WRONG, YUBIKEY_UNREACHABLE or YUBIKEY_NOT_CONFIGURED
   */
  public SetUp finishSetUp(
      @Nullable Secret pending,
      @Nullable String name,
      @Nullable String code,
      Optional<Secret> device,
      Origin origin) {
    toBeSetUp(pending);
    var label = Text.LABEL.of("name", name);
    var otp = enrolling.genuine(code);
    return setUp(
        pending, device, origin, user -> enrolling.add(user, label, otp, Optional.empty(), origin));
  }

  private SetUp setUp(
      @Nullable Secret pending,
      Optional<Secret> device,
      Origin origin,
      Function<UserId, ImmutableList<RecoveryCode>> enrol) {
    return store
        .transactions()
        .inOne(
            () -> {
              var half = admission.pending(pending);
              var standing = admission.stands(half.user());
              if (standing.hasFactor()) {
                throw Admission.expired(); // then that one has to be shown
              }
              admission.take(pending);
              var codes = enrol.apply(half.user());
              return new SetUp(
                  admission.begin(half.user(), half.way(), standing, device, origin), codes);
            });
  }

  /**
   * Proves again who a signed-in user is, at the highest level they have: the password where they
   * have one, and a second factor where they have one. Who has no password proves it by an account
   * linked to theirs ({@link org.holdfast.application.linkedaccount.LinkAccounts}).
   *
   * @return the session's new token
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal CURRENT_PASSWORD_WRONG, CODE_WRONG, TOO_MANY_TRIES, BUSY, YUBIKEY_UNREACHABLE
   *     or YUBIKEY_NOT_CONFIGURED
   */
  public Secret stepUp(SignedIn who, Secret token, Password password, @Nullable String code) {
    mustBeCurrent(who, password);
    return admission.withFactor(who, code, () -> admission.renew(who, token));
  }

  /**
   * Checks the signed-in user's current password and gives what is stored of it.
   *
   * @throws Refusal CURRENT_PASSWORD_WRONG, TOO_MANY_TRIES or BUSY
   */
  public Stored mustBeCurrent(SignedIn who, Password password) {
    var subject = Guessing.byHolderOfSession(who.user().id());
    guessing.count(subject);
    var stored =
        store
            .passwords()
            .find(who.user().id())
            .filter(known -> hasher.opens(Optional.of(known.hash()), password))
            .orElseThrow(() -> new Refusal(Reason.CURRENT_PASSWORD_WRONG));
    guessing.clear(subject);
    return stored;
  }

  private static String subject(
      @Nullable String typed,
      Optional<EmailAddress> email,
      Optional<Candidate> candidate,
      Optional<Secret> device) {
    if (candidate.isEmpty()) {
      var address = typed == null ? "" : typed.substring(0, Math.min(typed.length(), 1000));
      return Guessing.atNobody(email.map(EmailAddress::value).orElse(address.strip()));
    }
    return candidate
        .filter(Candidate::knownDevice)
        .flatMap(known -> device)
        .map(known -> Guessing.byDevice(known.fingerprint()))
        .orElseGet(() -> Guessing.byStrangers(candidate.get().user()));
  }

  private boolean opens(Optional<Candidate> candidate, Password password) {
    var hash = candidate.flatMap(Candidate::password).map(Stored::hash);
    return hasher.opens(hash, password);
  }

  /** Hashes the same password with today's parameters; that it may fail keeps nobody out. */
  private void upgrade(UserId user, Stored stored, Password password) {
    if (hasher.isOutdated(stored.hash())) {
      try {
        var better = hasher.hash(password);
        store.transactions().inOne(() -> store.passwords().rehash(user, stored.hash(), better));
      } catch (Refusal busy) {
        // next time
      }
    }
  }

  private User toBeSetUp(@Nullable Secret pending) {
    return store
        .transactions()
        .inOne(
            () -> {
              var half = admission.pending(pending);
              if (admission.stands(half.user()).hasFactor()) {
                throw Admission.expired();
              }
              return store.users().find(half.user()).orElseThrow(Admission::expired);
            });
  }

  /** Somebody guesses at an address; whether it is anybody's is looked up later. */
  private void askToTell(EmailAddress address, int guesses, Origin origin) {
    store
        .transactions()
        .inOne(
            () ->
                store
                    .errands()
                    .add(
                        new Errand(
                            ids.next(),
                            Errand.Kind.TELL_OF_GUESSES,
                            ImmutableMap.of(
                                "email", address.value(),
                                "guesses", "" + guesses,
                                "origin.address", origin.address(),
                                "origin.device", origin.device()),
                            clock.instant())));
  }

  /** Does such an errand, in the transaction that took it. */
  public void run(Errand errand) {
    var guesses = errand.word("guesses");
    var origin = new Origin(errand.word("origin.address"), errand.word("origin.device"));
    store
        .users()
        .findByAddress(new EmailAddress(errand.word("email")))
        .ifPresent(
            user -> {
              store
                  .activity()
                  .record(
                      Happening.of(What.GUESSES_FAILED, null, user.id(), clock.instant())
                          .from(origin)
                          .with("guesses", guesses));
              letters
                  .notice(user, Letter.Kind.GUESSES_FAILED, origin)
                  .with("guesses", guesses)
                  .post();
            });
  }
}
