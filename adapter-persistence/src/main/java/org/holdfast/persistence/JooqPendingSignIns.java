package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.PENDING_SIGN_INS;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.signin.PendingSignIns;
import org.holdfast.domain.UserId;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Keeps them in {@code pending_sign_ins}; whoever deletes the row has taken it. */
final class JooqPendingSignIns implements PendingSignIns {

  private final DSLContext db;

  JooqPendingSignIns(DSLContext db) {
    this.db = db;
  }

  @Override
  public void add(PendingSignIn pending, String fingerprint) {
    db.insertInto(PENDING_SIGN_INS)
        .set(PENDING_SIGN_INS.FINGERPRINT, fingerprint)
        .set(PENDING_SIGN_INS.USER_ID, pending.user().value())
        .set(PENDING_SIGN_INS.WAY, pending.way().name())
        .set(PENDING_SIGN_INS.EXPIRES_AT, pending.expiresAt())
        .execute();
  }

  @Override
  public Optional<PendingSignIn> find(String fingerprint, Instant now) {
    return Columns.isPlain(fingerprint)
        ? db.selectFrom(PENDING_SIGN_INS)
            .where(isOpen(fingerprint, now))
            .fetchOptional(
                row ->
                    new PendingSignIn(
                        new UserId(row.get(PENDING_SIGN_INS.USER_ID)),
                        Way.valueOf(row.get(PENDING_SIGN_INS.WAY)),
                        row.get(PENDING_SIGN_INS.EXPIRES_AT)))
        : Optional.empty();
  }

  @Override
  public boolean take(String fingerprint, Instant now) {
    return Columns.isPlain(fingerprint)
        && db.deleteFrom(PENDING_SIGN_INS).where(isOpen(fingerprint, now)).execute() == 1;
  }

  @Override
  public void endAll(UserId user) {
    db.deleteFrom(PENDING_SIGN_INS).where(PENDING_SIGN_INS.USER_ID.eq(user.value())).execute();
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(PENDING_SIGN_INS).where(PENDING_SIGN_INS.EXPIRES_AT.lt(before)).execute();
  }

  private static Condition isOpen(String fingerprint, Instant now) {
    return PENDING_SIGN_INS.FINGERPRINT.eq(fingerprint).and(PENDING_SIGN_INS.EXPIRES_AT.gt(now));
  }
}
