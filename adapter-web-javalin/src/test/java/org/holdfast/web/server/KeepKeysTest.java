package org.holdfast.web.server;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.mail.Mailer;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.MovableClock;
import org.holdfast.application.testkit.Race;
import org.holdfast.auth.KeySet;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.JooqTransactions;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.server.Administration.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ./portal keys …}: rotated, re-encrypted, retired, while servers run. */
class KeepKeysTest {

  @TempDir private Path folder;

  /** By a clock that is moved, on an errand in a database. */
  @Nested
  class ByTheClock {
    private final MovableClock clock = new MovableClock();
    private final Instant begin = clock.instant();
    private final HikariDataSource source = TestDatabases.H2_MEMORY.fresh(4);
    private Path file;
    private FreshSealer sealer;
    private Store store;
    private KeepKeys keys;
    private String first;

    @BeforeEach
    void open() {
      file = folder.resolve("keys.json");
      sealer = FreshSealer.at(file);
      store = Databases.H2.store(source, sealer, Ids.timeOrdered(clock, new Random(1)));
      keys =
          new KeepKeys(
              sealer,
              Databases.H2.sealedRows((JooqTransactions) store.transactions(), sealer),
              clock);
      first = KeySet.load(file).primaryId();
      store.errands().add(errand(1));
    }

    @AfterEach
    void close() {
      source.close();
    }

    @Test
    void a_key_is_kept_while_unsubscribe_links_need_it_and_then_retired() {
      var link = sealer.seal(new byte[32], "unsubscribe");
      assertThat(keys.rotate()).isEqualTo(Outcome.done("rotated\t2 keys in the set"));
      clock.pass(Duration.ofDays(60).minusMillis(1));
      assertThat(keys.retire(false))
          .isEqualTo(
              refused(
                  1,
                  "no old key was retired: the first is kept until "
                      + begin.plus(Duration.ofDays(60))
                      + ", as unsubscribe links in letters need it; with --now it goes and they"
                      + " stop working"));
      assertThat(sealer.open(link, "unsubscribe")).hasSize(32);
      clock.pass(Duration.ofMillis(1));
      assertThat(keys.retire(false))
          .isEqualTo(done(0, 1, "retired\t" + first, "keys\t1 in the set"));
      assertOpensNoMore(link);
      assertThat(keys.retire(false)).isEqualTo(done(0, 1, "keys\t1 in the set"));
      assertThat(store.errands().take()).contains(errand(1));
    }

    @Test
    void at_once_means_when_nothing_that_was_begun_before_is_under_way_any_more() {
      var link = sealer.seal(new byte[32], "unsubscribe");
      keys.rotate();
      clock.pass(Duration.ofMinutes(10).minusMillis(1));
      assertThat(keys.retire(true))
          .isEqualTo(
              refused(
                  1,
                  "no old key was retired: the first is kept until "
                      + begin.plus(Duration.ofMinutes(10))
                      + ", as what was begun before the rotation may be sealed with it"));
      clock.pass(Duration.ofMillis(1));
      assertThat(keys.retire(true))
          .isEqualTo(done(0, 1, "retired\t" + first, "keys\t1 in the set"));
      assertOpensNoMore(link);
    }

    @Test
    void of_several_old_keys_those_go_that_had_their_time() {
      keys.rotate();
      var second = KeySet.load(file).primaryId();
      clock.pass(Duration.ofDays(30));
      keys.rotate();
      keys.add();
      clock.pass(Duration.ofDays(30));
      assertThat(keys.retire(false))
          .isEqualTo(
              done(
                  1,
                  0,
                  "retired\t" + first,
                  "kept\t" + second + "\tuntil " + begin.plus(Duration.ofDays(90)),
                  "keys\t3 in the set")); // with the one that waits
      assertThat(keys.promote()).isEqualTo(Outcome.done("promoted\t3 keys in the set"));
      assertThat(keys.promote())
          .isEqualTo(Outcome.no("no key waits to be promoted: add one first"));
    }

    @Test
    void the_list_tells_what_each_is_there_for_and_what_it_has_sealed() throws SQLException {
      keys.rotate();
      keys.add();
      var ids = KeySet.load(file).keys();
      assertThat(keys.list())
          .isEqualTo(
              Outcome.done(
                  "key\t" + first + "\treplaced " + begin + "\t1 sealed",
                  "key\t" + ids.get(1).id() + "\tprimary\t0 sealed",
                  "key\t" + ids.get(2).id() + "\tnext\t0 sealed"));
      execute("UPDATE errands SET words = X'0100000007FF'");
      assertThat(keys.list().lines()).last().isEqualTo("key\t7\tnot in the set\t1 sealed");
      execute("UPDATE errands SET words = X'00'");
      assertThat(keys.list().lines()).last().isEqualTo("key\tnone\tnot in the set\t1 sealed");
    }

