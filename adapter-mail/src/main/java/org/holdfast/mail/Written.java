package org.holdfast.mail;

/** A letter written out. It does not print: what it says may open something. */
public record Written(String subject, String text, String html) {
  @Override
  public String toString() {
    return "Written[…]";
  }
}
