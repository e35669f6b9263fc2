package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.LINKED_IDENTITIES;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.linkedaccount.LinkedIdentities;
import org.holdfast.domain.UserId;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps them in {@code linked_identities}; an identity's key is there once. */
final class JooqLinkedIdentities implements LinkedIdentities {

  private final DSLContext db;

  JooqLinkedIdentities(DSLContext db) {
    this.db = db;
  }

  @Override
  public boolean add(LinkedIdentity identity, String identityKey) {
    return Columns.insertOnce(
        db.insertInto(LINKED_IDENTITIES)
            .set(LINKED_IDENTITIES.ID, identity.id())
            .set(LINKED_IDENTITIES.USER_ID, identity.user().value())
            .set(LINKED_IDENTITIES.PROVIDER, identity.provider())
            .set(LINKED_IDENTITIES.IDENTITY_KEY, identityKey)
            .set(LINKED_IDENTITIES.LINKED_AT, identity.linkedAt()));
  }

  @Override
  public Optional<LinkedIdentity> find(String identityKey) {
    return db.selectFrom(LINKED_IDENTITIES)
        .where(LINKED_IDENTITIES.IDENTITY_KEY.eq(identityKey))
        .fetchOptional(JooqLinkedIdentities::identity);
  }

  @Override
  public ImmutableList<LinkedIdentity> of(UserId user) {
    return db
        .selectFrom(LINKED_IDENTITIES)
        .where(LINKED_IDENTITIES.USER_ID.eq(user.value()))
        .orderBy(LINKED_IDENTITIES.LINKED_AT, LINKED_IDENTITIES.ID)
        .fetch(JooqLinkedIdentities::identity)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public void touch(UUID id, Instant now) {
    db.update(LINKED_IDENTITIES)
        .set(LINKED_IDENTITIES.LAST_USED_AT, now)
        .where(LINKED_IDENTITIES.ID.eq(id))
        .execute();
  }

  @Override
  public boolean remove(UserId user, UUID id) {
    return db.deleteFrom(LINKED_IDENTITIES)
            .where(LINKED_IDENTITIES.ID.eq(id), LINKED_IDENTITIES.USER_ID.eq(user.value()))
            .execute()
        == 1;
  }

  @Override
  public void removeAll(UserId user) {
    db.deleteFrom(LINKED_IDENTITIES).where(LINKED_IDENTITIES.USER_ID.eq(user.value())).execute();
  }

  private static LinkedIdentity identity(Record row) {
    return new LinkedIdentity(
        row.get(LINKED_IDENTITIES.ID),
        new UserId(row.get(LINKED_IDENTITIES.USER_ID)),
        row.get(LINKED_IDENTITIES.PROVIDER),
        row.get(LINKED_IDENTITIES.LINKED_AT),
        Optional.ofNullable(row.get(LINKED_IDENTITIES.LAST_USED_AT)));
  }
}
