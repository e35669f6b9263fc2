package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableListMultimap.toImmutableListMultimap;
import static org.holdfast.persistence.schema.Tables.CONTACTS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import java.util.Collection;
import java.util.Optional;
import org.holdfast.application.contact.Contacts;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.BillingAddress;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** Keeps contacts in {@code contacts}. */
final class JooqContacts implements Contacts {

  private final DSLContext db;

  JooqContacts(DSLContext db) {
    this.db = db;
  }

  @Override
  public boolean add(Contact contact) {
    var last =
        db.select(DSL.coalesce(DSL.max(CONTACTS.ADDED_NO), 0L))
            .from(CONTACTS)
            .where(CONTACTS.ACCOUNT_ID.eq(contact.account().value()))
            .fetchSingle()
            .value1();
    var address = contact.address();
    return Columns.insertOnce(
        db.insertInto(CONTACTS)
            .set(CONTACTS.ID, contact.id().value())
            .set(CONTACTS.ACCOUNT_ID, contact.account().value())
            .set(CONTACTS.CONTACT_NAME, contact.name())
            .set(CONTACTS.EMAIL, contact.email().value())
            .set(CONTACTS.COMPANY, contact.company())
            .set(CONTACTS.PHONE, contact.phone())
            .set(CONTACTS.LINE1, address.map(BillingAddress::line1).orElse(null))
            .set(CONTACTS.LINE2, address.map(BillingAddress::line2).orElse(null))
            .set(CONTACTS.CITY, address.map(BillingAddress::city).orElse(null))
            .set(CONTACTS.REGION, address.map(BillingAddress::region).orElse(null))
            .set(CONTACTS.POSTCODE, address.map(BillingAddress::postcode).orElse(null))
            .set(CONTACTS.COUNTRY, address.map(BillingAddress::country).orElse(null))
            .set(CONTACTS.CATEGORIES, Columns.keys(contact.categories()))
            .set(CONTACTS.CONFIRMED_AT, contact.confirmedAt().orElse(null))
            .set(CONTACTS.ADDED_NO, last + 1));
  }

  @Override
  public Optional<Contact> find(Contact.Id id) {
    return db.selectFrom(CONTACTS)
        .where(CONTACTS.ID.eq(id.value()))
        .fetchOptional(JooqContacts::contact);
  }

  @Override
  public boolean save(Contact contact) {
    var taken =
        db.fetchExists(
            CONTACTS,
            CONTACTS
                .ACCOUNT_ID
                .eq(contact.account().value())
                .and(CONTACTS.EMAIL.eq(contact.email().value()))
                .and(CONTACTS.ID.ne(contact.id().value())));
    if (taken) { // and the unique index is for those who did not lock the account
      return false;
    }
    var address = contact.address();
    db.update(CONTACTS)
        .set(CONTACTS.CONTACT_NAME, contact.name())
        .set(CONTACTS.EMAIL, contact.email().value())
        .set(CONTACTS.COMPANY, contact.company())
        .set(CONTACTS.PHONE, contact.phone())
        .set(CONTACTS.LINE1, address.map(BillingAddress::line1).orElse(null))
        .set(CONTACTS.LINE2, address.map(BillingAddress::line2).orElse(null))
        .set(CONTACTS.CITY, address.map(BillingAddress::city).orElse(null))
        .set(CONTACTS.REGION, address.map(BillingAddress::region).orElse(null))
        .set(CONTACTS.POSTCODE, address.map(BillingAddress::postcode).orElse(null))
        .set(CONTACTS.COUNTRY, address.map(BillingAddress::country).orElse(null))
        .set(CONTACTS.CATEGORIES, Columns.keys(contact.categories()))
        .set(CONTACTS.CONFIRMED_AT, contact.confirmedAt().orElse(null))
        .where(CONTACTS.ID.eq(contact.id().value()))
        .execute();
    return true;
  }

  @Override
  public void remove(Contact.Id id) {
    db.deleteFrom(CONTACTS).where(CONTACTS.ID.eq(id.value())).execute();
  }

  @Override
  public ImmutableList<Contact> of(AccountId account) {
    return db
        .selectFrom(CONTACTS)
        .where(CONTACTS.ACCOUNT_ID.eq(account.value()))
        .orderBy(CONTACTS.ADDED_NO)
        .fetch(JooqContacts::contact)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public ImmutableListMultimap<AccountId, Contact> ofAll(Collection<AccountId> accounts) {
    if (accounts.isEmpty()) {
      return ImmutableListMultimap.of();
    }
    return db
        .selectFrom(CONTACTS)
        .where(CONTACTS.ACCOUNT_ID.in(accounts.stream().map(AccountId::value).toList()))
        .orderBy(CONTACTS.ACCOUNT_ID, CONTACTS.ADDED_NO)
        .fetch(JooqContacts::contact)
        .stream()
        .collect(toImmutableListMultimap(Contact::account, c -> c));
  }

  private static Contact contact(Record row) {
    return new Contact(
        new Contact.Id(row.get(CONTACTS.ID)),
        new AccountId(row.get(CONTACTS.ACCOUNT_ID)),
        row.get(CONTACTS.CONTACT_NAME),
        new EmailAddress(row.get(CONTACTS.EMAIL)),
        row.get(CONTACTS.COMPANY),
        row.get(CONTACTS.PHONE),
        row.get(CONTACTS.COUNTRY) == null
            ? Optional.empty()
            : Optional.of(
                new BillingAddress(
                    row.get(CONTACTS.LINE1),
                    row.get(CONTACTS.LINE2),
                    row.get(CONTACTS.CITY),
                    row.get(CONTACTS.REGION),
                    row.get(CONTACTS.POSTCODE),
                    row.get(CONTACTS.COUNTRY))),
        Columns.categories(row.get(CONTACTS.CATEGORIES)),
        Optional.ofNullable(row.get(CONTACTS.CONFIRMED_AT)));
  }
}
