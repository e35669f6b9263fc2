package org.holdfast.web.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.holdfast.application.seal.Sealer;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.TinkSealer;

/**
 * Seals with the key set in a file, and goes on when that file was rotated: what this node cannot
 * open another may have sealed with a key that has been added since.
 */
final class FreshSealer implements Sealer {

  private final Path file;
  private final TinkSealer sealer;
  private volatile FileTime read;

  private FreshSealer(Path file) {
    this.file = file;
    this.read = changed(file);
    this.sealer = new TinkSealer(KeySet.load(file));
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

  /** Adds a key to the file and seals with it from now on. */
  synchronized int rotate() {
    var keys = KeySet.rotate(file);
    read = changed(file);
    sealer.use(keys);
    return keys.size();
  }

  @Override
  public byte[] seal(byte[] plain, String place) {
    return sealer.seal(plain, place);
  }

  @Override
  public byte[] open(byte[] sealed, String place) {
    try {
      return sealer.open(sealed, place);
    } catch (IllegalStateException unknownKeyPerhaps) {
      if (!readAgain()) {
        throw unknownKeyPerhaps;
      }
      return sealer.open(sealed, place);
    }
  }

  private synchronized boolean readAgain() {
    var now = changed(file);
    if (now.equals(read)) {
      return false;
    }
    sealer.use(KeySet.load(file));
    read = now;
    return true;
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException unreadable) {
      throw new IllegalStateException("key set %s cannot be read".formatted(file));
    }
  }
}
