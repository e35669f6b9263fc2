package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedPasswordListsTest {

  private final ShippedPasswordLists shipped = new ShippedPasswordLists();
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "123456",
        "qwertyuiop",
        "trustno1",
        "1qaz2wsx3edc4rfv",
        "liverpool",
        "liverpool1892!",
        "password1234",
        "iloveyousunshine",
        "footballpassword!",
        "princessdragon2024"
      })
  void what_everybody_uses_is_common(String password) {
    assertThat(shipped.isCommon(password)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vitriol ember quadrille",
        "correct horse battery",
        "a much better passphrase",
        "blaue tulpen am kanal",
        "password8301559274", // ten digits of its own are a secret
        "дваголубыхкита",
      })
  void what_somebody_made_up_is_not(String password) {
    assertThat(shipped.isCommon(password)).isFalse();
  }

  @Test
  void some_long_passwords_are_known_from_breaches_without_any_file() {
    assertThat(shipped.isBreached("correcthorsebatterystaple")).isTrue();
    assertThat(shipped.isBreached("CorrectHorseBatteryStaple")).isTrue();
    assertThat(shipped.isBreached("Passwort123456789")).isTrue();
    assertThat(shipped.isBreached("# long passwords that people choose")).isFalse();
    assertThat(shipped.isBreached("")).isFalse();
    assertThat(shipped.isBreached("blaue tulpen am kanal")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void every_password_of_the_file_is_found_and_no_other(String newline) throws IOException {
    for (var size : List.of(1, 2, 3, 10, 3_000)) {
      var file = list(IntStream.range(0, size).mapToObj(n -> "known " + n), newline);
      try (var lists = new ShippedPasswordLists(file)) {
        for (var n = 0; n < size; n++) {
          assertThat(lists.isBreached("known " + n)).isTrue();
          assertThat(lists.isBreached("unknown " + n)).isFalse();
        }
      }
    }
  }

  @Test
  void the_file_tells_letters_apart() throws IOException {
    try (var lists = new ShippedPasswordLists(list(Stream.of("pässwörter sind schön"), "\n"))) {
      assertThat(lists.isBreached("pässwörter sind schön")).isTrue();
      assertThat(lists.isBreached("Pässwörter sind schön")).isFalse();
    }
  }

  @Test
  void small_hexadecimal_letters_and_lines_without_a_count_or_an_end_are_read() throws IOException {
    var file = folder.resolve("bare.txt");
    var lines =
        Stream.of("one", "two", "three")
            .map(p -> sha1(p).toLowerCase(Locale.ROOT))
            .sorted()
            .toList();
    Files.writeString(file, String.join("\n", lines));
    try (var lists = new ShippedPasswordLists(file)) {
      assertThat(Stream.of("one", "two", "three")).allMatch(lists::isBreached);
      assertThat(lists.isBreached("four")).isFalse();
    }
  }

  @Test
  void a_missing_file_is_told() {
    assertThatThrownBy(() -> new ShippedPasswordLists(folder.resolve("none.txt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("breach list .*none.txt cannot be read");
    assertThatThrownBy(() -> new ShippedPasswordLists(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void a_file_out_of_order_is_told() throws IOException {
    var file = folder.resolve("unsorted.txt");
    Files.write(
        file,
        Stream.of("a", "b", "c", "d", "e")
            .map(p -> sha1(p) + ":3")
            .sorted(java.util.Comparator.reverseOrder())
            .toList());
    assertThatThrownBy(() -> new ShippedPasswordLists(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("breach list .* is not in the order of its hashes near byte \\d+");
    Files.write(file, List.of(sha1("a") + ":1", sha1("a") + ":1"));
    assertThatThrownBy(() -> new ShippedPasswordLists(file))
        .hasMessageContaining("not in the order");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password\nletmein\n",
        "\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:x\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8 3\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68F:3\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3\nand then something very long indeed that no"
            + " line of such a list could ever be, whatever its count\n",
      })
  void a_garbled_file_is_told(String text) throws IOException {
    var file = folder.resolve("garbled.txt");
    Files.writeString(file, text);
    assertThatThrownBy(() -> new ShippedPasswordLists(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("breach list .* has no line of the form SHA1:count near byte \\d+");
  }

  @Test
  void an_empty_file_is_told() throws IOException {
    var file = Files.createFile(folder.resolve("empty.txt"));
    assertThatThrownBy(() -> new ShippedPasswordLists(file))
        .hasMessageMatching("breach list .* is empty");
  }

  private Path list(Stream<String> passwords, String newline) throws IOException {
    var file = Files.createTempFile(folder, "list", ".txt");
    var lines = passwords.map(p -> sha1(p) + ":" + (p.hashCode() & 0xffff)).sorted().toList();
    return Files.writeString(file, String.join(newline, lines) + newline);
  }

  @SuppressWarnings("deprecation") // the list's key, not our choice
  private static String sha1(String password) {
    return Hashing.sha1()
        .hashString(password, StandardCharsets.UTF_8)
        .toString()
        .toUpperCase(Locale.ROOT);
  }
}
