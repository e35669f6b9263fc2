package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.ERRANDS;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.errand.Errands;
import org.holdfast.application.seal.Sealer;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps errands in {@code errands}; taking one deletes it, in the transaction that runs it. */
final class JooqErrands implements Errands {

  private static final String PLACE = "errands.words:";

  private final DSLContext db;
  private final Sealer sealer;

  JooqErrands(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public void add(Errand errand) {
    db.insertInto(ERRANDS)
        .set(ERRANDS.ID, errand.id())
        .set(ERRANDS.KIND, errand.kind().name())
        .set(ERRANDS.WORDS, sealer.seal(WordsCodec.write(errand.words()), PLACE + errand.id()))
        .set(ERRANDS.ASKED_AT, errand.askedAt())
        .execute();
  }

  @Override
  public Optional<Errand> take() {
    return db.selectFrom(ERRANDS)
        .orderBy(ERRANDS.ASKED_AT)
        .limit(1)
        .forUpdate()
        .skipLocked()
        .fetchOptional(this::errand)
        .filter(errand -> db.deleteFrom(ERRANDS).where(ERRANDS.ID.eq(errand.id())).execute() == 1);
  }

  @Override
  public Optional<Instant> oldest() {
    return db.select(ERRANDS.ASKED_AT)
        .from(ERRANDS)
        .orderBy(ERRANDS.ASKED_AT)
        .limit(1)
        .fetchOptional(ERRANDS.ASKED_AT);
  }

  private Errand errand(Record row) {
    var id = row.get(ERRANDS.ID);
    return new Errand(
        id,
        Errand.Kind.valueOf(row.get(ERRANDS.KIND)),
        WordsCodec.read(sealer.open(row.get(ERRANDS.WORDS), PLACE + id)),
        row.get(ERRANDS.ASKED_AT));
  }
}
