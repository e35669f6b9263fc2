package org.holdfast.persistence;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.seal.Sealer;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderNameCase;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;

/** The databases that Holdfast can be kept in. */
public enum Databases {
  H2(SQLDialect.H2, "jdbc:h2:", "UUID", "TIMESTAMP(3)", "VARBINARY(1000000)", "", ""),
  POSTGRESQL(
      SQLDialect.POSTGRES,
      "jdbc:postgresql:",
      "UUID",
      "TIMESTAMP(3)",
      "BYTEA",
      "COLLATE \"C\"",
      ""),
  MARIADB(
      SQLDialect.MARIADB,
      "jdbc:mariadb:",
      "UUID",
      "DATETIME(3)",
      "LONGBLOB",
      "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
      "CHARACTER SET utf8mb4");

  private static final String MIGRATIONS = "org/holdfast/persistence/migration";
  private static final String HISTORY = "holdfast_schema";

  /** Every migration there is, in order. */
  private static final List<String> SCRIPTS =
      List.of(
          "V001__accounts_users_and_their_security.sql",
          "V002__factors_linked_accounts_and_chained_activity.sql",
          "V003__support_pins_and_hosted_domains.sql",
          "V004__staff_calls_and_recovery_cases.sql");

  private final SQLDialect dialect;
  private final String url;
  private final Map<String, String> types;

  Databases(
      SQLDialect dialect,
      String url,
      String uuid,
      String instant,
      String bytes,
      String exact,
      String table) {
    this.dialect = dialect;
    this.url = url;
    this.types =
        Map.of("uuid", uuid, "instant", instant, "bytes", bytes, "exact", exact, "table", table);
  }

  /**
   * The database that this JDBC URL leads to.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  public static Databases of(String jdbcUrl) {
    for (var database : values()) {
      if (jdbcUrl.startsWith(database.url)) {
        return database;
      }
    }
    throw new IllegalArgumentException("must be a JDBC URL of H2, PostgreSQL or MariaDB");
  }

  /**
   * A pool of connections. Every commit is on disk when it is acknowledged: H2 would otherwise wait
   * for half a second.
   */
  public static HikariDataSource pool(
      String jdbcUrl, String user, String password, int connections) {
    var config = new HikariConfig();
    config.setJdbcUrl(
        of(jdbcUrl) == H2 && !jdbcUrl.contains("WRITE_DELAY")
            ? jdbcUrl
                + ";WRITE_DELAY=0;LOCK_TIMEOUT=20000;DB_CLOSE_ON_EXIT=FALSE"
                + ";OPTIMIZE_REUSE_RESULTS=0" // else a query may give a result of before a change
            : jdbcUrl);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(Math.min(2, connections));
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setPoolName("holdfast");
    return new HikariDataSource(config);
  }

  /**
   * Brings the schema up to date. Several nodes may do so at once, and a host's own tables may be
   * there already, under other names.
   *
   * @return this, for what comes next
   * @throws IllegalStateException in one line, when the schema is newer than this program, or
   *     broken
   */
  public Databases migrate(DataSource source) {
    // servers keep nodes apart; H2's lock ends with its first DDL, but one process has its file
    synchronized (this) {
      if (!isCurrent(source)) {
        migrateAlone(source);
      }
    }
    // not a migration, as a node of the version before may go on writing without keys for a while
    new JooqAccounts(using(new DefaultConfiguration().set(source))).fillKeys();
    return this;
  }

  /**
   * Is every migration done, unchanged, and none that we do not know? Finding that out with Flyway
   * takes half a second of every start. Wherever anything is not just so, Flyway decides.
   */
  boolean isCurrent(DataSource source) {
    var mark = this == H2 ? "\"" : ""; // Flyway quotes its names, which only H2 minds
    var columns =
        Stream.of("script", "checksum", "success").map(c -> mark + c + mark).collect(joining(", "));
    var select =
        "SELECT %1$s FROM %2$s WHERE %3$s > 0 ORDER BY %3$s" // on H2, -1 is about the table itself
            .formatted(columns, mark + HISTORY + mark, mark + "installed_rank" + mark);
    try (var connection = source.getConnection()) {
      return hasHistory(connection) && saysCurrent(connection, select);
    } catch (SQLException unreadable) {
      return false;
    }
  }

  /** Asked first, as drivers log a table that is not there. */
  private static boolean hasHistory(Connection connection) throws SQLException {
    try (var tables =
        connection
            .getMetaData()
            .getTables(connection.getCatalog(), connection.getSchema(), HISTORY, null)) {
      return tables.next();
    }
  }

