package org.holdfast.application.signin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.credential.Passwords.Candidate;
import org.holdfast.application.credential.Passwords.Stored;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Signing in, and proving again who one is. The one place where sessions begin. It refuses with:
 *
 * <ul>
 *   <li>SIGN_IN_FAILED: for a stranger, a wrong password, a disabled user and one without a
 *       password alike, after the same work;
 *   <li>TOO_MANY_TRIES: too many failures at this user, from this device or network address, or
 *       over all;
 *   <li>BUSY: more people are signing in than can be hashed for.
 * </ul>
 */
public final class SignIn {

  private static final Duration SEEN_EVERY = Duration.ofDays(1); // devices are kept for far longer

  private final Store store;
  private final Guessing guessing;
  private final PasswordHasher hasher;
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
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.guessing = guessing;
    this.hasher = hasher;
    this.sessions = sessions;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A session that has just begun.
   *
   * @param token opens the session
   * @param device tells this device from others at the next sign-in
   */
  public record Begun(UserId user, Secret token, Secret device) {}

  /**
   * Signs somebody in.
   *
   * @param address as typed
   * @param device the device cookie that came along
   */
  public Begun signIn(
      @Nullable String address, Password password, Optional<Secret> device, Origin origin) {
    guessing.mustNotBeExhausted(origin);
    var email = EmailAddress.parse(address);
    var candidate =
        email.flatMap(known -> store.passwords().candidate(known, device.map(Secret::fingerprint)));
    var subject = subject(address, email, candidate, device);
    guessing.count(subject);
    var right = opens(candidate, password); // whoever it is: the same work for everybody
    if (!right || candidate.isEmpty() || candidate.get().disabled()) {
      guessing.wrong(origin);
      throw new Refusal(Reason.SIGN_IN_FAILED);
    }
    var user = candidate.get();
    user.password().ifPresent(stored -> upgrade(user.user(), stored, password));
    return store
        .transactions()
        .inOne(
            () -> {
              var begun = begin(user, device, origin);
              guessing.clear(subject); // last, as those who count the same wait for us
              return begun;
            });
  }

  /**
   * Proves again who a signed-in user is.
   *
   * @return the session's new token
   * @throws Refusal CURRENT_PASSWORD_WRONG, TOO_MANY_TRIES or BUSY
   */
  public Secret stepUp(SignedIn who, Secret token, Password password) {
    mustBeCurrent(who, password);
    return store
        .transactions()
        .inOne(
            () -> {
              var fresh = sessions.renew(token);
              record(What.STEPPED_UP, who.user().id(), who.session().origin(), clock.instant());
              return fresh;
            });
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

  /** Mints a session: the only call of {@code OpenSessions.add} there is. */
  private Begun begin(Candidate user, Optional<Secret> device, Origin origin) {
    var now = clock.instant();
    var version = user.password().map(Stored::version).orElseThrow();
    if (!store.passwords().keep(user.user(), version)) {
      throw new Refusal(Reason.SIGN_IN_FAILED); // it was replaced while we hashed
    }
    var token = Secret.generate(random);
    var session = new Session(new Session.Id(ids.next()), user.user(), origin, now, now, now);
    store.sessions().add(session, token.fingerprint());
    var kept = device.filter(known -> user.knownDevice()).orElseGet(() -> Secret.generate(random));
    if (user.deviceSeenAt().filter(now.minus(SEEN_EVERY)::isBefore).isEmpty()) {
      store.devices().remember(user.user(), kept.fingerprint(), now);
    }
    record(What.SIGNED_IN, user.user(), origin, now);
    if (!user.knownDevice()) {
      tellOfNewDevice(user.user(), origin);
    }
    return new Begun(user.user(), token, kept);
  }

  private void tellOfNewDevice(UserId user, Origin origin) {
    store
        .users()
        .find(user)
        .ifPresent(
            known ->
                letters
                    .to(known, Letter.Kind.NEW_DEVICE)
                    .from(origin)
                    .with("forgotLink", new Links(policy.baseUri()).to(Links.FORGOT))
                    .post());
  }

  private void record(What what, UserId user, Origin origin, Instant now) {
    store.activity().record(Happening.of(what, null, user, now).from(origin));
  }
}
