package org.holdfast.application.account;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.account.Recipients;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Step;
import org.jspecify.annotations.Nullable;

/** Account Details: whom the account belongs to, and what its invoices say, then and now. */
public final class EditAccount {

  private final Store store;
  private final Access access;
  private final InvoiceParties parties;
  private final Policy policy;
  private final InstantSource clock;

  public EditAccount(
      Store store, Access access, InvoiceParties parties, Policy policy, InstantSource clock) {
    this.store = store;
    this.access = access;
    this.parties = parties;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * The Account Details page.
   *
   * @param matchesProfile do the account and its holder's profile name the same person and address?
   */
  public record Page(
      Account account,
      boolean matchesProfile,
      ImmutableSet<DetailsField> lockedFields,
      ImmutableList<Contact> contacts) {}

  /** The accounts the caller holds. */
  public ImmutableList<Account> mine(SignedIn who) {
    return store.transactions().inOne(() -> store.accounts().heldBy(who.user().id()));
  }

  /** What the Account Details page shows. */
  public Page page(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.held(who, number);
              return new Page(
                  account,
                  account.matches(who.user()),
                  policy.lockedFields(),
                  store.contacts().of(account.id()));
            });
  }

  /**
   * Changes the account's details.
   *
   * @param seen the version the caller saw, so that nobody's change is overwritten unseen
   */
  public void change(SignedIn who, String number, DetailsInput input, long seen) {
    Inputs.check(input);
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              if (account.version() != seen) {
                throw new Refusal(Reason.CHANGED_MEANWHILE);
              }
              var details = input.toDetails(account.details().email());
              policy.mustNotTouchLocked(DetailsField.changed(account.details(), details));
              put(account, details, who, who.session().origin());
            });
  }

  /** Changes the account's details for the host, locked fields included. */
  public void changeForHost(String number, DetailsInput input) {
    Inputs.check(input);
    store
        .transactions()
        .inOne(
            () -> {
              var account = store.accounts().lock(access.any(number).id()).orElseThrow();
              var details = input.toDetails(account.details().email());
              var changed = DetailsField.changed(account.details(), details);
              if (!changed.isEmpty()) {
                save(account.with(details));
                record(What.DETAILS_CHANGED, account, null, null, changed);
              }
            });
  }

  /** Has invoices show this contact's name and address, or the holder's again. */
  public void bill(SignedIn who, String number, Optional<Contact.Id> contact) {
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              contact.ifPresent(id -> mustBeBillable(account, id));
              save(account.billing(contact));
              record(
                  What.BILLED_CONTACT_CHANGED,
                  account,
                  who,
                  who.session().origin(),
                  ImmutableSet.of());
            });
  }

  /** Chooses what the holder hears about on this account. */
  public void hearAbout(SignedIn who, String number, Collection<String> categories) {
    var chosen = Categories.parse("categories", categories);
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              var contacts = store.contacts().of(account.id());
              var after = account.hearingAbout(chosen);
              Recipients.mustStillReceiveInvoices(account, contacts, after, contacts);
              store.accounts().save(after);
              store
                  .activity()
                  .record(
                      Happening.of(
                              What.CATEGORIES_CHANGED,
                              account.id(),
                              who.user().id(),
                              clock.instant())
                          .from(who.session().origin())
                          .with("categories", Categories.keys(chosen)));
            });
  }

  /** Has everybody on this account to have a second factor? */
  public boolean demandsFactor(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(() -> store.accounts().demandsFactor(access.held(who, number).id()));
  }

  /**
   * Demands a second factor of everybody on this account, or no longer.
   *
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_ACCOUNT, or NO_FACTOR where the holder has none either
   */
  public void demandFactor(SignedIn who, String number, boolean demanded) {
    Step.DEMAND_FACTOR.mustBeProved(who.session().provedAt(), clock.instant());
    store
        .transactions()
        .inOne(
            () -> {
              var standing = store.standings().lock(who.user().id()).orElseThrow();
              var account = access.lockHeld(who, number);
              if (demanded && !standing.hasFactor()) {
                throw new Refusal(Reason.NO_FACTOR);
              }
              if (store.accounts().demandsFactor(account.id()) == demanded) {
                return;
              }
              store.accounts().demandFactor(account.id(), demanded);
              record(
                  demanded ? What.FACTOR_DEMANDED : What.FACTOR_NO_LONGER_DEMANDED,
                  account,
                  who,
                  who.session().origin(),
                  ImmutableSet.of());
            });
  }

  /** The name and address to print on an invoice of that instant; nothing before the opening. */
  public Optional<InvoiceParty> invoiceParty(String number, Instant instant) {
    return store.transactions().inOne(() -> parties.at(access.any(number), instant));
  }

  /** The account, for the host. */
  public Account find(String number) {
    return store.transactions().inOne(() -> access.any(number));
  }

  private void put(Account account, AccountDetails details, SignedIn who, Origin origin) {
    var changed = DetailsField.changed(account.details(), details);
    if (!changed.isEmpty()) {
      save(account.with(details));
      record(What.DETAILS_CHANGED, account, who, origin, changed);
    }
  }

  private void save(Account account) {
    store.accounts().save(account);
    parties.follow(account, clock.instant());
  }

  private void record(
      What what,
      Account account,
      @Nullable SignedIn who,
      @Nullable Origin origin,
      ImmutableSet<DetailsField> fields) {
    var happening =
        Happening.of(what, account.id(), who == null ? null : who.user().id(), clock.instant())
            .with(
                "fields", fields.stream().map(DetailsField::key).collect(Collectors.joining(" ")));
    store.activity().record(origin == null ? happening : happening.from(origin));
  }

  private void mustBeBillable(Account account, Contact.Id id) {
    var contact =
        store
            .contacts()
            .find(id)
            .filter(c -> c.account().equals(account.id()))
            .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CONTACT));
    if (contact.address().isEmpty()) {
      throw new Refusal(Reason.CONTACT_HAS_NO_ADDRESS);
    }
  }
}
