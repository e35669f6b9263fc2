package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.FACTORS;
import static org.holdfast.persistence.schema.Tables.RECOVERY_CODES;
import static org.holdfast.persistence.schema.Tables.SPENT_OTPS;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.holdfast.application.factor.Factors;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.UserId;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.Factor.Kind;
import org.holdfast.domain.factor.TotpSecret;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * Keeps factors in {@code factors}, recovery codes in {@code recovery_codes} and what YubiKeys said
 * in {@code spent_otps}. Whatever counts once is decided by the row count of one write.
 */
final class JooqFactors implements Factors {

  private final DSLContext db;
  private final Sealer sealer;

  JooqFactors(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public ImmutableList<Factor> of(UserId user) {
    return db
        .selectFrom(FACTORS)
        .where(counts(user))
        .orderBy(FACTORS.ADDED_AT, FACTORS.ID)
        .fetch(JooqFactors::factor)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public ImmutableList<Token> tokens(UserId user) {
    return db
        .selectFrom(FACTORS)
        .where(counts(user), FACTORS.KIND.eq(Kind.TOTP.name()))
        .orderBy(FACTORS.ADDED_AT, FACTORS.ID)
        .fetch(this::token)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public Optional<Token> unconfirmed(UserId user, Factor.Id id) {
    return db.selectFrom(FACTORS)
        .where(
            FACTORS.ID.eq(id.value()),
            FACTORS.USER_ID.eq(user.value()),
            FACTORS.CONFIRMED_AT.isNull())
        .fetchOptional(this::token);
  }

  @Override
  public void addUnconfirmed(Factor token, TotpSecret secret) {
    db.deleteFrom(FACTORS)
        .where(FACTORS.USER_ID.eq(token.user().value()), FACTORS.CONFIRMED_AT.isNull())
        .execute();
    db.insertInto(FACTORS)
        .set(FACTORS.ID, token.id().value())
        .set(FACTORS.USER_ID, token.user().value())
        .set(FACTORS.KIND, token.kind().name())
        .set(FACTORS.FACTOR_NAME, token.name())
        .set(
            FACTORS.SECRET,
            sealer.seal(secret.bytes(), SealedColumn.FACTORS_SECRET.place(token.id().value())))
        .set(FACTORS.LAST_STEP, 0L)
        .set(FACTORS.ADDED_AT, token.addedAt())
        .execute();
  }

  @Override
  public boolean confirm(Factor.Id id, long step, Instant now) {
    return db.update(FACTORS)
            .set(FACTORS.CONFIRMED_AT, now)
            .set(FACTORS.LAST_STEP, step)
            .where(FACTORS.ID.eq(id.value()), FACTORS.CONFIRMED_AT.isNull())
            .execute()
        == 1;
  }

  @Override
  public boolean accept(Factor.Id id, long step, Instant now) {
    return db.update(FACTORS)
            .set(FACTORS.LAST_STEP, step)
            .set(FACTORS.LAST_USED_AT, now)
            .where(
                FACTORS.ID.eq(id.value()),
                FACTORS.CONFIRMED_AT.isNotNull(),
                FACTORS.LAST_STEP.lt(step))
            .execute()
        == 1;
  }

  @Override
  public boolean addYubiKey(Factor key, String publicId) {
    return Columns.insertOnce(
        db.insertInto(FACTORS)
            .set(FACTORS.ID, key.id().value())
            .set(FACTORS.USER_ID, key.user().value())
            .set(FACTORS.KIND, key.kind().name())
            .set(FACTORS.FACTOR_NAME, key.name())
            .set(FACTORS.PUBLIC_ID, publicId)
            .set(FACTORS.LAST_STEP, 0L)
            .set(FACTORS.ADDED_AT, key.addedAt())
            .set(FACTORS.CONFIRMED_AT, key.addedAt()));
  }

  @Override
  public Optional<Factor> yubiKey(UserId user, String publicId) {
    return db.selectFrom(FACTORS)
        .where(counts(user), FACTORS.PUBLIC_ID.eq(publicId))
        .fetchOptional(JooqFactors::factor);
  }

  @Override
  public void touch(Factor.Id id, Instant now) {
    db.update(FACTORS).set(FACTORS.LAST_USED_AT, now).where(FACTORS.ID.eq(id.value())).execute();
  }

  @Override
  public boolean spend(String otpFingerprint, Instant now) {
    return Columns.insertOnce(
        db.insertInto(SPENT_OTPS)
            .set(SPENT_OTPS.FINGERPRINT, otpFingerprint)
            .set(SPENT_OTPS.SPENT_AT, now));
  }

  @Override
  public boolean rename(UserId user, Factor.Id id, String name) {
    return db.update(FACTORS)
            .set(FACTORS.FACTOR_NAME, name)
            .where(FACTORS.ID.eq(id.value()), counts(user))
            .execute()
        == 1;
  }

  @Override
  public boolean remove(UserId user, Factor.Id id) {
    return db.deleteFrom(FACTORS).where(FACTORS.ID.eq(id.value()), counts(user)).execute() == 1;
  }

  @Override
  public void removeAll(UserId user) {
    db.deleteFrom(FACTORS).where(FACTORS.USER_ID.eq(user.value())).execute();
    db.deleteFrom(RECOVERY_CODES).where(RECOVERY_CODES.USER_ID.eq(user.value())).execute();
  }

  @Override
  public void replaceCodes(UserId user, Collection<String> fingerprints) {
    db.deleteFrom(RECOVERY_CODES).where(RECOVERY_CODES.USER_ID.eq(user.value())).execute();
    if (!fingerprints.isEmpty()) {
      var insert =
          db.insertInto(RECOVERY_CODES, RECOVERY_CODES.USER_ID, RECOVERY_CODES.FINGERPRINT);
      for (var fingerprint : fingerprints) {
        insert = insert.values(user.value(), fingerprint);
      }
      insert.execute();
    }
  }

  @Override
  public boolean useCode(UserId user, String fingerprint, Instant now) {
    return db.update(RECOVERY_CODES)
            .set(RECOVERY_CODES.USED_AT, now)
            .where(
                RECOVERY_CODES.USER_ID.eq(user.value()),
                RECOVERY_CODES.FINGERPRINT.eq(fingerprint),
                RECOVERY_CODES.USED_AT.isNull())
            .execute()
        == 1;
  }

  @Override
  public int codesLeft(UserId user) {
    return db.fetchCount(
        RECOVERY_CODES,
        RECOVERY_CODES.USER_ID.eq(user.value()).and(RECOVERY_CODES.USED_AT.isNull()));
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(SPENT_OTPS).where(SPENT_OTPS.SPENT_AT.lt(before)).execute();
  }

  private static Condition counts(UserId user) {
    return FACTORS.USER_ID.eq(user.value()).and(FACTORS.CONFIRMED_AT.isNotNull());
  }

  private Token token(Record row) {
    var factor = factor(row);
    var secret =
        sealer.open(
            row.get(FACTORS.SECRET), SealedColumn.FACTORS_SECRET.place(factor.id().value()));
    return new Token(factor, TotpSecret.of(secret), row.get(FACTORS.LAST_STEP));
  }

  private static Factor factor(Record row) {
    return new Factor(
        new Factor.Id(row.get(FACTORS.ID)),
        new UserId(row.get(FACTORS.USER_ID)),
        Kind.valueOf(row.get(FACTORS.KIND)),
        row.get(FACTORS.FACTOR_NAME),
        row.get(FACTORS.ADDED_AT),
        Optional.ofNullable(row.get(FACTORS.LAST_USED_AT)));
  }
}
