package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.SERVICE_KEYS;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.servicekey.ServiceKey;
import org.holdfast.application.servicekey.ServiceKeys;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps keys in {@code service_keys}, under their secret's fingerprint. */
final class JooqServiceKeys implements ServiceKeys {

  private final DSLContext db;

  JooqServiceKeys(DSLContext db) {
    this.db = db;
  }

  @Override
  public void add(ServiceKey key, String fingerprint) {
    db.insertInto(SERVICE_KEYS)
        .set(SERVICE_KEYS.ID, key.id())
        .set(SERVICE_KEYS.FINGERPRINT, fingerprint)
        .set(SERVICE_KEYS.KEY_NAME, key.name())
        .set(SERVICE_KEYS.CREATED_AT, key.createdAt())
        .execute();
  }

  @Override
  public Optional<ServiceKey> find(String fingerprint) {
    return Columns.isPlain(fingerprint)
        ? db.selectFrom(SERVICE_KEYS)
            .where(SERVICE_KEYS.FINGERPRINT.eq(fingerprint))
            .fetchOptional(JooqServiceKeys::key)
        : Optional.empty();
  }

  @Override
  public void touch(UUID id, Instant now) {
    db.update(SERVICE_KEYS)
        .set(SERVICE_KEYS.LAST_USED_AT, now)
        .where(SERVICE_KEYS.ID.eq(id))
        .execute();
  }

  @Override
  public ImmutableList<ServiceKey> all() {
    return db
        .selectFrom(SERVICE_KEYS)
        .orderBy(SERVICE_KEYS.CREATED_AT)
        .fetch(JooqServiceKeys::key)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public boolean revoke(UUID id) {
    return db.deleteFrom(SERVICE_KEYS).where(SERVICE_KEYS.ID.eq(id)).execute() == 1;
  }

  private static ServiceKey key(Record row) {
    return new ServiceKey(
        row.get(SERVICE_KEYS.ID),
        row.get(SERVICE_KEYS.KEY_NAME),
        row.get(SERVICE_KEYS.CREATED_AT),
        Optional.ofNullable(row.get(SERVICE_KEYS.LAST_USED_AT)));
  }
}
