package org.holdfast.persistence;

import com.zaxxer.hikari.HikariDataSource;
import java.time.InstantSource;
import java.util.Random;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.StoreContract;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

class JooqStoreTest {

  @Nested
  class OnH2InMemory extends Contract {
    OnH2InMemory() {
      super(TestDatabases.H2_MEMORY);
    }
  }

  @Nested
  class OnH2InAFile extends Contract {
    OnH2InAFile() {
      super(TestDatabases.H2_FILE);
    }
  }

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(TestDatabases.POSTGRESQL);
    }
  }

  @Nested
  class OnMariadb extends Contract {
    OnMariadb() {
      super(TestDatabases.MARIADB);
    }
  }

  abstract static class Contract extends StoreContract {
    private final HikariDataSource source;
    private final Store store;

    Contract(TestDatabases database) {
      source = database.fresh(40);
      store =
          Databases.of(source)
              .store(
                  source,
                  InMemoryHoldfast.SEALER,
                  Ids.timeOrdered(InstantSource.system(), new Random(1)));
    }

    @Override
    protected Store store() {
      return store;
    }

    @AfterEach
    void close() {
      source.close();
    }
  }
}
