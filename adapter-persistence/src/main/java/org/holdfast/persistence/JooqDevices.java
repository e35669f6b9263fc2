package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.DEVICES;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.signin.Devices;
import org.holdfast.domain.UserId;
import org.jooq.DSLContext;

/** Keeps devices in {@code devices}. */
final class JooqDevices implements Devices {

  private final DSLContext db;

  JooqDevices(DSLContext db) {
    this.db = db;
  }

  @Override
  public void remember(UserId user, String fingerprint, Instant now) {
    var seen =
        db.update(DEVICES)
            .set(DEVICES.LAST_SEEN, now)
            .where(DEVICES.USER_ID.eq(user.value()), DEVICES.FINGERPRINT.eq(fingerprint))
            .execute();
    if (seen == 0) {
      Columns.insertOnce(
          db.insertInto(DEVICES)
              .set(DEVICES.USER_ID, user.value())
              .set(DEVICES.FINGERPRINT, fingerprint)
              .set(DEVICES.FIRST_SEEN, now)
              .set(DEVICES.LAST_SEEN, now));
    }
  }

  @Override
  public Optional<Instant> seenAt(UserId user, String fingerprint) {
    return Columns.isPlain(fingerprint)
        ? db.select(DEVICES.LAST_SEEN)
            .from(DEVICES)
            .where(DEVICES.USER_ID.eq(user.value()), DEVICES.FINGERPRINT.eq(fingerprint))
            .fetchOptional(DEVICES.LAST_SEEN)
        : Optional.empty();
  }

  @Override
  public void forgetAll(UserId user) {
    db.deleteFrom(DEVICES).where(DEVICES.USER_ID.eq(user.value())).execute();
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(DEVICES).where(DEVICES.LAST_SEEN.lt(before)).execute();
  }
}
