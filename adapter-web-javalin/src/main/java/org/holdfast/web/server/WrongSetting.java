package org.holdfast.web.server;

/**
 * A setting that the server does not start with. Its message is the one line the operator reads: it
 * names the key and the rule, and never repeats the value, which may be a secret.
 */
final class WrongSetting extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WrongSetting(String key, String rule) {
    super(key + " " + rule, null, false, false);
  }
}
