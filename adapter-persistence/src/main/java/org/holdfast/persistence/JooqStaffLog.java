package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.STAFF_LOG;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.staff.StaffLog;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** Keeps what staff did in {@code staff_log}, where nothing is ever updated or deleted. */
final class JooqStaffLog implements StaffLog {

  private final DSLContext db;

  JooqStaffLog(DSLContext db) {
    this.db = db;
  }

  @Override
  public void record(Entry entry) {
    db.insertInto(STAFF_LOG)
        .set(STAFF_LOG.ID, entry.id())
        .set(STAFF_LOG.STAFF_ID, entry.staff().value())
        .set(STAFF_LOG.DID, entry.did().name())
        .set(STAFF_LOG.ACCOUNT_ID, entry.account().map(AccountId::value).orElse(null))
        .set(STAFF_LOG.AT, entry.at())
        .set(STAFF_LOG.ORIGIN_ADDRESS, entry.origin().address())
        .set(STAFF_LOG.ORIGIN_DEVICE, entry.origin().device())
        .set(STAFF_LOG.DETAILS, JooqActivity.encode(entry.details()))
        .execute();
  }

  @Override
  public ImmutableList<Entry> newest(Staff.Id staff, Optional<UUID> before, int most) {
    return db
        .selectFrom(STAFF_LOG)
        .where(
            STAFF_LOG.STAFF_ID.eq(staff.value()),
            before.map(this::behind).orElse(DSL.noCondition()))
        .orderBy(STAFF_LOG.AT.desc(), STAFF_LOG.ID.desc())
        .limit(most)
        .fetch(JooqStaffLog::entry)
        .stream()
        .collect(toImmutableList());
  }

  private Condition behind(UUID id) {
    return db.select(STAFF_LOG.AT)
        .from(STAFF_LOG)
        .where(STAFF_LOG.ID.eq(id))
        .fetchOptional(STAFF_LOG.AT)
        .map(at -> STAFF_LOG.AT.lt(at).or(STAFF_LOG.AT.eq(at).and(STAFF_LOG.ID.lt(id))))
        .orElse(DSL.noCondition());
  }

  @Override
  public boolean hasSignedIn(Staff.Id staff, String address, Instant since) {
    return db.fetchExists(
        STAFF_LOG,
        STAFF_LOG.STAFF_ID.eq(staff.value()),
        STAFF_LOG.AT.ge(since),
        STAFF_LOG.DID.eq(Did.SIGNED_IN.name()),
        STAFF_LOG.ORIGIN_ADDRESS.eq(address));
  }

  @Override
  public ImmutableList<Count> counts(Instant since) {
    return db
        .select(STAFF_LOG.STAFF_ID, STAFF_LOG.DID, DSL.count())
        .from(STAFF_LOG)
        .where(STAFF_LOG.AT.ge(since))
        .groupBy(STAFF_LOG.STAFF_ID, STAFF_LOG.DID)
        .fetch(
            row -> new Count(new Staff.Id(row.value1()), Did.valueOf(row.value2()), row.value3()))
        .stream()
        .collect(toImmutableList());
  }

  private static Entry entry(Record row) {
    return new Entry(
        row.get(STAFF_LOG.ID),
        new Staff.Id(row.get(STAFF_LOG.STAFF_ID)),
        Did.valueOf(row.get(STAFF_LOG.DID)),
        Optional.ofNullable(row.get(STAFF_LOG.ACCOUNT_ID)).map(AccountId::new),
        row.get(STAFF_LOG.AT),
        new Origin(row.get(STAFF_LOG.ORIGIN_ADDRESS), row.get(STAFF_LOG.ORIGIN_DEVICE)),
        JooqActivity.decode(row.get(STAFF_LOG.DETAILS)));
  }
}
