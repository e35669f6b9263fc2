package org.holdfast.domain.session;

import java.time.Duration;
import java.time.Instant;
import org.holdfast.domain.Refusal;

/** What is sensitive enough to prove again who you are, and how fresh the proof must be. */
public enum Step {
  CHANGE_EMAIL(Duration.ofMinutes(10)),
  ALIGN_ACCOUNT(Duration.ofMinutes(10));

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
