package org.holdfast.application.credential;

/** The passwords that attackers try first. */
public interface PasswordLists {

  /** Is this text, in lower case, among the passwords everybody uses? */
  boolean isCommon(String lowerCase);

  /** Is this password known from a breach? */
  boolean isBreached(String password);
}
