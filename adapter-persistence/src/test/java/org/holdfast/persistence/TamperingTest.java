package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.activity.VerifyActivity;
import org.holdfast.application.activity.VerifyActivity.Broken;
import org.holdfast.application.activity.VerifyActivity.Flaw;
import org.holdfast.application.activity.VerifyActivity.Looked;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.session.Origin;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody who can write the database, but has no key, against the chains of activity. */
class TamperingTest {

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");

  /** What is done to a chain of five links, and what is found. */
  private enum Deed {
    NOTHING(0, null),
    DETAILS(3, Flaw.EDITED, "UPDATE activity SET details = 'contact=eve' WHERE # AND seq = 3"),
    SPELLING(3, Flaw.EDITED, "UPDATE activity SET details = 'contact=%61da3' WHERE # AND seq = 3"),
    TWICE(3, Flaw.EDITED, "UPDATE activity SET details = 'a=b&a=c' WHERE # AND seq = 3"),
    NO_SUCH_ACT(2, Flaw.EDITED, "UPDATE activity SET what = 'SMILED' WHERE # AND seq = 2"),
    ANOTHER_ACT(5, Flaw.EDITED, "UPDATE activity SET what = 'SIGNED_OUT' WHERE # AND seq = 5"),
    TIME(1, Flaw.EDITED, "UPDATE activity SET at = '2026-03-08 02:30:01.124' WHERE # AND seq = 1"),
    PLACE(4, Flaw.EDITED, "UPDATE activity SET origin_address = '::1' WHERE # AND seq = 4"),
    NO_PLACE(4, Flaw.EDITED, "UPDATE activity SET origin_address = NULL WHERE # AND seq = 4"),
    ANOTHERS(4, Flaw.EDITED, "UPDATE activity SET user_id = NULL WHERE # AND seq = 4"),
    NO_HASH(4, Flaw.EDITED, "UPDATE activity SET hash = NULL WHERE # AND seq = 4"),
    REPLACED(
        3,
        Flaw.EDITED,
        "DELETE FROM activity WHERE # AND seq = 3",
        "UPDATE activity SET seq = seq - 1 WHERE # AND seq = 4",
        "UPDATE activity SET seq = seq - 1 WHERE # AND seq = 5"),
    MIDDLE(3, Flaw.MISSING, "DELETE FROM activity WHERE # AND seq = 3"),
    FIRST(1, Flaw.MISSING, "DELETE FROM activity WHERE # AND seq = 1"),
    TO_ANOTHER_CHAIN(2, Flaw.MISSING, "UPDATE activity SET chain_id = NULL WHERE # AND seq = 2"),
    SWAPPED(
        2,
        Flaw.MOVED,
        "UPDATE activity SET seq = 99 WHERE # AND seq = 2",
        "UPDATE activity SET seq = 2 WHERE # AND seq = 4",
        "UPDATE activity SET seq = 4 WHERE # AND seq = 99"),
    TO_THE_END(2, Flaw.MOVED, "UPDATE activity SET seq = 6 WHERE # AND seq = 2"),
    LAST(5, Flaw.CUT, "DELETE FROM activity WHERE # AND seq = 5"),
    ALL(1, Flaw.CUT, "DELETE FROM activity WHERE #"),
    SHORTENED(
        4,
        Flaw.SEAL,
        "DELETE FROM activity WHERE # AND seq = 5",
        "UPDATE activity_heads SET seq = 4,"
            + " hash = (SELECT hash FROM activity WHERE # AND seq = 4) WHERE #"),
    SHORTENED_WITHOUT_SEAL(
        4,
        Flaw.SEAL,
        "DELETE FROM activity WHERE # AND seq = 5",
        "UPDATE activity_heads SET seal = NULL, seq = 4,"
            + " hash = (SELECT hash FROM activity WHERE # AND seq = 4) WHERE #"),
    EMPTIED(
        0,
        Flaw.SEAL,
        "DELETE FROM activity WHERE #",
        "UPDATE activity_heads SET seal = NULL, seq = 0, hash = '" + "0".repeat(64) + "' WHERE #"),
    NO_SEAL(5, Flaw.SEAL, "UPDATE activity_heads SET seal = NULL WHERE #"),
    COPIED_SEAL(5, Flaw.SEAL, "UPDATE activity_heads SET seal = @ WHERE #"),
    COPIED_END(
        5,
        Flaw.EDITED,
        "UPDATE activity_heads SET seal = @ WHERE #",
        "UPDATE activity_heads SET hash = '" + "a".repeat(64) + "' WHERE #"),
    NO_END(1, Flaw.STRAY, "DELETE FROM activity_heads WHERE #"),
    NO_PLACE_IN_THE_CHAIN(2, Flaw.MISSING, "UPDATE activity SET seq = NULL WHERE # AND seq = 2"),
    BEFORE_THE_FIRST(2, Flaw.MISSING, "UPDATE activity SET seq = 0 WHERE # AND seq = 2"),
    LINK_BEYOND(6, Flaw.BEYOND_END),
    FORGED_THROUGHOUT(5, Flaw.SEAL);

    private final long seq;
    private final @org.jspecify.annotations.Nullable Flaw flaw;
    private final List<String> statements;

    Deed(long seq, @org.jspecify.annotations.Nullable Flaw flaw, String... statements) {
      this.seq = seq;
      this.flaw = flaw;
      this.statements = List.of(statements);
    }

    UserId user() {
      return new UserId(new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ordinal()));
    }

