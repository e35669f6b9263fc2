package org.holdfast.application.freeze;

import java.time.InstantSource;
import org.holdfast.application.Store;
import org.holdfast.application.emailchange.EmailChange.Target;
import org.holdfast.application.session.Sessions;
import org.holdfast.domain.UserId;

/**
 * Freezes a user and stops whatever is on its way for them, in the transaction that is open: when
 * they say "This wasn't me", and when a recovery case is done, as whoever made it necessary may
 * have left something behind.
 */
public final class Standstill {

  private final Store store;
  private final Sessions sessions;
  private final InstantSource clock;

  public Standstill(Store store, Sessions sessions, InstantSource clock) {
    this.store = store;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Ends sessions, calls, codes, reset links and pending changes, and unlinks accounts. */
  public void of(UserId user) {
    sessions.endEverything(user); // which may have waited for a new password
    var now = clock.instant();
    store.linkedIdentities().removeAll(user);
    store.freezes().freeze(user, now);
    store.grants().endAllOf(user, now);
    store.emailChanges().withdrawPending(Target.USER, user.value(), now);
    store
        .accounts()
        .heldBy(user)
        .forEach(
            account ->
                store.emailChanges().withdrawPending(Target.ACCOUNT, account.id().value(), now));
  }
}
