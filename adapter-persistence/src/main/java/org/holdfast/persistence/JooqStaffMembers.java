package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.STAFF;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.staff.StaffMembers;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Keeps staff in {@code staff}, with what they sign in with: hash and token are replaced together,
 * by one write that only happens on the version that was seen.
 */
final class JooqStaffMembers implements StaffMembers {

  // in here and not in SQL, as each database has its own idea of the alphabet
  private static final Comparator<Staff> BY_NAME =
      Comparator.comparing(Staff::name).thenComparing(known -> known.email().value());

  private final DSLContext db;
  private final Sealer sealer;

  JooqStaffMembers(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public boolean add(Staff staff) {
    return Columns.insertOnce(
        db.insertInto(STAFF)
            .set(STAFF.ID, staff.id().value())
            .set(STAFF.STAFF_NAME, staff.name())
            .set(STAFF.EMAIL, staff.email().value())
            .set(STAFF.LANGUAGE, staff.language().tag())
            .set(STAFF.STAFF_ROLE, staff.role().name())
            .set(STAFF.ROLE_SINCE, staff.roleSince())
            .set(STAFF.READY_AT, staff.readyAt().orElse(null))
            .set(STAFF.DISABLED_AT, staff.disabledAt().orElse(null))
            .set(STAFF.VERSION, 0L)
            .set(STAFF.LAST_STEP, 0L));
  }

  @Override
  public Optional<Staff> find(Staff.Id id) {
    return findWhere(STAFF.ID.eq(id.value()));
  }

  @Override
  public Optional<Staff> findByAddress(EmailAddress address) {
    return findWhere(STAFF.EMAIL.eq(address.value()));
  }

  @Override
  public ImmutableList<Staff> all() {
    return byName(db.selectFrom(STAFF).fetch(row -> staff(row::get)));
  }

  @Override
  public Optional<Staff> lock(Staff.Id id) {
    return db.selectFrom(STAFF)
        .where(STAFF.ID.eq(id.value()))
        .forUpdate()
        .fetchOptional(row -> staff(row::get));
  }

  @Override
  public ImmutableList<Staff> lockAll() {
    // everybody in the same order, or two who lock all would wait for each other
    return byName(db.selectFrom(STAFF).orderBy(STAFF.ID).forUpdate().fetch(row -> staff(row::get)));
  }

  @Override
  public void save(Staff staff) {
    db.update(STAFF)
        .set(STAFF.STAFF_NAME, staff.name())
        .set(STAFF.STAFF_ROLE, staff.role().name())
        .set(STAFF.ROLE_SINCE, staff.roleSince())
        .set(STAFF.DISABLED_AT, staff.disabledAt().orElse(null))
        .where(STAFF.ID.eq(staff.id().value()))
        .execute();
  }

  @Override
  public Optional<Credentials> credentials(EmailAddress address) {
    return credentialsWhere(STAFF.EMAIL.eq(address.value()));
  }

  @Override
  public Optional<Credentials> credentials(Staff.Id id) {
    return credentialsWhere(STAFF.ID.eq(id.value()));
  }

  @Override
  public boolean equip(
      Staff.Id id, long seen, String hash, TotpSecret token, long step, Instant now) {
    return db.update(STAFF)
            .set(STAFF.HASH, hash)
            .set(
                STAFF.TOKEN, sealer.seal(token.bytes(), SealedColumn.STAFF_TOKEN.place(id.value())))
            .set(STAFF.LAST_STEP, step)
            .set(STAFF.VERSION, seen + 1)
            .set(STAFF.READY_AT, now)
            .where(STAFF.ID.eq(id.value()), STAFF.VERSION.eq(seen))
            .execute()
        == 1;
  }

  @Override
  public void strip(Staff.Id id) {
    db.update(STAFF)
        .setNull(STAFF.HASH)
        .setNull(STAFF.TOKEN)
        .setNull(STAFF.READY_AT)
        .set(STAFF.LAST_STEP, 0L)
        .set(STAFF.VERSION, STAFF.VERSION.plus(1))
        .where(STAFF.ID.eq(id.value()))
        .execute();
  }

  @Override
  public boolean accept(Staff.Id id, long version, long step) {
    return db.update(STAFF)
            .set(STAFF.LAST_STEP, step)
            .where(STAFF.ID.eq(id.value()), STAFF.VERSION.eq(version), STAFF.LAST_STEP.lt(step))
            .execute()
        == 1;
  }

  private Optional<Staff> findWhere(Condition which) {
    return db.selectFrom(STAFF).where(which).fetchOptional(row -> staff(row::get));
  }

  private Optional<Credentials> credentialsWhere(Condition which) {
    return db.selectFrom(STAFF).where(which).fetchOptional(row -> credentials(row::get));
  }

  private Credentials credentials(Row row) {
    var staff = staff(row);
    var place = SealedColumn.STAFF_TOKEN.place(staff.id().value());
    return new Credentials(
        staff,
        row.get(STAFF.VERSION),
        Optional.ofNullable(row.get(STAFF.HASH)),
        Optional.ofNullable(row.get(STAFF.TOKEN))
            .map(token -> TotpSecret.of(sealer.open(token, place))),
        row.get(STAFF.LAST_STEP));
  }

  private static ImmutableList<Staff> byName(List<Staff> all) {
    return all.stream().sorted(BY_NAME).collect(toImmutableList());
  }

  static Staff staff(Row row) {
    return new Staff(
        new Staff.Id(row.get(STAFF.ID)),
        row.get(STAFF.STAFF_NAME),
        new EmailAddress(row.get(STAFF.EMAIL)),
        Columns.language(row.get(STAFF.LANGUAGE)),
        Role.valueOf(row.get(STAFF.STAFF_ROLE)),
        row.get(STAFF.ROLE_SINCE),
        Optional.ofNullable(row.get(STAFF.READY_AT)),
        Optional.ofNullable(row.get(STAFF.DISABLED_AT)));
  }
}
