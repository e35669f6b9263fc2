package org.holdfast.application.guessing;

import java.time.Instant;

/**
 * How often in a row guesses at something were wrong. Counting commits by itself, whatever
 * transaction is open, so that no failure undoes its own count.
 */
public interface Guesses {

  /** The count of this subject; none at all is no failure. */
  Tally read(String subject);

  /** Replaces the tally that was seen. Of all who saw one tally, one is told true. */
  boolean replace(String subject, Tally seen, Tally next);

  /**
   * Forgets this subject's failures, together with what the transaction that is open does: where
   * that fails, the count stays. Whoever counts the same subject waits until it has ended.
   */
  void clear(String subject);

  /** Forgets tallies of fewer failures than this that were last written before then. */
  int sweep(Instant before, int fewerThan);

  /**
   * A count of failures.
   *
   * @param failures in a row
   * @param blockedUntil no guess is looked at before then
   */
  record Tally(int failures, Instant blockedUntil) {
    /** Nothing has gone wrong. */
    public static final Tally NONE = new Tally(0, Instant.EPOCH);
  }
}
