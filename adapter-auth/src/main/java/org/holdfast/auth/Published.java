package org.holdfast.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.jspecify.annotations.Nullable;

/**
 * What a provider publishes about itself: fetched when it is first needed, so that a provider that
 * is down holds up nobody's start, and kept for a while. Whoever waits for the same fetch shares
 * its end, a bad one too: of many who come while a provider hangs, only the first waits long.
 */
final class Published<T> {

  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  /** Where it is fetched. */
  interface Source<T> {
    T fetch() throws Unavailable;
  }

  private final Source<T> source;
  private final InstantSource clock;
  private @Nullable T value;
  private Instant fetchedAt = Instant.MIN;
  private Instant failedAt = Instant.MIN;
  private Instant lookedAgainAt = Instant.MIN;

  Published(Source<T> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** What it was a while ago at most. */
  synchronized T get() throws Unavailable {
    var now = clock.instant();
    return value != null && isWithin(KEPT, fetchedAt, now) ? value : fetch(now);
  }

  /** For who misses something in it: what it is now, unless that was looked up just before. */
  synchronized T newer() throws Unavailable {
    var now = clock.instant();
    if (isWithin(BETWEEN_LOOKS, lookedAgainAt, now)) {
      return get();
    }
    lookedAgainAt = now;
    return fetch(now);
  }

  private T fetch(Instant now) throws Unavailable {
    if (isWithin(AFTER_FAILURE, failedAt, now)) {
      throw new Unavailable("it failed a moment ago and is left in peace");
    }
    try {
      var fetched = source.fetch();
      value = fetched;
      fetchedAt = now;
      return fetched;
    } catch (Unavailable trouble) {
      failedAt = now;
      throw trouble;
    }
  }

  private static boolean isWithin(Duration time, Instant since, Instant now) {
    return !since.equals(Instant.MIN) && now.isBefore(since.plus(time));
  }
}
