package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.holdfast.persistence.SealedRows.Resealed;
import org.holdfast.persistence.schema.DefaultSchema;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sealed moves to the current key while others write, and opens in its own row only. */
class SealedRowsTest {

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final EmailAddress ADA = new EmailAddress("ada@example.com");
  private static final int MANY = 120; // more than two pages

  private final Random random = new Random(7); // ids in no order
  private final Keyring keyring = new Keyring();

  @Test
  void every_column_of_bytes_is_listed_and_keeps_its_place() {
    var bytes =
        DefaultSchema.DEFAULT_SCHEMA
            .tableStream()
            .flatMap(
                table ->
                    table
                        .fieldStream()
                        .filter(field -> field.getType() == byte[].class)
                        .map(field -> table.getName() + "." + field.getName()))
            .toList();
    assertThat(SealedColumn.ALL)
        .extracting(SealedColumn::name)
        .containsExactlyInAnyOrderElementsOf(bytes);
    // what has been sealed opens at these places only
    var id = new UUID(1, 2);
    assertThat(SealedColumn.MAILED_LINKS_PAYLOAD.place("f")).isEqualTo("mailed_links.payload:f");
    assertThat(SealedColumn.NOTIFICATIONS_MESSAGE.place(id))
        .isEqualTo("notifications.message:00000000-0000-0001-0000-000000000002");
    assertThat(SealedColumn.LETTERS_WORDS.place(id)).isEqualTo("letters.words:" + id);
    assertThat(SealedColumn.ERRANDS_WORDS.place(id)).isEqualTo("errands.words:" + id);
    assertThat(SealedColumn.FACTORS_SECRET.place(id)).isEqualTo("factors.secret:" + id);
    assertThat(SealedColumn.AUTHORIZATION_REQUESTS_WORDS.place("s"))
        .isEqualTo("authorization_requests.words:s");
    assertThat(SealedColumn.ACTIVITY_HEADS_SEAL.place(id)).isEqualTo("activity_heads.seal:" + id);
    assertThat(SealedColumn.SUPPORT_PINS_PIN.place(id)).isEqualTo("support_pins.pin:" + id);
    assertThat(SealedColumn.STAFF_TOKEN.place(id)).isEqualTo("staff.token:" + id);
    assertThat(SealedColumn.MAILED_CODES_CODE.place(id)).isEqualTo("mailed_codes.code:" + id);
    assertThat(SealedColumn.RECOVERY_CASES_NOTE.place(id)).isEqualTo("recovery_cases.note:" + id);
  }

