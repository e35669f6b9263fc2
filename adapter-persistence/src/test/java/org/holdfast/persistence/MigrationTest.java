package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.holdfast.application.Ids;
import org.holdfast.application.account.Accounts;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.account.Account;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationTest {

  @Test
  void all_databases_have_the_same_tables_columns_and_unique_keys() throws Exception {
    var expected = schemaOf(TestDatabases.H2_MEMORY);
    assertThat(expected).hasSizeGreaterThan(15);
    assertThat(schemaOf(TestDatabases.POSTGRESQL)).isEqualTo(expected);
    assertThat(schemaOf(TestDatabases.MARIADB)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void several_nodes_may_start_at_once(TestDatabases database) throws Exception {
    try (var source = database.empty(8)) {
      var databases = Databases.of(source);
      Race.of(
          4,
          i -> {
            databases.migrate(source);
            return true;
          });
      databases.migrate(source);
      assertThat(
              number(
                  source,
                  quoted(source, "SELECT COUNT(*) FROM [holdfast_schema] WHERE [version] = '001'")))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_hosts_own_tables_may_be_there_already(TestDatabases database) throws Exception {
    try (var source = database.empty(2)) {
      execute(source, "CREATE TABLE invoices (id INT PRIMARY KEY)");
      Databases.of(source).migrate(source).migrate(source);
      assertThat(number(source, "SELECT COUNT(*) FROM accounts")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"H2_MEMORY, ;SCHEMA=HOLDFAST", "POSTGRESQL, ?currentSchema=holdfast"})
  void a_schema_of_its_own_beside_tables_of_the_same_names(TestDatabases database, String chosen)
      throws Exception {
    var url = database.url();
    try (var host = Databases.pool(url, database.user(), "", 2)) {
      execute(host, "CREATE TABLE users (id INT PRIMARY KEY)");
      execute(host, "CREATE SCHEMA holdfast");
      try (var source = Databases.pool(url + chosen, database.user(), "", 2)) {
        Databases.of(source).migrate(source).migrate(source);
        assertThat(number(source, "SELECT COUNT(email) FROM users")).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_newer_schema_is_refused_in_one_line(TestDatabases database) throws Exception {
    try (var source = database.fresh(2)) {
      execute(
          source,
          quoted(
              source,
              "INSERT INTO [holdfast_schema] ([installed_rank], [version], [description], [type],"
                  + " [script], [checksum], [installed_by], [execution_time], [success])"
                  + " VALUES (999, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', 1, TRUE)"));
      assertThatThrownBy(() -> Databases.of(source).migrate(source))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("999")
          .hasMessageContaining("newer")
          .satisfies(refused -> assertThat(refused).message().doesNotContain("\n"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_up_to_date_is_known_without_flyway(TestDatabases database) throws Exception {
    try (var source = database.empty(2)) {
      var databases = Databases.of(source);
      assertThat(databases.isCurrent(source)).isFalse();
      databases.migrate(source);
      assertThat(databases.isCurrent(source)).isTrue(); // each script is listed, and in its order
      execute(source, quoted(source, "UPDATE [holdfast_schema] SET [checksum] = [checksum] + 1"));
      assertThat(databases.isCurrent(source)).isFalse();
      assertThatThrownBy(() -> databases.migrate(source)).isInstanceOf(IllegalStateException.class);
      execute(
          source,
          quoted(
              source,
              "UPDATE [holdfast_schema] SET [checksum] = [checksum] - 1, [success] = FALSE"));
      assertThat(databases.isCurrent(source)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void accounts_from_before_there_were_keys_are_found_by_their_names(TestDatabases database)
      throws Exception {
    try (var source = database.empty(4)) {
      var databases = Databases.of(source);
      databases.migrations(source).target("003").load().migrate();
      addUser(source);
      for (var i = 0; i < 1001; i++) { // more than two pages
        addAccount(source, i);
      }
      databases.migrate(source);
      var accounts = accounts(source);
      assertThat(accounts.named("muller", 9999)).hasSize(1001);
      assertThat(accounts.named("zoe muller", 9999)).hasSize(1001);
      assertThat(accounts.named("eclair 1000", 9999))
          .extracting(Account::number)
          .containsExactly("00001000");
      addAccount(source, 1001); // by a node of the version before, which still runs
      databases.migrate(source);
      assertThat(accounts.named("eclair 1001", 9999)).hasSize(1);
      assertThat(number(source, "SELECT COUNT(*) FROM accounts WHERE version <> 7")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keys_that_somebody_wrote_meanwhile_are_left_alone(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      addUser(source);
      for (var i = 0; i < 200; i++) {
        addAccount(source, i);
      }
      var accounts = accounts(source);
      Race.of(
          5,
          i -> {
            if (i > 0) {
              Databases.of(source).migrate(source); // several nodes
            } else {
              for (var account : accounts.page(Optional.empty(), 200)) {
                accounts.save(
                    account.with(account.details().withName(new PersonName("Grace", "Hopper"))));
              }
            }
            return true;
          });
      assertThat(accounts.named("hopper", 9999)).hasSize(200);
      assertThat(accounts.named("muller", 9999)).isEmpty();
    }
  }

  private static Accounts accounts(HikariDataSource source) {
    return Databases.of(source)
        .store(
            source, InMemoryHoldfast.SEALER, Ids.timeOrdered(InstantSource.system(), new Random(1)))
        .accounts();
  }

  private static void addUser(DataSource source) throws SQLException {
    execute(
        source,
        "INSERT INTO users (id, first_name, last_name, email, language, time_zone) VALUES ('"
            + new UUID(0x7000, 0x8000_0000_0000_0000L)
            + "', 'Zoë', 'Müller', 'zoe@example.com', 'en', 'UTC')");
  }

  /** As it was written before there were keys. */
  private static void addAccount(DataSource source, int n) throws SQLException {
    execute(
        source,
        ("INSERT INTO accounts (id, account_number, holder_id, first_name, last_name, company,"
                + " email, email_confirmed, phone, tax_id, language, line1, line2, city, region,"
                + " postcode, country, categories, opened_at, version)"
                + " VALUES ('%s', '%08d', '%s', 'Zoë', 'Müller', 'Éclair %d', 'zoe@example.com',"
                + " TRUE, '', '', 'en', 'Allee 1', '', 'Berlin', '', '10117', 'DE', 'invoices',"
                + " '2026-03-08 02:30:00', 7)")
            .formatted(
                new UUID((long) n << 32 | 0x7000, 0x8000_0000_0000_0000L + n),
                n,
                new UUID(0x7000, 0x8000_0000_0000_0000L),
                n));
  }

  private static TreeMap<String, TreeSet<String>> schemaOf(TestDatabases database)
      throws SQLException {
    var tables = new TreeMap<String, TreeSet<String>>();
    try (var source = database.fresh(2);
        var connection = source.getConnection()) {
      var schema = Databases.of(source) == Databases.MARIADB ? null : connection.getSchema();
      var data = connection.getMetaData();
      try (var columns = data.getColumns(connection.getCatalog(), schema, "%", "%")) {
        while (columns.next()) {
          tables
              .computeIfAbsent(lower(columns.getString("TABLE_NAME")), t -> new TreeSet<>())
              .add(
                  lower(columns.getString("COLUMN_NAME")) + " " + columns.getString("IS_NULLABLE"));
        }
      }
      tables.remove("holdfast_schema"); // Flyway's own differs
      for (var table : tables.keySet()) {
        var stored = Databases.of(source) == Databases.H2 ? table.toUpperCase(Locale.ROOT) : table;
        var keys = new TreeMap<String, String>();
        try (var indexes =
            data.getIndexInfo(connection.getCatalog(), schema, stored, true, false)) {
          while (indexes.next()) {
            keys.merge(
                indexes.getString("INDEX_NAME"),
                lower(indexes.getString("COLUMN_NAME")),
                (before, column) -> before + "," + column);
          }
        }
        keys.values().forEach(columns -> tables.get(table).add("unique " + columns));
      }
    }
    return tables;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Flyway quotes its names, which only H2 minds. */
  private static String quoted(DataSource source, String sql) {
    var mark = Databases.of(source) == Databases.H2 ? "\"" : "";
    return sql.replace("[", mark).replace("]", mark);
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int number(DataSource source, String sql) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
