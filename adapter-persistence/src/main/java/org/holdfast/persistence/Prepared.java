package org.holdfast.persistence;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A statement that is written down once. Those that every sign-in and every session check makes are
 * kept so: to render them anew takes jOOQ longer than all else that is done for them in this
 * process.
 */
final class Prepared {

  private final DSLContext db;
  private final String sql;
  private final Field<?>[] fields;
  private final int places;

  private Prepared(Query query, Field<?>... fields) {
    db = DSL.using(requireNonNull(query.configuration()));
    sql = query.getSQL();
    places = query.getBindValues().size();
    this.fields = fields;
  }

  /** A query for these columns, with {@link #place} where a value goes. */
  static Prepared query(ResultQuery<?> query, Field<?>... columns) {
    return new Prepared(query, columns);
  }

  /** A write, with {@link #place} where a value goes. */
  static Prepared write(Query query) {
    return new Prepared(query);
  }

  /** An insert of one row, with a place for each of these columns. */
  static Prepared insert(DSLContext db, Table<?> table, Field<?>... columns) {
    return write(
        db.insertInto(table, columns).values(Stream.of(columns).map(Prepared::place).toList()));
  }

  /** Where a value of this column's type goes. */
  static <T> Field<T> place(Field<T> column) {
    return DSL.val((T) null, column);
  }

  /** The one row there is, if there is one. */
  <T> Optional<T> one(Function<Row, T> read, @Nullable Object... values) {
    var rows = all(read, values);
    checkState(rows.size() < 2, "more than one row");
    return rows.stream().findFirst();
  }

  /** All rows there are. */
  <T> List<T> all(Function<Row, T> read, @Nullable Object... values) {
    return db.connectionResult(
        connection -> {
          try (var statement = prepare(connection, values);
              var rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) {
              all.add(read.apply(row(rows)));
            }
            return all;
          }
        });
  }

  private Row row(ResultSet rows) {
    return new Row() {
      @Override
      public <T> T get(Field<T> column) {
        return valueOf(rows, column);
      }
    };
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // as jOOQ's records, of which a column may be null
  private <T> T valueOf(ResultSet rows, Field<T> column) {
    try {
      var index = index(column);
      if (column.getType() == Instant.class) {
        return (T) InstantBinding.read(rows.getObject(index, LocalDateTime.class));
      }
      return rows.getObject(index, column.getType());
    } catch (SQLException e) {
      throw new DataAccessException("cannot read " + column, e);
    }
  }

  private int index(Field<?> column) {
    for (var i = 0; i < fields.length; i++) {
      if (fields[i] == column) { // the generated columns are constants
        return i + 1;
      }
    }
    throw new IllegalArgumentException(column + " is not in: " + sql);
  }

  /** Writes, and says how many rows. */
  int execute(@Nullable Object... values) {
    return db.connectionResult(
        connection -> {
          try (var statement = prepare(connection, values)) {
            return statement.executeUpdate();
          }
        });
  }

  private PreparedStatement prepare(Connection connection, @Nullable Object... values)
      throws SQLException {
    checkState(values.length == places, "%s values for: %s", values.length, sql);
    var statement = connection.prepareStatement(sql);
    try {
      for (var i = 0; i < values.length; i++) {
        bind(statement, i + 1, values[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException failed) {
      statement.close();
      throw failed;
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    statement.setObject(
        index, value instanceof Instant instant ? InstantBinding.stored(instant) : value);
  }
}
