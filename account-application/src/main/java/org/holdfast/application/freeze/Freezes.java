package org.holdfast.application.freeze;

import java.time.Instant;
import org.holdfast.domain.UserId;

/** Who has said "This wasn't me", and has not been let in again since. */
public interface Freezes {

  /** Freezes this user, or freezes them anew. */
  void freeze(UserId user, Instant now);

  /** Thaws this user; says whether they were frozen. */
  boolean thaw(UserId user);
}
