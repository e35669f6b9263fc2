package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.SealedColumn.LETTERS_WORDS;
import static org.holdfast.persistence.schema.Tables.LETTERS;
import static org.holdfast.persistence.schema.Tables.NOTIFICATIONS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.Ids;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.jooq.DSLContext;
import org.jooq.InsertOnDuplicateStep;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * Keeps letters in {@code letters}. One that is to be sent has a {@code due_at}; claiming it moves
 * that to the end of the lease, so that a lease which ends unsettled makes the letter due by
 * itself.
 */
final class JooqOutbox implements Outbox {

  private final DSLContext db;
  private final Sealer sealer;
  private final Ids ids;

  JooqOutbox(DSLContext db, Sealer sealer, Ids ids) {
    this.db = db;
    this.sealer = sealer;
    this.ids = ids;
  }

  @Override
  public void post(Letter letter) {
    insert(letter).execute();
  }

  @Override
  public int postAll(Collection<Letter> letters) {
    var posted = 0;
    for (var letter : letters) {
      if (Columns.insertOnce(insert(letter))) {
        posted++;
      }
    }
    return posted;
  }

  private InsertOnDuplicateStep<?> insert(Letter letter) {
    return db.insertInto(LETTERS)
        .set(LETTERS.ID, letter.id())
        .set(LETTERS.KIND, letter.kind().name())
        .set(LETTERS.RECIPIENT, letter.to().value())
        .set(LETTERS.LANGUAGE, letter.language().tag())
        .set(
            LETTERS.WORDS,
            letter.words().isEmpty()
                ? null
                : sealer.seal(WordsCodec.write(letter.words()), LETTERS_WORDS.place(letter.id())))
        .set(LETTERS.ACCOUNT_ID, letter.ofAccount().map(AccountId::value).orElse(null))
        .set(LETTERS.CONTACT_ID, letter.toContact().map(Contact.Id::value).orElse(null))
        .set(LETTERS.NOTIFICATION_ID, letter.notification())
        .set(LETTERS.POSTED_AT, letter.postedAt())
        .set(LETTERS.EXPIRES_AT, letter.expiresAt())
        .set(LETTERS.STATE, Delivery.State.QUEUED.name())
        .set(LETTERS.ATTEMPTS, 0)
        .set(LETTERS.REPLY, "")
        .set(LETTERS.AT, letter.postedAt())
        .set(LETTERS.DUE_AT, letter.postedAt());
  }

