package org.holdfast.persistence.testkit;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.holdfast.persistence.Databases;
import org.jspecify.annotations.Nullable;

/**
 * Real databases for tests: H2 in memory and in a file, and servers of PostgreSQL and MariaDB that
 * are started once in a folder of their own, on a free loopback port, and stopped when the tests
 * end. A server that is not installed is a failure that says so.
 */
public enum TestDatabases {
  H2_MEMORY,
  H2_FILE,
  POSTGRESQL,
  MARIADB;

  /**
   * A system property with options of PostgreSQL. Without, it keeps nothing safe from a power cut:
   * tests end before one matters.
   */
  public static final String POSTGRESQL_OPTIONS = "holdfast.postgresql";

  private static final AtomicInteger NEXT = new AtomicInteger();

  private @Nullable String server;

  /** A new, empty, migrated database. */
  public HikariDataSource fresh(int connections) {
    var source = empty(connections);
    Databases.of(source).migrate(source);
    openAll(source, connections);
    return source;
  }

  /** Another pool on the database of this one, as another node has it. */
  public static HikariDataSource beside(HikariDataSource first) {
    var connections = first.getMaximumPoolSize();
    var source = Databases.pool(first.getJdbcUrl(), first.getUsername(), "", connections);
    openAll(source, connections);
    return source;
  }

  /** A race is between callers who have their connection already. */
  private static void openAll(HikariDataSource source, int connections) {
    var open = new ArrayList<Connection>();
    try {
      for (var i = 0; i < connections; i++) {
        open.add(source.getConnection());
      }
      for (var connection : open) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("not so many connections: " + e.getMessage(), e);
    }
  }

  /** A new, empty database without a table. */
  public HikariDataSource empty(int connections) {
    return Databases.pool(url(), user(), "", connections);
  }

  /** The address of a new, empty database. */
  public String url() {
    var name = "t" + ProcessHandle.current().pid() + "_" + NEXT.incrementAndGet();
    try {
      return switch (this) {
        case H2_MEMORY -> "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
        case H2_FILE -> "jdbc:h2:file:" + folder().resolve(name);
        case POSTGRESQL -> {
          create(server() + "postgres", "CREATE DATABASE " + name);
          yield server() + name;
        }
        case MARIADB -> {
          create(server(), "CREATE DATABASE " + name);
          yield server() + name;
        }
      };
    } catch (SQLException e) {
      throw new IllegalStateException(this + " does not give a database: " + e.getMessage(), e);
    }
  }

  /** Who may do everything there, without a password. */
  public String user() {
    return switch (this) {
      case H2_MEMORY, H2_FILE -> "sa";
      case POSTGRESQL -> "postgres";
      case MARIADB -> "root";
    };
  }

  private void create(String url, String sql) throws SQLException {
    try (var connection = java.sql.DriverManager.getConnection(url, user(), "");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private synchronized String server() {
    if (server == null) {
      server = this == POSTGRESQL ? startPostgresql() : startMariadb();
    }
    return server;
  }

  private static String startPostgresql() {
    var bin = newest("/usr/lib/postgresql");
    if (bin == null) {
      throw new IllegalStateException(
          "PostgreSQL is not installed: ./verify installs Debian's package postgresql");
    }
    var folder = folderOf("postgres");
    var port = freePort();
    var as = as("postgres");
    run(
        as,
        bin + "/initdb",
        "-D",
        folder + "/data",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync");
    run(
        as,
        bin + "/pg_ctl",
        "-D",
        folder + "/data",
        "-w",
        "-l",
        folder + "/log",
        "-o",
        "-h 127.0.0.1 -p "
            + port
            + " -k "
            + folder
            + " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
            + " -c timezone=America/New_York "
            + System.getProperty(POSTGRESQL_OPTIONS, ""),
        "start");
    atExit(folder, as, bin + "/pg_ctl", "-D", folder + "/data", "-m", "immediate", "stop");
    return "jdbc:postgresql://127.0.0.1:" + port + "/";
  }

  private static String startMariadb() {
    if (!Files.exists(Path.of("/usr/sbin/mariadbd"))) {
      throw new IllegalStateException(
          "MariaDB is not installed: ./verify installs Debian's package mariadb-server");
    }
    var folder = folderOf("mysql");
    var port = freePort();
    var user = isRoot() ? "mysql" : System.getProperty("user.name");
    run(
        List.of(),
        "mariadb-install-db",
        "--no-defaults",
        "--user=" + user,
        "--datadir=" + folder + "/data",
        "--auth-root-authentication-method=normal",
        "--skip-test-db");
    start(
        "/usr/sbin/mariadbd",
        "--no-defaults",
        "--user=" + user,
        "--datadir=" + folder + "/data",
        "--socket=" + folder + "/s",
        "--pid-file=" + folder + "/pid",
        "--port=" + port,
        "--bind-address=127.0.0.1",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--max-connections=300",
        "--default-time-zone=-05:00");
    atExit(
        folder,
        List.of(),
        "mariadb-admin",
        "--no-defaults",
        "-S",
        folder + "/s",
        "-u",
        "root",
        "shutdown");
    run(
        List.of(),
        "mariadb-admin",
        "--no-defaults",
        "-S",
        folder + "/s",
        "-u",
        "root",
        "--wait=60",
        "--connect-timeout=60",
        "ping");
    return "jdbc:mariadb://127.0.0.1:" + port + "/";
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static List<String> as(String user) {
    return isRoot() ? List.of("runuser", "-u", user, "--") : List.of();
  }

  private static Path folderOf(String owner) {
    var folder = folder();
    if (isRoot()) {
      run(List.of(), "chown", owner, folder.toString());
    }
    return folder;
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory(
          "holdfast-test",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String newest(String versions) {
    var found = Path.of(versions).toFile().list();
    return found == null
        ? null
        : Arrays.stream(found)
            .max(Comparator.comparingInt(Integer::parseInt))
            .map(version -> versions + "/" + version + "/bin")
            .orElse(null);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> as, String... command) {
    var whole = new ArrayList<>(as);
    whole.addAll(List.of(command));
    try {
      var process = quiet(whole).start();
      if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException("failed: " + String.join(" ", whole));
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot run " + String.join(" ", whole), e);
    }
  }

  private static void start(String... command) {
    try {
      quiet(List.of(command)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ProcessBuilder quiet(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .directory(new java.io.File("/"));
  }

  private static void atExit(Path folder, List<String> as, String... stop) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  run(as, stop);
                  run(List.of(), "rm", "-rf", folder.toString());
                }));
  }
}
