package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static org.holdfast.persistence.schema.Tables.ACCOUNTS;
import static org.holdfast.persistence.schema.Tables.ACCOUNT_DOMAINS;
import static org.holdfast.persistence.schema.Tables.INVOICE_PARTIES;
import static org.holdfast.persistence.schema.Tables.USER_ADDRESSES;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.application.account.Accounts;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.BillingAddress;
import org.holdfast.domain.invoice.InvoiceParty;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;

/** Keeps accounts in {@code accounts}, and what invoices showed when in {@code invoice_parties}. */
final class JooqAccounts implements Accounts {

  private static final int KEY_LENGTH = 200; // the columns' length
  private static final int PAGE = 500; // rows in memory, and in one transaction

  private final DSLContext db;

  JooqAccounts(DSLContext db) {
    this.db = db;
  }

  @Override
  public boolean add(Account account) {
    var d = account.details();
    var a = d.address();
    return Columns.insertOnce(
        db.insertInto(ACCOUNTS)
            .set(ACCOUNTS.ID, account.id().value())
            .set(ACCOUNTS.ACCOUNT_NUMBER, account.number())
            .set(ACCOUNTS.HOLDER_ID, account.holder().value())
            .set(ACCOUNTS.FIRST_NAME, d.name().first())
            .set(ACCOUNTS.LAST_NAME, d.name().last())
            .set(ACCOUNTS.COMPANY, d.company())
            .set(ACCOUNTS.NAME_KEY, key(d.name().last()))
            .set(ACCOUNTS.FULL_NAME_KEY, key(d.name().full()))
            .set(ACCOUNTS.COMPANY_KEY, key(d.company()))
            .set(ACCOUNTS.EMAIL, d.email().value())
            .set(ACCOUNTS.EMAIL_CONFIRMED, account.emailConfirmed())
            .set(ACCOUNTS.PHONE, d.phone())
            .set(ACCOUNTS.TAX_ID, d.taxId())
            .set(ACCOUNTS.LANGUAGE, d.language().tag())
            .set(ACCOUNTS.LINE1, a.line1())
            .set(ACCOUNTS.LINE2, a.line2())
            .set(ACCOUNTS.CITY, a.city())
            .set(ACCOUNTS.REGION, a.region())
            .set(ACCOUNTS.POSTCODE, a.postcode())
            .set(ACCOUNTS.COUNTRY, a.country())
            .set(ACCOUNTS.CATEGORIES, Columns.keys(account.holderCategories()))
            .set(
                ACCOUNTS.BILLED_CONTACT_ID,
                account.billedContact().map(Contact.Id::value).orElse(null))
            .set(ACCOUNTS.OPENED_AT, account.openedAt())
            .set(ACCOUNTS.VERSION, account.version()));
  }

  @Override
  public Optional<Account> find(AccountId id) {
    return db.selectFrom(ACCOUNTS)
        .where(ACCOUNTS.ID.eq(id.value()))
        .fetchOptional(JooqAccounts::account);
  }

  @Override
  public Optional<Account> findByNumber(String number) {
    return Columns.isPlain(number)
        ? db.selectFrom(ACCOUNTS)
            .where(ACCOUNTS.ACCOUNT_NUMBER.eq(number))
            .fetchOptional(JooqAccounts::account)
        : Optional.empty();
  }

  @Override
  public Optional<Account> lock(AccountId id) {
    return db.selectFrom(ACCOUNTS)
        .where(ACCOUNTS.ID.eq(id.value()))
        .forUpdate()
        .fetchOptional(JooqAccounts::account);
  }