  @Override
  public ImmutableList<Claimed> claim(int most, Instant now, Duration lease) {
    var due =
        db.select(LETTERS.ID)
            .from(LETTERS)
            .where(LETTERS.DUE_AT.le(now))
            .orderBy(LETTERS.DUE_AT)
            .limit(most)
            .forUpdate()
            .skipLocked()
            .fetch(LETTERS.ID);
    if (due.isEmpty()) {
      return ImmutableList.of();
    }
    var claim = ids.next();
    db.update(LETTERS)
        .set(LETTERS.CLAIM_ID, claim)
        .set(LETTERS.DUE_AT, now.plus(lease))
        .where(LETTERS.ID.in(due), LETTERS.DUE_AT.le(now)) // the UPDATE decides, not the SELECT
        .execute();
    return db
        .select(LETTERS.fields())
        .select(NOTIFICATIONS.CATEGORY, NOTIFICATIONS.MESSAGE)
        .from(LETTERS)
        .leftJoin(NOTIFICATIONS)
        .on(NOTIFICATIONS.ID.eq(LETTERS.NOTIFICATION_ID))
        .where(LETTERS.ID.in(due), LETTERS.CLAIM_ID.eq(claim))
        .orderBy(LETTERS.POSTED_AT)
        .fetch(row -> claimed(row, claim))
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public boolean settle(
      Claimed claimed, Delivery.State state, String reply, Optional<Instant> retryAt, Instant now) {
    var ends = state != Delivery.State.DEFERRED;
    return db.update(LETTERS)
            .set(LETTERS.STATE, state.name())
            .set(LETTERS.REPLY, Columns.reply(reply))
            .set(LETTERS.AT, now)
            .set(LETTERS.ATTEMPTS, LETTERS.ATTEMPTS.plus(1))
            .set(LETTERS.DUE_AT, retryAt.filter(at -> !ends).orElse(null))
            .set(LETTERS.CLAIM_ID, (UUID) null)
            .set(LETTERS.WORDS, ends ? DSL.val((byte[]) null, LETTERS.WORDS) : LETTERS.WORDS)
            .where(LETTERS.ID.eq(claimed.letter().id()), LETTERS.CLAIM_ID.eq(claimed.claim()))
            .execute()
        == 1;
  }

  @Override
  public ImmutableList<Delivery> deliveries(AccountId account, Optional<UUID> before, int most) {
    var behind =
        before
            .flatMap(
                id ->
                    db.select(LETTERS.POSTED_AT)
                        .from(LETTERS)
                        .where(LETTERS.ID.eq(id))
                        .fetchOptional(LETTERS.POSTED_AT)
                        .map(
                            at ->
                                LETTERS
                                    .POSTED_AT
                                    .lt(at)
                                    .or(LETTERS.POSTED_AT.eq(at).and(LETTERS.ID.lt(id)))))
            .orElse(DSL.noCondition());
    return db
        .select(LETTERS.fields())
        .select(NOTIFICATIONS.CATEGORY, NOTIFICATIONS.MESSAGE)
        .from(LETTERS)
        .leftJoin(NOTIFICATIONS)
        .on(NOTIFICATIONS.ID.eq(LETTERS.NOTIFICATION_ID))
        .where(LETTERS.ACCOUNT_ID.eq(account.value()), behind)
        .orderBy(LETTERS.POSTED_AT.desc(), LETTERS.ID.desc())
        .limit(most)
        .fetch(this::delivery)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public int waiting() {
    return db.fetchCount(LETTERS, LETTERS.DUE_AT.isNotNull());
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(LETTERS).where(LETTERS.AT.lt(before), LETTERS.DUE_AT.isNull()).execute();
  }

  private Claimed claimed(Record row, UUID claim) {
    return new Claimed(letter(row), claim, row.get(LETTERS.ATTEMPTS), category(row), message(row));
  }

  private Letter letter(Record row) {
    var id = row.get(LETTERS.ID);
    var words = row.get(LETTERS.WORDS);
    var account = row.get(LETTERS.ACCOUNT_ID);
    var contact = row.get(LETTERS.CONTACT_ID);
    return new Letter(
        id,
        Letter.Kind.valueOf(row.get(LETTERS.KIND)),
        new EmailAddress(row.get(LETTERS.RECIPIENT)),
        Columns.language(row.get(LETTERS.LANGUAGE)),
        words == null
            ? ImmutableMap.of()
            : WordsCodec.read(sealer.open(words, LETTERS_WORDS.place(id))),
        account == null ? null : new AccountId(account),
        contact == null ? null : new Contact.Id(contact),
        row.get(LETTERS.NOTIFICATION_ID),
        row.get(LETTERS.POSTED_AT),
        row.get(LETTERS.EXPIRES_AT));
  }

  private Delivery delivery(Record row) {
    return new Delivery(
        row.get(LETTERS.ID),
        Letter.Kind.valueOf(row.get(LETTERS.KIND)),
        category(row),
        message(row).map(Message::subject),
        new EmailAddress(row.get(LETTERS.RECIPIENT)),
        Delivery.State.valueOf(row.get(LETTERS.STATE)),
        row.get(LETTERS.ATTEMPTS),
        row.get(LETTERS.REPLY),
        row.get(LETTERS.POSTED_AT),
        row.get(LETTERS.AT));
  }

  private static Optional<Category> category(Record row) {
    return Optional.ofNullable(row.get(NOTIFICATIONS.CATEGORY)).flatMap(Category::parse);
  }

  private Optional<Message> message(Record row) {
    return Optional.ofNullable(row.get(NOTIFICATIONS.MESSAGE))
        .map(bytes -> JooqNotifications.open(sealer, bytes, row.get(LETTERS.NOTIFICATION_ID)));
  }
}
