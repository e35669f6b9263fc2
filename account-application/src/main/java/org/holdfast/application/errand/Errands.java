package org.holdfast.application.errand;

import java.time.Instant;
import java.util.Optional;

/** The errands that wait to be run. */
public interface Errands {

  void add(Errand errand);

  /**
   * Takes the oldest errand out, in the transaction that runs it. Of all who take at once, each
   * errand goes to one; those held by others are passed over, not waited for.
   */
  Optional<Errand> take();

  /** When the oldest waiting errand was asked for. */
  Optional<Instant> oldest();
}
