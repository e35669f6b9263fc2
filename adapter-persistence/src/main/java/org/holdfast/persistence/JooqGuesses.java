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

  private final DSLContext alone;
  private final Prepared replace;
  private final Prepared clear;

  JooqGuesses(DSLContext db, DSLContext alone) {
    this.alone = alone;
    replace =
        Prepared.write(
            alone
                .update(GUESSES)
                .set(GUESSES.FAILURES, Prepared.place(GUESSES.FAILURES))
                .set(GUESSES.BLOCKED_UNTIL, Prepared.place(GUESSES.BLOCKED_UNTIL))
                .where(
                    GUESSES.SUBJECT.eq(Prepared.place(GUESSES.SUBJECT)),
                    GUESSES.FAILURES.eq(Prepared.place(GUESSES.FAILURES)),
                    GUESSES.BLOCKED_UNTIL.eq(Prepared.place(GUESSES.BLOCKED_UNTIL))));
    clear =
        Prepared.write(
            db.update(GUESSES)
                .set(GUESSES.FAILURES, Prepared.place(GUESSES.FAILURES))
                .set(GUESSES.BLOCKED_UNTIL, Prepared.place(GUESSES.BLOCKED_UNTIL))
                .where(GUESSES.SUBJECT.eq(Prepared.place(GUESSES.SUBJECT))));
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
        replace.execute(
            next.failures(), next.blockedUntil(), subject, seen.failures(), seen.blockedUntil());
    return replaced == 1
        || seen.equals(Tally.NONE)
            && read(subject).equals(Tally.NONE) // or else a driver would log each key that is there
            && Columns.insertOnce(
                alone
                    .insertInto(GUESSES)
                    .set(GUESSES.SUBJECT, subject)
                    .set(GUESSES.FAILURES, next.failures())
                    .set(GUESSES.BLOCKED_UNTIL, next.blockedUntil()));
  }

  @Override
  public void clear(String subject) {
    // the row stays for the next guess, which then needs no insert
    clear.execute(Tally.NONE.failures(), Tally.NONE.blockedUntil(), subject);
  }

  @Override
  public int sweep(Instant before, int fewerThan) {
    return alone
        .deleteFrom(GUESSES)
        .where(GUESSES.BLOCKED_UNTIL.lt(before), GUESSES.FAILURES.lt(fewerThan))
        .execute();
  }
}
