package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.SESSIONS;
import static org.holdfast.persistence.schema.Tables.USERS;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.UserId;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Keeps sessions in {@code sessions}, under their token's fingerprint. */
final class JooqOpenSessions implements OpenSessions {

  private static final Field<?>[] WHO = {
    USERS.ID,
    USERS.FIRST_NAME,
    USERS.LAST_NAME,
    USERS.EMAIL,
    USERS.LANGUAGE,
    USERS.TIME_ZONE,
    USERS.CONFIRMED_AT,
    USERS.DISABLED_AT,
    SESSIONS.ID,
    SESSIONS.USER_ID,
    SESSIONS.ORIGIN_ADDRESS,
    SESSIONS.ORIGIN_DEVICE,
    SESSIONS.CREATED_AT,
    SESSIONS.LAST_USED_AT,
    SESSIONS.PROVED_AT
  };

  private final DSLContext db;
  private final Prepared find;
  private final Prepared add;

  JooqOpenSessions(DSLContext db) {
    this.db = db;
    find =
        Prepared.query(
            db.select(WHO)
                .from(SESSIONS)
                .join(USERS)
                .on(USERS.ID.eq(SESSIONS.USER_ID))
                .where(SESSIONS.FINGERPRINT.eq(Prepared.place(SESSIONS.FINGERPRINT))),
            WHO);
    add =
        Prepared.insert(
            db,
            SESSIONS,
            SESSIONS.FINGERPRINT,
            SESSIONS.ID,
            SESSIONS.USER_ID,
            SESSIONS.ORIGIN_ADDRESS,
            SESSIONS.ORIGIN_DEVICE,
            SESSIONS.CREATED_AT,
            SESSIONS.LAST_USED_AT,
            SESSIONS.PROVED_AT);
  }

  @Override
  public void add(Session session, String fingerprint) {
    add.execute(
        fingerprint,
        session.id().value(),
        session.user().value(),
        session.origin().address(),
        session.origin().device(),
        session.createdAt(),
        session.lastUsedAt(),
        session.provedAt());
  }

  @Override
  public Optional<SignedIn> find(String fingerprint) {
    return Columns.isPlain(fingerprint)
        ? find.one(row -> new SignedIn(JooqUsers.user(row), session(row)), fingerprint)
        : Optional.empty();
  }

  @Override
  public void touch(Session.Id id, Instant now) {
    db.update(SESSIONS).set(SESSIONS.LAST_USED_AT, now).where(SESSIONS.ID.eq(id.value())).execute();
  }

  @Override
  public boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt) {
    return Columns.isPlain(oldFingerprint)
        && db.update(SESSIONS)
                .set(SESSIONS.FINGERPRINT, newFingerprint)
                .set(SESSIONS.PROVED_AT, provedAt)
                .where(SESSIONS.FINGERPRINT.eq(oldFingerprint))
                .execute()
            == 1;
  }

  @Override
  public ImmutableList<Session> of(UserId user) {
    return db
        .selectFrom(SESSIONS)
        .where(SESSIONS.USER_ID.eq(user.value()))
        .orderBy(SESSIONS.LAST_USED_AT.desc(), SESSIONS.CREATED_AT.desc())
        .fetch(row -> session(row::get))
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public boolean end(UserId user, Session.Id id) {
    return db.deleteFrom(SESSIONS)
            .where(SESSIONS.ID.eq(id.value()), SESSIONS.USER_ID.eq(user.value()))
            .execute()
        == 1;
  }

  @Override
  public int endOthers(UserId user, Session.Id kept) {
    return db.deleteFrom(SESSIONS)
        .where(SESSIONS.USER_ID.eq(user.value()), SESSIONS.ID.ne(kept.value()))
        .execute();
  }

  @Override
  public int endAll(UserId user) {
    return db.deleteFrom(SESSIONS).where(SESSIONS.USER_ID.eq(user.value())).execute();
  }

  @Override
  public int sweep(Instant lastUsedBefore, Instant createdBefore) {
    return db.deleteFrom(SESSIONS)
        .where(SESSIONS.LAST_USED_AT.lt(lastUsedBefore).or(SESSIONS.CREATED_AT.lt(createdBefore)))
        .execute();
  }

  private static Session session(Row row) {
    return new Session(
        new Session.Id(row.get(SESSIONS.ID)),
        new UserId(row.get(SESSIONS.USER_ID)),
        new Origin(row.get(SESSIONS.ORIGIN_ADDRESS), row.get(SESSIONS.ORIGIN_DEVICE)),
        row.get(SESSIONS.CREATED_AT),
        row.get(SESSIONS.LAST_USED_AT),
        row.get(SESSIONS.PROVED_AT));
  }
}
