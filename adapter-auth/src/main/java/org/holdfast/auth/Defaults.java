package org.holdfast.auth;

import com.google.common.collect.ImmutableList;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import org.holdfast.application.Holdfast;
import org.holdfast.application.factor.YubicoValidation;
import org.holdfast.application.mail.Mailer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For a host without other wishes. */
public final class Defaults {

  private static final Logger LOG = LoggerFactory.getLogger(Defaults.class);

  private Defaults() {}

  /**
   * Everything Holdfast needs beside its store: Argon2id at its default cost and without a pepper,
   * the password lists that come with it, sealing with these keys, the machine's clock and Java's
   * own strong randomness; time-based tokens, but neither YubiKeys nor linked accounts. A host that
   * wants one of them otherwise writes {@code new Holdfast.Parts(…)} itself.
   */
  public static Holdfast.Parts parts(KeySet keys, Mailer mailer) {
    var random = new SecureRandom();
    return new Holdfast.Parts(
        new Argon2Hasher(random),
        new ShippedPasswordLists(),
        new ZxcvbnMeter(),
        new TinkSealer(keys),
        mailer,
        new OtpJavaCodes(),
        YubicoValidation.NONE,
        ImmutableList.of(),
        trouble -> LOG.warn("{}", trouble),
        Clock.tickMillis(ZoneOffset.UTC),
        random);
  }
}
