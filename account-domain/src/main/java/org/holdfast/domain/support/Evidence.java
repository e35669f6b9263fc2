package org.holdfast.domain.support;

import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who has lost the mailbox or the second factor can show instead, and how much it
 * weighs. What a stranger can find out or draw (an invoice, an identity document) never is enough
 * together.
 */
public enum Evidence {
  /** Knows numbers and amounts of the last invoices. */
  INVOICES_KNOWN(1),
  /** A copy of an identity document, which is easily forged. */
  IDENTITY_DOCUMENT(1),
  /** Knows the payment method's last digits and when it was last charged. */
  PAYMENT_METHOD_KNOWN(2),
  /** Was called back at the phone number that has long been on file. */
  CALLED_BACK(3),
  /** Said the support PIN, or read out a mailed code, in this call. */
  CALLER_VERIFIED(4),
  /** Put a record that we named into the DNS of a domain of the account. */
  DOMAIN_CONTROLLED(4),
  /** Paid a small amount that we named from the account's own payment method. */
  PAYMENT_MADE(4),
  /** Sent back the code of a letter posted to the billing address. */
  POSTED_CODE(5);

  /** What all of it must weigh. */
  public static final int ENOUGH = 6;

  private final int weight;

  Evidence(int weight) {
    this.weight = weight;
  }

  public int weight() {
    return weight;
  }

  /** Its name in forms, words and JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one with this key. */
  public static Optional<Evidence> parse(@Nullable String key) {
    return Arrays.stream(values()).filter(each -> each.key().equals(key)).findFirst();
  }

  /** What all of these weigh. */
  public static int weigh(Set<Evidence> shown) {
    return ImmutableSet.copyOf(shown).stream().mapToInt(Evidence::weight).sum();
  }
}
