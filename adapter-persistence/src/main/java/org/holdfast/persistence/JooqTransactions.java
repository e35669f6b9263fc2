package org.holdfast.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.holdfast.application.Transactions;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on a connection of the data source. Ports called inside use that connection; called
 * outside, each statement takes one and commits by itself. A host that has a transaction of its own
 * open lets Holdfast's work join it with {@link #on}. Work that the database undid to end a
 * deadlock is done again from its beginning.
 */
public final class JooqTransactions implements Transactions, ConnectionProvider {

  private static final int MOST_TRIES = 20; // those who come for the first time still interfere
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10); // as for a connection

  private final DataSource source;
  private final Semaphore places;
  private final boolean setIsolation;
  private final ReentrantLock retrying = new ReentrantLock(true);
  private final ThreadLocal<@Nullable Connection> open = new ThreadLocal<>();

  /**
   * @param places how many transactions may be open at once: fewer than there are connections,
   *     because what is counted during a transaction commits on another one
   * @param setIsolation does the data source begin at another level than READ COMMITTED?
   */
  JooqTransactions(DataSource source, int places, boolean setIsolation) {
    this.source = source;
    this.places = new Semaphore(places, true);
    this.setIsolation = setIsolation;
  }

  @Override
  public <T> T inOne(Supplier<T> work) {
    if (open.get() != null) {
      return work.get(); // joins
    }
    try {
      return once(work);
    } catch (DataAccessException e) {
      if (!wasUndoneByTheDatabase(e)) {
        throw e;
      }
      return again(work);
    }
  }

  /** Those who were undone follow one another: together they would only undo each other again. */
  private <T> T again(Supplier<T> work) {
    retrying.lock();
    try {
      for (var triesLeft = MOST_TRIES; ; triesLeft--) {
        try {
          return once(work);
        } catch (DataAccessException e) {
          if (triesLeft == 1 || !wasUndoneByTheDatabase(e)) {
            throw e;
          }
        }
      }
    } finally {
      retrying.unlock();
    }
  }

  /**
   * Of transactions that wait for each other a database picks one, undoes all of it and says so:
   * MariaDB does when several wait to insert one key and the first of them rolls back.
   */
  private static boolean wasUndoneByTheDatabase(DataAccessException e) {
    return e.sqlState().equals("40001") || e.sqlState().equals("40P01");
  }

  private <T> T once(Supplier<T> work) {
    enter();
    try (var connection = source.getConnection()) {
      return inOneOn(connection, work);
    } catch (SQLException e) {
      throw new DataAccessException("transaction failed", e);
    } finally {
      places.release();
    }
  }

  private void enter() {
    try {
      if (!places.tryAcquire(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new DataAccessException("too many transactions at once");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DataAccessException("interrupted while waiting for a transaction", interrupted);
    }
  }

  /**
   * Does this work on a connection whose transaction the host has opened and will end: it becomes
   * part of that transaction. Nothing is committed or rolled back here: what is thrown is the
   * host's to answer with a rollback.
   *
   * @throws IllegalStateException when the connection commits by itself, so that there is nothing
   *     to join
   */
  public <T> T on(Connection host, Supplier<T> work) {
    mustBeInTransaction(host);
    var before = open.get();
    open.set(host);
    try {
      return work.get();
    } finally {
      restore(before);
    }
  }

  private static void mustBeInTransaction(Connection host) {
    try {
      if (host.getAutoCommit()) {
        throw new IllegalStateException("the connection has no transaction open: it auto-commits");
      }
    } catch (SQLException e) {
      throw new DataAccessException("the host's connection is broken", e);
    }
  }

  private <T> T inOneOn(Connection connection, Supplier<T> work) throws SQLException {
    var autoCommit = connection.getAutoCommit();
    if (setIsolation) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
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
      connection.setAutoCommit(autoCommit);
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
    return committing(source);
  }

  /** A connection on which each statement commits by itself, whatever the pool's connections do. */
  static Connection committing(DataSource source) {
    try {
      var connection = source.getConnection();
      if (!connection.getAutoCommit()) {
        connection.setAutoCommit(true); // and the pool sets it back
      }
      return connection;
    } catch (SQLException e) {
      throw new DataAccessException("no connection", e);
    }
  }

  @Override
  public void release(Connection connection) {
    if (connection != open.get()) {
      close(connection);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new DataAccessException("connection not closed", e);
    }
  }

  /** Connections for statements that commit by themselves, whatever transaction is open. */
  static ConnectionProvider alone(DataSource source) {
    return new ConnectionProvider() {
      @Override
      public Connection acquire() {
        return committing(source);
      }

      @Override
      public void release(Connection connection) {
        close(connection);
      }
    };
  }
}
