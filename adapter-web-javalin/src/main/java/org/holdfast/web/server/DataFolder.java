package org.holdfast.web.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The folder with what the server keeps beside the database. Only its owner reads what is in it.
 */
final class DataFolder implements AutoCloseable {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path path;
  private @Nullable FileChannel held;

  private DataFolder(Path path) {
    this.path = path;
  }

  /** The folder, made where it is missing. */
  static DataFolder at(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path, owners("rwx------"));
      }
      return new DataFolder(path);
    } catch (IOException unwritable) {
      throw new CannotStart("data folder " + path + " cannot be made");
    }
  }

  /**
   * Keeps other servers off until this is closed.
   *
   * @throws CannotStart where another has it
   */
  DataFolder hold() {
    try {
      var channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        channel.close();
        throw new CannotStart("data folder " + path + " is in use by another portal");
      }
      held = channel;
      return this;
    } catch (IOException unwritable) {
      throw new CannotStart("data folder " + path + " cannot be written to");
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException inThisProcess) {
      return false;
    }
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  /** What a file says; nothing where there is none. */
  Optional<String> read(String name) {
    var file = path.resolve(name);
    try {
      return Files.exists(file)
          ? Optional.of(Files.readString(file).stripTrailing())
          : Optional.empty();
    } catch (IOException unreadable) {
      throw new CannotStart(file + " cannot be read");
    }
  }

  /** What a file says, written first where there is none: all of it or nothing, and on disk. */
  String readOrWrite(String name, Supplier<String> text) {
    return read(name)
        .orElseGet(
            () -> {
              var written = text.get();
              write(name, written);
              return written;
            });
  }

  /** Writes a file: all of it or nothing, and on disk. */
  void write(String name, String text) {
    var file = path.resolve(name);
    try {
      var draft = Files.createTempFile(path, "." + name, ".tmp", owners("rw-------"));
      try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException unwritable) {
      throw new CannotStart(file + " cannot be written");
    }
  }

  private static FileAttribute<?>[] owners(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() {
    if (held != null) {
      try {
        held.close();
      } catch (IOException goneAnyway) {
        // the lock ends with the process
      }
      held = null;
    }
  }
}
