package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.holdfast.persistence.SealedColumn.RECOVERY_CASES_NOTE;
import static org.holdfast.persistence.schema.Tables.RECOVERY_CASES;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.support.RecoveryCases;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.Kind;
import org.holdfast.domain.support.RecoveryCase.State;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.OrderField;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * Keeps cases in {@code recovery_cases}, their notes sealed each for its row: in them stands what
 * somebody told on the phone. The {@code state} moves by one conditional UPDATE.
 */
final class JooqRecoveryCases implements RecoveryCases {

  private static final Splitter COMMA = Splitter.on(',').omitEmptyStrings();

  private final DSLContext db;
  private final Sealer sealer;

  JooqRecoveryCases(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public void add(RecoveryCase opened) {
    var id = opened.id().value();
    db.insertInto(RECOVERY_CASES)
        .set(RECOVERY_CASES.ID, id)
        .set(RECOVERY_CASES.ACCOUNT_ID, opened.account().value())
        .set(RECOVERY_CASES.USER_ID, opened.user().value())
        .set(RECOVERY_CASES.KIND, opened.kind().name())
        .set(RECOVERY_CASES.NEW_ADDRESS, opened.newAddress().map(EmailAddress::value).orElse(null))
        .set(RECOVERY_CASES.ADDRESS_PROVED_AT, opened.addressProvedAt().orElse(null))
        .set(
            RECOVERY_CASES.EVIDENCE,
            opened.evidence().stream().sorted().map(Evidence::name).collect(joining(",")))
        .set(
            RECOVERY_CASES.NOTE,
            sealer.seal(opened.note().getBytes(UTF_8), RECOVERY_CASES_NOTE.place(id)))
        .set(RECOVERY_CASES.OPENED_BY, opened.openedBy().value())
        .set(RECOVERY_CASES.OPENED_AT, opened.openedAt())
        .set(RECOVERY_CASES.STATE, opened.state().name())
        .set(RECOVERY_CASES.DECIDED_BY, opened.decidedBy().map(Staff.Id::value).orElse(null))
        .set(RECOVERY_CASES.DUE_AT, opened.dueAt().orElse(null))
        .execute();
  }

  @Override
  public Optional<RecoveryCase> find(RecoveryCase.Id id) {
    return some(RECOVERY_CASES.ID.eq(id.value()), 1).stream().findFirst();
  }

  @Override
  public Optional<RecoveryCase> openOf(UserId user) {
    return some(RECOVERY_CASES.USER_ID.eq(user.value()).and(isOpen()), 1).stream().findFirst();
  }

  @Override
  public ImmutableList<RecoveryCase> of(AccountId account, int most) {
    return some(RECOVERY_CASES.ACCOUNT_ID.eq(account.value()), most);
  }

  @Override
  public ImmutableList<RecoveryCase> newest(boolean openOnly, Optional<UUID> before, int most) {
    return some(
        before
            .map(this::behind)
            .orElse(DSL.noCondition())
            .and(openOnly ? isOpen() : DSL.noCondition()),
        most);
  }

  private Condition behind(UUID id) {
    var c = RECOVERY_CASES;
    return db.select(c.OPENED_AT)
        .from(c)
        .where(c.ID.eq(id))
        .fetchOptional(c.OPENED_AT)
        .map(at -> c.OPENED_AT.lt(at).or(c.OPENED_AT.eq(at).and(c.ID.lt(id))))
        .orElse(DSL.noCondition());
  }

  @Override
  public boolean approve(RecoveryCase.Id id, Staff.Id by, Instant dueAt) {
    return db.update(RECOVERY_CASES)
            .set(RECOVERY_CASES.STATE, State.APPROVED.name())
            .set(RECOVERY_CASES.DECIDED_BY, by.value())
            .set(RECOVERY_CASES.DUE_AT, dueAt)
            .where(RECOVERY_CASES.ID.eq(id.value()), is(State.OPENED))
            .execute()
        == 1;
  }

  @Override
  public boolean refuse(RecoveryCase.Id id, Staff.Id by) {
    return db.update(RECOVERY_CASES)
            .set(RECOVERY_CASES.STATE, State.REFUSED.name())
            .set(RECOVERY_CASES.DECIDED_BY, by.value())
            .where(RECOVERY_CASES.ID.eq(id.value()), is(State.OPENED))
            .execute()
        == 1;
  }

  @Override
  public boolean move(RecoveryCase.Id id, State from, State to) {
    return db.update(RECOVERY_CASES)
            .set(RECOVERY_CASES.STATE, to.name())
            .where(RECOVERY_CASES.ID.eq(id.value()), is(from))
            .execute()
        == 1;
  }

  @Override
  public void prove(RecoveryCase.Id id, Instant now) {
    db.update(RECOVERY_CASES)
        .set(RECOVERY_CASES.ADDRESS_PROVED_AT, now)
        .where(RECOVERY_CASES.ID.eq(id.value()))
        .execute();
  }

  @Override
  public ImmutableList<RecoveryCase> due(Instant now, int most) {
    return some(
        is(State.APPROVED).and(RECOVERY_CASES.DUE_AT.le(now)).and(isProved()),
        most,
        RECOVERY_CASES.DUE_AT,
        RECOVERY_CASES.ID);
  }

  @Override
  public ImmutableList<RecoveryCase> stale(Instant openedBefore, Instant dueBefore, int most) {
    // each half by its own index
    var undecided = some(is(State.OPENED).and(RECOVERY_CASES.OPENED_AT.lt(openedBefore)), most);
    var unproved =
        some(is(State.APPROVED).and(RECOVERY_CASES.DUE_AT.lt(dueBefore)).andNot(isProved()), most);
    return Stream.concat(undecided.stream(), unproved.stream())
        .limit(most)
        .collect(toImmutableList());
  }

  private ImmutableList<RecoveryCase> some(Condition which, int most) {
    return some(which, most, RECOVERY_CASES.OPENED_AT.desc(), RECOVERY_CASES.ID.desc());
  }

  private ImmutableList<RecoveryCase> some(Condition which, int most, OrderField<?>... order) {
    return db
        .selectFrom(RECOVERY_CASES)
        .where(which)
        .orderBy(order)
        .limit(most)
        .fetch(this::recoveryCase)
        .stream()
        .collect(toImmutableList());
  }

  private static Condition is(State state) {
    return RECOVERY_CASES.STATE.eq(state.name());
  }

  private static Condition isOpen() {
    return RECOVERY_CASES.STATE.in(
        Stream.of(State.values()).filter(State::isOpen).map(State::name).toList());
  }

  private static Condition isProved() {
    return RECOVERY_CASES
        .KIND
        .ne(Kind.LOST_MAILBOX.name())
        .or(RECOVERY_CASES.ADDRESS_PROVED_AT.isNotNull());
  }

  private RecoveryCase recoveryCase(Record row) {
    var id = row.get(RECOVERY_CASES.ID);
    return new RecoveryCase(
        new RecoveryCase.Id(id),
        new AccountId(row.get(RECOVERY_CASES.ACCOUNT_ID)),
        new UserId(row.get(RECOVERY_CASES.USER_ID)),
        Kind.valueOf(row.get(RECOVERY_CASES.KIND)),
        Optional.ofNullable(row.get(RECOVERY_CASES.NEW_ADDRESS)).map(EmailAddress::new),
        Optional.ofNullable(row.get(RECOVERY_CASES.ADDRESS_PROVED_AT)),
        COMMA
            .splitToStream(row.get(RECOVERY_CASES.EVIDENCE))
            .map(Evidence::valueOf)
            .collect(toImmutableSet()),
        new String(sealer.open(row.get(RECOVERY_CASES.NOTE), RECOVERY_CASES_NOTE.place(id)), UTF_8),
        new Staff.Id(row.get(RECOVERY_CASES.OPENED_BY)),
        row.get(RECOVERY_CASES.OPENED_AT),
        State.valueOf(row.get(RECOVERY_CASES.STATE)),
        Optional.ofNullable(row.get(RECOVERY_CASES.DECIDED_BY)).map(Staff.Id::new),
        Optional.ofNullable(row.get(RECOVERY_CASES.DUE_AT)));
  }
}
