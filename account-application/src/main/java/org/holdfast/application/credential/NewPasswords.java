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
  private final PasswordRules rules;
  private final Policy policy;
  private final InstantSource clock;
  private final Guessing guessing;

  public NewPasswords(
      Store store, PasswordLists lists, Guessing guessing, Policy policy, InstantSource clock) {
    this.store = store;
    this.rules = new PasswordRules(policy.minPasswordLength(), lists::isCommon, lists::isBreached);
    this.policy = policy;
    this.clock = clock;
    this.guessing = guessing;
  }

  /**
   * Refuses a password that breaks a rule.
   *
   * @throws InvalidInput telling every reason
   */
  public void mustBeGood(String field, Password candidate, ImmutableSet<String> known) {
    var faults = faults(field, candidate, known);
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
  }

  /** Everything that speaks against this password. */
  public ImmutableList<Fault> faults(String field, Password candidate, ImmutableSet<String> known) {
    return rules.faults(field, candidate, known);
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
   * remembered devices, and the count of failures.
   *
   * @param seen the version to be replaced, 0 where there is none yet
   * @param kept the session that goes on
   * @throws Refusal CHANGED_MEANWHILE when another password came first
   */
  public void put(UserId user, long seen, String hash, Optional<Session.Id> kept) {
    var now = clock.instant();
    if (!store.passwords().replace(user, seen, hash, now)) {
      throw new Refusal(Reason.CHANGED_MEANWHILE);
    }
    kept.ifPresentOrElse(
        id -> store.sessions().endOthers(user, id), () -> store.sessions().endAll(user));
    store.links().withdraw(Purpose.RESET_PASSWORD, user.value());
    store.links().withdraw(Purpose.WELCOME, user.value());
    store.emailChanges().withdrawPending(Target.USER, user.value(), now);
    store
        .accounts()
        .heldBy(user)
        .forEach(
            account ->
                store.emailChanges().withdrawPending(Target.ACCOUNT, account.id().value(), now));
    store.devices().forgetAll(user);
    guessing.clear(Guessing.byStrangers(user));
    guessing.clear(Guessing.byHolderOfSession(user));
  }
}
