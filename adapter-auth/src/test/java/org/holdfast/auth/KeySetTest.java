package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.holdfast.application.testkit.Race;
import org.holdfast.auth.KeySet.Key;
import org.holdfast.auth.KeySet.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a key: added, promoted, replaced, retired. */
class KeySetTest {

  private static final byte[] WORDS = {1, 2, 3};
  private static final Instant MARCH = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final Instant APRIL = Instant.parse("2026-04-08T02:30:00.123Z");
  private static final Instant MAY = Instant.parse("2026-05-08T02:30:00.123Z");

  @TempDir private Path folder;
  private Path path;
  private String first = "";

  @BeforeEach
  void create() {
    path = folder.resolve("keys.json");
    first = KeySet.create(path).primaryId();
  }

  @Test
  void an_added_key_opens_on_nodes_that_have_it_before_anything_is_sealed_with_it() {
    var another = new TinkSealer(KeySet.add(path)); // a node with its copy of this file
    assertThat(roles()).containsExactly(Role.PRIMARY, Role.NEXT);
    var sealer = new TinkSealer(KeySet.load(path));
    assertThat(TinkSealer.keyOf(sealer.seal(WORDS, "p"))).isEqualTo(first);

    var promoted = KeySet.promote(path, MARCH);
    assertThat(roles()).containsExactly(Role.OLD, Role.PRIMARY);
    var fresh = new TinkSealer(promoted).seal(WORDS, "p");
    assertThat(TinkSealer.keyOf(fresh)).isEqualTo(promoted.primaryId()).isNotEqualTo(first);
    assertThat(another.open(fresh, "p")).isEqualTo(WORDS);

    assertThatThrownBy(() -> KeySet.promote(path, APRIL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no key waits to be promoted: add one first");
    assertThat(KeySet.load(path).keys()).isEqualTo(promoted.keys());
  }

  @Test
  void it_is_kept_when_a_key_was_replaced() {
    var second = KeySet.rotate(path, MARCH).primaryId();
    var third = KeySet.rotate(path, APRIL).primaryId();
    KeySet.add(path);
    assertThat(KeySet.load(path).keys().subList(0, 3))
        .containsExactly(
            new Key(first, Role.OLD, Optional.of(MARCH)),
            new Key(second, Role.OLD, Optional.of(APRIL)),
            new Key(third, Role.PRIMARY, Optional.empty()));
    KeySet.retire(path, third, Set.of(second));
    KeySet.promote(path, MAY);
    assertThat(KeySet.load(path).keys().subList(0, 2))
        .containsExactly(
            new Key(first, Role.OLD, Optional.of(MARCH)),
            new Key(third, Role.OLD, Optional.of(MAY)));
  }

  @Test
  void a_retired_key_opens_nothing_any_more_and_the_others_all_they_did() throws IOException {
    var old = new TinkSealer(KeySet.load(path)).seal(WORDS, "p");
    var second = KeySet.rotate(path, MARCH);
    var newer = new TinkSealer(second).seal(WORDS, "p");
    KeySet.add(path);

    var left = KeySet.retire(path, second.primaryId(), Set.of(first));
    assertThat(left.size()).isEqualTo(2);
    assertThat(Files.readString(path)).doesNotContain(first);
    for (var sealer : List.of(new TinkSealer(left), new TinkSealer(KeySet.load(path)))) {
      assertThatThrownBy(() -> sealer.open(old, "p")).isInstanceOf(IllegalStateException.class);
      assertThat(sealer.open(newer, "p")).isEqualTo(WORDS);
    }
  }

  @Test
  void none_but_old_keys_are_retired_and_none_under_another_primary_than_was_thought()
      throws IOException {
    var second = KeySet.rotate(path, MARCH).primaryId();
    var waiting = KeySet.add(path).keys().get(2).id();
    var before = Files.readString(path);
    for (var going : List.of(second, waiting, "1")) {
      assertRefused(second, Set.of(first, going));
    }
    assertRefused(first, Set.of(first));
    assertThat(Files.readString(path)).isEqualTo(before);
  }

  private void assertRefused(String primary, Set<String> going) {
    assertThatThrownBy(() -> KeySet.retire(path, primary, going))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the key set was changed meanwhile");
  }

  @Test
  void of_those_who_change_a_set_at_once_nobody_undoes_what_another_did() {
    var added =
        Race.of(8, i -> i % 2 == 0 ? KeySet.rotate(path, MARCH) : KeySet.add(path)).stream()
            .map(set -> set.keys().get(set.size() - 1).id())
            .toList();
    assertThat(added).doesNotHaveDuplicates();
    assertThat(KeySet.load(path).keys()).extracting(Key::id).containsAll(added).hasSize(9);
  }

  @Test
  void nor_does_another_process() throws Exception {
    var processes = new ArrayList<Process>();
    for (var i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Rotator.class.getName(),
                  path.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }
    for (var process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(KeySet.load(path).size()).isEqualTo(1 + 3 * Rotator.TIMES);
  }

  /** An operator's process. */
  static final class Rotator {
    static final int TIMES = 20;

    public static void main(String[] args) {
      for (var i = 0; i < TIMES; i++) {
        KeySet.rotate(Path.of(args[0]), MARCH);
      }
    }
  }

  @Test
  void a_set_that_tink_wrote_is_taken_and_noted_from_then_on() throws Exception {
    Files.writeString(path, written(2));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    assertThat(KeySet.load(path).keys())
        .extracting(Key::role, Key::replacedAt)
        .containsExactly(tuple(Role.OLD, Optional.empty()), tuple(Role.PRIMARY, Optional.empty()));
    assertThat(KeySet.rotate(path, MAY).keys())
        .extracting(Key::replacedAt)
        .containsExactly(Optional.of(MAY), Optional.of(MAY), Optional.empty());
  }

  private static String written(int keys) throws Exception {
    var set = KeysetHandle.newBuilder().setConfiguration(RegistryConfiguration.get());
    for (var i = 0; i < keys; i++) {
      set.addEntry(
          KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
              .withRandomId()
              .makePrimary());
    }
    return TinkJsonProtoKeysetFormat.serializeKeyset(
        set.build(), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
  }

  private List<Role> roles() {
    return KeySet.load(path).keys().stream().map(Key::role).toList();
  }
}
