package org.holdfast.auth;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.Set;

/**
 * The keys that things are sealed with (AES-256-GCM), in a file of their own which only its owner
 * reads. New seals take the primary key; the others open what was sealed before. It does not print.
 *
 * <p>The life of a key set: {@link #create} once, {@link #load} at each start, {@link #rotate} now
 * and then, on one node at a time. Every node has to load the rotated file before it can open what
 * another sealed with the new key. Nothing here ever removes a key. Who loses the file loses what
 * was sealed.
 */
public final class KeySet {

  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> STRANGERS =
      PosixFilePermissions.fromString("----w-rw-");

  static {
    try {
      AeadConfig.register();
    } catch (GeneralSecurityException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final KeysetHandle keys;

  private KeySet(KeysetHandle keys) {
    this.keys = keys;
  }

  /**
   * Writes a new key set.
   *
   * @throws IllegalStateException when there is a file already
   */
  public static KeySet create(Path path) {
    var created = new KeySet(generate());
    var draft = created.draft(path);
    try {
      place(draft, path);
    } catch (FileAlreadyExistsException taken) {
      throw new IllegalStateException("key set %s exists already".formatted(path));
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    } finally {
      forget(draft);
    }
    return created;
  }

  /**
   * Reads a key set.
   *
   * @throws IllegalStateException when it is missing, open to strangers or no key set
   */
  public static KeySet load(Path path) {
    try {
      if (!Collections.disjoint(permissions(path), STRANGERS)) {
        throw new IllegalStateException(
            "key set %s may be read or changed by others: chmod 600 it".formatted(path));
      }
      return new KeySet(parse(path, Files.readString(path)));
    } catch (NoSuchFileException missing) {
      throw new IllegalStateException("key set %s does not exist".formatted(path));
    } catch (IOException unreadable) {
      throw new IllegalStateException("key set %s cannot be read".formatted(path));
    }
  }

  /** Adds a key that new seals take from now on, and writes the set back in one step. */
  public static KeySet rotate(Path path) {
    var rotated = load(path).rotated();
    var draft = rotated.draft(path);
    try {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      forget(draft);
      throw new UncheckedIOException(unwritable);
    }
    return rotated;
  }

  /** How many keys there are, today's and the older ones. */
  public int size() {
    return keys.size();
  }

  Aead aead() {
    try {
      return keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException notForSealing) {
      throw new IllegalStateException("the key set holds a key of another kind");
    }
  }

  private KeySet rotated() {
    try {
      return new KeySet(
          KeysetHandle.newBuilder(keys)
              .setConfiguration(RegistryConfiguration.get())
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the key set takes no further key");
    }
  }

  private static KeysetHandle generate() {
    try {
      return KeysetHandle.generateNew(
          PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("no key can be generated");
    }
  }

  private static KeysetHandle parse(Path path, String json) {
    try {
      return TinkJsonProtoKeysetFormat.parseKeyset(
          json, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException | RuntimeException garbled) { // without its words: key text
      throw new IllegalStateException("key set %s is no key set".formatted(path));
    }
  }

  /** The whole set on disk, under another name beside the path. */
  private Path draft(Path path) {
    var folder = path.toAbsolutePath().resolveSibling("");
    try {
      var json =
          TinkJsonProtoKeysetFormat.serializeKeyset(
              keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
      var draft = Files.createTempFile(folder, ".keys", ".tmp", ownersOnly(folder));
      try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      return draft;
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the key set cannot be written down");
    }
  }

  /** Gives the draft its name unless somebody has it, and nobody ever sees half of it. */
  private static void place(Path draft, Path path) throws IOException {
    try {
      Files.createLink(path, draft);
    } catch (UnsupportedOperationException noLinksHere) {
      Files.move(draft, path);
    }
  }

  private static void forget(Path draft) {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException stays) {
      throw new UncheckedIOException(stays);
    }
  }

  private static FileAttribute<?>[] ownersOnly(Path folder) {
    return isPosix(folder)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNERS)}
        : new FileAttribute<?>[0];
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return isPosix(path) ? Files.getPosixFilePermissions(path) : Set.of();
  }

  private static boolean isPosix(Path path) {
    return Files.getFileAttributeView(
            path, PosixFileAttributeView.class, new LinkOption[] {LinkOption.NOFOLLOW_LINKS})
        != null;
  }

  @Override
  public String toString() {
    return "KeySet[…]";
  }
}
