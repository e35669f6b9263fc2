package org.holdfast.domain.session;

import java.time.Duration;
import java.time.Instant;
import org.holdfast.domain.Refusal;

/**
 * What is sensitive enough to prove again who you are, and how fresh the proof must be. The proof
 * is always at the highest level the user has: the password, or an account linked to theirs where
 * they have none, and a second factor where they have one. A new password needs more than a fresh
 * proof: the current one, at the same time.
 */
public enum Step {
  CHANGE_EMAIL(Duration.ofMinutes(10)),
  ALIGN_ACCOUNT(Duration.ofMinutes(10)),
  ADD_FACTOR(Duration.ofMinutes(10)),
  REMOVE_FACTOR(Duration.ofMinutes(10)),
  MAKE_RECOVERY_CODES(Duration.ofMinutes(10)),
  DEMAND_FACTOR(Duration.ofMinutes(10)),
  LINK_ACCOUNT(Duration.ofMinutes(10)),
  UNLINK_ACCOUNT(Duration.ofMinutes(10)),
  SEE_SUPPORT_PIN(Duration.ofMinutes(10));

  private final Duration fresh;

  Step(Duration fresh) {
    this.fresh = fresh;
  }

  /** How old the proof may be. */
  public Duration fresh() {
    return fresh;
  }

  /**
   * Refuses unless the proof is fresh enough.
   *
   * @throws Refusal with {@link Refusal.Reason#STEP_UP_NEEDED}
   */
  public void mustBeProved(Instant provedAt, Instant now) {
    if (now.isAfter(provedAt.plus(fresh))) {
      throw new Refusal(Refusal.Reason.STEP_UP_NEEDED);
    }
  }
}
