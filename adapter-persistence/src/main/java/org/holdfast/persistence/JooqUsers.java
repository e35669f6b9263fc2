package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.USERS;
import static org.holdfast.persistence.schema.Tables.USER_ADDRESSES;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.holdfast.application.account.Users;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Keeps users in {@code users}; the primary key of {@code user_addresses} makes each address one's.
 */
final class JooqUsers implements Users {

  private final DSLContext db;

  JooqUsers(DSLContext db) {
    this.db = db;
  }

  @Override
  public boolean add(User user, Instant now) {
    db.deleteFrom(USER_ADDRESSES)
        .where(USER_ADDRESSES.ADDRESS.eq(user.email().value()), USER_ADDRESSES.KEPT_UNTIL.le(now))
        .execute();
    if (db.fetchExists(USER_ADDRESSES, USER_ADDRESSES.ADDRESS.eq(user.email().value()))) {
      return false; // the row beneath needs the user first, so the common case is seen here
    }
    db.insertInto(USERS)
        .set(USERS.ID, user.id().value())
        .set(USERS.FIRST_NAME, user.name().first())
        .set(USERS.LAST_NAME, user.name().last())
        .set(USERS.EMAIL, user.email().value())
        .set(USERS.LANGUAGE, user.language().tag())
        .set(USERS.TIME_ZONE, user.timeZone().getId())
        .set(USERS.CONFIRMED_AT, user.confirmedAt().orElse(null))
        .set(USERS.DISABLED_AT, user.disabledAt().orElse(null))
        .execute();
    if (take(user.id(), user.email())) {
      return true;
    }
    db.deleteFrom(USERS).where(USERS.ID.eq(user.id().value())).execute();
    return false;
  }

  @Override
  public Optional<User> find(UserId id) {
    return db.selectFrom(USERS).where(USERS.ID.eq(id.value())).fetchOptional(row -> user(row::get));
  }

  @Override
  public Optional<User> findByAddress(EmailAddress address) {
    return findWhere(address, USER_ADDRESSES.KEPT_UNTIL.isNull());
  }

  @Override
  public Optional<User> findRecoverable(EmailAddress address, Instant now) {
    return findWhere(
        address, USER_ADDRESSES.KEPT_UNTIL.isNull().or(USER_ADDRESSES.KEPT_UNTIL.gt(now)));
  }

  @Override
  public ImmutableList<EmailAddress> previousAddresses(UserId id, Instant now) {
    return db
        .select(USER_ADDRESSES.ADDRESS)
        .from(USER_ADDRESSES)
        .where(USER_ADDRESSES.USER_ID.eq(id.value()), USER_ADDRESSES.KEPT_UNTIL.gt(now))
        .orderBy(USER_ADDRESSES.ADDRESS)
        .fetch(row -> new EmailAddress(row.value1()))
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public void save(User user) {
    db.update(USERS)
        .set(USERS.FIRST_NAME, user.name().first())
        .set(USERS.LAST_NAME, user.name().last())
        .set(USERS.LANGUAGE, user.language().tag())
        .set(USERS.TIME_ZONE, user.timeZone().getId())
        .set(USERS.CONFIRMED_AT, user.confirmedAt().orElse(null))
        .where(USERS.ID.eq(user.id().value()))
        .execute();
  }

  @Override
  public void shut(UserId id, Optional<Instant> since) {
    db.update(USERS)
        .set(USERS.DISABLED_AT, since.orElse(null))
        .where(USERS.ID.eq(id.value()))
        .execute();
  }

  @Override
  public boolean moveTo(
      UserId id, EmailAddress address, Optional<Instant> keepPreviousUntil, Instant now) {
    var user =
        db.selectFrom(USERS)
            .where(USERS.ID.eq(id.value()))
            .forUpdate()
            .fetchOptional(row -> user(row::get))
            .orElseThrow();
    if (user.email().equals(address)) {
      return true;
    }
    db.deleteFrom(USER_ADDRESSES)
        .where(
            USER_ADDRESSES.ADDRESS.eq(address.value()),
            USER_ADDRESSES.KEPT_UNTIL.le(now).or(USER_ADDRESSES.USER_ID.eq(id.value())))
        .execute();
    if (!take(id, address)) {
      return false;
    }
    var previous = USER_ADDRESSES.ADDRESS.eq(user.email().value());
    keepPreviousUntil.ifPresentOrElse(
        until ->
            db.update(USER_ADDRESSES)
                .set(USER_ADDRESSES.KEPT_UNTIL, until)
                .where(previous)
                .execute(),
        () -> db.deleteFrom(USER_ADDRESSES).where(previous).execute());
    db.update(USERS)
        .set(USERS.EMAIL, address.value())
        .set(USERS.CONFIRMED_AT, user.confirmedAt().orElse(now))
        .where(USERS.ID.eq(id.value()))
        .execute();
    return true;
  }

  private boolean take(UserId id, EmailAddress address) {
    return Columns.insertOnce(
        db.insertInto(USER_ADDRESSES)
            .set(USER_ADDRESSES.ADDRESS, address.value())
            .set(USER_ADDRESSES.USER_ID, id.value()));
  }

  private Optional<User> findWhere(EmailAddress address, Condition kept) {
    return db.select(USERS.fields())
        .from(USER_ADDRESSES)
        .join(USERS)
        .on(USERS.ID.eq(USER_ADDRESSES.USER_ID))
        .where(USER_ADDRESSES.ADDRESS.eq(address.value()), kept)
        .fetchOptional(row -> user(row::get));
  }

  static User user(Row row) {
    return new User(
        new UserId(row.get(USERS.ID)),
        new PersonName(row.get(USERS.FIRST_NAME), row.get(USERS.LAST_NAME)),
        new EmailAddress(row.get(USERS.EMAIL)),
        Columns.language(row.get(USERS.LANGUAGE)),
        ZoneId.of(row.get(USERS.TIME_ZONE)),
        Optional.ofNullable(row.get(USERS.CONFIRMED_AT)),
        Optional.ofNullable(row.get(USERS.DISABLED_AT)));
  }
}
