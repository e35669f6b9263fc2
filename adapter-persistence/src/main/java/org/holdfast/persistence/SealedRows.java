package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMultiset;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.holdfast.application.Transactions;
import org.holdfast.application.seal.Sealer;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.impl.DSL;

/**
 * All that is sealed in the database, gone over row by row. Neither this nor what else goes on
 * waits for the other for longer than a page takes to be written. It may be broken off anywhere and
 * begun again: what is done stays done.
 */
public final class SealedRows {

  private static final int PAGE = 50; // rows in memory, and in one transaction

  private final DSLContext db;
  private final Transactions transactions;
  private final Sealer sealer;

  SealedRows(DSLContext db, Transactions transactions, Sealer sealer) {
    this.db = db;
    this.transactions = transactions;
    this.sealer = sealer;
  }

  /**
   * What became of the values in one column.
   *
   * @param column such as {@code letters.words}
   * @param resealed how many were opened and sealed anew
   * @param current how many were sealed with the current key already
   * @param stuck how many do not open: changed, moved, or sealed with a key that is not there
   */
  public record Resealed(String column, int resealed, int current, int stuck) {}

  private enum Fate {
    RESEALED,
    CURRENT,
    STUCK,
    CHANGED_MEANWHILE
  }

  /**
   * Seals everything anew that is not sealed with the current key. A value that somebody else
   * changes meanwhile is left as they write it.
   */
  public ImmutableList<Resealed> reseal() {
    return SealedColumn.ALL.stream().map(this::reseal).collect(toImmutableList());
  }

  /** How many values each key has sealed, by the name that a key is given here. */
  public ImmutableMultiset<String> count(Function<byte[], String> keyOf) {
    var count = HashMultiset.<String>create();
    for (var column : SealedColumn.ALL) {
      eachPage(column, page -> page.forEach(row -> count.add(keyOf.apply(row.value2()))));
    }
    return ImmutableMultiset.copyOf(count);
  }

  private <K> Resealed reseal(SealedColumn<K> column) {
    var fates = HashMultiset.<Fate>create();
    eachPage(
        column,
        page ->
            fates.addAll(
                transactions.inOne(() -> page.stream().map(row -> reseal(column, row)).toList())));
    return new Resealed(
        column.name(),
        fates.count(Fate.RESEALED),
        fates.count(Fate.CURRENT),
        fates.count(Fate.STUCK));
  }

  private <K> Fate reseal(SealedColumn<K> column, Record2<K, byte[]> row) {
    var old = row.value2();
    if (sealer.isCurrent(old)) {
      return Fate.CURRENT;
    }
    var place = column.place(row.value1());
    byte[] plain;
    try {
      plain = sealer.open(old, place);
    } catch (IllegalStateException doesNotOpen) {
      return Fate.STUCK;
    }
    var changed =
        db.update(column.table())
            .set(column.bytes(), sealer.seal(plain, place))
            .where(column.key().eq(row.value1()), column.bytes().eq(old))
            .execute();
    return changed == 1 ? Fate.RESEALED : Fate.CHANGED_MEANWHILE;
  }

  /** The column's values in the order of their keys; new rows behind the last page are missed. */
  private <K> void eachPage(SealedColumn<K> column, Consumer<List<Record2<K, byte[]>>> work) {
    Condition rest = DSL.noCondition();
    List<Record2<K, byte[]>> page;
    do {
      page =
          db.select(column.key(), column.bytes())
              .from(column.table())
              .where(column.bytes().isNotNull(), rest)
              .orderBy(column.key())
              .limit(PAGE)
              .fetch();
      work.accept(page);
      if (!page.isEmpty()) {
        rest = column.key().gt(page.get(page.size() - 1).value1());
      }
    } while (page.size() == PAGE);
  }
}
