package org.holdfast.application.guessing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.holdfast.domain.guessing.Rate;

/**
 * How often something has happened lately (a generic cell rate, GCRA). Every change commits by
 * itself, whatever transaction is open. Of all who come at once, no more than the rate allows are
 * let through.
 */
public interface Rates {

  /** Lets one more through, or says how long to wait; zero is let through. */
  Duration take(String subject, Rate rate, Instant now);

  /** How long the one of these that has to wait longest has to wait, letting nothing through. */
  Duration longestWait(Collection<Limit> limits, Instant now);

  /** Forgets subjects that have nothing to wait for. */
  int sweep(Instant now);

  /** A subject and how often it may happen. */
  record Limit(String subject, Rate rate) {}
}
