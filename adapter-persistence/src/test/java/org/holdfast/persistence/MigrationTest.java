package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.holdfast.application.testkit.Race;
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
