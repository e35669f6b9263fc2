package org.holdfast.application.session;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.session.Session;

/**
 * Where one is signed in: checking a session, listing them, ending one or all others. An ended
 * session is gone for every node at its next request. Sessions begin in {@link
 * org.holdfast.application.signin.SignIn} and nowhere else.
 */
public final class Sessions {

  private static final Duration TOUCH_EVERY = Duration.ofMinutes(1); // a write a minute is enough

  private final Store store;
  private final Letters letters;
  private final Policy policy;
  private final InstantSource clock;
  private final RandomGenerator random;

  public Sessions(
      Store store, Letters letters, Policy policy, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.letters = letters;
    this.policy = policy;
    this.clock = clock;
    this.random = random;
  }

  /** Who is signed in by this token; nothing when it never was a session's, or it has ended. */
  public Optional<SignedIn> check(Secret token) {
    var now = clock.instant();
    var found =
        store
            .sessions()
            .find(token.fingerprint())
            .filter(who -> who.session().isOpenAt(now, policy.sessions()))
            .filter(who -> !who.user().isDisabled());
    found
        .filter(who -> now.isAfter(who.session().lastUsedAt().plus(TOUCH_EVERY)))
        .ifPresent(
            who ->
                store.transactions().inOne(() -> store.sessions().touch(who.session().id(), now)));
    return found;
  }

  /** The caller's sessions, last used first. */
  public ImmutableList<Session> list(SignedIn who) {
    var now = clock.instant();
    return store.transactions().inOne(() -> store.sessions().of(who.user().id())).stream()
        .filter(session -> session.isOpenAt(now, policy.sessions()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Ends this session, or another of the caller's. */
  public void end(SignedIn who, Session.Id id) {
    store
        .transactions()
        .inOne(
            () -> {
              if (!store.sessions().end(who.user().id(), id)) {
                throw new Refusal(Reason.NO_SUCH_SESSION);
              }
              var own = id.equals(who.session().id());
              record(who, own ? What.SIGNED_OUT : What.SESSION_ENDED);
            });
  }

  /** Ends all of the caller's sessions but this one; says how many. */
  public int endOthers(SignedIn who) {
    return store
        .transactions()
        .inOne(
            () -> {
              var ended = store.sessions().endOthers(who.user().id(), who.session().id());
              store.pendingSignIns().endAll(who.user().id());
              record(who, What.OTHER_SESSIONS_ENDED);
              letters.notice(who.user(), Letter.Kind.SESSIONS_ENDED, who.session().origin()).post();
              return ended;
            });
  }

  /**
   * Ends all that is open of this user, in the transaction that is open: every session, whoever is
   * half signed in, what is remembered of devices, and codes mailed for calls.
   */
  public void endEverything(UserId user) {
    store.standings().lock(user); // whoever is about to begin a session comes before or after
    store.sessions().endAll(user);
    forgetHalfDone(user);
  }

  /** The same, but for one session, which goes on. */
  public void endEverythingBut(UserId user, Session.Id kept) {
    store.standings().lock(user);
    store.sessions().endOthers(user, kept);
    forgetHalfDone(user);
  }

  private void forgetHalfDone(UserId user) {
    store.pendingSignIns().endAll(user);
    store.devices().forgetAll(user);
    store.links().withdraw(Purpose.RESET_PASSWORD, user.value());
    store.mailedCodes().withdraw(user);
  }

  /**
   * Gives a session a new token, in the transaction that is open.
   *
   * @param provedAt when its user last proved who they are at the highest level they have
   * @throws Refusal NOT_SIGNED_IN when the session has ended meanwhile
   */
  public Secret renew(Secret token, Instant provedAt) {
    var fresh = Secret.generate(random);
    if (!store.sessions().renew(token.fingerprint(), fresh.fingerprint(), provedAt)) {
      throw new Refusal(Reason.NOT_SIGNED_IN);
    }
    return fresh;
  }

  private void record(SignedIn who, What what) {
    store
        .activity()
        .record(
            Happening.of(what, null, who.user().id(), clock.instant())
                .from(who.session().origin()));
  }
}
