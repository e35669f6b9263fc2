package org.holdfast.mail;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.URI;

/**
 * Who letters come from, as customers know them.
 *
 * @param name the company's name
 * @param support where its support is reached: an e-mail address, a page or a telephone number
 * @param portal where the portal is reached
 */
public record Brand(String name, String support, URI portal) {

  /**
   * @throws IllegalArgumentException when one of them is missing or spans lines
   */
  public Brand {
    name = Plain.oneLine(name);
    support = Plain.oneLine(support);
    checkArgument(!name.isEmpty(), "a brand needs a name");
    checkArgument(!support.isEmpty(), "a brand needs a support that customers can reach");
    checkArgument(Plain.isWebAddress(portal.toString()), "the portal needs an http(s) address");
  }
}
