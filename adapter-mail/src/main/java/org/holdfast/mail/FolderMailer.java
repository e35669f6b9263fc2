package org.holdfast.mail;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Mailer;
import org.holdfast.domain.notification.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps letters in a folder, for a portal without a mail server: one {@code .eml} file a letter,
 * named by its id, so that a letter sent twice is there once. A letter is there whole or not at
 * all, and once it is accepted it outlives the machine's power. The newest can be listed and read.
 */
public final class FolderMailer implements Mailer {

  private static final Logger LOG = LoggerFactory.getLogger(FolderMailer.class);
  private static final String SUFFIX = ".eml";
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\.eml");

  private final Path folder;
  private final Sender sender;
  private final Brand brand;
  private final LetterWriter writer;
  private final Session session = Session.getInstance(new Properties());

  /**
   * Keeps letters here; makes the folder where there is none.
   *
   * @throws UncheckedIOException when it cannot be made
   */
  public FolderMailer(Path folder, Sender sender, Brand brand) {
    this.folder = folder;
    this.sender = sender;
    this.brand = brand;
    this.writer = new LetterWriter(brand);
    try {
      Files.createDirectories(folder);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** A letter that was kept. */
  public record Kept(UUID id, String to, String subject, Instant at) {}

  /** A kept letter, opened. It does not print: what it says may open something. */
  public record Opened(Kept kept, ImmutableList<Header> headers, String text, String html) {
    @Override
    public String toString() {
      return "Opened[" + kept.id() + "]";
    }
  }

  /** One of a letter's headers, decoded. */
  public record Header(String name, String value) {}

  @Override
  public Receipt send(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {
    try {
      var written = writer.write(letter, message, unsubscribe);
      keep(letter, new MimeLetter(session, letter, written, sender, brand, unsubscribe));
      return new Receipt(Verdict.ACCEPTED, "Kept in the mailbox folder.");
    } catch (IllegalArgumentException ourMistake) { // and no reason to lose the letter
      LOG.error("A letter cannot be written: {}", ourMistake.getMessage());
      return new Receipt(Verdict.TRY_LATER, "The letter could not be written.");
    } catch (IOException | MessagingException unwritable) {
      LOG.warn("Letter {} cannot be kept in {}", letter, folder, unwritable);
      return new Receipt(Verdict.TRY_LATER, "The mailbox folder cannot be written to.");
    }
  }

  /** The newest letters, by when they were posted. */
  public ImmutableList<Kept> list(int most) {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .map(Dated::of)
          .sorted(Collections.reverseOrder())
          .limit(most)
          .map(dated -> read(dated.id()).map(Opened::kept))
          .flatMap(Optional::stream)
          .collect(toImmutableList());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The letter with this id, or nothing where none was kept. */
  public Optional<Opened> read(UUID id) {
    var file = file(id);
    try (var in = Files.newInputStream(file)) {
      return Optional.of(open(id, Files.getLastModifiedTime(file), new MimeMessage(session, in)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    } catch (MessagingException garbled) {
      throw new UncheckedIOException(new IOException(garbled));
    }
  }

  private void keep(Letter letter, MimeLetter mime) throws IOException, MessagingException {
    var draft = Files.createTempFile(folder, ".draft", ".tmp"); // its owner's alone
    try {
      try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        mime.writeTo(Channels.newOutputStream(channel));
        channel.force(true);
      }
      Files.setLastModifiedTime(draft, FileTime.from(letter.postedAt()));
      Files.move(
          draft,
          file(letter.id()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      forceFolder();
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The name is on disk only once the folder is, where folders can be asked for that. */
  private void forceFolder() throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path file(UUID id) {
    return folder.resolve(id + SUFFIX);
  }

  private static Opened open(UUID id, FileTime at, MimeMessage mime)
      throws MessagingException, IOException {
    var alternatives = (MimeMultipart) mime.getContent();
    var headers = ImmutableList.<Header>builder();
    for (var header : Collections.list(mime.getAllHeaders())) {
      headers.add(new Header(header.getName(), Plain.decoded(header.getValue())));
    }
    var kept =
        new Kept(id, mime.getHeader("To", ","), Plain.oneLine(mime.getSubject()), at.toInstant());
    return new Opened(
        kept,
        headers.build(),
        text(alternatives.getBodyPart(0)),
        text(alternatives.getBodyPart(1)));
  }

  private static String text(BodyPart part) throws MessagingException, IOException {
    return (String) part.getContent();
  }

  /** A file by when its letter was posted. */
  private record Dated(FileTime at, UUID id) implements Comparable<Dated> {
    static Dated of(Path file) {
      var name = file.getFileName().toString();
      try {
        return new Dated(
            Files.getLastModifiedTime(file),
            UUID.fromString(name.substring(0, name.length() - SUFFIX.length())));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }

    @Override
    public int compareTo(Dated other) {
      return Comparator.comparing(Dated::at).thenComparing(Dated::id).compare(this, other);
    }
  }
}
