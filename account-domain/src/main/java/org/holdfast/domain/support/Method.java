package org.holdfast.domain.support;

import java.util.Locale;

/** How a caller was verified. */
public enum Method {
  /** They said the support PIN. */
  SUPPORT_PIN,
  /** They read out a code that was mailed to the address on file. */
  MAILED_CODE,
  /** Not at all: they have lost whatever would prove it. */
  NOTHING;

  /** The method's name in words and JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
