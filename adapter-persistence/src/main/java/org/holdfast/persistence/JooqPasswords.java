package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.DEVICES;
import static org.holdfast.persistence.schema.Tables.PASSWORDS;
import static org.holdfast.persistence.schema.Tables.USERS;
import static org.holdfast.persistence.schema.Tables.USER_ADDRESSES;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.credential.Passwords;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Keeps hashes in {@code passwords}; the version is replaced by one conditional write. */
final class JooqPasswords implements Passwords {

  private static final Field<?>[] CANDIDATE = {
    USERS.ID, USERS.DISABLED_AT, PASSWORDS.HASH, PASSWORDS.VERSION, DEVICES.LAST_SEEN
  };

  private final DSLContext db;
  private final Prepared candidate;

  JooqPasswords(DSLContext db) {
    this.db = db;
    candidate =
        Prepared.query(
            db.select(CANDIDATE)
                .from(USER_ADDRESSES)
                .join(USERS)
                .on(USERS.ID.eq(USER_ADDRESSES.USER_ID))
                .leftJoin(PASSWORDS)
                .on(PASSWORDS.USER_ID.eq(USERS.ID))
                .leftJoin(DEVICES)
                .on(
                    DEVICES.USER_ID.eq(USERS.ID),
                    DEVICES.FINGERPRINT.eq(Prepared.place(DEVICES.FINGERPRINT)))
                .where(
                    USER_ADDRESSES.ADDRESS.eq(Prepared.place(USER_ADDRESSES.ADDRESS)),
                    USER_ADDRESSES.KEPT_UNTIL.isNull()),
            CANDIDATE);
  }

  @Override
  public Optional<Candidate> candidate(EmailAddress address, Optional<String> device) {
    return candidate.one(
        row ->
            new Candidate(
                new UserId(row.get(USERS.ID)),
                Optional.ofNullable(row.get(PASSWORDS.HASH))
                    .map(hash -> new Stored(hash, row.get(PASSWORDS.VERSION))),
                row.get(USERS.DISABLED_AT) != null,
                Optional.ofNullable(row.get(DEVICES.LAST_SEEN))),
        device.filter(Columns::isPlain).orElse(""),
        address.value());
  }

  @Override
  public Optional<Stored> find(UserId user) {
    return db.select(PASSWORDS.HASH, PASSWORDS.VERSION)
        .from(PASSWORDS)
        .where(PASSWORDS.USER_ID.eq(user.value()))
        .fetchOptional(row -> new Stored(row.value1(), row.value2()));
  }

  @Override
  public boolean replace(UserId user, long seen, String hash, boolean isShort, Instant now) {
    if (seen == 0) {
      return Columns.insertOnce(
          db.insertInto(PASSWORDS)
              .set(PASSWORDS.USER_ID, user.value())
              .set(PASSWORDS.HASH, hash)
              .set(PASSWORDS.VERSION, 1L)
              .set(PASSWORDS.IS_SHORT, isShort)
              .set(PASSWORDS.CHANGED_AT, now));
    }
    return db.update(PASSWORDS)
            .set(PASSWORDS.HASH, hash)
            .set(PASSWORDS.VERSION, seen + 1)
            .set(PASSWORDS.IS_SHORT, isShort)
            .set(PASSWORDS.CHANGED_AT, now)
            .where(PASSWORDS.USER_ID.eq(user.value()), PASSWORDS.VERSION.eq(seen))
            .execute()
        == 1;
  }

  @Override
  public boolean isShort(UserId user) {
    return db.fetchExists(
        PASSWORDS, PASSWORDS.USER_ID.eq(user.value()).and(PASSWORDS.IS_SHORT.isTrue()));
  }

  @Override
  public void rehash(UserId user, String oldHash, String newHash) {
    db.update(PASSWORDS)
        .set(PASSWORDS.HASH, newHash)
        .where(PASSWORDS.USER_ID.eq(user.value()), PASSWORDS.HASH.eq(oldHash))
        .execute();
  }
}
