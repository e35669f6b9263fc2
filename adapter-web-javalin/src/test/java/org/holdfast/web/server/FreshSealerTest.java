package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.holdfast.application.testkit.Race;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.TinkSealer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that go on while their key set is changed under their feet. */
class FreshSealerTest {

  private static final byte[] WORDS = "secret".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("keys.json");
  }

  @Test
  void a_rotation_is_every_nodes_at_once() {
    var a = FreshSealer.at(file);
    var b = FreshSealer.at(file);
    var old = a.seal(WORDS, "p");
    var primary = KeySet.rotate(file, NOW).primaryId();
    assertThat(b.isCurrent(old)).isFalse();
    assertThat(b.open(a.seal(WORDS, "p"), "p")).isEqualTo(WORDS);
    assertThat(TinkSealer.keyOf(b.seal(WORDS, "p"))).isEqualTo(primary);
    assertThat(b.open(old, "p")).isEqualTo(WORDS);
  }

  @Test
  void a_key_that_was_removed_opens_nothing_on_any_node() {
    var a = FreshSealer.at(file);
    var b = FreshSealer.at(file);
    var old = a.seal(WORDS, "p");
    var set = KeySet.rotate(file, NOW);
    assertThat(b.open(old, "p")).isEqualTo(WORDS);
    KeySet.retire(file, set.primaryId(), Set.of(TinkSealer.keyOf(old)));
    for (var node : new FreshSealer[] {a, b}) {
      assertThatThrownBy(() -> node.open(old, "p"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("cannot be opened");
    }
  }

  @Test
  void a_file_that_cannot_be_used_changes_nothing_until_it_can() throws IOException {
    var sealer = FreshSealer.at(file);
    var old = sealer.seal(WORDS, "p");
    var before = Files.readString(file);
    Files.writeString(file, before.substring(0, 20)); // half a copy
    assertThat(sealer.open(old, "p")).isEqualTo(WORDS);
    Files.delete(file);
    assertThat(sealer.open(sealer.seal(WORDS, "p"), "p")).isEqualTo(WORDS);

    var elsewhere = folder.resolve("elsewhere.json");
    Files.writeString(elsewhere, before);
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
    var primary = KeySet.rotate(elsewhere, NOW).primaryId();
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(elsewhere, file);
    assertThat(TinkSealer.keyOf(sealer.seal(WORDS, "p"))).isEqualTo(TinkSealer.keyOf(old));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(TinkSealer.keyOf(sealer.seal(WORDS, "p"))).isEqualTo(primary);
  }

  @Test
  void nodes_with_copies_open_each_others_seals_all_the_while_when_a_key_is_added_and_promoted()
      throws IOException {
    var a = FreshSealer.at(file);
    var copy = folder.resolve("copy.json");
    copyTo(copy);
    var b = FreshSealer.at(copy);

    KeySet.add(file);
    assertOpen(a, b);
    copyTo(copy);
    assertOpen(a, b);
    KeySet.promote(file, NOW);
    assertOpen(a, b); // a seals with the new key, b still with the old one
    assertThat(b.isCurrent(a.seal(WORDS, "p"))).isFalse();
    copyTo(copy);
    assertOpen(a, b);
    assertThat(b.isCurrent(a.seal(WORDS, "p"))).isTrue();
  }

  private void copyTo(Path copy) throws IOException {
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void assertOpen(FreshSealer a, FreshSealer b) {
    assertThat(b.open(a.seal(WORDS, "p"), "p")).isEqualTo(WORDS);
    assertThat(a.open(b.seal(WORDS, "p"), "p")).isEqualTo(WORDS);
  }

  @Test
  void everything_opens_everywhere_while_keys_are_rotated() {
    var nodes = new FreshSealer[] {FreshSealer.at(file), FreshSealer.at(file)};
    var seals = new ConcurrentLinkedQueue<byte[]>();
    var opened =
        Race.of(
            5,
            i -> {
              var count = 0;
              for (var round = 0; round < (i == 4 ? 5 : 2_000); round++) {
                if (i == 4) {
                  KeySet.rotate(file, NOW);
                  continue;
                }
                seals.add(nodes[i % 2].seal(WORDS, "p"));
                var next = seals.poll();
                if (next != null && nodes[(i + 1) % 2].open(next, "p").length == WORDS.length) {
                  count++;
                }
              }
              return count;
            });
    assertThat(opened).filteredOn(count -> count > 0).hasSize(4);
    assertThat(KeySet.load(file).size()).isEqualTo(6);
  }
}
