package org.holdfast.domain.account;

import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Text;
import org.holdfast.domain.invoice.BillingAddress;

/**
 * What the Account Details page shows: who the account belongs to and what its invoices say.
 *
 * @param email the primary e-mail address, where the account's notifications go
 * @param company empty for a private person; likewise phone and tax id where there is none
 */
public record AccountDetails(
    PersonName name,
    String company,
    EmailAddress email,
    String phone,
    String taxId,
    Language language,
    BillingAddress address) {

  /**
   * @throws org.holdfast.domain.InvalidInput when a field breaks its rule
   */
  public AccountDetails {
    company = Text.COMPANY.of("company", company);
    phone = Text.PHONE.of("phone", phone);
    taxId = Text.TAX_ID.of("taxId", taxId);
  }

  /** The same with another primary e-mail address. */
  public AccountDetails withEmail(EmailAddress other) {
    return new AccountDetails(name, company, other, phone, taxId, language, address);
  }

  /** The same in another person's name. */
  public AccountDetails withName(PersonName other) {
    return new AccountDetails(other, company, email, phone, taxId, language, address);
  }
}
