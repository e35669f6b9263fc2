package org.holdfast.application.signin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
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
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.PendingSignIns.PendingSignIn;
import org.holdfast.application.signin.PendingSignIns.Way;
import org.holdfast.application.signin.Standings.Standing;
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
import org.holdfast.domain.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Signing in, and proving again who one is. The one place where sessions begin: whatever the first
 * factor was, {@link #proceed} reads the live rows and says what is still needed. It refuses with:
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

  /** How long the second factor may take after the first. */
  public static final Duration PENDING = Duration.ofMinutes(10);

  private static final Duration SEEN_EVERY = Duration.ofDays(1); // devices are kept for far longer
  private static final int TELL_AFTER = 10; // wrong passwords in a row, of which some are typos

  private final Store store;
  private final Guessing guessing;
  private final PasswordHasher hasher;
  private final SecondFactor secondFactor;
  private final Enrolling enrolling;
  private final Sessions sessions;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public SignIn(
      Store store,
      Guessing guessing,
      PasswordHasher hasher,
      SecondFactor secondFactor,
      Enrolling enrolling,
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.guessing = guessing;
    this.hasher = hasher;
    this.secondFactor = secondFactor;
    this.enrolling = enrolling;
    this.sessions = sessions;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
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
    guessing.mustNotBeExhausted(origin);
    var email = EmailAddress.parse(address);
    var candidate =
        email.flatMap(known -> store.passwords().candidate(known, device.map(Secret::fingerprint)));
    var subject = subject(address, email, candidate, device);
    var guesses = guessing.count(subject);
    var right = opens(candidate, password); // whoever it is: the same work for everybody
    if (!right || candidate.isEmpty() || candidate.get().disabled()) {
      guessing.wrong(origin);
      if (guesses == TELL_AFTER) {
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
              var standing = stands(user.user());
              if (standing.passwordVersion() != seen.version()) {
                throw new Refusal(Reason.SIGN_IN_FAILED); // it was replaced while we hashed
              }
              var outcome =
                  proceed(user.user(), Way.PASSWORD, standing, user.deviceSeenAt(), device, origin);
              guessing.clear(subject); // last, as those who count the same wait for us
              return outcome;
            });
  }

  /**
   * Goes on for somebody who has shown an account elsewhere, linked to theirs, as the first factor;
   * in the transaction that is open.
   */
  public Outcome signInLinked(UserId user, Optional<Secret> device, Origin origin) {
    return proceed(user, Way.LINKED_ACCOUNT, stands(user), seenAt(user, device), device, origin);
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
    guessing.mustNotBeExhausted(origin);
    var half = pending(pending);
    var shown = secondFactor.look(half.user(), code, codes(half.user(), device), origin);
    return spending(
        shown,
        () -> {
          var standing = stands(half.user());
          if (!standing.hasFactor()) {
            throw expired(); // the last one went meanwhile, and with it its codes
          }
          take(pending);
          shown.spend();
          return begin(half.user(), half.way(), standing, device, origin);
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
              var standing = stands(pending(pending).user());
              return standing.hasFactor()
                  ? factorNeeded(present(pending), standing)
                  : new SetUpNeeded(present(pending));
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
              var half = pending(pending);
              var standing = stands(half.user());
              if (standing.hasFactor()) {
                throw expired(); // then that one has to be shown
              }
              take(pending);
              var codes = enrol.apply(half.user());
              return new SetUp(begin(half.user(), half.way(), standing, device, origin), codes);
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
    return withFactor(who, code, () -> renew(who, token));
  }

  /**
   * Does something for a signed-in user who shows their second factor, where they have one, in the
   * transaction that spends it.
   */
  public <T> T withFactor(SignedIn who, @Nullable String code, Supplier<T> deed) {
    var user = who.user().id();
    if (!store.transactions().inOne(() -> stands(user)).hasFactor()) {
      return store
          .transactions()
          .inOne(
              () -> {
                if (stands(user).hasFactor()) {
                  throw new Refusal(Reason.CHANGED_MEANWHILE);
                }
                return deed.get();
              });
    }
    var shown =
        secondFactor.look(user, code, Guessing.codesInSession(user), who.session().origin());
    return spending(
        shown,
        () -> {
          shown.spend();
          return deed.get();
        });
  }

  /** Gives the session a new token and a fresh proof, in the transaction that is open. */
  public Secret renew(SignedIn who, Secret token) {
    var fresh = sessions.renew(token);
    record(What.STEPPED_UP, who.user().id(), who.session().origin(), clock.instant());
    return fresh;
  }

  private <T> T spending(SecondFactor.Shown shown, Supplier<T> deed) {
    try {
      return store.transactions().inOne(deed);
    } catch (Refusal no) {
      if (no.reason() == Reason.CODE_WRONG) {
        secondFactor.failed(shown);
      }
      throw no;
    }
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
            .filter(known -> matches(known.hash(), password))
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
    if (hash.isEmpty()) {
      hasher.matchNothing(bounded(password));
      return false;
    }
    return matches(hash.get(), password);
  }

  private boolean matches(String hash, Password password) {
    return hasher.matches(bounded(password), hash) && !password.isTooLong();
  }

  /** What is longer than any password can be is not worth hashing: the answer is known. */
  private static Password bounded(Password password) {
    return password.isTooLong() ? new Password("") : password;
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

  /**
   * Says what somebody who has shown their first factor still needs, by what is true now. Whatever
   * path led here, there is no other way to a session.
   */
  private Outcome proceed(
      UserId user,
      Way way,
      Standing standing,
      Optional<Instant> deviceSeenAt,
      Optional<Secret> device,
      Origin origin) {
    if (standing.disabled() || standing.isShut() || isLinkedWhileFrozen(way, standing)) {
      throw new Refusal(Reason.SIGN_IN_FAILED);
    }
    if (standing.hasFactor()) {
      return factorNeeded(pend(user, way), standing);
    }
    if (standing.factorRequired() || policy.secondFactorRequired()) {
      return new SetUpNeeded(pend(user, way));
    }
    return mint(user, way, standing, deviceSeenAt, device, origin);
  }

  private static boolean isLinkedWhileFrozen(Way way, Standing standing) {
    return way == Way.LINKED_ACCOUNT && standing.frozenSince().isPresent();
  }

  private Secret pend(UserId user, Way way) {
    var secret = Secret.generate(random);
    store
        .pendingSignIns()
        .add(new PendingSignIn(user, way, clock.instant().plus(PENDING)), secret.fingerprint());
    return secret;
  }

  private static FactorNeeded factorNeeded(Secret pending, Standing standing) {
    return new FactorNeeded(
        pending, standing.totp(), standing.yubiKey(), standing.recoveryCodes() > 0);
  }

  private PendingSignIn pending(@Nullable Secret pending) {
    return Optional.ofNullable(pending)
        .flatMap(p -> store.pendingSignIns().find(p.fingerprint(), clock.instant()))
        .orElseThrow(SignIn::expired);
  }

  private User toBeSetUp(@Nullable Secret pending) {
    return store
        .transactions()
        .inOne(
            () -> {
              var half = pending(pending);
              if (stands(half.user()).hasFactor()) {
                throw expired();
              }
              return store.users().find(half.user()).orElseThrow(SignIn::expired);
            });
  }

  private void take(@Nullable Secret pending) {
    if (!store.pendingSignIns().take(present(pending).fingerprint(), clock.instant())) {
      throw expired();
    }
  }

  private static Secret present(@Nullable Secret pending) {
    return Optional.ofNullable(pending).orElseThrow(SignIn::expired);
  }

  private static Refusal expired() {
    return new Refusal(Reason.SIGN_IN_EXPIRED);
  }

  private Standing stands(UserId user) {
    return store.standings().lock(user).orElseThrow(() -> new Refusal(Reason.SIGN_IN_FAILED));
  }

  private Optional<Instant> seenAt(UserId user, Optional<Secret> device) {
    return device.flatMap(known -> store.devices().seenAt(user, known.fingerprint()));
  }

  private String codes(UserId user, Optional<Secret> device) {
    return seenAt(user, device)
        .map(seen -> Guessing.codesFromDevice(device.orElseThrow().fingerprint()))
        .orElseGet(() -> Guessing.codesOf(user));
  }

  private Begun begin(
      UserId user, Way way, Standing standing, Optional<Secret> device, Origin origin) {
    if (standing.disabled() || standing.isShut() || isLinkedWhileFrozen(way, standing)) {
      throw new Refusal(Reason.SIGN_IN_FAILED); // since the first factor was shown
    }
    return mint(user, way, standing, seenAt(user, device), device, origin);
  }

  /** Mints a session: the only call of {@code OpenSessions.add} there is. */
  private Begun mint(
      UserId user,
      Way way,
      Standing standing,
      Optional<Instant> deviceSeenAt,
      Optional<Secret> device,
      Origin origin) {
    var now = clock.instant();
    if (standing.frozenSince().isPresent()) {
      thaw(user, origin);
    }
    var token = Secret.generate(random);
    var provedAt = way == Way.PASSWORD ? now : Instant.EPOCH; // a provider may not have asked
    var session = new Session(new Session.Id(ids.next()), user, origin, now, now, provedAt);
    store.sessions().add(session, token.fingerprint());
    var kept =
        device.filter(known -> deviceSeenAt.isPresent()).orElseGet(() -> Secret.generate(random));
    if (deviceSeenAt.filter(now.minus(SEEN_EVERY)::isBefore).isEmpty()) {
      store.devices().remember(user, kept.fingerprint(), now);
    }
    record(What.SIGNED_IN, user, origin, now);
    if (deviceSeenAt.isEmpty()) {
      tellOfNewDevice(user, origin);
    }
    return new Begun(user, token, kept);
  }

  /** A new password was chosen by mail, and the factors there are were shown: it is them. */
  private void thaw(UserId user, Origin origin) {
    store.freezes().thaw(user);
    record(What.THAWED, user, origin, clock.instant());
    store
        .users()
        .find(user)
        .ifPresent(known -> letters.notice(known, Letter.Kind.THAWED, origin).post());
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

  private void tellOfNewDevice(UserId user, Origin origin) {
    store
        .users()
        .find(user)
        .ifPresent(
            known ->
                letters
                    .notice(known, Letter.Kind.NEW_DEVICE, origin)
                    .with("forgotLink", new Links(policy.baseUri()).to(Links.FORGOT))
                    .post());
  }

  private void record(What what, UserId user, Origin origin, Instant now) {
    store.activity().record(Happening.of(what, null, user, now).from(origin));
  }
}
