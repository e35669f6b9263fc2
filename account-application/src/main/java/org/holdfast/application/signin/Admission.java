package org.holdfast.application.signin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
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
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * The one place where sessions begin, and where they are proved again. Whatever the first factor
 * was, {@link #proceed} reads the live rows and says what is still needed. It is for the use cases
 * that look at a first factor ({@link SignIn}, {@link
 * org.holdfast.application.linkedaccount.LinkAccounts}); a host never gets hold of it.
 */
public final class Admission {

  /** How long the second factor may take after the first. */
  public static final Duration PENDING = Duration.ofMinutes(10);

  private static final Duration SEEN_EVERY = Duration.ofDays(1); // devices are kept for far longer

  private final Store store;
  private final SecondFactor secondFactor;
  private final Sessions sessions;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public Admission(
      Store store,
      SecondFactor secondFactor,
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.secondFactor = secondFactor;
    this.sessions = sessions;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Goes on for somebody who has shown an account elsewhere, linked to theirs, as the first factor;
   * in the transaction that is open.
   */
  public SignIn.Outcome signInLinked(UserId user, Optional<Secret> device, Origin origin) {
    return proceed(user, Way.LINKED_ACCOUNT, stands(user), seenAt(user, device), device, origin);
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
        secondFactor.look(user, code, Guessing.atFactorInSession(user), who.session().origin());
    return spending(
        shown,
        () -> {
          shown.spend();
          return deed.get();
        });
  }

  /** Gives the session a new token and a fresh proof, in the transaction that is open. */
  public Secret renew(SignedIn who, Secret token) {
    var now = clock.instant();
    var fresh = sessions.renew(token, now);
    record(What.STEPPED_UP, who.user().id(), who.session().origin(), now);
    return fresh;
  }

  <T> T spending(SecondFactor.Shown shown, Supplier<T> deed) {
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
   * Says what somebody who has shown their first factor still needs, by what is true now. Whatever
   * path led here, there is no other way to a session.
   */
  SignIn.Outcome proceed(
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
      return new SignIn.SetUpNeeded(pend(user, way));
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

  static SignIn.FactorNeeded factorNeeded(Secret pending, Standing standing) {
    return new SignIn.FactorNeeded(
        pending, standing.totp(), standing.yubiKey(), standing.recoveryCodes() > 0);
  }

  PendingSignIn pending(@Nullable Secret pending) {
    return Optional.ofNullable(pending)
        .flatMap(p -> store.pendingSignIns().find(p.fingerprint(), clock.instant()))
        .orElseThrow(Admission::expired);
  }

  void take(@Nullable Secret pending) {
    if (!store.pendingSignIns().take(present(pending).fingerprint(), clock.instant())) {
      throw expired();
    }
  }

  static Secret present(@Nullable Secret pending) {
    return Optional.ofNullable(pending).orElseThrow(Admission::expired);
  }

  static Refusal expired() {
    return new Refusal(Reason.SIGN_IN_EXPIRED);
  }

  Standing stands(UserId user) {
    return store.standings().lock(user).orElseThrow(() -> new Refusal(Reason.SIGN_IN_FAILED));
  }

  private Optional<Instant> seenAt(UserId user, Optional<Secret> device) {
    return device.flatMap(known -> store.devices().seenAt(user, known.fingerprint()));
  }

  /** Has this user signed in on this device before? */
  boolean knows(UserId user, Optional<Secret> device) {
    return seenAt(user, device).isPresent();
  }

  String codes(UserId user, Optional<Secret> device) {
    return seenAt(user, device)
        .map(seen -> Guessing.atFactorFromDevice(device.orElseThrow().fingerprint()))
        .orElseGet(() -> Guessing.atFactorOf(user));
  }

  SignIn.Begun begin(
      UserId user, Way way, Standing standing, Optional<Secret> device, Origin origin) {
    if (standing.disabled() || standing.isShut() || isLinkedWhileFrozen(way, standing)) {
      throw new Refusal(Reason.SIGN_IN_FAILED); // since the first factor was shown
    }
    return mint(user, way, standing, seenAt(user, device), device, origin);
  }

  /** Mints a session: the only call of {@code OpenSessions.add} there is. */
  private SignIn.Begun mint(
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
    return new SignIn.Begun(user, token, kept);
  }

  /** A new password was chosen by mail, and the factors there are were shown: it is them. */
  private void thaw(UserId user, Origin origin) {
    store.freezes().thaw(user);
    forgetSupportPins(user); // somebody may have had one read out
    record(What.THAWED, user, origin, clock.instant());
    store
        .users()
        .find(user)
        .ifPresent(known -> letters.notice(known, Letter.Kind.THAWED, origin).post());
  }

  private void forgetSupportPins(UserId user) {
    for (var account : store.accounts().heldBy(user)) {
      store
          .supportPins()
          .find(account.id(), user)
          .ifPresent(pin -> store.supportPins().take(pin.id()));
    }
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
