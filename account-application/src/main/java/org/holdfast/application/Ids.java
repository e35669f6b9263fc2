package org.holdfast.application;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Where new ids come from. */
@FunctionalInterface
public interface Ids {

  UUID next();

  /** Ids that sort by the time they were made, so that new rows lie together (RFC 9562 §5.7). */
  static Ids timeOrdered(InstantSource clock, RandomGenerator random) {
    return () -> {
      var millis = clock.instant().toEpochMilli();
      var high = (millis << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
      var low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
      return new UUID(high, low);
    };
  }
}
