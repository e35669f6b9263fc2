package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.GUESSES;

import java.time.Instant;
import org.holdfast.application.guessing.Guesses;
import org.jooq.DSLContext;

/**
 * Keeps tallies in {@code guesses}. What counts is done on connections of its own, each statement
 * committing by itself.
 */
final class JooqGuesses implements Guesses {

  private final DSLContext db;
  private final DSLContext alone;

  JooqGuesses(DSLContext db, DSLContext alone) {
    this.db = db;
    this.alone = alone;
  }

  @Override
  public Tally read(String subject) {
    return alone
        .select(GUESSES.FAILURES, GUESSES.BLOCKED_UNTIL)
        .from(GUESSES)
        .where(GUESSES.SUBJECT.eq(subject))
        .fetchOptional(row -> new Tally(row.value1(), row.value2()))
        .orElse(Tally.NONE);
  }

  @Override
  public boolean replace(String subject, Tally seen, Tally next) {
    var replaced =
        alone
            .update(GUESSES)
            .set(GUESSES.FAILURES, next.failures())
            .set(GUESSES.BLOCKED_UNTIL, next.blockedUntil())
            .where(
                GUESSES.SUBJECT.eq(subject),
                GUESSES.FAILURES.eq(seen.failures()),
                GUESSES.BLOCKED_UNTIL.eq(seen.blockedUntil()))
            .execute();
    return replaced == 1
        || seen.equals(Tally.NONE)
            && Columns.insertOnce(
                alone
                    .insertInto(GUESSES)
                    .set(GUESSES.SUBJECT, subject)
                    .set(GUESSES.FAILURES, next.failures())
                    .set(GUESSES.BLOCKED_UNTIL, next.blockedUntil()));
  }

  @Override
  public void clear(String subject) {
    db // the row stays for the next guess, which then needs no insert
        .update(GUESSES)
        .set(GUESSES.FAILURES, 0)
        .set(GUESSES.BLOCKED_UNTIL, Tally.NONE.blockedUntil())
        .where(GUESSES.SUBJECT.eq(subject))
        .execute();
  }

  @Override
  public int sweep(Instant before, int fewerThan) {
    return alone
        .deleteFrom(GUESSES)
        .where(GUESSES.BLOCKED_UNTIL.lt(before), GUESSES.FAILURES.lt(fewerThan))
        .execute();
  }
}