    @Test
    void while_something_does_not_open_every_key_stays() throws Exception {
      keys.rotate();
      clock.pass(Duration.ofDays(61));
      var before = Files.readString(file);
      execute("UPDATE errands SET id = '01900000-0000-7000-8000-000000000002'"); // moved
      assertThat(keys.retire(true))
          .isEqualTo(
              new Outcome(
                  1,
                  ImmutableList.<String>builder()
                      .addAll(columns(0, 0))
                      .add(
                          "what is sealed does not open: 1 in errands.words. The key set stays as it"
                              + " was")
                      .build()));
      assertThat(Files.readString(file)).isEqualTo(before);
    }

    /** What a node does that has a copy of the key set, and not this one. */
    @Test
    void while_a_node_still_seals_with_the_old_key_every_key_stays() throws Exception {
      Files.copy(file, folder.resolve("copy.json"));
      var behind = FreshSealer.at(folder.resolve("copy.json"));
      keys.rotate();
      clock.pass(Duration.ofDays(61));
      var before = Files.readString(file);
      var late = Databases.H2.store(source, behind, Ids.timeOrdered(clock, new Random(2)));
      assertThat(keysWith(() -> late.errands().add(errand(2))).retire(true))
          .isEqualTo(
              new Outcome(
                  1,
                  ImmutableList.<String>builder()
                      .addAll(columns(1, 0))
                      .add(
                          "another key than the primary sealed 1 more meanwhile: has every node the"
                              + " same key set? The key set stays as it was")
                      .build()));
      assertThat(Files.readString(file)).isEqualTo(before);
      assertThat(keys.retire(true).lines())
          .contains(
              "errands.words\t1 re-encrypted\t1 with the primary key already", "retired\t" + first);
    }

    @Test
    void a_rotation_meanwhile_keeps_every_key_too() {
      keys.rotate();
      clock.pass(Duration.ofDays(61));
      assertThat(keysWith(keys::rotate).retire(true).code()).isEqualTo(1);
      assertThat(KeySet.load(file).size()).isEqualTo(3);
    }

    /** The same, and somebody does this while a value is sealed anew. */
    private KeepKeys keysWith(Runnable meanwhile) {
      var once = new AtomicReference<>(meanwhile);
      var interrupted =
          new Sealer() {
            @Override
            public byte[] seal(byte[] plain, String place) {
              once.getAndSet(() -> {}).run();
              return sealer.seal(plain, place);
            }

            @Override
            public byte[] open(byte[] bytes, String place) {
              return sealer.open(bytes, place);
            }

            @Override
            public boolean isCurrent(byte[] bytes) {
              return sealer.isCurrent(bytes);
            }
          };
      return new KeepKeys(
          sealer,
          Databases.H2.sealedRows((JooqTransactions) store.transactions(), interrupted),
          clock);
    }

    private void assertOpensNoMore(byte[] link) {
      assertThatThrownBy(() -> sealer.open(link, "unsubscribe"))
          .isInstanceOf(IllegalStateException.class);
    }

    private Errand errand(int number) {
      var id = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
      return new Errand(id, Errand.Kind.REGISTER, ImmutableMap.of("a", "b"), begin);
    }

    private void execute(String sql) throws SQLException {
      try (var connection = source.getConnection();
          var statement = connection.createStatement()) {
        assertThat(statement.executeUpdate(sql)).isEqualTo(1);
      }
    }
  }

  /** What is told of the columns when only errands are there. */
  private static ImmutableList<String> columns(int resealed, int current) {
    return Stream.of(
            "mailed_links.payload",
            "notifications.message",
            "letters.words",
            "errands.words",
            "factors.secret",
            "authorization_requests.words",
            "activity_heads.seal",
            "support_pins.pin",
            "staff.token",
            "mailed_codes.code",
            "recovery_cases.note")
        .map(
            column ->
                column.equals("errands.words")
                    ? line(column, resealed, current)
                    : line(column, 0, 0))
        .collect(toImmutableList());
  }

  private static String line(String column, int resealed, int current) {
    return "%s\t%d re-encrypted\t%d with the primary key already"
        .formatted(column, resealed, current);
  }

  private static Outcome done(int resealed, int current, String... lines) {
    return new Outcome(
        0, ImmutableList.<String>builder().addAll(columns(resealed, current)).add(lines).build());
  }

  private static Outcome refused(int resealed, String why) {
    return Outcome.no(columns(resealed, 1 - resealed), why);
  }

