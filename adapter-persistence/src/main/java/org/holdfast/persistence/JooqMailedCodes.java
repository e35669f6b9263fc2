package org.holdfast.persistence;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.holdfast.persistence.SealedColumn.MAILED_CODES_CODE;
import static org.holdfast.persistence.schema.Tables.MAILED_CODES;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.support.MailedCodes;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.MailedCode;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * Keeps codes in {@code mailed_codes}, each sealed for its row. Guesses are counted on connections
 * of their own, each statement committing by itself.
 */
final class JooqMailedCodes implements MailedCodes {

  private final DSLContext db;
  private final DSLContext alone;
  private final Sealer sealer;

  JooqMailedCodes(DSLContext db, DSLContext alone, Sealer sealer) {
    this.db = db;
    this.alone = alone;
    this.sealer = sealer;
  }

  @Override
  public void add(Mailed code) {
    var digits = code.code().digits().getBytes(US_ASCII);
    db.insertInto(MAILED_CODES)
        .set(MAILED_CODES.ID, code.id())
        .set(MAILED_CODES.STAFF_ID, code.staff().value())
        .set(MAILED_CODES.ACCOUNT_ID, code.account().value())
        .set(MAILED_CODES.USER_ID, code.user().value())
        .set(MAILED_CODES.CODE, sealer.seal(digits, MAILED_CODES_CODE.place(code.id())))
        .set(MAILED_CODES.GUESSES, 0)
        .set(MAILED_CODES.EXPIRES_AT, code.expiresAt())
        .execute();
  }

  @Override
  public Optional<Mailed> countGuess(UUID id, Staff.Id staff, Instant now, int most) {
    var counted =
        alone
            .update(MAILED_CODES)
            .set(MAILED_CODES.GUESSES, MAILED_CODES.GUESSES.plus(1))
            .where(
                MAILED_CODES.ID.eq(id),
                MAILED_CODES.STAFF_ID.eq(staff.value()),
                MAILED_CODES.EXPIRES_AT.gt(now),
                MAILED_CODES.GUESSES.lt(most))
            .execute();
    return counted == 1
        ? alone.selectFrom(MAILED_CODES).where(MAILED_CODES.ID.eq(id)).fetchOptional(this::mailed)
        : Optional.empty();
  }

  @Override
  public boolean take(UUID id) {
    return db.deleteFrom(MAILED_CODES).where(MAILED_CODES.ID.eq(id)).execute() == 1;
  }

  @Override
  public void withdraw(UserId user) {
    db.deleteFrom(MAILED_CODES).where(MAILED_CODES.USER_ID.eq(user.value())).execute();
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(MAILED_CODES).where(MAILED_CODES.EXPIRES_AT.lt(before)).execute();
  }

  private Mailed mailed(Record row) {
    var id = row.get(MAILED_CODES.ID);
    var digits = sealer.open(row.get(MAILED_CODES.CODE), MAILED_CODES_CODE.place(id));
    return new Mailed(
        id,
        new Staff.Id(row.get(MAILED_CODES.STAFF_ID)),
        new AccountId(row.get(MAILED_CODES.ACCOUNT_ID)),
        new UserId(row.get(MAILED_CODES.USER_ID)),
        new MailedCode(new String(digits, US_ASCII)),
        row.get(MAILED_CODES.EXPIRES_AT));
  }
}