  @ParameterizedTest
  @EnumSource
  void all_is_sealed_anew_for_its_own_row_and_a_second_time_nothing(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var rows = rows(source, store);
      fill(source, store);
      keyring.current = 2;
      store.outbox().post(letter("later"));
      assertThat(count(rows)).isEqualTo(Map.of("1", MANY + 6, "2", 1));

      assertThat(rows.reseal())
          .containsExactly(
              new Resealed("mailed_links.payload", 1, 0, 0),
              new Resealed("notifications.message", 1, 0, 0),
              new Resealed("letters.words", MANY, 1, 0),
              new Resealed("errands.words", 1, 0, 0),
              new Resealed("factors.secret", 1, 0, 0),
              new Resealed("authorization_requests.words", 1, 0, 0),
              new Resealed("activity_heads.seal", 1, 0, 0),
              new Resealed("support_pins.pin", 0, 0, 0),
              new Resealed("staff.token", 0, 0, 0),
              new Resealed("mailed_codes.code", 0, 0, 0),
              new Resealed("recovery_cases.note", 0, 0, 0));
      assertThat(count(rows)).isEqualTo(Map.of("2", MANY + 7));
      keyring.keys.remove(1);
      assertThat(rows.reseal())
          .allSatisfy(
              column -> {
                assertThat(column.resealed()).isZero();
                assertThat(column.stuck()).isZero();
              });
      assertThat(claimed(store)).hasSize(MANY + 1).contains("letter 0", "later");
      assertThat(store.links().peek(Purpose.RESET_PASSWORD, "f1", NOW).orElseThrow().payload())
          .isEqualTo(ImmutableMap.of("to", "f1"));
      assertThat(store.errands().take().orElseThrow().words()).containsEntry("a", "b");
      assertThat(store.notifications().findByKey(Optional.empty(), "key").orElseThrow().message())
          .isEqualTo(new Message("Hello", "all", Optional.empty()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_another_writes_between_reading_and_writing_is_left_as_it_is(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var letter = letter("first");
      store.outbox().post(letter);
      var claim = claim(store).get(0);
      keyring.current = 2;
      keyring.beforeSealing = // the letter leaves, and its words are wiped
          () -> store.outbox().settle(claim, Delivery.State.SENT, "250", Optional.empty(), NOW);
      assertThat(rows(source, store).reseal()).contains(new Resealed("letters.words", 0, 0, 0));
      assertThat(number(source, "SELECT COUNT(words) FROM letters")).isZero();
      assertThat(number(source, "SELECT COUNT(*) FROM letters WHERE state = 'SENT'")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void broken_off_anywhere_it_loses_nothing_and_ends_when_it_is_run_again(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      for (var i = 0; i < MANY; i++) {
        store.outbox().post(letter("letter " + i));
      }
      var rows = rows(source, store);
      keyring.current = 2;
      var sealedSoFar = new AtomicInteger();
      keyring.beforeSealing =
          () -> {
            if (sealedSoFar.incrementAndGet() == 70) {
              throw new OutOfPower();
            }
          };
      assertThatThrownBy(rows::reseal).isInstanceOf(OutOfPower.class);
      int done = count(rows).getOrDefault("2", 0);
      assertThat(done).isBetween(1, 69); // whole pages
      keyring.beforeSealing = () -> {};
      assertThat(rows.reseal()).contains(new Resealed("letters.words", MANY - done, done, 0));
      keyring.keys.remove(1);
      assertThat(claimed(store)).hasSize(MANY).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource
  void while_others_write_nothing_is_lost_and_nothing_stays_behind(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(12)) {
      var store = store(source);
      var rows = rows(source, store);
      for (var i = 0; i < MANY; i++) {
        store.outbox().post(letter("before " + i));
        store.errands().add(errand());
      }
      store.notifications().add(announcement("key"));
      keyring.current = 2; // every writer has the new key from now on
      var sent = ConcurrentHashMap.<String>newKeySet();
      var run = new AtomicInteger();
      Race.of(
          6,
          i -> {
            switch (i) {
              case 0, 1 -> rows.reseal(); // two operators
              case 2 -> {
                for (var n = 0; n < 40; n++) {
                  store.outbox().post(letter("meanwhile " + n));
                }
              }
              case 3 -> sendAll(store, sent);
              case 4 -> runAll(store, run);
              default -> advance(store);
            }
            return true;
          });

      assertThat(rows.reseal()).allSatisfy(column -> assertThat(column.stuck()).isZero());
      keyring.keys.remove(1);
      assertThat(rows.reseal()).allSatisfy(column -> assertThat(column.stuck()).isZero());
      assertThat(count(rows)).doesNotContainKey("1");
      sendAll(store, sent); // what somebody had in hand was passed over
      runAll(store, run);
      assertThat(sent).hasSize(MANY + 40);
      assertThat(number(source, "SELECT COUNT(words) FROM letters")).isZero(); // none came back
      assertThat(run.get()).isEqualTo(MANY);
      assertThat(store.errands().oldest()).isEmpty();
      assertThat(number(source, "SELECT accounts FROM notifications")).isEqualTo(40);
    }
  }

  private void sendAll(Store store, Set<String> sent) {
    for (var letters = claim(store); !letters.isEmpty(); letters = claim(store)) {
      for (var claimed : letters) {
        assertThat(sent.add(secret(claimed))).isTrue();
        assertThat(
                store.outbox().settle(claimed, Delivery.State.SENT, "250", Optional.empty(), NOW))
            .isTrue();
      }
    }
  }

  private static void runAll(Store store, AtomicInteger run) {
    while (store.transactions().inOne(() -> store.errands().take()).isPresent()) {
      run.incrementAndGet();
    }
  }

  private void advance(Store store) {
    for (var n = 0; n < 40; n++) {
      var from = store.notifications().unfinished().orElseThrow();
      var to = Optional.of(new AccountId(id()));
      assertThat(store.notifications().advance(from, to, 1, 0, NOW)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_sealed_for_one_row_does_not_open_in_another(TestDatabases database)
      throws Exception {
    try (var source = database.fresh(4)) {
      var store = store(source);
      var rows = rows(source, store);
      store.links().issue(link("ours"));
      store.links().issue(link("theirs"));
      var ours = letter("our secret");
      var theirs = letter("their secret");
      store.outbox().post(ours);
      store.outbox().post(theirs);
      move(source, "mailed_links", "payload", "fingerprint", "theirs", "ours");
      move(source, "letters", "words", "id", theirs.id(), ours.id());

      assertThat(store.links().peek(Purpose.RESET_PASSWORD, "theirs", NOW)).isPresent();
      assertThatThrownBy(() -> store.links().peek(Purpose.RESET_PASSWORD, "ours", NOW))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("sealed for another place");
      assertThatThrownBy(() -> claim(store)).isInstanceOf(IllegalStateException.class);
      keyring.current = 2; // nor is it sealed anew for where it lies now
      assertThat(rows.reseal())
          .contains(
              new Resealed("mailed_links.payload", 1, 0, 1),
              new Resealed("letters.words", 1, 0, 1));
      assertThatThrownBy(() -> store.links().peek(Purpose.RESET_PASSWORD, "ours", NOW))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** One value of each kind, and many letters. */
  private void fill(DataSource source, Store store) throws SQLException {
    for (var i = 0; i < MANY; i++) {
      store.outbox().post(letter("letter " + i));
    }
    store.links().issue(link("f1"));
    store.links().issue(link("without", ImmutableMap.of()));
    store.errands().add(errand());
    store.notifications().add(announcement("key"));
    var id = id();
    execute(
        source,
        "INSERT INTO users (id, first_name, last_name, email, language, time_zone)"
            + " VALUES (?, 'Ada', 'Lovelace', 'ada@example.com', 'en', 'UTC')",
        id);
    execute(
        source,
        "INSERT INTO factors (id, user_id, kind, factor_name, secret, last_step, added_at)"
            + " VALUES (?, ?, 'TOTP', 'phone', ?, 0, '2026-03-08 02:30:00')",
        id,
        id,
        keyring.seal(new byte[] {1}, "factors.secret:" + id));
    execute(
        source,
        "INSERT INTO authorization_requests (state_fingerprint, browser_fingerprint, provider,"
            + " purpose, words, expires_at)"
            + " VALUES ('s', 'b', 'p', 'SIGN_IN', ?, '2026-03-08 02:30:00')",
        keyring.seal(new byte[] {2}, "authorization_requests.words:s"));
    execute(
        source,
        "INSERT INTO activity_heads (chain_id, seq, hash, seal) VALUES (?, 1, 'h', ?)",
        id,
        keyring.seal(new byte[] {3}, "activity_heads.seal:" + id));
  }

  /** Seals nothing, but says which key did, and opens what was sealed with one it has. */
  private static final class Keyring implements Sealer {
    private final Set<Integer> keys = ConcurrentHashMap.newKeySet();
    private volatile int current = 1;
    private volatile Runnable beforeSealing = () -> {};

    Keyring() {
      keys.addAll(List.of(1, 2));
    }

    @Override
    public byte[] seal(byte[] plain, String place) {
      beforeSealing.run();
      var inner = InMemoryHoldfast.SEALER.seal(plain, place);
      var signed = new byte[inner.length + 1];
      signed[0] = (byte) current;
      System.arraycopy(inner, 0, signed, 1, inner.length);
      return signed;
    }

    @Override
    public byte[] open(byte[] sealed, String place) {
      if (!keys.contains((int) sealed[0])) {
        throw new IllegalStateException("no such key");
      }
      return InMemoryHoldfast.SEALER.open(Arrays.copyOfRange(sealed, 1, sealed.length), place);
    }

    @Override
    public boolean isCurrent(byte[] sealed) {
      return sealed[0] == current;
    }
  }

  private static final class OutOfPower extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Store store(HikariDataSource source) {
    return Databases.of(source)
        .store(source, keyring, Ids.timeOrdered(InstantSource.system(), new Random(1)));
  }

  private SealedRows rows(DataSource source, Store store) {
    return Databases.of(source).sealedRows((JooqTransactions) store.transactions(), keyring);
  }

  private static Map<String, Integer> count(SealedRows rows) {
    var count = rows.count(value -> "" + value[0]);
    return Maps.toMap(count.elementSet(), count::count);
  }

  private static List<Outbox.Claimed> claim(Store store) {
    return store.transactions().inOne(() -> store.outbox().claim(8, NOW, LEASE));
  }

  private static List<String> claimed(Store store) {
    return store.transactions().inOne(() -> store.outbox().claim(1000, NOW, LEASE)).stream()
        .map(SealedRowsTest::secret)
        .toList();
  }

  private static String secret(Outbox.Claimed claimed) {
    return claimed.letter().words().getOrDefault("link", "");
  }

  /** Of version 7 or 4, which MariaDB keeps in different orders. */
  private UUID id() {
    var version = random.nextBoolean() ? 0x7000L : 0x4000L;
    return new UUID(
        (random.nextLong() & ~0xF000L) | version,
        (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
  }

  private Letter letter(String secret) {
    return new Letter(
        id(),
        Letter.Kind.RESET_LINK,
        ADA,
        Language.EN,
        ImmutableMap.of("link", secret),
        null,
        null,
        null,
        NOW,
        null);
  }

  private Errand errand() {
    return new Errand(id(), Errand.Kind.REGISTER, ImmutableMap.of("a", "b"), NOW);
  }

  private MailedLink link(String fingerprint) {
    return link(fingerprint, ImmutableMap.of("to", fingerprint));
  }

  private MailedLink link(String fingerprint, ImmutableMap<String, String> payload) {
    return new MailedLink(
        fingerprint, Purpose.RESET_PASSWORD, id(), ADA, 1, payload, NOW.plus(LEASE));
  }

  private Notification announcement(String key) {
    return new Notification(
        id(),
        Optional.empty(),
        Category.ANNOUNCEMENTS,
        new Message("Hello", "all", Optional.empty()),
        key,
        NOW,
        0);
  }

  /** Copies what one row has into another, as whoever can write to the database may. */
  private static void move(
      DataSource source, String table, String column, String key, Object from, Object to)
      throws SQLException {
    try (var connection = source.getConnection();
        var read =
            connection.prepareStatement(
                "SELECT %s FROM %s WHERE %s = ?".formatted(column, table, key))) {
      read.setObject(1, from);
      try (var found = read.executeQuery()) {
        found.next();
        execute(
            source,
            "UPDATE %s SET %s = ? WHERE %s = ?".formatted(table, column, key),
            found.getBytes(1),
            to);
      }
    }
  }

  private static void execute(DataSource source, String sql, Object... values) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      assertThat(statement.executeUpdate()).isEqualTo(1);
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
