package org.holdfast.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letter.Kind;
import org.holdfast.application.mail.Mailer.Verdict;
import org.holdfast.domain.Language;
import org.holdfast.mail.FolderMailer.Header;
import org.holdfast.mail.FolderMailer.Kept;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderMailerTest {

  private static final Instant MORNING = Instant.parse("2026-11-24T06:00:00.123Z");

  @TempDir private Path parent;
  private Path folder;
  private FolderMailer mailer;

  @BeforeEach
  void open() {
    folder = parent.resolve("data/mail");
    mailer = new FolderMailer(folder, Sample.SENDER, Sample.BRAND);
  }

  @Test
  void a_letter_is_kept_and_can_be_read() {
    var letter = letter(1, MORNING);
    assertThat(send(letter)).isEqualTo(Verdict.ACCEPTED);
    assertThat(mailer.list(10))
        .containsExactly(
            new Kept(
                letter.id(),
                "ada@example.com",
                "Wählen Sie ein neues Passwort für Nordlicht",
                MORNING));
    var opened = mailer.read(letter.id()).orElseThrow();
    assertThat(opened.text()).contains("Neues Passwort wählen: https://my.nordlicht.example/link");
    assertThat(opened.html()).contains("<html lang=\"de\"");
    assertThat(opened.headers())
        .contains(new Header("Subject", "Wählen Sie ein neues Passwort für Nordlicht"))
        .contains(new Header("Message-ID", "<" + letter.id() + "@nordlicht.example>"));
    assertThat(opened).hasToString("Opened[" + letter.id() + "]");
  }

  @Test
  void sent_twice_it_is_there_once() throws IOException {
    var letter = letter(1, MORNING);
    send(letter);
    send(letter);
    assertThat(mailer.list(10)).hasSize(1);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve(letter.id() + ".eml"));
    }
  }

  @Test
  void the_newest_come_first_whatever_order_they_were_sent_in() {
    for (var n : new int[] {3, 1, 5, 2, 4}) {
      send(letter(n, MORNING.plusSeconds(n)));
    }
    send(letter(6, MORNING.plusSeconds(3).plusMillis(1)));
    assertThat(mailer.list(4).stream().map(kept -> kept.id().getLeastSignificantBits()))
        .containsExactly(5L, 4L, 6L, 3L);
  }

  @Test
  void letters_are_their_owners_alone() throws IOException {
    var letter = letter(1, MORNING);
    send(letter);
    assertThat(Files.getPosixFilePermissions(folder.resolve(letter.id() + ".eml")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void whatever_else_lies_in_the_folder_is_no_letter() throws IOException {
    send(letter(1, MORNING));
    Files.writeString(folder.resolve("notes.txt"), "not a letter");
    Files.writeString(folder.resolve(".draft1.tmp"), "half a letter");
    Files.writeString(folder.resolve("x.eml"), "not ours");
    assertThat(mailer.list(10)).hasSize(1);
    assertThat(mailer.read(new UUID(9, 9))).isEmpty();
  }

  @Test
  void many_at_once_are_all_kept() {
    IntStream.rangeClosed(1, 40).parallel().forEach(n -> send(letter(n, MORNING.plusSeconds(n))));
    assertThat(mailer.list(1_000)).hasSize(40);
  }

  @Test
  void a_folder_that_is_gone_is_something_to_try_again() throws IOException {
    Files.delete(folder);
    assertThat(send(letter(1, MORNING))).isEqualTo(Verdict.TRY_LATER);
  }

  @Test
  void a_letter_that_cannot_be_written_is_not_lost() {
    var words = new HashMap<>(Sample.words(Kind.RESET_LINK));
    words.remove("minutes");
    var receipt =
        mailer.send(
            Sample.letter(Kind.RESET_LINK, Language.EN, words), Optional.empty(), Optional.empty());
    assertThat(receipt.verdict()).isEqualTo(Verdict.TRY_LATER);
    assertThat(receipt.reply()).isEqualTo("The letter could not be written.");
  }

  private Verdict send(Letter letter) {
    return mailer.send(letter, Optional.empty(), Optional.empty()).verdict();
  }

  private static Letter letter(long n, Instant postedAt) {
    var letter = Sample.letter(Kind.RESET_LINK, Language.DE);
    return new Letter(
        new UUID(0x0193594b86c07000L, n),
        letter.kind(),
        letter.to(),
        letter.language(),
        letter.words(),
        null,
        null,
        null,
        postedAt,
        null);
  }
}
