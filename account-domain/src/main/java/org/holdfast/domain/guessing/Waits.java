package org.holdfast.domain.guessing;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a guesser waits. The first few wrong passwords are a person's typing errors and cost
 * nothing; then each wait doubles up to an hour, and at {@link #MOST} in a row nothing but a new
 * password helps (NIST SP 800-63B §3.2.2: no more than 100 consecutive failures).
 */
public final class Waits {

  /** So many failures in a row disable the password for this guesser until it is reset. */
  public static final int MOST = 100;

  private static final int FREE = 4;
  private static final Duration FIRST = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofHours(1);

  private Waits() {}

  /** The wait after so many failures in a row, or nothing where waiting no longer helps. */
  public static Optional<Duration> after(int failures) {
    if (failures >= MOST) {
      return Optional.empty();
    }
    if (failures <= FREE) {
      return Optional.of(Duration.ZERO);
    }
    var doublings = Math.min(failures - FREE - 1, 8);
    var wait = FIRST.multipliedBy(1L << doublings);
    return Optional.of(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }
}
