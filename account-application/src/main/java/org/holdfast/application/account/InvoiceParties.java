package org.holdfast.application.account;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.Store;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.invoice.InvoiceParty;

/** Keeps what invoices show: a new entry whenever it changes, never a changed one. */
public final class InvoiceParties {

  private final Store store;

  public InvoiceParties(Store store) {
    this.store = store;
  }

  /** Writes down what invoices show from now on, unless it is what they show already. */
  public void follow(Account account, Instant now) {
    var last = store.accounts().partyAt(account.id(), Instant.parse("9999-01-01T00:00:00Z"));
    // a clock that was set back must not write into the past
    var since = last.map(InvoiceParty::since).filter(now::isBefore).orElse(now);
    var party =
        account
            .billedContact()
            .flatMap(store.contacts()::find)
            .flatMap(contact -> contact.asInvoiceParty(account.details().taxId(), since))
            .orElseGet(() -> account.holderAsInvoiceParty(since));
    if (last.filter(party::printsLike).isEmpty()) {
      store.accounts().record(account.id(), party);
    }
  }

  /** What an invoice of that instant shows. */
  Optional<InvoiceParty> at(Account account, Instant instant) {
    return store.accounts().partyAt(account.id(), instant);
  }
}
