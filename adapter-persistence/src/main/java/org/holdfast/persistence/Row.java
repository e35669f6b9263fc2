package org.holdfast.persistence;

import org.jooq.Field;

/** One row that was read, by jOOQ ({@code record::get}) or by a {@link Prepared} query. */
@FunctionalInterface
interface Row {

  /** What stands in this column. */
  <T> T get(Field<T> column);
}
