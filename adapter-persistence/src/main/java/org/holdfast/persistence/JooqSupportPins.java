package org.holdfast.persistence;

import static org.holdfast.persistence.SealedColumn.SUPPORT_PINS_PIN;
import static org.holdfast.persistence.schema.Tables.SUPPORT_PINS;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.supportpin.SupportPins;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.supportpin.SupportPin;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps PINs in {@code support_pins}, each sealed for its row; a new PIN is a new row. */
final class JooqSupportPins implements SupportPins {

  private final DSLContext db;
  private final Sealer sealer;

  JooqSupportPins(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public Optional<Kept> find(AccountId account, UserId user) {
    return db.selectFrom(SUPPORT_PINS)
        .where(SUPPORT_PINS.ACCOUNT_ID.eq(account.value()), SUPPORT_PINS.USER_ID.eq(user.value()))
        .fetchOptional(this::kept);
  }

  @Override
  public boolean put(Kept pin, Optional<UUID> seen) {
    if (seen.isPresent()
        && db.deleteFrom(SUPPORT_PINS).where(SUPPORT_PINS.ID.eq(seen.get())).execute() == 0) {
      return false;
    }
    var digits = pin.pin().digits().getBytes(StandardCharsets.US_ASCII);
    return Columns.insertOnce(
        db.insertInto(SUPPORT_PINS)
            .set(SUPPORT_PINS.ID, pin.id())
            .set(SUPPORT_PINS.ACCOUNT_ID, pin.account().value())
            .set(SUPPORT_PINS.USER_ID, pin.user().value())
            .set(SUPPORT_PINS.PIN, sealer.seal(digits, SUPPORT_PINS_PIN.place(pin.id())))
            .set(SUPPORT_PINS.MADE_AT, pin.madeAt()));
  }

  private Kept kept(Record row) {
    var id = row.get(SUPPORT_PINS.ID);
    var digits = sealer.open(row.get(SUPPORT_PINS.PIN), SUPPORT_PINS_PIN.place(id));
    return new Kept(
        id,
        new AccountId(row.get(SUPPORT_PINS.ACCOUNT_ID)),
        new UserId(row.get(SUPPORT_PINS.USER_ID)),
        new SupportPin(new String(digits, StandardCharsets.US_ASCII)),
        row.get(SUPPORT_PINS.MADE_AT));
  }
}