  @Override
  public void save(Account account) {
    var d = account.details();
    var a = d.address();
    var saved =
        db.update(ACCOUNTS)
            .set(ACCOUNTS.HOLDER_ID, account.holder().value())
            .set(ACCOUNTS.FIRST_NAME, d.name().first())
            .set(ACCOUNTS.LAST_NAME, d.name().last())
            .set(ACCOUNTS.COMPANY, d.company())
            .set(ACCOUNTS.NAME_KEY, key(d.name().last()))
            .set(ACCOUNTS.FULL_NAME_KEY, key(d.name().full()))
            .set(ACCOUNTS.COMPANY_KEY, key(d.company()))
            .set(ACCOUNTS.EMAIL, d.email().value())
            .set(ACCOUNTS.EMAIL_CONFIRMED, account.emailConfirmed())
            .set(ACCOUNTS.PHONE, d.phone())
            .set(ACCOUNTS.TAX_ID, d.taxId())
            .set(ACCOUNTS.LANGUAGE, d.language().tag())
            .set(ACCOUNTS.LINE1, a.line1())
            .set(ACCOUNTS.LINE2, a.line2())
            .set(ACCOUNTS.CITY, a.city())
            .set(ACCOUNTS.REGION, a.region())
            .set(ACCOUNTS.POSTCODE, a.postcode())
            .set(ACCOUNTS.COUNTRY, a.country())
            .set(ACCOUNTS.CATEGORIES, Columns.keys(account.holderCategories()))
            .set(
                ACCOUNTS.BILLED_CONTACT_ID,
                account.billedContact().map(Contact.Id::value).orElse(null))
            .set(ACCOUNTS.VERSION, account.version() + 1)
            .where(ACCOUNTS.ID.eq(account.id().value()), ACCOUNTS.VERSION.eq(account.version()))
            .execute();
    if (saved == 0) {
      throw new Refusal(Refusal.Reason.CHANGED_MEANWHILE);
    }
  }

  @Override
  public boolean demandsFactor(AccountId id) {
    return db.fetchExists(
        ACCOUNTS, ACCOUNTS.ID.eq(id.value()).and(ACCOUNTS.FACTOR_REQUIRED.isTrue()));
  }

  @Override
  public void demandFactor(AccountId id, boolean demanded) {
    db.update(ACCOUNTS)
        .set(ACCOUNTS.FACTOR_REQUIRED, demanded)
        .where(ACCOUNTS.ID.eq(id.value()))
        .execute();
  }

  @Override
  public ImmutableSet<String> domains(AccountId id) {
    return db
        .select(ACCOUNT_DOMAINS.DOMAIN)
        .from(ACCOUNT_DOMAINS)
        .where(ACCOUNT_DOMAINS.ACCOUNT_ID.eq(id.value()))
        .orderBy(ACCOUNT_DOMAINS.DOMAIN)
        .fetch(ACCOUNT_DOMAINS.DOMAIN)
        .stream()
        .collect(ImmutableSet.toImmutableSet());
  }

  @Override
  public void setDomains(AccountId id, Set<String> domains) {
    lock(id); // of two who tell at once the later one counts as a whole
    db.deleteFrom(ACCOUNT_DOMAINS).where(ACCOUNT_DOMAINS.ACCOUNT_ID.eq(id.value())).execute();
    if (!domains.isEmpty()) {
      var insert =
          db.insertInto(ACCOUNT_DOMAINS, ACCOUNT_DOMAINS.ACCOUNT_ID, ACCOUNT_DOMAINS.DOMAIN);
      for (var domain : domains) {
        insert = insert.values(id.value(), domain);
      }
      insert.execute();
    }
  }