  private static boolean saysCurrent(Connection connection, String select) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(select)) {
      for (var script : SCRIPTS) {
        if (!rows.next()
            || !script.equals(rows.getString(1))
            || rows.getInt(2) != checksum(script)
            || !rows.getBoolean(3)) {
          return false;
        }
      }
      return !rows.next();
    }
  }

  /** As Flyway takes it: of the lines, whatever ends them. */
  private static int checksum(String script) {
    var checksum = new CRC32();
    try (var in = Databases.class.getResourceAsStream("/" + MIGRATIONS + "/" + script)) {
      new BufferedReader(new InputStreamReader(requireNonNull(in), UTF_8))
          .lines()
          .forEach(line -> checksum.update(line.getBytes(UTF_8)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return (int) checksum.getValue();
  }

  /** What migrates this database, up to the newest version if it is told nothing else. */
  FluentConfiguration migrations(DataSource source) {
    return Flyway.configure()
        .dataSource(source)
        .locations("classpath:" + MIGRATIONS)
        .placeholders(types)
        .table(HISTORY)
        .validateMigrationNaming(true)
        .baselineOnMigrate(true) // a host's tables are no reason not to begin
        .baselineVersion("0")
        .ignoreMigrationPatterns("*:pending");
  }

  private void migrateAlone(DataSource source) {
    var flyway = migrations(source).load();
    try {
      var current = flyway.info().current();
      if (current != null && current.getState() == MigrationState.FUTURE_SUCCESS) {
        throw new IllegalStateException(
            "The database's schema is version "
                + current.getVersion()
                + ", newer than this Holdfast knows: start the newer one.");
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw new IllegalStateException(
          "The database's schema could not be brought up to date: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  /** Finds which of these a host's data source leads to. */
  public static Databases of(DataSource source) {
    try (var connection = source.getConnection()) {
      return of(connection.getMetaData().getURL());
    } catch (SQLException e) {
      throw new IllegalStateException("The database cannot be reached: " + e.getMessage(), e);
    }
  }

  /**
   * Everything that is kept in this database. Its schema must be up to date. The data source must
   * have more connections than threads that are in a transaction, for what is counted meanwhile: of
   * a HikariCP pool all but one are used for transactions, with another kind the host sees to it.
   */
  public Store store(DataSource source, Sealer sealer, Ids ids) {
    var transactions = new JooqTransactions(source, places(source), prepare(source));
    var db = using(new DefaultConfiguration().set(transactions));
    var alone = using(new DefaultConfiguration().set(JooqTransactions.alone(source)));
    return new Store(
        transactions,
        new JooqAccounts(db),
        new JooqUsers(db),
        new JooqContacts(db),
        new JooqMailedLinks(db, sealer),
        new JooqEmailChanges(db),
        new JooqOutbox(db, sealer, ids),
        new JooqSuppressions(db),
        new JooqNotifications(db, sealer),
        new JooqPasswords(db),
        new JooqDevices(db),
        new JooqOpenSessions(db),
        new JooqGuesses(db, alone),
        new JooqRates(alone),
        new JooqActivity(db, sealer, ids),
        new JooqServiceKeys(db),
        new JooqErrands(db, sealer),
        new JooqStandings(db),
        new JooqPendingSignIns(db),
        new JooqFactors(db, sealer),
        new JooqLinkedIdentities(db),
        new JooqAuthorizationRequests(db, sealer),
        new JooqFreezes(db),
        new JooqSupportPins(db, alone, sealer),
        new JooqStaffMembers(db, sealer),
        new JooqStaffSessions(db),
        new JooqStaffLog(db),
        new JooqGrants(db),
        new JooqMailedCodes(db, alone, sealer),
        new JooqRecoveryCases(db, sealer));
  }

  /**
   * All that is sealed in this database, to be sealed anew.
   *
   * @param transactions those of the store over it
   */
  public SealedRows sealedRows(JooqTransactions transactions, Sealer sealer) {
    var db = using(new DefaultConfiguration().set(transactions));
    return new SealedRows(db, transactions, sealer);
  }

  private static int places(DataSource source) {
    try {
      if (!source.isWrapperFor(HikariDataSource.class)) {
        return Integer.MAX_VALUE;
      }
      var connections = source.unwrap(HikariDataSource.class).getMaximumPoolSize();
      checkArgument(connections > 1, "the pool needs two connections at least");
      return connections - 1;
    } catch (SQLException e) {
      throw new IllegalStateException("not a data source: " + e.getMessage(), e);
    }
  }

  /** Sets what a host's data source may lack; says whether its transactions begin too strict. */
  private boolean prepare(DataSource source) {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      if (this == H2) {
        statement.execute("SET WRITE_DELAY 0");
        statement.execute("SET OPTIMIZE_REUSE_RESULTS 0");
      }
      return connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED;
    } catch (SQLException e) {
      throw new IllegalStateException("The database cannot be reached: " + e.getMessage(), e);
    }
  }

  private DSLContext using(org.jooq.Configuration configuration) {
    return DSL.using(
        configuration
            .set(dialect)
            .set(
                new Settings()
                    .withRenderQuotedNames(RenderQuotedNames.NEVER)
                    .withRenderNameCase(RenderNameCase.AS_IS)
                    .withRenderSchema(false)
                    .withRenderCatalog(false)
                    .withExecuteLogging(false)
                    .withCacheRecordMappers(true)
                    .withReturnIdentityOnUpdatableRecord(false)));
  }
}
