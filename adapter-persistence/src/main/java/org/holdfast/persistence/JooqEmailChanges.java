package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.EMAIL_CHANGES;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.emailchange.EmailChange.State;
import org.holdfast.application.emailchange.EmailChange.Target;
import org.holdfast.application.emailchange.EmailChanges;
import org.holdfast.domain.EmailAddress;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps changes in {@code email_changes}; its {@code state} moves by one conditional UPDATE. */
final class JooqEmailChanges implements EmailChanges {

  private final DSLContext db;

  JooqEmailChanges(DSLContext db) {
    this.db = db;
  }

  @Override
  public void add(EmailChange change) {
    db.insertInto(EMAIL_CHANGES)
        .set(EMAIL_CHANGES.ID, change.id())
        .set(EMAIL_CHANGES.TARGET, change.target().name())
        .set(EMAIL_CHANGES.SUBJECT_ID, change.subject())
        .set(EMAIL_CHANGES.FROM_ADDRESS, change.from().value())
        .set(EMAIL_CHANGES.TO_ADDRESS, change.to().value())
        .set(EMAIL_CHANGES.STATE, change.state().name())
        .set(EMAIL_CHANGES.SINCE, change.since())
        .execute();
  }

  @Override
  public Optional<EmailChange> find(UUID id) {
    return db.selectFrom(EMAIL_CHANGES)
        .where(EMAIL_CHANGES.ID.eq(id))
        .fetchOptional(JooqEmailChanges::change);
  }

  @Override
  public Optional<EmailChange> pending(Target target, UUID subject) {
    return db.selectFrom(EMAIL_CHANGES)
        .where(isPending(target, subject))
        .orderBy(EMAIL_CHANGES.SINCE.desc())
        .limit(1)
        .fetchOptional(JooqEmailChanges::change);
  }

  @Override
  public boolean move(UUID id, State from, State to, Instant now) {
    return db.update(EMAIL_CHANGES)
            .set(EMAIL_CHANGES.STATE, to.name())
            .set(EMAIL_CHANGES.SINCE, now)
            .where(EMAIL_CHANGES.ID.eq(id), EMAIL_CHANGES.STATE.eq(from.name()))
            .execute()
        == 1;
  }

  @Override
  public void withdrawPending(Target target, UUID subject, Instant now) {
    db.update(EMAIL_CHANGES)
        .set(EMAIL_CHANGES.STATE, State.WITHDRAWN.name())
        .set(EMAIL_CHANGES.SINCE, now)
        .where(isPending(target, subject))
        .execute();
  }

  @Override
  public Optional<EmailChange> confirmed(
      Target target, UUID subject, EmailAddress from, Instant after) {
    return db.selectFrom(EMAIL_CHANGES)
        .where(
            isConfirmedAfter(target, subject, after), EMAIL_CHANGES.FROM_ADDRESS.eq(from.value()))
        .orderBy(EMAIL_CHANGES.SINCE.desc())
        .limit(1)
        .fetchOptional(JooqEmailChanges::change);
  }

  @Override
  public boolean anyConfirmed(UUID subject, Instant after) {
    return db.fetchExists(EMAIL_CHANGES, isConfirmedAfter(subject, after));
  }

  @Override
  public void closeConfirmed(Target target, UUID subject, Instant after, Instant now) {
    db.update(EMAIL_CHANGES)
        .set(EMAIL_CHANGES.STATE, State.UNDONE.name())
        .set(EMAIL_CHANGES.SINCE, now)
        .where(isConfirmedAfter(target, subject, after))
        .execute();
  }

  private static Condition isConfirmedAfter(Target target, UUID subject, Instant after) {
    return isConfirmedAfter(subject, after).and(EMAIL_CHANGES.TARGET.eq(target.name()));
  }

  private static Condition isConfirmedAfter(UUID subject, Instant after) {
    return EMAIL_CHANGES
        .SUBJECT_ID
        .eq(subject)
        .and(EMAIL_CHANGES.STATE.eq(State.CONFIRMED.name()))
        .and(EMAIL_CHANGES.SINCE.gt(after));
  }

  private static Condition isPending(Target target, UUID subject) {
    return EMAIL_CHANGES
        .SUBJECT_ID
        .eq(subject)
        .and(EMAIL_CHANGES.STATE.eq(State.PENDING.name()))
        .and(EMAIL_CHANGES.TARGET.eq(target.name()));
  }

  private static EmailChange change(Record row) {
    return new EmailChange(
        row.get(EMAIL_CHANGES.ID),
        Target.valueOf(row.get(EMAIL_CHANGES.TARGET)),
        row.get(EMAIL_CHANGES.SUBJECT_ID),
        new EmailAddress(row.get(EMAIL_CHANGES.FROM_ADDRESS)),
        new EmailAddress(row.get(EMAIL_CHANGES.TO_ADDRESS)),
        State.valueOf(row.get(EMAIL_CHANGES.STATE)),
        row.get(EMAIL_CHANGES.SINCE));
  }
}
