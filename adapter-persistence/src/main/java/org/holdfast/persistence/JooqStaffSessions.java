package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.STAFF;
import static org.holdfast.persistence.schema.Tables.STAFF_SESSIONS;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffSessions;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Keeps the console's sessions in {@code staff_sessions}, under their token's fingerprint. */
final class JooqStaffSessions implements StaffSessions {

  private static final Field<?>[] WHO = {
    STAFF.ID,
    STAFF.STAFF_NAME,
    STAFF.EMAIL,
    STAFF.LANGUAGE,
    STAFF.STAFF_ROLE,
    STAFF.ROLE_SINCE,
    STAFF.READY_AT,
    STAFF.DISABLED_AT,
    STAFF_SESSIONS.ID,
    STAFF_SESSIONS.STAFF_ID,
    STAFF_SESSIONS.ORIGIN_ADDRESS,
    STAFF_SESSIONS.ORIGIN_DEVICE,
    STAFF_SESSIONS.CREATED_AT,
    STAFF_SESSIONS.LAST_USED_AT,
    STAFF_SESSIONS.PROVED_AT
  };

  private final DSLContext db;
  private final Prepared find;

  JooqStaffSessions(DSLContext db) {
    this.db = db;
    find =
        Prepared.query(
            db.select(WHO)
                .from(STAFF_SESSIONS)
                .join(STAFF)
                .on(STAFF.ID.eq(STAFF_SESSIONS.STAFF_ID))
                .where(STAFF_SESSIONS.FINGERPRINT.eq(Prepared.place(STAFF_SESSIONS.FINGERPRINT))),
            WHO);
  }

  @Override
  public void add(StaffSession session, String fingerprint) {
    db.insertInto(STAFF_SESSIONS)
        .set(STAFF_SESSIONS.FINGERPRINT, fingerprint)
        .set(STAFF_SESSIONS.ID, session.id().value())
        .set(STAFF_SESSIONS.STAFF_ID, session.staff().value())
        .set(STAFF_SESSIONS.ORIGIN_ADDRESS, session.origin().address())
        .set(STAFF_SESSIONS.ORIGIN_DEVICE, session.origin().device())
        .set(STAFF_SESSIONS.CREATED_AT, session.createdAt())
        .set(STAFF_SESSIONS.LAST_USED_AT, session.lastUsedAt())
        .set(STAFF_SESSIONS.PROVED_AT, session.provedAt())
        .execute();
  }

  @Override
  public Optional<SignedInStaff> find(String fingerprint) {
    return Columns.isPlain(fingerprint)
        ? find.one(row -> new SignedInStaff(JooqStaffMembers.staff(row), session(row)), fingerprint)
        : Optional.empty();
  }

  @Override
  public void touch(StaffSession.Id id, Instant now) {
    db.update(STAFF_SESSIONS)
        .set(STAFF_SESSIONS.LAST_USED_AT, now)
        .where(STAFF_SESSIONS.ID.eq(id.value()))
        .execute();
  }

  @Override
  public boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt) {
    return Columns.isPlain(oldFingerprint)
        && db.update(STAFF_SESSIONS)
                .set(STAFF_SESSIONS.FINGERPRINT, newFingerprint)
                .set(STAFF_SESSIONS.PROVED_AT, provedAt)
                .where(STAFF_SESSIONS.FINGERPRINT.eq(oldFingerprint))
                .execute()
            == 1;
  }

  @Override
  public boolean end(Staff.Id staff, StaffSession.Id id) {
    return db.deleteFrom(STAFF_SESSIONS)
            .where(STAFF_SESSIONS.ID.eq(id.value()), STAFF_SESSIONS.STAFF_ID.eq(staff.value()))
            .execute()
        == 1;
  }

  @Override
  public int endAll(Staff.Id staff) {
    return db.deleteFrom(STAFF_SESSIONS).where(STAFF_SESSIONS.STAFF_ID.eq(staff.value())).execute();
  }

  @Override
  public int sweep(Instant lastUsedBefore, Instant createdBefore) {
    return db.deleteFrom(STAFF_SESSIONS)
        .where(
            STAFF_SESSIONS
                .LAST_USED_AT
                .lt(lastUsedBefore)
                .or(STAFF_SESSIONS.CREATED_AT.lt(createdBefore)))
        .execute();
  }

  private static StaffSession session(Row row) {
    return new StaffSession(
        new StaffSession.Id(row.get(STAFF_SESSIONS.ID)),
        new Staff.Id(row.get(STAFF_SESSIONS.STAFF_ID)),
        new Origin(row.get(STAFF_SESSIONS.ORIGIN_ADDRESS), row.get(STAFF_SESSIONS.ORIGIN_DEVICE)),
        row.get(STAFF_SESSIONS.CREATED_AT),
        row.get(STAFF_SESSIONS.LAST_USED_AT),
        row.get(STAFF_SESSIONS.PROVED_AT));
  }
}
