package org.holdfast.web.console;

import com.zaxxer.hikari.HikariDataSource;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The console's JSON API, in memory and on every database. */
class ConsoleApiTest {

  @Nested
  class InMemory extends ConsoleApiContract {
    InMemory() {
      super(RunningConsole.console());
    }
  }

  @Nested
  class OnH2 extends Kept {
    OnH2() {
      super(TestDatabases.H2_FILE);
    }
  }

  @Nested
  class OnPostgresql extends Kept {
    OnPostgresql() {
      super(TestDatabases.POSTGRESQL);
    }
  }

  @Nested
  class OnMariadb extends Kept {
    OnMariadb() {
      super(TestDatabases.MARIADB);
    }
  }

  abstract static class Kept extends ConsoleApiContract {
    private final HikariDataSource source;

    private Kept(HikariDataSource source) {
      super(RunningConsole.on(source));
      this.source = source;
    }

    Kept(TestDatabases database) {
      this(database.fresh(8));
    }

    @AfterEach
    void close() {
      source.close();
    }
  }
}
