package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.ACCOUNTS;
import static org.holdfast.persistence.schema.Tables.FACTORS;
import static org.holdfast.persistence.schema.Tables.FREEZES;
import static org.holdfast.persistence.schema.Tables.PASSWORDS;
import static org.holdfast.persistence.schema.Tables.RECOVERY_CODES;
import static org.holdfast.persistence.schema.Tables.USERS;

import java.util.Optional;
import org.holdfast.application.signin.Standings;
import org.holdfast.domain.UserId;
import org.holdfast.domain.factor.Factor.Kind;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * Locks the user's row, and then reads what counts: a second statement, as the first may have
 * waited for whoever changed it.
 */
final class JooqStandings implements Standings {

  private static final Field<Long> TOKENS = factors(Kind.TOTP);
  private static final Field<Long> YUBIKEYS = factors(Kind.YUBIKEY);
  private static final Field<Long> CODES =
      count(
          RECOVERY_CODES, RECOVERY_CODES.USER_ID.eq(USERS.ID).and(RECOVERY_CODES.USED_AT.isNull()));
  private static final Field<Long> DEMANDING =
      count(
          ACCOUNTS,
          ACCOUNTS.HOLDER_ID.eq(USERS.ID).and(ACCOUNTS.FACTOR_REQUIRED.eq(DSL.inline(true))));
  private static final Field<?>[] STANDING = {
    USERS.DISABLED_AT,
    PASSWORDS.VERSION,
    PASSWORDS.CHANGED_AT,
    FREEZES.SINCE,
    TOKENS,
    YUBIKEYS,
    CODES,
    DEMANDING
  };

  private final Prepared lock;
  private final Prepared read;

  JooqStandings(DSLContext db) {
    lock =
        Prepared.query(
            db.select(USERS.ID)
                .from(USERS)
                .where(USERS.ID.eq(Prepared.place(USERS.ID)))
                .forUpdate(),
            USERS.ID);
    read =
        Prepared.query(
            db.select(STANDING)
                .from(USERS)
                .leftJoin(PASSWORDS)
                .on(PASSWORDS.USER_ID.eq(USERS.ID))
                .leftJoin(FREEZES)
                .on(FREEZES.USER_ID.eq(USERS.ID))
                .where(USERS.ID.eq(Prepared.place(USERS.ID))),
            STANDING);
  }

  @Override
  public Optional<Standing> lock(UserId user) {
    return lock.one(row -> true, user.value()).isEmpty()
        ? Optional.empty()
        : read.one(JooqStandings::standing, user.value());
  }

  @SuppressWarnings("NullAway") // an outer join's columns may be null
  private static Standing standing(Row row) {
    var version = Optional.ofNullable(row.get(PASSWORDS.VERSION));
    return new Standing(
        row.get(USERS.DISABLED_AT) != null,
        version.orElse(0L),
        Optional.ofNullable(row.get(PASSWORDS.CHANGED_AT)),
        Optional.ofNullable(row.get(FREEZES.SINCE)),
        row.get(TOKENS) > 0,
        row.get(YUBIKEYS) > 0,
        row.get(CODES).intValue(),
        row.get(DEMANDING) > 0);
  }

  private static Field<Long> factors(Kind kind) {
    return count(
        FACTORS,
        FACTORS
            .USER_ID
            .eq(USERS.ID)
            .and(FACTORS.KIND.eq(DSL.inline(kind.name())))
            .and(FACTORS.CONFIRMED_AT.isNotNull()));
  }

  private static Field<Long> count(Table<?> table, Condition which) {
    return DSL.field(DSL.select(DSL.count().cast(SQLDataType.BIGINT)).from(table).where(which));
  }
}
