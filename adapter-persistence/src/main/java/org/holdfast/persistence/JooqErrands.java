package org.holdfast.persistence;

import static org.holdfast.persistence.SealedColumn.ERRANDS_WORDS;
import static org.holdfast.persistence.schema.Tables.ERRANDS;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.errand.Errands;
import org.holdfast.application.seal.Sealer;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps errands in {@code errands}; taking one deletes it, in the transaction that runs it. */
final class JooqErrands implements Errands {

  private static final int MOST_IN_HAND = 64; // at one time, on all nodes together

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
        .set(
            ERRANDS.WORDS,
            sealer.seal(WordsCodec.write(errand.words()), ERRANDS_WORDS.place(errand.id())))
        .set(ERRANDS.ASKED_AT, errand.askedAt())
        .execute();
  }

  @Override
  public Optional<Errand> take() {
    var oldest = // not locked here: H2 would count those that others hold against the limit
        db.select(ERRANDS.ID)
            .from(ERRANDS)
            .orderBy(ERRANDS.ASKED_AT, ERRANDS.ID)
            .limit(MOST_IN_HAND)
            .fetch(ERRANDS.ID);
    return oldest.stream().map(this::take).flatMap(Optional::stream).findFirst();
  }

  private Optional<Errand> take(UUID id) {
    return db.selectFrom(ERRANDS)
        .where(ERRANDS.ID.eq(id))
        .forUpdate()
        .skipLocked()
        .fetchOptional(this::errand)
        .filter(errand -> db.deleteFrom(ERRANDS).where(ERRANDS.ID.eq(id)).execute() == 1);
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
        WordsCodec.read(sealer.open(row.get(ERRANDS.WORDS), ERRANDS_WORDS.place(id))),
        row.get(ERRANDS.ASKED_AT));
  }
}
