package org.holdfast.application.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told to move. */
public final class MovableClock implements InstantSource {

  private volatile Instant now = Instant.parse("2026-03-01T12:00:00.123Z");

  @Override
  public Instant instant() {
    return now;
  }

  public synchronized void pass(Duration time) {
    now = now.plus(time);
  }

  public void set(Instant instant) {
    now = instant;
  }
}
