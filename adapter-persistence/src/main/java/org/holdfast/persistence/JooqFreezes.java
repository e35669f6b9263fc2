package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.FREEZES;

import java.time.Instant;
import org.holdfast.application.freeze.Freezes;
import org.holdfast.domain.UserId;
import org.jooq.DSLContext;

/** Keeps who is frozen in {@code freezes}. */
final class JooqFreezes implements Freezes {

  private final DSLContext db;

  JooqFreezes(DSLContext db) {
    this.db = db;
  }

  @Override
  public void freeze(UserId user, Instant now) {
    if (!Columns.insertOnce(
        db.insertInto(FREEZES).set(FREEZES.USER_ID, user.value()).set(FREEZES.SINCE, now))) {
      db.update(FREEZES).set(FREEZES.SINCE, now).where(FREEZES.USER_ID.eq(user.value())).execute();
    }
  }

  @Override
  public boolean thaw(UserId user) {
    return db.deleteFrom(FREEZES).where(FREEZES.USER_ID.eq(user.value())).execute() == 1;
  }
}
