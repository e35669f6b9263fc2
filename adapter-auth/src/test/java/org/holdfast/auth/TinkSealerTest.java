package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinkSealerTest {

  private static final byte[] WORDS =
      "what only the reader may know".getBytes(StandardCharsets.UTF_8);

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("keys.json");
  }

  @Test
  void what_was_sealed_opens_at_its_place() {
    var sealer = new TinkSealer(KeySet.create(path));
    var sealed = sealer.seal(WORDS, "letter:1");
    assertThat(sealer.open(sealed, "letter:1")).isEqualTo(WORDS);
    assertThat(new TinkSealer(KeySet.load(path)).open(sealed, "letter:1")).isEqualTo(WORDS);
    assertThat(sealed).isNotEqualTo(sealer.seal(WORDS, "letter:1"));
    assertThat(sealer.open(sealer.seal(new byte[0], ""), "")).isEmpty();
  }

  @Test
  void it_opens_nowhere_else_and_not_once_changed_and_with_no_other_key() {
    var sealer = new TinkSealer(KeySet.create(path));
    var sealed = sealer.seal(WORDS, "letter:1");
    assertDoesNotOpen(sealer, sealed, "letter:2");
    assertDoesNotOpen(sealer, sealed, "");
    for (var at = 0; at < sealed.length; at++) {
      var changed = sealed.clone();
      changed[at] ^= 1;
      assertDoesNotOpen(sealer, changed, "letter:1");
    }
    assertDoesNotOpen(sealer, new byte[0], "letter:1");
    assertDoesNotOpen(sealer, java.util.Arrays.copyOf(sealed, sealed.length - 1), "letter:1");
    var stranger = new TinkSealer(KeySet.create(folder.resolve("other.json")));
    assertDoesNotOpen(stranger, sealed, "letter:1");
  }

  @Test
  void after_a_rotation_old_seals_open_and_new_ones_take_the_new_key() {
    var sealer = new TinkSealer(KeySet.create(path));
    var old = sealer.seal(WORDS, "p");
    var before = new TinkSealer(KeySet.load(path));
    var rotated = KeySet.rotate(path, NOW);
    assertThat(rotated.size()).isEqualTo(2);
    sealer.use(KeySet.load(path));
    var fresh = sealer.seal(WORDS, "p");
    assertThat(sealer.open(old, "p")).isEqualTo(WORDS);
    assertThat(sealer.open(fresh, "p")).isEqualTo(WORDS);
    assertThat(new TinkSealer(rotated).open(fresh, "p")).isEqualTo(WORDS);
    assertDoesNotOpen(before, fresh, "p");
  }

  @Test
  void a_seal_tells_its_key_and_whether_that_is_the_current_one() {
    var sealer = new TinkSealer(KeySet.create(path));
    var old = sealer.seal(WORDS, "p");
    assertThat(sealer.isCurrent(old)).isTrue();
    assertThat(TinkSealer.keyOf(old)).isEqualTo(KeySet.load(path).primaryId());
    sealer.use(KeySet.rotate(path, NOW));
    assertThat(sealer.isCurrent(old)).isFalse();
    assertThat(sealer.isCurrent(sealer.seal(WORDS, "p"))).isTrue();
    for (var noSeal : List.of(new byte[0], new byte[] {1, 2, 3, 4}, new byte[] {0, 0, 0, 0, 0})) {
      assertThat(TinkSealer.keyOf(noSeal)).isEmpty();
      assertThat(sealer.isCurrent(noSeal)).isFalse();
    }
  }

  @Test
  void the_file_is_its_owners_alone_and_nothing_else_is_left_behind() throws IOException {
    KeySet.create(path);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    KeySet.rotate(path, NOW);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(path, folder.resolve(".keys.json.lock"));
    }
  }

  @Test
  void a_key_set_is_never_overwritten_by_a_new_one() throws IOException {
    KeySet.create(path);
    var kept = Files.readString(path);
    assertThatThrownBy(() -> KeySet.create(path))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("key set .*keys.json exists already");
    assertThat(Files.readString(path)).isEqualTo(kept);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void a_file_that_strangers_may_read_or_change_is_not_used() throws IOException {
    KeySet.create(path);
    for (var permissions : List.of("rw-r--r--", "rw----r--", "rw-rw----", "rw-----w-")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
      assertThatThrownBy(() -> KeySet.load(path))
          .as(permissions)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("keys.json may be read or changed by others: chmod 600 it");
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r-----"));
    assertThat(KeySet.load(path).size()).isEqualTo(1);
  }

  @Test
  void a_missing_or_garbled_file_is_told_without_a_word_of_it() throws IOException {
    assertThatThrownBy(() -> KeySet.load(path))
        .hasMessageMatching("key set .*keys.json does not exist");
    for (var text : List.of("", "{}", "[1]", "{\"key\":[{\"secret\":\"AAAA\"}]}", "secret")) {
      Files.writeString(path, text);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> KeySet.load(path))
          .as(text)
          .isInstanceOf(IllegalStateException.class)
          .hasNoCause()
          .hasMessageMatching("key set .*keys.json is no key set");
    }
  }

  @Test
  void keys_do_not_print() {
    assertThat(KeySet.create(path)).hasToString("KeySet[…]");
  }

  private static void assertDoesNotOpen(TinkSealer sealer, byte[] sealed, String place) {
    assertThatThrownBy(() -> sealer.open(sealed, place))
        .isInstanceOf(IllegalStateException.class)
        .hasNoCause()
        .hasMessage("cannot be opened");
  }
}
