package org.holdfast.domain.invoice;

import java.time.Instant;
import org.holdfast.domain.EmailAddress;

/**
 * The name and address to print on an invoice, as they stood from an instant on. Kept for good: an
 * old invoice never changes.
 *
 * @param name a person's or a contact's name
 * @param company empty for a private person
 */
public record InvoiceParty(
    String name,
    String company,
    String taxId,
    EmailAddress email,
    BillingAddress address,
    Instant since) {

  /** Would an invoice look the same? */
  public boolean printsLike(InvoiceParty other) {
    return equals(
        new InvoiceParty(
            other.name, other.company, other.taxId, other.email, other.address, since));
  }
}
