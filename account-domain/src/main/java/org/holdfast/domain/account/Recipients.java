package org.holdfast.domain.account;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;

/**
 * Who hears about what on an account: the holder and every contact with that tick, each address
 * once, the holder first. Contacts hear only once they are confirmed, unless the operator has
 * switched that off.
 */
public final class Recipients {

  private Recipients() {}

  /** Who would get a notification of this category. */
  public static ImmutableList<Recipient> of(
      Account account,
      Collection<Contact> contacts,
      Category category,
      boolean contactsMustConfirm) {
    var byAddress = new LinkedHashMap<String, Recipient>();
    if (account.holderCategories().contains(category)) {
      var details = account.details();
      byAddress.put(
          details.email().value(),
          new Recipient(
              details.email(), details.name().full(), Optional.empty(), account.emailConfirmed()));
    }
    contacts.stream()
        .filter(contact -> contact.hears(category))
        .filter(contact -> contact.isConfirmed() || !contactsMustConfirm)
        .forEach(
            contact ->
                byAddress.putIfAbsent(
                    contact.email().value(),
                    new Recipient(
                        contact.email(),
                        contact.name(),
                        Optional.of(contact.id()),
                        contact.isConfirmed())));
    return ImmutableList.copyOf(byAddress.values());
  }

  /**
   * Refuses a change after which no confirmed address would receive invoices, where one did before.
   *
   * @throws Refusal with {@link Refusal.Reason#ONLY_INVOICE_RECIPIENT}
   */
  public static void mustStillReceiveInvoices(
      Account before,
      Collection<Contact> contactsBefore,
      Account after,
      Collection<Contact> contactsAfter) {
    if (someoneConfirmed(before, contactsBefore) && !someoneConfirmed(after, contactsAfter)) {
      throw new Refusal(Refusal.Reason.ONLY_INVOICE_RECIPIENT);
    }
  }

  private static boolean someoneConfirmed(Account account, Collection<Contact> contacts) {
    return of(account, contacts, Category.INVOICES, true).stream().anyMatch(Recipient::confirmed);
  }
}
