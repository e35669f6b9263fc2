package org.holdfast.domain.contact;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Text;
import org.holdfast.domain.invoice.BillingAddress;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.domain.notification.Category;

/**
 * A name and address that receives notifications of an account and never signs in. A contact is
 * added without a tick and hears nothing but one letter, until its address is confirmed by the link
 * in that letter. Another address has to be confirmed anew.
 *
 * @param address complete by its country's rules, so that an invoice can show it; or none
 * @param confirmedAt when the address was confirmed
 */
public record Contact(
    Id id,
    AccountId account,
    String name,
    EmailAddress email,
    String company,
    String phone,
    Optional<BillingAddress> address,
    ImmutableSet<Category> categories,
    Optional<Instant> confirmedAt) {

  /** Which contact. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /**
   * @throws org.holdfast.domain.InvalidInput when a field breaks its rule
   */
  public Contact {
    name = Text.CONTACT_NAME.of("name", name);
    company = Text.COMPANY.of("company", company);
    phone = Text.PHONE.of("phone", phone);
  }

  public boolean isConfirmed() {
    return confirmedAt.isPresent();
  }

  /** Does this contact want to hear about this? */
  public boolean hears(Category category) {
    return categories.contains(category);
  }

  /** The same contact hearing about these things. */
  public Contact hearingAbout(ImmutableSet<Category> others) {
    return new Contact(id, account, name, email, company, phone, address, others, confirmedAt);
  }

  /** The same contact, whose address has proved to be read. */
  public Contact confirmed(Instant now) {
    return new Contact(
        id, account, name, email, company, phone, address, categories, Optional.of(now));
  }

  /** What an invoice shows when this contact is billed; the tax id stays the account's. */
  public Optional<InvoiceParty> asInvoiceParty(String taxId, Instant now) {
    return address.map(where -> new InvoiceParty(name, company, taxId, email, where, now));
  }
}
