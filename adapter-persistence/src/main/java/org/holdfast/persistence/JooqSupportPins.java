package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.SealedColumn.SUPPORT_PINS_PIN;
import static org.holdfast.persistence.schema.Tables.SUPPORT_PINS;

import com.google.common.collect.ImmutableList;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.supportpin.SupportPins;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.supportpin.SupportPin;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps PINs in {@code support_pins}, each sealed for its row; a new PIN is a new row. Guesses are
 * counted on connections of their own, each statement committing by itself.
 */
final class JooqSupportPins implements SupportPins {

  private static final Duration DAY = Duration.ofDays(1);

  private final DSLContext db;
  private final DSLContext alone;
  private final Sealer sealer;

  JooqSupportPins(DSLContext db, DSLContext alone, Sealer sealer) {
    this.db = db;
    this.alone = alone;
    this.sealer = sealer;
  }

  @Override
  public Optional<Kept> find(AccountId account, UserId user) {
    return db.selectFrom(SUPPORT_PINS)
        .where(SUPPORT_PINS.ACCOUNT_ID.eq(account.value()), SUPPORT_PINS.USER_ID.eq(user.value()))
        .fetchOptional(row -> kept(row, row.get(SUPPORT_PINS.GUESSES)));
  }

  @Override
  public boolean put(Kept pin, Optional<UUID> seen) {
    if (seen.isPresent() && !take(seen.get())) {
      return false;
    }
    var digits = pin.pin().digits().getBytes(StandardCharsets.US_ASCII);
    return Columns.insertOnce(
        db.insertInto(SUPPORT_PINS)
            .set(SUPPORT_PINS.ID, pin.id())
            .set(SUPPORT_PINS.ACCOUNT_ID, pin.account().value())
            .set(SUPPORT_PINS.USER_ID, pin.user().value())
            .set(SUPPORT_PINS.PIN, sealer.seal(digits, SUPPORT_PINS_PIN.place(pin.id())))
            .set(SUPPORT_PINS.MADE_AT, pin.madeAt())
            .set(SUPPORT_PINS.GUESSES, 0));
  }

  @Override
  public ImmutableList<Kept> countGuess(AccountId account, Instant now) {
    return alone
        .select(SUPPORT_PINS.ID)
        .from(SUPPORT_PINS)
        .where(
            SUPPORT_PINS.ACCOUNT_ID.eq(account.value()),
            SUPPORT_PINS.GUESSES.lt(SupportPin.MOST_GUESSES))
        .orderBy(SUPPORT_PINS.ID)
        .fetch(SUPPORT_PINS.ID)
        .stream()
        .flatMap(id -> count(id, now).stream())
        .collect(toImmutableList());
  }

  /**
   * Replaces the count that was seen by the next one, as often as somebody else came between: that
   * happens no more than so often, as each of them counted too.
   */
  private Optional<Kept> count(UUID id, Instant now) {
    while (true) {
      var seen = alone.selectFrom(SUPPORT_PINS).where(SUPPORT_PINS.ID.eq(id)).fetchOne();
      if (seen == null || seen.get(SUPPORT_PINS.GUESSES) >= SupportPin.MOST_GUESSES) {
        return Optional.empty();
      }
      int guesses = seen.get(SUPPORT_PINS.GUESSES);
      @Nullable Instant since = seen.get(SUPPORT_PINS.GUESSES_SINCE);
      var anew = guesses == 0 || since == null || !now.isBefore(since.plus(DAY));
      var next = anew ? 1 : guesses + 1;
      var counted =
          alone
              .update(SUPPORT_PINS)
              .set(SUPPORT_PINS.GUESSES, next)
              .set(SUPPORT_PINS.GUESSES_SINCE, anew ? now : since)
              .where(
                  SUPPORT_PINS.ID.eq(id),
                  SUPPORT_PINS.GUESSES.eq(guesses),
                  since == null
                      ? SUPPORT_PINS.GUESSES_SINCE.isNull()
                      : SUPPORT_PINS.GUESSES_SINCE.eq(since))
              .execute();
      if (counted == 1) {
        return Optional.of(kept(seen, next));
      }
    }
  }

  @Override
  public void forgive(Collection<UUID> pins) {
    db.update(SUPPORT_PINS)
        .set(SUPPORT_PINS.GUESSES, SUPPORT_PINS.GUESSES.minus(1))
        .where(SUPPORT_PINS.ID.in(pins), SUPPORT_PINS.GUESSES.gt(0))
        .execute();
  }

  @Override
  public boolean take(UUID id) {
    return db.deleteFrom(SUPPORT_PINS).where(SUPPORT_PINS.ID.eq(id)).execute() == 1;
  }

  private Kept kept(Record row, int guesses) {
    var id = row.get(SUPPORT_PINS.ID);
    var digits = sealer.open(row.get(SUPPORT_PINS.PIN), SUPPORT_PINS_PIN.place(id));
    return new Kept(
        id,
        new AccountId(row.get(SUPPORT_PINS.ACCOUNT_ID)),
        new UserId(row.get(SUPPORT_PINS.USER_ID)),
        new SupportPin(new String(digits, StandardCharsets.US_ASCII)),
        row.get(SUPPORT_PINS.MADE_AT),
        guesses);
  }
}
