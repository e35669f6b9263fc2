package org.holdfast.web.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.holdfast.application.seal.Sealer;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.TinkSealer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals with the key set in a file as it is now: whenever that file was changed, by whichever
 * process, it is read again before anything is sealed or opened. So every node that shares the file
 * seals with a new key as soon as it is there, opens what the others seal with it, and opens
 * nothing more with a key that was removed. A file that cannot be used, such as half a copy,
 * changes nothing until it can.
 */
final class FreshSealer implements Sealer {

  private static final Logger LOG = LoggerFactory.getLogger(FreshSealer.class);

  private final Path file;
  private final TinkSealer sealer;
  private volatile State read;
  private volatile @Nullable State unusable;

  private FreshSealer(Path file) {
    this.file = file;
    this.read = State.of(file);
    this.sealer = new TinkSealer(KeySet.load(file));
  }

  /**
   * What tells a file from what it was before; asking costs about a microsecond.
   *
   * @param which one it is of all that have had this name, where the system says so
   */
  private record State(@Nullable Object which, FileTime changed, long size) {
    static final State MISSING = new State(null, FileTime.fromMillis(0), -1);

    static State of(Path file) {
      try {
        var found = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(found.fileKey(), found.lastModifiedTime(), found.size());
      } catch (IOException missing) {
        return MISSING;
      }
    }
  }

  /** The key set in this file, made where there is none. */
  static FreshSealer at(Path file) {
    if (!Files.exists(file)) {
      createUnlessSomebodyWasFaster(file);
    }
    return new FreshSealer(file);
  }

  private static void createUnlessSomebodyWasFaster(Path file) {
    try {
      KeySet.create(file);
    } catch (IllegalStateException taken) {
      if (!Files.exists(file)) {
        throw taken;
      }
    }
  }

  /** Where the key set is. */
  Path file() {
    return file;
  }

  @Override
  public byte[] seal(byte[] plain, String place) {
    return fresh().seal(plain, place);
  }

  @Override
  public byte[] open(byte[] sealed, String place) {
    return fresh().open(sealed, place);
  }

  @Override
  public boolean isCurrent(byte[] sealed) {
    return fresh().isCurrent(sealed);
  }

  private TinkSealer fresh() {
    if (!State.of(file).equals(read)) {
      readAgain();
    }
    return sealer;
  }

  private synchronized void readAgain() {
    var now = State.of(file); // before reading: what is changed after this is read once more
    if (now.equals(read)) {
      return;
    }
    try {
      sealer.use(KeySet.load(file));
      read = now;
    } catch (IllegalStateException cannotBeUsed) {
      if (!now.equals(unusable)) {
        LOG.warn("Going on with the keys read before: {}", cannotBeUsed.getMessage());
        unusable = now;
      }
    }
  }
}
