package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.web.server.Administration.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code portal activity …} as an operator meets it, on the embedded database. */
class ActivityCheckTest {

  @TempDir private Path folder;
  private Installation installation;
  private Administration administration;

  @BeforeEach
  void open() {
    var settings = Settings.read(folder, Optional.empty(), Map.of(), Map.of("port", "0"));
    installation =
        Installation.open(
            settings, InMemoryHoldfast.KeepingMailer::new, new Meters(Installation.CLOCK));
    administration = installation.administration();
    installation.holdfast().openAccount().open(InMemoryHoldfast.opening("ada@example.com"));
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Outcome portal(String... words) {
    var line = java.util.List.of(words);
    assertThat(Administration.knows(line)).isTrue();
    return administration.run(line);
  }

  private void happen() {
    var store = installation.store();
    store
        .transactions()
        .inOne(
            () ->
                store
                    .activity()
                    .record(
                        Happening.of(
                            What.ADDRESS_SUPPRESSED, null, null, Installation.CLOCK.instant())));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = installation.pool().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void what_was_not_touched_is_whole_also_after_the_keys_were_rotated() {
    happen();
    assertThat(portal("keys", "rotate").code()).isZero();
    happen();
    assertThat(portal("activity", "verify"))
        .isEqualTo(Outcome.done("whole\t2 chains\t3 happenings\t0 from before there were chains"));
  }

  @Test
  void each_broken_chain_is_a_line_and_the_code_is_1() throws SQLException {
    happen();
    execute("UPDATE activity SET details = 'address=eve' WHERE account_id IS NULL");
    assertThat(portal("activity", "verify"))
        .isEqualTo(
            Outcome.no(
                "chain 00000000-0000-0000-0000-000000000000 is broken at 1:"
                    + " this is not what was written there"));
  }

  @Test
  void however_much_is_broken_a_few_lines_say_it() throws SQLException {
    for (var i = 0; i < 120; i++) {
      var email = "user" + i + "@example.com";
      installation.holdfast().openAccount().open(InMemoryHoldfast.opening(email));
    }
    execute("UPDATE activity_heads SET seal = NULL");
    var outcome = portal("activity", "verify");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.lines()).hasSize(101).endsWith("and 21 more like these");
  }

  @Test
  void what_was_taken_back_is_seen_against_a_checkpoint() throws Exception {
    happen();
    execute("CREATE TABLE kept AS SELECT * FROM activity_heads");
    happen();
    var file = folder.resolve("checkpoint").toString();
    assertThat(portal("activity", "checkpoint", file).code()).isZero();
    assertThat(Files.readString(Path.of(file)))
        .matches("([0-9a-f-]{36}\t[12]\t[0-9a-f]{64}\n){2}unchained\t0\n");
    happen();
    assertThat(portal("activity", "verify", file).code()).isZero();

    execute("DELETE FROM activity WHERE account_id IS NULL AND seq > 1");
    execute("DELETE FROM activity_heads");
    execute("INSERT INTO activity_heads SELECT * FROM kept");
    assertThat(portal("activity", "verify").code()).isZero();
    assertThat(portal("activity", "verify", file))
        .isEqualTo(
            Outcome.no(
                "chain 00000000-0000-0000-0000-000000000000 is broken at 2:"
                    + " what the checkpoint names is not there"));
  }

  @Test
  void what_is_in_no_chain_can_be_neither_added_nor_taken_away() throws Exception {
    happen();
    var file = folder.resolve("checkpoint").toString();
    assertThat(portal("activity", "checkpoint", file).code()).isZero();
    execute(
        "INSERT INTO activity (id, what, at, details)"
            + " VALUES ('00000000-0000-0000-0000-000000000001', 'SIGNED_IN', NOW(), '')");
    assertThat(portal("activity", "verify").lines())
        .containsExactly("whole\t2 chains\t2 happenings\t1 from before there were chains");
    assertThat(portal("activity", "verify", file))
        .isEqualTo(Outcome.no("there are 1 happenings in no chain, and once there were 0"));
  }

  @Test
  void a_checkpoint_replaces_nothing_and_is_not_made_of_what_is_broken() throws Exception {
    var file = folder.resolve("checkpoint");
    Files.writeString(file, "mine");
    assertThat(portal("activity", "checkpoint", file.toString()))
        .isEqualTo(Outcome.no(file + " is there already"));
    assertThat(Files.readString(file)).isEqualTo("mine");
    Files.delete(file);
    execute("DELETE FROM activity");
    assertThat(portal("activity", "checkpoint", file.toString()).code()).isEqualTo(1);
    assertThat(file).doesNotExist();
    var nowhere = folder.resolve("no/such/folder").toString();
    assertThat(portal("activity", "checkpoint", nowhere))
        .isEqualTo(Outcome.no("checkpoint " + nowhere + " cannot be written"));
  }

  @Test
  void what_is_no_checkpoint_or_half_of_one_is_refused() throws IOException {
    var file = folder.resolve("checkpoint");
    for (var text :
        new String[] {
          "", "what ever\n", "a\tb\tc\n", "unchained\tx\n", "unchained\t0\nunchained\t0\n"
        }) {
      Files.writeString(file, text);
      var outcome = portal("activity", "verify", file.toString());
      assertThat(outcome.code()).as(text).isEqualTo(1);
      assertThat(outcome.lines().get(0)).startsWith(file + " is no checkpoint: ");
    }
    Files.delete(file);
    assertThat(portal("activity", "verify", file.toString()))
        .isEqualTo(Outcome.no("checkpoint " + file + " cannot be read"));
  }

  @Test
  void a_file_is_named_from_where_the_operator_is() {
    assertThat(Administration.anywhere(java.util.List.of("activity", "verify", "x")))
        .containsExactly("activity", "verify", Path.of("x").toAbsolutePath().toString());
    var words = java.util.List.of("service-key", "create", "x");
    assertThat(Administration.anywhere(words)).isEqualTo(words);
  }
}
