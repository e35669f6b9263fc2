package org.holdfast.auth;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import org.holdfast.application.Holdfast;
import org.holdfast.application.mail.Mailer;

/** For a host without other wishes. */
public final class Defaults {

  private Defaults() {}

  /**
   * Everything Holdfast needs beside its store: Argon2id at its default cost and without a pepper,
   * the password lists that come with it, sealing with these keys, the machine's clock and Java's
   * own strong randomness. A host that wants one of them otherwise writes {@code new
   * Holdfast.Parts(…)} itself.
   */
  public static Holdfast.Parts parts(KeySet keys, Mailer mailer) {
    var random = new SecureRandom();
    return new Holdfast.Parts(
        new Argon2Hasher(random),
        new ShippedPasswordLists(),
        new ZxcvbnMeter(),
        new TinkSealer(keys),
        mailer,
        Clock.tickMillis(ZoneOffset.UTC),
        random);
  }
}
