package org.holdfast.application.planted;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Random;
import java.util.UUID;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.auth.ZxcvbnMeter;
import org.holdfast.domain.session.Session;

/** A use case that knows an adapter, has its own time and chance, and mints a session. */
final class Offender {

  ZxcvbnMeter meter() {
    return new ZxcvbnMeter();
  }

  void mint(OpenSessions sessions, Session session) {
    sessions.add(session, "");
  }

  Object[] timeAndChance() throws InterruptedException {
    Thread.sleep(0);
    return new Object[] {
      Instant.now(),
      LocalDate.now(Clock.systemUTC()),
      System.currentTimeMillis(),
      Math.random(),
      UUID.randomUUID(),
      new Random(),
      new SecureRandom()
    };
  }
}
