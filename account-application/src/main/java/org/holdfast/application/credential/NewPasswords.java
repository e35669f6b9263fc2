package org.holdfast.application.credential;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.emailchange.EmailChange.Target;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.signin.Standings.Standing;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.credential.PasswordRules;
import org.holdfast.domain.session.Session;

/** What every new password goes through, whichever way it is chosen. */
public final class NewPasswords {

  private final Store store;
  private final PasswordRules alone;
  private final PasswordRules withFactor;
  private final Policy policy;
  private final InstantSource clock;
  private final Guessing guessing;

  public NewPasswords(
      Store store, PasswordLists lists, Guessing guessing, Policy policy, InstantSource clock) {
    this.store = store;
    this.alone = new PasswordRules(policy.minPasswordLength(), lists::isCommon, lists::isBreached);
    this.withFactor = new PasswordRules(minWithFactor(policy), lists::isCommon, lists::isBreached);
    this.policy = policy;
    this.clock = clock;
    this.guessing = guessing;
  }

  /**
   * Refuses a password of somebody new that breaks a rule.
   *
   * @throws InvalidInput telling every reason
   */
  public void mustBeGood(String field, Password candidate, ImmutableSet<String> known) {
    mustHaveNone(alone.faults(field, candidate, known));
  }

  /**
   * Refuses a password of this user that breaks a rule.
   *
   * @throws InvalidInput telling every reason
   */
  public void mustBeGood(String field, Password candidate, User user) {
    var rules = hasFactor(user.id()) ? withFactor : alone;
    mustHaveNone(rules.faults(field, candidate, knownOf(user)));
  }

  /** How many code points a password of this user must have at least. */
  public int minLength(UserId user) {
    return (hasFactor(user) ? withFactor : alone).minLength();
  }

  private static void mustHaveNone(ImmutableList<Fault> faults) {
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
  }

  private static int minWithFactor(Policy policy) {
    return Math.min(PasswordRules.MIN_LENGTH_WITH_FACTOR, policy.minPasswordLength());
  }

  private boolean hasFactor(UserId user) {
    return store
        .transactions()
        .inOne(() -> store.standings().lock(user).filter(Standing::hasFactor).isPresent());
  }

  /** What a guess at this user's password begins with. */
  public ImmutableSet<String> knownOf(User user) {
    return known(user.name(), user.email());
  }

  /** The same for somebody who is not a user yet. */
  public ImmutableSet<String> known(PersonName name, EmailAddress email) {
    return ImmutableSet.of(name.first(), name.last(), name.full(), email.value(), policy.brand());
  }

  /**
   * Puts a new password in the place of the one that was seen, in the transaction that is open, and
   * ends all that the old one had opened: other sessions, links that are out, changes that wait,
   * remembered devices, half-done sign-ins, and the count of failures.
   *
   * @param chosen what was hashed
   * @param seen the version to be replaced, 0 where there is none yet
   * @param kept the session that goes on
   * @throws Refusal CHANGED_MEANWHILE when another password came first, or the second factor went
   *     that a short one needs
   */
  public void put(UserId user, long seen, Password chosen, String hash, Optional<Session.Id> kept) {
    var now = clock.instant();
    var isShort = chosen.length() < policy.minPasswordLength();
    var hasFactor = store.standings().lock(user).filter(Standing::hasFactor).isPresent();
    if ((isShort && !hasFactor) || !store.passwords().replace(user, seen, hash, isShort, now)) {
      throw new Refusal(Reason.CHANGED_MEANWHILE);
    }
    kept.ifPresentOrElse(
        id -> store.sessions().endOthers(user, id), () -> store.sessions().endAll(user));
    store.links().withdraw(Purpose.RESET_PASSWORD, user.value());
    store.links().withdraw(Purpose.WELCOME, user.value());
    store.mailedCodes().withdraw(user);
    store.emailChanges().withdrawPending(Target.USER, user.value(), now);
    store
        .accounts()
        .heldBy(user)
        .forEach(
            account ->
                store.emailChanges().withdrawPending(Target.ACCOUNT, account.id().value(), now));
    store.pendingSignIns().endAll(user);
    store.devices().forgetAll(user);
    guessing.clear(Guessing.byStrangers(user));
    guessing.clear(Guessing.byHolderOfSession(user));
  }
}
