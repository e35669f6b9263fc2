package org.holdfast.persistence;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.StoreContract;
import org.holdfast.persistence.testkit.TestDatabases;
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
    // opening connections takes longer than all else, so a database serves one test after the other
    private static final Map<TestDatabases, HikariDataSource> OPEN = new ConcurrentHashMap<>();
    private static final List<String> TABLES =
        List.of(
            "recovery_cases",
            "mailed_codes",
            "support_grant_marks",
            "support_grants",
            "staff_log",
            "staff_sessions",
            "staff",
            "errands",
            "freezes",
            "support_pins",
            "account_domains",
            "authorization_requests",
            "linked_identities",
            "pending_sign_ins",
            "spent_otps",
            "recovery_codes",
            "factors",
            "activity_heads",
            "service_keys",
            "activity",
            "activity_heads",
            "rates",
            "guesses",
            "sessions",
            "devices",
            "passwords",
            "suppressions",
            "letters",
            "notifications",
            "email_changes",
            "mailed_links",
            "contacts",
            "invoice_parties",
            "accounts",
            "user_addresses",
            "users");

    private final Store store;

    Contract(TestDatabases database) {
      var source = OPEN.computeIfAbsent(database, d -> d.fresh(70));
      empty(source);
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

    private static void empty(DataSource source) {
      try (var connection = source.getConnection();
          var statement = connection.createStatement()) {
        for (var table : TABLES) {
          statement.execute("DELETE FROM " + table);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