    UUID chain() {
      return user().value();
    }
  }

  @ParameterizedTest
  @EnumSource
  void each_deed_is_found_where_it_was_done(TestDatabases database) throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      for (var deed : Deed.values()) {
        for (var i = 1; i <= 5; i++) {
          record(store, deed.user(), i);
        }
      }
      try (var connection = source.getConnection()) {
        for (var deed : Deed.values()) {
          for (var statement : deed.statements) {
            execute(connection, deed.chain(), statement);
          }
        }
        goBeyond(connection, store);
        forge(connection, store);
      }
      var found = new Found();
      var looked = new VerifyActivity(store).all(found);
      var expected = new LinkedHashMap<UUID, Broken>();
      for (var deed : Deed.values()) {
        if (deed.flaw != null) {
          expected.put(deed.chain(), new Broken(deed.chain(), deed.seq, deed.flaw));
        }
      }
      for (var deed : Deed.values()) {
        var as = assertThat(found.broken.get(deed.chain())).as(deed.name());
        as.isEqualTo(expected.get(deed.chain()));
      }
      assertThat(found.broken).hasSameSizeAs(expected);
      assertThat(found.whole).extracting(Head::chain).containsExactly(Deed.NOTHING.chain());
      assertThat(looked.unchained()).isEqualTo(1);
    }
  }

  /** A chain and its end as they once were cannot be told from the inside. */
  @ParameterizedTest
  @EnumSource
  void what_was_taken_back_is_seen_against_an_end_of_before(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var user = Deed.NOTHING.user();
      record(store, user, 1);
      try (var connection = source.getConnection()) {
        execute(connection, user.value(), "CREATE TABLE kept AS SELECT * FROM activity_heads");
        record(store, user, 2);
        var before = new Found();
        var verify = new VerifyActivity(store);
        assertThat(verify.all(before)).isEqualTo(new Looked(1, 2, 0));
        execute(connection, user.value(), "DELETE FROM activity WHERE # AND seq = 2");
        execute(connection, user.value(), "DELETE FROM activity_heads");
        execute(connection, user.value(), "INSERT INTO activity_heads SELECT * FROM kept");
        var after = new Found();
        verify.all(after);
        assertThat(after.broken).isEmpty();
        verify.stillHolds(before.whole.iterator(), after::broken);
        assertThat(after.broken)
            .containsEntry(user.value(), new Broken(user.value(), 2, Flaw.TAKEN_BACK));
      }
    }
  }

  /** One more link, with the hash that it would have. */
  private static void goBeyond(Connection connection, Store store) throws SQLException {
    var chain = Deed.LINK_BEYOND.chain();
    var end = store.activity().head(chain).orElseThrow().head();
    var id = new UUID(1, 2);
    var next = end.then(new Entry(id, happening(Deed.LINK_BEYOND.user(), 6)));
    execute(
        connection,
        chain,
        "INSERT INTO activity (id, what, user_id, at, origin_address, origin_device, details,"
            + " chain_id, seq, hash) SELECT '"
            + id
            + "', what, user_id, '2026-03-08 02:30:00.129', origin_address, origin_device,"
            + " 'contact=ada6', chain_id, 6, '"
            + next.hash()
            + "' FROM activity WHERE # AND seq = 5");
  }

  /** The third link edited, and every hash from there on made to fit, the end's as well. */
  private static void forge(Connection connection, Store store) throws SQLException {
    var chain = Deed.FORGED_THROUGHOUT.chain();
    execute(connection, chain, "UPDATE activity SET details = 'contact=eve' WHERE # AND seq = 3");
    var at = Head.before(chain);
    for (var link : store.activity().links(chain, 0, 9)) {
      at = at.then(link.entry().orElseThrow());
      execute(
          connection,
          chain,
          "UPDATE activity SET hash = '" + at.hash() + "' WHERE # AND seq = " + at.seq());
    }
    execute(connection, chain, "UPDATE activity_heads SET hash = '" + at.hash() + "' WHERE #");
  }

  private static void execute(Connection connection, UUID chain, String statement)
      throws SQLException {
    var sql = statement.replace("#", "chain_id = '" + chain + "'");
    try (var prepared = connection.prepareStatement(sql.replace("@", "?"))) {
      if (sql.contains("@")) {
        prepared.setBytes(1, sealOf(connection, Deed.NOTHING.chain()));
      }
      prepared.execute();
    }
  }

  private static byte[] sealOf(Connection connection, UUID chain) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT seal FROM activity_heads WHERE chain_id = '" + chain + "'")) {
      rows.next();
      return rows.getBytes(1);
    }
  }

  private static void record(Store store, UserId user, int which) {
    store.transactions().inOne(() -> store.activity().record(happening(user, which)));
  }

  private static Happening happening(UserId user, int which) {
    return Happening.of(What.SIGNED_IN, null, user, NOW.plusMillis(which))
        .from(new Origin("192.0.2.7", "Firefox"))
        .with("contact", "ada" + which);
  }

  private static Store store(HikariDataSource source) {
    return Databases.of(source)
        .store(
            source,
            InMemoryHoldfast.SEALER,
            Ids.timeOrdered(InstantSource.system(), new Random(1)));
  }

  /** What was found of each chain; of what is found twice, the first. */
  private static final class Found implements VerifyActivity.Findings {
    final List<Head> whole = new ArrayList<>();
    final Map<UUID, Broken> broken = new LinkedHashMap<>();

    @Override
    public void whole(Head end) {
      whole.add(end);
    }

    @Override
    public void broken(Broken chain) {
      broken.putIfAbsent(chain.chain(), chain);
    }
  }
}
