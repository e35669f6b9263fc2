package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.SUPPORT_GRANTS;
import static org.holdfast.persistence.schema.Tables.SUPPORT_GRANT_MARKS;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.support.Grants;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.Method;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * Keeps grants in {@code support_grants}, which end by one conditional UPDATE, and what was done
 * under them in {@code support_grant_marks}, whose primary key lets one be first.
 */
final class JooqGrants implements Grants {

  private final DSLContext db;

  JooqGrants(DSLContext db) {
    this.db = db;
  }

  @Override
  public void open(Grant grant) {
    db.insertInto(SUPPORT_GRANTS)
        .set(SUPPORT_GRANTS.ID, grant.id().value())
        .set(SUPPORT_GRANTS.STAFF_ID, grant.staff().value())
        .set(SUPPORT_GRANTS.ACCOUNT_ID, grant.account().value())
        .set(SUPPORT_GRANTS.CALLER_ID, grant.caller().value())
        .set(SUPPORT_GRANTS.METHOD, grant.method().name())
        .set(SUPPORT_GRANTS.OPENED_AT, grant.openedAt())
        .set(SUPPORT_GRANTS.ENDED_AT, grant.endedAt().orElse(null))
        .execute();
  }

  @Override
  public Optional<Grant> find(Grant.Id id) {
    return db.selectFrom(SUPPORT_GRANTS)
        .where(SUPPORT_GRANTS.ID.eq(id.value()))
        .fetchOptional(JooqGrants::grant);
  }

  @Override
  public ImmutableList<Grant> openOf(Staff.Id staff, Instant now) {
    return db
        .selectFrom(SUPPORT_GRANTS)
        .where(SUPPORT_GRANTS.STAFF_ID.eq(staff.value()), isOpenAt(now))
        .orderBy(SUPPORT_GRANTS.OPENED_AT.desc(), SUPPORT_GRANTS.ID.desc())
        .fetch(JooqGrants::grant)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public boolean end(Grant.Id id, Instant now) {
    return db.update(SUPPORT_GRANTS)
            .set(SUPPORT_GRANTS.ENDED_AT, now)
            .where(SUPPORT_GRANTS.ID.eq(id.value()), isOpenAt(now))
            .execute()
        == 1;
  }

  @Override
  public void endAllOf(UserId caller, Instant now) {
    db.update(SUPPORT_GRANTS)
        .set(SUPPORT_GRANTS.ENDED_AT, now)
        .where(SUPPORT_GRANTS.CALLER_ID.eq(caller.value()), isOpenAt(now))
        .execute();
  }

  @Override
  public boolean mark(Grant.Id id, Act act) {
    return Columns.insertOnce(
        db.insertInto(SUPPORT_GRANT_MARKS)
            .set(SUPPORT_GRANT_MARKS.GRANT_ID, id.value())
            .set(SUPPORT_GRANT_MARKS.ACT, act.name()));
  }

  @Override
  public int sweep(Instant before) {
    var old = SUPPORT_GRANTS.OPENED_AT.lt(before);
    db.deleteFrom(SUPPORT_GRANT_MARKS)
        .where(
            SUPPORT_GRANT_MARKS.GRANT_ID.in(
                DSL.select(SUPPORT_GRANTS.ID).from(SUPPORT_GRANTS).where(old)))
        .execute();
    return db.deleteFrom(SUPPORT_GRANTS).where(old).execute();
  }

  private static Condition isOpenAt(Instant now) {
    return SUPPORT_GRANTS
        .ENDED_AT
        .isNull()
        .and(SUPPORT_GRANTS.OPENED_AT.gt(now.minus(Grant.LIFETIME)));
  }

  private static Grant grant(Record row) {
    return new Grant(
        new Grant.Id(row.get(SUPPORT_GRANTS.ID)),
        new Staff.Id(row.get(SUPPORT_GRANTS.STAFF_ID)),
        new AccountId(row.get(SUPPORT_GRANTS.ACCOUNT_ID)),
        new UserId(row.get(SUPPORT_GRANTS.CALLER_ID)),
        Method.valueOf(row.get(SUPPORT_GRANTS.METHOD)),
        row.get(SUPPORT_GRANTS.OPENED_AT),
        Optional.ofNullable(row.get(SUPPORT_GRANTS.ENDED_AT)));
  }
}
