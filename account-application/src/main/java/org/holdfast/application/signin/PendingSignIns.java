package org.holdfast.application.signin;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;

/** Those who have shown their first factor, and are still to show the second. */
public interface PendingSignIns {

  void add(PendingSignIn pending, String fingerprint);

  /** The one with this fingerprint, unless it has run out. Looking changes nothing. */
  Optional<PendingSignIn> find(String fingerprint, Instant now);

  /** Ends it; of all who end it at once one is told true. */
  boolean take(String fingerprint, Instant now);

  /** Ends all of this user's. */
  void endAll(UserId user);

  /** Forgets those that ran out before then. */
  int sweep(Instant before);

  /** What the first factor was. */
  enum Way {
    PASSWORD,
    LINKED_ACCOUNT
  }

  /** Somebody half signed in. */
  record PendingSignIn(UserId user, Way way, Instant expiresAt) {}
}
