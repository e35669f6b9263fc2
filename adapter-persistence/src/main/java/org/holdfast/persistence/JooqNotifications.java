package org.holdfast.persistence;

import static org.holdfast.persistence.SealedColumn.NOTIFICATIONS_MESSAGE;
import static org.holdfast.persistence.schema.Tables.LETTERS;
import static org.holdfast.persistence.schema.Tables.NOTIFICATIONS;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.notification.Notifications;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** Keeps notifications in {@code notifications}; a unique index makes a key count once. */
final class JooqNotifications implements Notifications {

  private static final String EVERY_ACCOUNT = "*";

  private final DSLContext db;
  private final Sealer sealer;

  JooqNotifications(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public boolean add(Notification n) {
    var m = n.message();
    var words = ImmutableMap.<String, String>builder();
    words.put("subject", m.subject()).put("text", m.text());
    m.html().ifPresent(html -> words.put("html", html));
    return Columns.insertOnce(
        db.insertInto(NOTIFICATIONS)
            .set(NOTIFICATIONS.ID, n.id())
            .set(NOTIFICATIONS.SCOPE, scope(n.account()))
            .set(NOTIFICATIONS.ACCOUNT_ID, n.account().map(AccountId::value).orElse(null))
            .set(NOTIFICATIONS.CATEGORY, n.category().key())
            .set(NOTIFICATIONS.IDEMPOTENCY_KEY, n.key())
            .set(
                NOTIFICATIONS.MESSAGE,
                sealer.seal(WordsCodec.write(words.build()), NOTIFICATIONS_MESSAGE.place(n.id())))
            .set(NOTIFICATIONS.AT, n.at())
            .set(NOTIFICATIONS.RECIPIENTS, n.recipients())
            .set(NOTIFICATIONS.ACCOUNTS, 0L)
            .set(NOTIFICATIONS.LETTERS, 0L));
  }

  @Override
  public Optional<Notification> findByKey(Optional<AccountId> account, String key) {
    return Columns.isPlain(key)
        ? db.selectFrom(NOTIFICATIONS)
            .where(NOTIFICATIONS.SCOPE.eq(scope(account)), NOTIFICATIONS.IDEMPOTENCY_KEY.eq(key))
            .fetchOptional(this::notification)
        : Optional.empty();
  }

  @Override
  public void setRecipients(UUID id, int recipients) {
    db.update(NOTIFICATIONS)
        .set(NOTIFICATIONS.RECIPIENTS, recipients)
        .where(NOTIFICATIONS.ID.eq(id))
        .execute();
  }

  @Override
  public Optional<Progress> progress(UUID announcement) {
    return db.selectFrom(NOTIFICATIONS)
        .where(NOTIFICATIONS.ID.eq(announcement), NOTIFICATIONS.SCOPE.eq(EVERY_ACCOUNT))
        .fetchOptional(this::progress);
  }

  @Override
  public Optional<Progress> unfinished() {
    return db.selectFrom(NOTIFICATIONS)
        .where(NOTIFICATIONS.SCOPE.eq(EVERY_ACCOUNT), NOTIFICATIONS.FINISHED_AT.isNull())
        .orderBy(NOTIFICATIONS.AT)
        .limit(1)
        .fetchOptional(this::progress);
  }

  @Override
  public boolean advance(
      Progress from, Optional<AccountId> to, int accounts, int letters, Instant now) {
    var reached =
        from.reached()
            .map(id -> NOTIFICATIONS.REACHED_ACCOUNT_ID.eq(id.value()))
            .orElse(NOTIFICATIONS.REACHED_ACCOUNT_ID.isNull());
    return db.update(NOTIFICATIONS)
            .set(
                NOTIFICATIONS.REACHED_ACCOUNT_ID,
                to.or(from::reached).map(AccountId::value).orElse(null))
            .set(NOTIFICATIONS.ACCOUNTS, NOTIFICATIONS.ACCOUNTS.plus(accounts))
            .set(NOTIFICATIONS.LETTERS, NOTIFICATIONS.LETTERS.plus(letters))
            .set(NOTIFICATIONS.FINISHED_AT, to.isPresent() ? null : now)
            .where(
                NOTIFICATIONS.ID.eq(from.announcement().id()),
                NOTIFICATIONS.FINISHED_AT.isNull(),
                reached)
            .execute()
        == 1;
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(NOTIFICATIONS)
        .where(
            NOTIFICATIONS.AT.lt(before),
            NOTIFICATIONS.SCOPE.ne(EVERY_ACCOUNT).or(NOTIFICATIONS.FINISHED_AT.isNotNull()),
            DSL.notExists(
                DSL.selectOne().from(LETTERS).where(LETTERS.NOTIFICATION_ID.eq(NOTIFICATIONS.ID))))
        .execute();
  }

  static Message open(Sealer sealer, byte[] sealed, UUID id) {
    var words = WordsCodec.read(sealer.open(sealed, NOTIFICATIONS_MESSAGE.place(id)));
    return new Message(
        words.getOrDefault("subject", ""),
        words.getOrDefault("text", ""),
        Optional.ofNullable(words.get("html")));
  }

  private static String scope(Optional<AccountId> account) {
    return account.map(AccountId::toString).orElse(EVERY_ACCOUNT);
  }

  private Notification notification(Record row) {
    var id = row.get(NOTIFICATIONS.ID);
    return new Notification(
        id,
        Optional.ofNullable(row.get(NOTIFICATIONS.ACCOUNT_ID)).map(AccountId::new),
        Category.parse(row.get(NOTIFICATIONS.CATEGORY)).orElseThrow(),
        open(sealer, row.get(NOTIFICATIONS.MESSAGE), id),
        row.get(NOTIFICATIONS.IDEMPOTENCY_KEY),
        row.get(NOTIFICATIONS.AT),
        row.get(NOTIFICATIONS.RECIPIENTS));
  }

  private Progress progress(Record row) {
    return new Progress(
        notification(row),
        Optional.ofNullable(row.get(NOTIFICATIONS.REACHED_ACCOUNT_ID)).map(AccountId::new),
        row.get(NOTIFICATIONS.ACCOUNTS),
        row.get(NOTIFICATIONS.LETTERS),
        Optional.ofNullable(row.get(NOTIFICATIONS.FINISHED_AT)));
  }
}
