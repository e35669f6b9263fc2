package org.holdfast.web;

import com.zaxxer.hikari.HikariDataSource;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The JSON API, in memory and on every database. */
class ApiTest {

  @Nested
  class InMemory extends ApiContract {
    InMemory() {
      super(Running.portal());
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

  abstract static class Kept extends ApiContract {
    private final HikariDataSource source;

    private Kept(HikariDataSource source) {
      super(Running.on(source));
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
