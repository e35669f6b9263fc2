package org.holdfast.mail;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.regex.Pattern;
import org.holdfast.domain.EmailAddress;

/**
 * Whose name stands on the letters.
 *
 * @param address what the server is told and what stands in From
 * @param name the name beside it
 * @param messageIdDomain what every Message-ID ends with; it must stay the same for as long as
 *     letters are about, on every node
 */
public record Sender(EmailAddress address, String name, String messageIdDomain) {

  private static final Pattern DOMAIN =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9-]+)*");

  /**
   * @throws IllegalArgumentException when the domain is none
   */
  public Sender {
    name = Plain.oneLine(name);
    checkArgument(DOMAIN.matcher(messageIdDomain).matches(), "the Message-ID needs a domain");
  }

  /** A sender whose letters are numbered under its address's own domain. */
  public static Sender of(EmailAddress address, String name) {
    return new Sender(address, name, address.domain());
  }
}