  @Override
  public ImmutableList<Account> heldBy(UserId user) {
    return db
        .selectFrom(ACCOUNTS)
        .where(ACCOUNTS.HOLDER_ID.eq(user.value()))
        .orderBy(ACCOUNTS.OPENED_AT, ACCOUNTS.ACCOUNT_NUMBER)
        .fetch(JooqAccounts::account)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public ImmutableList<Account> named(String key, int most) {
    if (!Columns.isText(key)) {
      return ImmutableList.of();
    }
    // each by its own index: with an OR a database may read all there is
    return found(
        some(beginsWith(ACCOUNTS.NAME_KEY, key), most)
            .union(some(beginsWith(ACCOUNTS.FULL_NAME_KEY, key), most))
            .union(some(beginsWith(ACCOUNTS.COMPANY_KEY, key), most)),
        most);
  }

  @Override
  public ImmutableList<Account> at(EmailAddress address, int most) {
    var holder =
        DSL.select(USER_ADDRESSES.USER_ID)
            .from(USER_ADDRESSES)
            .where(USER_ADDRESSES.ADDRESS.eq(address.value()), USER_ADDRESSES.KEPT_UNTIL.isNull());
    return found(
        some(ACCOUNTS.EMAIL.eq(address.value()), most)
            .union(some(ACCOUNTS.HOLDER_ID.in(holder), most)),
        most);
  }

  @Override
  public ImmutableList<Account> running(String domain, int most) {
    return Columns.isPlain(domain)
        ? db
            .select(ACCOUNTS.fields())
            .from(ACCOUNT_DOMAINS)
            .join(ACCOUNTS)
            .on(ACCOUNTS.ID.eq(ACCOUNT_DOMAINS.ACCOUNT_ID))
            .where(ACCOUNT_DOMAINS.DOMAIN.eq(domain))
            .orderBy(ACCOUNTS.ACCOUNT_NUMBER)
            .limit(most)
            .fetch(JooqAccounts::account)
            .stream()
            .collect(toImmutableList())
        : ImmutableList.of();
  }

  private Select<Record> some(Condition which, int most) {
    return db.select(ACCOUNTS.fields())
        .from(ACCOUNTS)
        .where(which)
        .orderBy(ACCOUNTS.ACCOUNT_NUMBER)
        .limit(most);
  }

  private ImmutableList<Account> found(Select<Record> parts, int most) {
    var table = parts.asTable("found");
    return db
        .select()
        .from(table)
        .orderBy(requireNonNull(table.field(ACCOUNTS.ACCOUNT_NUMBER)))
        .limit(most)
        .fetch(JooqAccounts::account)
        .stream()
        .collect(toImmutableList());
  }

  /** A range, for which every database uses the index. */
  private Condition beginsWith(Field<String> column, String text) {
    var from = cut(text);
    return column.ge(from).and(column.lt(from + last()));
  }

  /** Behind all that a text can go on with: H2 compares UTF-16 units, the others code points. */
  private String last() {
    return db.family() == SQLDialect.H2 ? "\uffff" : "\udbff\udfff";
  }

  private static String key(String text) {
    return cut(Accounts.searchKey(text));
  }

  /** As much of it as the columns hold, no character in halves. */
  private static String cut(String key) {
    return key.codePointCount(0, key.length()) <= KEY_LENGTH / 2
        ? key
        : key.substring(0, key.offsetByCodePoints(0, KEY_LENGTH / 2));
  }

  /**
   * Gives keys to the accounts that an earlier version wrote. It may be broken off anywhere, and
   * several nodes may do it at once; an account that somebody saves meanwhile is left to them.
   */
  void fillKeys() {
    var missing = db.transactionResult(page -> fillKeys(page.dsl(), Optional.empty()));
    while (missing.isPresent()) {
      var behind = missing;
      missing = db.transactionResult(page -> fillKeys(page.dsl(), behind));
    }
  }

  /** Fills a page, and says which account was its last; nothing where there was none. */
  private static Optional<UUID> fillKeys(DSLContext db, Optional<UUID> behind) {
    var page =
        db.select(
                ACCOUNTS.ID,
                ACCOUNTS.VERSION,
                ACCOUNTS.FIRST_NAME,
                ACCOUNTS.LAST_NAME,
                ACCOUNTS.COMPANY)
            .from(ACCOUNTS)
            .where(
                ACCOUNTS.NAME_KEY.isNull(), behind.map(ACCOUNTS.ID::gt).orElse(DSL.noCondition()))
            .orderBy(ACCOUNTS.ID)
            .limit(PAGE)
            .fetch();
    db.batch(page.stream().map(row -> keysOf(db, row)).toList()).execute();
    return page.isEmpty()
        ? Optional.empty()
        : Optional.of(page.get(page.size() - 1).get(ACCOUNTS.ID));
  }

  private static Query keysOf(DSLContext db, Record row) {
    var name = row.get(ACCOUNTS.FIRST_NAME) + " " + row.get(ACCOUNTS.LAST_NAME);
    return db.update(ACCOUNTS)
        .set(ACCOUNTS.NAME_KEY, key(row.get(ACCOUNTS.LAST_NAME)))
        .set(ACCOUNTS.FULL_NAME_KEY, key(name))
        .set(ACCOUNTS.COMPANY_KEY, key(row.get(ACCOUNTS.COMPANY)))
        .where(
            ACCOUNTS.ID.eq(row.get(ACCOUNTS.ID)),
            ACCOUNTS.VERSION.eq(row.get(ACCOUNTS.VERSION)),
            ACCOUNTS.NAME_KEY.isNull());
  }

  @Override
  public ImmutableList<Account> page(Optional<AccountId> after, int most) {
    return db
        .selectFrom(ACCOUNTS)
        .where(after.map(id -> ACCOUNTS.ID.gt(id.value())).orElse(DSL.noCondition()))
        .orderBy(ACCOUNTS.ID)
        .limit(most)
        .fetch(JooqAccounts::account)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public void record(AccountId id, InvoiceParty party) {
    db.deleteFrom(INVOICE_PARTIES)
        .where(INVOICE_PARTIES.ACCOUNT_ID.eq(id.value()), INVOICE_PARTIES.SINCE.eq(party.since()))
        .execute();
    db.insertInto(INVOICE_PARTIES)
        .set(INVOICE_PARTIES.ACCOUNT_ID, id.value())
        .set(INVOICE_PARTIES.SINCE, party.since())
        .set(INVOICE_PARTIES.PARTY_NAME, party.name())
        .set(INVOICE_PARTIES.COMPANY, party.company())
        .set(INVOICE_PARTIES.TAX_ID, party.taxId())
        .set(INVOICE_PARTIES.EMAIL, party.email().value())
        .set(INVOICE_PARTIES.LINE1, party.address().line1())
        .set(INVOICE_PARTIES.LINE2, party.address().line2())
        .set(INVOICE_PARTIES.CITY, party.address().city())
        .set(INVOICE_PARTIES.REGION, party.address().region())
        .set(INVOICE_PARTIES.POSTCODE, party.address().postcode())
        .set(INVOICE_PARTIES.COUNTRY, party.address().country())
        .execute();
  }

  @Override
  public Optional<InvoiceParty> partyAt(AccountId id, Instant instant) {
    var p = INVOICE_PARTIES;
    return db.selectFrom(p)
        .where(p.ACCOUNT_ID.eq(id.value()), p.SINCE.le(instant))
        .orderBy(p.SINCE.desc())
        .limit(1)
        .fetchOptional(
            row ->
                new InvoiceParty(
                    row.get(p.PARTY_NAME),
                    row.get(p.COMPANY),
                    row.get(p.TAX_ID),
                    new EmailAddress(row.get(p.EMAIL)),
                    new BillingAddress(
                        row.get(p.LINE1),
                        row.get(p.LINE2),
                        row.get(p.CITY),
                        row.get(p.REGION),
                        row.get(p.POSTCODE),
                        row.get(p.COUNTRY)),
                    row.get(p.SINCE)));
  }

  private static Account account(Record row) {
    return new Account(
        new AccountId(row.get(ACCOUNTS.ID)),
        row.get(ACCOUNTS.ACCOUNT_NUMBER),
        new UserId(row.get(ACCOUNTS.HOLDER_ID)),
        new AccountDetails(
            new PersonName(row.get(ACCOUNTS.FIRST_NAME), row.get(ACCOUNTS.LAST_NAME)),
            row.get(ACCOUNTS.COMPANY),
            new EmailAddress(row.get(ACCOUNTS.EMAIL)),
            row.get(ACCOUNTS.PHONE),
            row.get(ACCOUNTS.TAX_ID),
            Columns.language(row.get(ACCOUNTS.LANGUAGE)),
            new BillingAddress(
                row.get(ACCOUNTS.LINE1),
                row.get(ACCOUNTS.LINE2),
                row.get(ACCOUNTS.CITY),
                row.get(ACCOUNTS.REGION),
                row.get(ACCOUNTS.POSTCODE),
                row.get(ACCOUNTS.COUNTRY))),
        row.get(ACCOUNTS.EMAIL_CONFIRMED),
        Columns.categories(row.get(ACCOUNTS.CATEGORIES)),
        Optional.ofNullable(row.get(ACCOUNTS.BILLED_CONTACT_ID)).map(Contact.Id::new),
        row.get(ACCOUNTS.OPENED_AT),
        row.get(ACCOUNTS.VERSION));
  }
}
