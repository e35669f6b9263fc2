package org.holdfast.application.freeze;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;

/** Who has said "This wasn't me", and has not been let in again since. */
public interface Freezes {

  /** Freezes this user; says whether they were not frozen yet. */
  boolean freeze(UserId user, Instant now);

  /** Since when this user is frozen. */
  Optional<Instant> since(UserId user);

  /** Thaws this user; says whether they were frozen. */
  boolean thaw(UserId user);
}
