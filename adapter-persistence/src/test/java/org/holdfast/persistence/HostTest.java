package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guesses.Tally;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host's own data source, and its own transactions around Holdfast's work. */
class HostTest {

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final Rate RATE = new Rate(1000, Duration.ofSeconds(1));
  private static final AtomicLong LAST = new AtomicLong();

  @ParameterizedTest
  @EnumSource
  void what_joins_the_hosts_transaction_ends_as_it_does(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      try (var host = source.getConnection()) {
        host.setAutoCommit(false);
        on(store, host, () -> store.outbox().post(letter()));
        assertThat(host.getAutoCommit()).isFalse();
        assertThat(store.outbox().waiting()).isZero(); // seen from outside
        host.rollback();
        assertThat(store.outbox().waiting()).isZero();

        on(store, host, () -> store.outbox().post(letter()));
        host.commit();
      }
      assertThat(store.outbox().waiting()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refusal_leaves_the_hosts_transaction_to_the_host(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      try (var host = source.getConnection()) {
        host.setAutoCommit(false);
        assertThatThrownBy(
                () ->
                    on(
                        store,
                        host,
                        () -> {
                          store.outbox().post(letter());
                          store.guesses().replace("user:1", Tally.NONE, new Tally(3, NOW));
                          throw new Refusal(Refusal.Reason.BUSY);
                        }))
            .isInstanceOf(Refusal.class);
        host.rollback();
      }
      assertThat(store.outbox().waiting()).isZero();
      assertThat(store.guesses().read("user:1").failures()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_without_a_transaction_is_refused(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      try (var host = source.getConnection()) {
        assertThatThrownBy(() -> on(store, host, () -> store.outbox().post(letter())))
            .isInstanceOf(IllegalStateException.class);
      }
      assertThat(store.outbox().waiting()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_pool_that_does_not_commit_by_itself_loses_nothing(TestDatabases database)
      throws Exception {
    try (var source = hosts(database, 4, false)) {
      var store = store(source);
      store.transactions().inOne(() -> store.outbox().post(letter()));
      store.outbox().post(letter());
      assertThat(store.guesses().replace("user:1", Tally.NONE, new Tally(3, NOW))).isTrue();
      assertThat(store.rates().take("a", new Rate(1, Duration.ofMinutes(1)), NOW)).isZero();
      try (var host = source.getConnection()) {
        assertThat(host.getAutoCommit()).isFalse();
      }
      source.getHikariPoolMXBean().softEvictConnections();
      assertThat(store.outbox().waiting()).isEqualTo(2);
      assertThat(store.guesses().read("user:1").failures()).isEqualTo(3);
      assertThat(store.rates().take("a", new Rate(1, Duration.ofMinutes(1)), NOW)).isPositive();
    }
  }

  /** MariaDB's own default is a snapshot for a whole transaction, in which a winner is not seen. */
  @ParameterizedTest
  @EnumSource
  void who_was_not_first_sees_who_was_whatever_the_pools_isolation(TestDatabases database)
      throws Exception {
    try (var source = hosts(database, 4, true)) {
      var store = store(source);
      store
          .transactions()
          .inOne(
              () -> {
                assertThat(store.notifications().findByKey(Optional.empty(), "key")).isEmpty();
                inAnotherThread(
                    () ->
                        store
                            .transactions()
                            .inOne(() -> store.notifications().add(announcement("key"))));
                assertThat(store.notifications().add(announcement("key"))).isFalse();
                assertThat(store.notifications().findByKey(Optional.empty(), "key")).isPresent();
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void counts_commit_however_many_are_in_a_transaction(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var counted =
          Race.of(
              16,
              i ->
                  store
                      .transactions()
                      .inOne(
                          () -> {
                            store.outbox().waiting();
                            return store.rates().take("a", RATE, NOW).isZero();
                          }));
      assertThat(counted).containsOnly(true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_errand_in_somebodys_hands_is_passed_over(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var first = errand(NOW);
      var second = errand(NOW.plusMillis(1));
      store.errands().add(first);
      store.errands().add(second);
      store
          .transactions()
          .inOne(
              () -> {
                assertThat(store.errands().take()).contains(first);
                inAnotherThread(
                    () ->
                        assertThat(store.transactions().inOne(() -> store.errands().take()))
                            .contains(second));
              });
      assertThat(store.transactions().inOne(() -> store.errands().take())).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void words_are_sealed_and_wiped_when_the_letter_has_left(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      store.outbox().post(letter());
      assertThat(number(source, "SELECT COUNT(words) FROM letters")).isEqualTo(1);
      var claimed =
          store.transactions().inOne(() -> store.outbox().claim(1, NOW, Duration.ofMinutes(1)));
      store
          .outbox()
          .settle(
              claimed.get(0),
              org.holdfast.application.mail.Delivery.State.SENT,
              "250",
              Optional.empty(),
              NOW);
      assertThat(number(source, "SELECT COUNT(words) FROM letters")).isZero();
    }
  }

  private static void on(Store store, Connection host, Runnable work) {
    ((JooqTransactions) store.transactions())
        .on(
            host,
            () -> {
              work.run();
              return true;
            });
  }

  private static HikariDataSource hosts(
      TestDatabases database, int connections, boolean autoCommit) {
    var url = database.url();
    try (var source = Databases.pool(url, database.user(), "", 2)) {
      Databases.of(source).migrate(source);
      var config = new HikariConfig();
      config.setJdbcUrl(source.getJdbcUrl().replace(";WRITE_DELAY=0", ""));
      config.setUsername(database.user());
      config.setPassword("");
      config.setMaximumPoolSize(connections);
      config.setAutoCommit(autoCommit);
      return new HikariDataSource(config);
    }
  }

  private static Store store(DataSource source) {
    return Databases.of(source)
        .store(
            source,
            InMemoryHoldfast.SEALER,
            Ids.timeOrdered(InstantSource.system(), new Random(1)));
  }

  private static void inAnotherThread(Runnable work) {
    var threads = java.util.concurrent.Executors.newSingleThreadExecutor();
    try {
      threads.submit(work).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
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

  private static UUID id() {
    return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | LAST.incrementAndGet());
  }

  private static Errand errand(Instant at) {
    return new Errand(id(), Errand.Kind.REGISTER, ImmutableMap.of("a", "b"), at);
  }

  private static Notification announcement(String key) {
    return new Notification(
        id(),
        Optional.<AccountId>empty(),
        Category.ANNOUNCEMENTS,
        new Message("Hello", "all", Optional.empty()),
        key,
        NOW,
        0);
  }

  private static Letter letter() {
    return new Letter(
        id(),
        Letter.Kind.RESET_LINK,
        new EmailAddress("ada@example.com"),
        Language.EN,
        ImmutableMap.of("link", "secret"),
        null,
        null,
        null,
        NOW,
        null);
  }
}