  /** By the command, beside nodes that register customers and send their letters. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void old_keys_are_retired_while_nodes_go_on(TestDatabases database) {
    var settings =
        ImmutableMap.of(
            "database.url",
            database.url(),
            "database.user",
            database.user(),
            "keys-file",
            folder.resolve("keys.json").toString(),
            "smtp.host",
            "127.0.0.1",
            "smtp.security",
            "none",
            "smtp.from",
            "portal@example.com");
    var sent = new ConcurrentLinkedQueue<Optional<String>>();
    Mailer mailer =
        (letter, message, unsubscribe) -> {
          sent.add(Optional.ofNullable(letter.words().get("link")));
          return new Mailer.Receipt(Mailer.Verdict.ACCEPTED, "250");
        };
    try (var a = node(settings, mailer);
        var b = node(settings, mailer)) {
      register(a, "early", 30);
      var first = KeySet.load(folder.resolve("keys.json")).primaryId();
      var old = sealer().seal(new byte[32], "unsubscribe");
      KeySet.rotate(folder.resolve("keys.json"), LONG_AGO);
      register(b, "late", 1);
      assertThat(b.holdfast().deliveries().deliverDue(1)).isEqualTo(1);

      var ended = new ConcurrentLinkedQueue<Ended>();
      Race.of(
          4,
          i -> {
            switch (i) {
              case 0 -> register(a, "a", 15);
              case 1 -> register(b, "b", 15);
              case 2 -> deliver(b);
              default -> ended.add(portal(settings, "keys", "retire"));
            }
            return true;
          });
      assertThat(ended.element().err()).isEmpty();
      assertThat(ended.element().code()).isZero();
      assertThat(ended.element().out()).contains("retired\t" + first, "keys\t1 in the set");
      deliver(a);
      assertThat(sent).hasSize(61).doesNotHaveDuplicates().doesNotContain(Optional.empty());
      assertThatThrownBy(() -> sealer().open(old, "unsubscribe"))
          .isInstanceOf(IllegalStateException.class);
      assertThat(portal(settings, "keys", "list").out())
          .singleElement(InstanceOfAssertFactories.STRING)
          .matches("key\t\\d+\tprimary\t\\d+ sealed");
    }
  }

  @Test
  void a_running_server_does_it_on_its_embedded_database() {
    var settings = ImmutableMap.of("port", "0");
    try (var server =
        PortalServer.start(Settings.read(folder, Optional.empty(), Map.of(), settings))) {
      assertThat(server.url()).isNotNull();
      var first = KeySet.load(folder.resolve("keys.json")).primaryId();
      assertThat(portal(settings, "keys", "rotate"))
          .isEqualTo(new Ended(0, List.of("rotated\t2 keys in the set"), ""));
      var tooEarly = portal(settings, "keys", "retire");
      assertThat(tooEarly.code()).isEqualTo(1);
      assertThat(tooEarly.out()).hasSize(11);
      assertThat(tooEarly.err())
          .matches("portal: no old key was retired: the first is kept until [^\n]*\n");
      assertThat(portal(settings, "keys", "list").out())
          .hasSize(2)
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("key\t" + first + "\treplaced 2");
    }
    KeySet.rotate(folder.resolve("keys.json"), LONG_AGO);
    assertThat(portal(settings, "keys", "retire", "--now").code()).isEqualTo(0); // without one too
    assertThat(portal(settings, "keys", "retire", "--later", "x").code()).isEqualTo(2);
    assertThat(portal(settings, "keys", "retire", "now").code()).isEqualTo(2);
  }

  private static final Instant LONG_AGO = Installation.CLOCK.instant().minus(Duration.ofDays(61));

  /** How a command ended. */
  private record Ended(int code, List<String> out, String err) {}

  private Ended portal(Map<String, String> settings, String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--data", folder.toString()));
    settings.forEach((key, value) -> line.addAll(List.of("--" + key, value)));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var code =
        new Main(
                Map.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8))
            .run(line);
    return new Ended(
        code,
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        err.toString(StandardCharsets.UTF_8));
  }

  private FreshSealer sealer() {
    return FreshSealer.at(folder.resolve("keys.json"));
  }

  private Installation node(Map<String, String> settings, Mailer mailer) {
    return Installation.open(
        Settings.read(folder, Optional.empty(), Map.of(), settings),
        () -> mailer,
        new Meters(Installation.CLOCK));
  }

  private static void register(Installation node, String name, int customers) {
    for (var i = 0; i < customers; i++) {
      node.holdfast().openAccount().open(InMemoryHoldfast.opening(name + i + "@example.com"));
    }
  }

  private static void deliver(Installation node) {
    while (node.holdfast().deliveries().deliverDue(8) > 0) {
      // until none is left
    }
  }
}
