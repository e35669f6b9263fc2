package org.holdfast.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.holdfast.application.Transactions;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on a connection of the data source. Ports called inside use that connection; called
 * outside, each statement takes one and commits by itself. A host that has a transaction of its own
 * open lets Holdfast's work join it with {@link #on}.
 */
public final class JooqTransactions implements Transactions, ConnectionProvider {

  private final DataSource source;
  private final ThreadLocal<@Nullable Connection> open = new ThreadLocal<>();

  JooqTransactions(DataSource source) {
    this.source = source;
  }

  @Override
  public <T> T inOne(Supplier<T> work) {
    if (open.get() != null) {
      return work.get(); // joins
    }
    try (var connection = source.getConnection()) {
      return inOneOn(connection, work);
    } catch (SQLException e) {
      throw new DataAccessException("transaction failed", e);
    }
  }

  /**
   * Does this work on a connection whose transaction the host has opened and will end: it becomes
   * part of that transaction. Nothing is committed or rolled back here.
   */
  public <T> T on(Connection host, Supplier<T> work) {
    var before = open.get();
    open.set(host);
    try {
      return work.get();
    } finally {
      restore(before);
    }
  }

  private <T> T inOneOn(Connection connection, Supplier<T> work) throws SQLException {
    connection.setAutoCommit(false);
    open.set(connection);
    var done = false;
    try {
      var answer = work.get();
      connection.commit();
      done = true;
      return answer;
    } finally {
      open.remove();
      if (!done) {
        undo(connection);
      }
      connection.setAutoCommit(true);
    }
  }

  /** What failed is what the caller has to hear of, also where undoing fails too. */
  private static void undo(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException broken) {
      // a connection that cannot roll back is broken, and its end rolls back
    }
  }

  private void restore(@Nullable Connection before) {
    if (before == null) {
      open.remove();
    } else {
      open.set(before);
    }
  }

  @Override
  public Connection acquire() {
    var joined = open.get();
    if (joined != null) {
      return joined;
    }
    try {
      return source.getConnection();
    } catch (SQLException e) {
      throw new DataAccessException("no connection", e);
    }
  }

  @Override
  public void release(Connection connection) {
    if (connection != open.get()) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new DataAccessException("connection not closed", e);
      }
    }
  }
}
