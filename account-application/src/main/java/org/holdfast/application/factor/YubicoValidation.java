package org.holdfast.application.factor;

import org.holdfast.domain.factor.YubiKeyOtp;

/**
 * Asks validation servers whether a YubiKey really typed this (Yubico's validation protocol 2.0).
 * Never called inside a transaction: servers may be slow.
 */
public interface YubicoValidation {

  /** What came of asking. Everything but VALID refuses. */
  enum Verdict {
    /** A server vouches for it: its answer is signed, about this OTP, and to this question. */
    VALID,
    /** A server says no, or what it says cannot be trusted. */
    REFUSED,
    /** No server answered in time, or all of them are in trouble: nobody knows. */
    UNREACHABLE,
    /** The operator has not set YubiKeys up. */
    NOT_CONFIGURED
  }

  /** Nobody is asked, as nothing is set up. */
  YubicoValidation NONE = otp -> Verdict.NOT_CONFIGURED;

  /** Asks. Throws nothing: what goes wrong is one of the verdicts. */
  Verdict ask(YubiKeyOtp otp);

  /** Has the operator set YubiKeys up? */
  default boolean isConfigured() {
    return this != NONE;
  }
}
