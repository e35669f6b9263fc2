package org.holdfast.domain.account;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.domain.notification.Category;

/**
 * What a customer buys under. An account is opened in somebody's name, by the host or by that
 * person; from then on it has exactly one holder. Its details may be changed, its e-mail address
 * only by a link that the new address confirms; every change of what an invoice shows adds an
 * {@link InvoiceParty} and leaves the older ones alone. A contact can be named to be billed
 * instead.
 *
 * @param number the account's number, as customers and support say it: eight digits
 * @param emailConfirmed has somebody proved to receive mail at {@code details.email}?
 * @param holderCategories what the holder wants to hear about; all of them at first
 * @param billedContact whose name and address invoices show instead of the holder's
 * @param version counts the changes; a change of an older version is refused
 */
public record Account(
    AccountId id,
    String number,
    UserId holder,
    AccountDetails details,
    boolean emailConfirmed,
    ImmutableSet<Category> holderCategories,
    Optional<Contact.Id> billedContact,
    Instant openedAt,
    long version) {

  /** An account just opened: its holder hears about everything. */
  public static Account open(
      AccountId id,
      String number,
      UserId holder,
      AccountDetails details,
      boolean emailConfirmed,
      Instant now) {
    return new Account(
        id,
        number,
        holder,
        details,
        emailConfirmed,
        ImmutableSet.copyOf(Category.values()),
        Optional.empty(),
        now,
        0);
  }

  /** The same account with other details. */
  public Account with(AccountDetails other) {
    return new Account(
        id,
        number,
        holder,
        other,
        emailConfirmed,
        holderCategories,
        billedContact,
        openedAt,
        version);
  }

  /** The same account, written to at an address that has proved to be read. */
  public Account reachedAt(AccountDetails withNewEmail) {
    return new Account(
        id, number, holder, withNewEmail, true, holderCategories, billedContact, openedAt, version);
  }

  /** The same account, its holder hearing about these things. */
  public Account hearingAbout(ImmutableSet<Category> categories) {
    return new Account(
        id, number, holder, details, emailConfirmed, categories, billedContact, openedAt, version);
  }

  /** The same account, its invoices showing this contact, or the holder again. */
  public Account billing(Optional<Contact.Id> contact) {
    return new Account(
        id, number, holder, details, emailConfirmed, holderCategories, contact, openedAt, version);
  }

  /** What an invoice shows from now on, without a contact to be billed instead. */
  public InvoiceParty holderAsInvoiceParty(Instant now) {
    return new InvoiceParty(
        details.name().full(),
        details.company(),
        details.taxId(),
        details.email(),
        details.address(),
        now);
  }

  /** Do the account and this profile name the same person at the same address? */
  public boolean matches(User profile) {
    return details.name().equals(profile.name()) && details.email().equals(profile.email());
  }
}
