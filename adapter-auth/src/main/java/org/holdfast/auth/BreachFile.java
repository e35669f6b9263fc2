package org.holdfast.auth;

import com.google.common.base.Ascii;
import com.google.common.base.VerifyException;
import com.google.common.hash.HashCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The passwords known from breaches, in the file that Have I Been Pwned offers for download: one
 * line {@code SHA1:count} each, in the order of the hashes. It is searched where it lies, so its
 * size costs no memory, and a password is found if and only if it is in there.
 */
final class BreachFile implements AutoCloseable {

  private static final int LONGEST_LINE = 64;
  private static final int PROBES = 1_000;
  private static final Pattern LINE = Pattern.compile("([0-9A-Fa-f]{40})(:[0-9]{1,20})?\r?");

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private BreachFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.size = channel.size();
  }

  /**
   * Opens the file and looks at lines all over it, at every one where there are few.
   *
   * @throws IllegalArgumentException when it is missing, empty, out of order or no such file
   */
  static BreachFile open(Path path) {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("breach list %s cannot be read".formatted(path));
    }
    try {
      var file = new BreachFile(path, channel);
      file.probe();
      return file;
    } catch (IOException | IllegalStateException unusable) {
      closeAfter(channel, unusable);
      throw new IllegalArgumentException(
          unusable instanceof IllegalStateException
              ? unusable.getMessage()
              : "breach list %s cannot be read".formatted(path));
    }
  }

  /** Is this password in the list? */
  boolean contains(String password) {
    try {
      return find(sha1(password));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Finds the line by halving the part of the file in which it can begin. */
  private boolean find(String hash) throws IOException {
    var from = 0L;
    var to = size;
    while (from < to) {
      var middle = from + (to - from) / 2;
      var line = firstLineFrom(middle);
      if (line.start() >= to) {
        to = middle;
        continue;
      }
      var order = line.hash().compareTo(hash);
      if (order == 0) {
        return true;
      }
      if (order < 0) {
        from = line.end();
      } else {
        to = middle;
      }
    }
    return false;
  }

  private void probe() throws IOException {
    if (size == 0) {
      throw new IllegalStateException("breach list %s is empty".formatted(path));
    }
    var step = Math.max(1, size / PROBES);
    var last = line(0);
    for (var at = last.end(); at < size; at = Math.max(last.end(), at + step)) {
      var next = firstLineFrom(at);
      if (next.start() >= size) {
        return;
      }
      if (next.hash().compareTo(last.hash()) <= 0) {
        throw new IllegalStateException(
            "breach list %s is not in the order of its hashes near byte %d"
                .formatted(path, next.start()));
      }
      last = next;
    }
  }

  /** The first line that begins at or behind this byte; an empty one at the end of the file. */
  private Line firstLineFrom(long at) throws IOException {
    if (at == 0) {
      return line(0);
    }
    var before = read(at - 1);
    var newline = before.indexOf('\n');
    if (newline < 0 && at - 1 + before.length() < size) {
      throw garbled(at);
    }
    var start = newline < 0 ? size : at + newline;
    return start >= size ? new Line("", size, size) : line(start);
  }

  private Line line(long start) throws IOException {
    var text = read(start);
    var newline = text.indexOf('\n');
    var line = LINE.matcher(newline < 0 ? text : text.substring(0, newline));
    if (!line.matches() || (newline < 0 && start + text.length() < size)) {
      throw garbled(start);
    }
    return new Line(
        Ascii.toUpperCase(line.group(1)), start, newline < 0 ? size : start + newline + 1);
  }

  private String read(long at) throws IOException {
    var buffer = ByteBuffer.allocate(LONGEST_LINE);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
      // a read may bring less than there is
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
  }

  private IllegalStateException garbled(long at) {
    return new IllegalStateException(
        "breach list %s has no line of the form SHA1:count near byte %d".formatted(path, at));
  }

  private static String sha1(String password) {
    try {
      // Not a choice of ours: it is what the list is keyed by. It protects nothing here.
      var digest = MessageDigest.getInstance("SHA-1");
      var hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      return HashCode.fromBytes(hash).toString().toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new VerifyException(everyJavaHasIt);
    }
  }

  private static void closeAfter(FileChannel channel, Exception reason) {
    try {
      channel.close();
    } catch (IOException second) {
      reason.addSuppressed(second);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private record Line(String hash, long start, long end) {}
}
