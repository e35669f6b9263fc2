package org.holdfast.web.server;

import com.google.common.base.Splitter;
import com.google.common.collect.AbstractIterator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.holdfast.domain.activity.Head;
import org.jspecify.annotations.Nullable;

/**
 * Where every chain of activity ended at one time: a line each, with the chain, its last link and
 * that link's hash set apart by tabs; and on the last line how many happenings are in no chain. It
 * holds nothing secret. Kept where whoever can write the database cannot, it shows later whether
 * anything was taken back.
 */
final class Checkpoint {

  private static final String LAST = "unchained";
  private static final Splitter TAB = Splitter.on('\t');

  private Checkpoint() {}

  /** A checkpoint that is being written, to a file that was not there before. */
  static final class Writing implements AutoCloseable {
    private final BufferedWriter out;

    Writing(Path file) throws IOException {
      out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW);
    }

    void add(Head end) {
      line(end.chain() + "\t" + end.seq() + "\t" + end.hash());
    }

    void end(long unchained) {
      line(LAST + "\t" + unchained);
    }

    private void line(String text) {
      try {
        out.write(text + "\n");
      } catch (IOException full) {
        throw new UncheckedIOException(full);
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** A checkpoint that is being read: the ends in it, one after the other. */
  static final class Reading extends AbstractIterator<Head> implements AutoCloseable {
    private final BufferedReader in;
    private long unchained = -1;

    Reading(Path file) throws IOException {
      in = Files.newBufferedReader(file);
    }

    /** What its last line says, once all before it is read. */
    long unchained() {
      return unchained;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException where it is no checkpoint, or only the beginning of one
     */
    @Override
    protected @Nullable Head computeNext() {
      try {
        var line = in.readLine();
        if (line == null) {
          throw new IllegalArgumentException("it has no end");
        }
        var parts = TAB.splitToList(line);
        if (parts.size() == 2 && parts.get(0).equals(LAST)) {
          unchained = Long.parseLong(parts.get(1));
          return in.readLine() == null ? endOfData() : malformed();
        }
        return parts.size() == 3
            ? new Head(UUID.fromString(parts.get(0)), Long.parseLong(parts.get(1)), parts.get(2))
            : malformed();
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }

    private static Head malformed() {
      throw new IllegalArgumentException("it has a line of another kind");
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
