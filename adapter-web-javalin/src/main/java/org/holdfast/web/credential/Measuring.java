package org.holdfast.web.credential;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.holdfast.application.credential.ChangePassword;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Visit;
import org.holdfast.web.Wording;

/** The strength meter, for so many at once: measuring takes the processor a while. */
public final class Measuring {

  private static final int AT_ONCE = 2;

  private final ChangePassword changePassword;
  private final Semaphore free = new Semaphore(AT_ONCE);

  public Measuring(ChangePassword changePassword) {
    this.changePassword = changePassword;
  }

  /**
   * What the meter shows.
   *
   * @param score 0 to 4
   */
  public record Measured(int score, String words, ImmutableList<String> advice) {}

  /**
   * Measures what this visitor thinks of choosing.
   *
   * @throws Refusal BUSY
   */
  Measured measure(Visit visit, Password candidate) {
    if (!free.tryAcquire()) {
      throw new Refusal(Reason.BUSY, Duration.ofSeconds(1));
    }
    try {
      var strength = changePassword.strength(candidate, visit.who(), visit.language());
      var words = Wording.in(visit.language()).of("strength." + strength.score());
      return new Measured(strength.score(), words, strength.advice());
    } finally {
      free.release();
    }
  }
}
