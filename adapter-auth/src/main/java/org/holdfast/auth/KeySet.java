package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkState;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.stream.Collectors.toSet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The keys that things are sealed with (AES-256-GCM), in a file of their own which only its owner
 * reads. New seals take the primary key; the others open what was sealed before. It does not print.
 *
 * <p>The life of a key set: {@link #create} once, {@link #load} at each start, {@link #rotate} now
 * and then. A node has to load the rotated file before it can open what another sealed with the new
 * key. Where nodes have copies of the file, which arrive one after the other, rotating is two
 * steps: {@link #add} a key that opens but seals nothing yet, and {@link #promote} it once every
 * node has it. A key that was replaced stays until {@link #retire} removes it, which is for whoever
 * knows that nothing is sealed with it any more. Who loses the file loses what was sealed.
 *
 * <p>The file is Tink's JSON, the keys in the order they were added, and beside them when each was
 * replaced. Changes are made one at a time, by whichever process, and in one step: nobody ever
 * reads half of one.
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

  private static final Set<StandardOpenOption> LOCKING =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  private static final String REPLACED_AT = "replacedAt"; // our member of the file, not Tink's

  private final KeysetHandle keys;
  private final ImmutableMap<String, Instant> replacedAt;

  private KeySet(KeysetHandle keys, Map<String, Instant> replacedAt) {
    this.keys = keys;
    this.replacedAt = ImmutableMap.copyOf(replacedAt);
  }

  /** What a key is there for. */
  public enum Role {
    /** Sealed before there was the primary one, and opens that. */
    OLD,
    /** Seals what is sealed now. */
    PRIMARY,
    /** Was added and waits to be promoted. */
    NEXT
  }

  /**
   * What may be told of a key.
   *
   * @param replacedAt when an old key ceased to seal; nothing where nobody noted it
   */
  public record Key(String id, Role role, Optional<Instant> replacedAt) {}

  /**
   * Writes a new key set.
   *
   * @throws IllegalStateException when there is a file already
   */
  public static KeySet create(Path path) {
    var created = new KeySet(generate(), ImmutableMap.of());
    var draft = created.draft(path);
    try {
      place(draft, path);
      keepName(path);
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
      return parse(path, Files.readString(path));
    } catch (NoSuchFileException missing) {
      throw new IllegalStateException("key set %s does not exist".formatted(path));
    } catch (IOException unreadable) {
      throw new IllegalStateException("key set %s cannot be read".formatted(path));
    }
  }

  /** Adds a key that new seals take from now on. */
  public static KeySet rotate(Path path, Instant now) {
    return change(path, set -> set.added().promoted(now));
  }

  /** Adds a key that opens what was sealed with it, so that it may be promoted later. */
  public static KeySet add(Path path) {
    return change(path, KeySet::added);
  }

  /**
   * Has new seals take the key that was added last.
   *
   * @throws IllegalStateException when none was added since the last promotion
   */
  public static KeySet promote(Path path, Instant now) {
    return change(
        path,
        set -> {
          if (set.primary() == set.keys.size() - 1) {
            throw new IllegalStateException("no key waits to be promoted: add one first");
          }
          return set.promoted(now);
        });
  }

  /**
   * Removes old keys for good. What is still sealed with them never opens again.
   *
   * @param primary the key that all was sealed anew with
   * @throws IllegalStateException when that is not the primary key any more, or one of those to go
   *     is not an old one; then all stay
   */
  public static KeySet retire(Path path, String primary, Set<String> going) {
    return change(path, set -> set.without(primary, going));
  }

  /** How many keys there are, today's and the older ones. */
  public int size() {
    return keys.size();
  }

  /** All keys in the order they were added. */
  public ImmutableList<Key> keys() {
    var primary = primary();
    return IntStream.range(0, keys.size())
        .mapToObj(
            at -> {
              var id = id(keys.getAt(at).getId());
              var role = at < primary ? Role.OLD : at == primary ? Role.PRIMARY : Role.NEXT;
              return new Key(id, role, Optional.ofNullable(replacedAt.get(id)));
            })
        .collect(toImmutableList());
  }

  /** The id of the key that new seals take. */
  public String primaryId() {
    return id(keys.getPrimary().getId());
  }

  /** As Tink shows them elsewhere. */
  static String id(int id) {
    return Integer.toUnsignedString(id);
  }

  Aead aead() {
    try {
      return keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException notForSealing) {
      throw new IllegalStateException("the key set holds a key of another kind");
    }
  }

  private int primary() {
    return IntStream.range(0, keys.size())
        .filter(at -> keys.getAt(at).isPrimary())
        .findFirst()
        .orElseThrow();
  }

  private KeySet added() {
    return with(
        replacedAt,
        builder ->
            builder.addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                    .withRandomId()));
  }

  private KeySet promoted(Instant now) {
    var ends = new HashMap<>(replacedAt);
    for (var at = 0; at < keys.size() - 1; at++) {
      ends.putIfAbsent(id(keys.getAt(at).getId()), now);
    }
    return with(ends, builder -> builder.getAt(builder.size() - 1).makePrimary());
  }

  private KeySet without(String primary, Set<String> going) {
    var old = keys().stream().filter(key -> key.role() == Role.OLD).map(Key::id).collect(toSet());
    if (!primaryId().equals(primary) || !old.containsAll(going)) {
      throw new IllegalStateException("the key set was changed meanwhile");
    }
    return with(
        Maps.filterKeys(replacedAt, id -> !going.contains(id)),
        builder -> {
          for (var at = keys.size() - 1; at >= 0; at--) {
            if (going.contains(id(keys.getAt(at).getId()))) {
              builder.deleteAt(at);
            }
          }
        });
  }

  private KeySet with(Map<String, Instant> ends, Consumer<KeysetHandle.Builder> change) {
    try {
      var builder = KeysetHandle.newBuilder(keys).setConfiguration(RegistryConfiguration.get());
      change.accept(builder);
      return new KeySet(builder.build(), ends);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the key set cannot be changed so");
    }
  }

  /**
   * Changes the file, after whoever else is about to: one of two at once would undo the other's.
   */
  private static KeySet change(Path path, UnaryOperator<KeySet> change) {
    synchronized (KeySet.class) { // the lock on the file is the whole process's
      load(path); // or say what is wrong with it
      try (var turn = FileChannel.open(turns(path), LOCKING, ownersOnly(folderOf(path)));
          var held = turn.lock()) {
        checkState(held.isValid());
        var changed = change.apply(load(path));
        replace(path, changed.draft(path));
        return changed;
      } catch (IOException | UncheckedIOException unwritable) {
        throw new IllegalStateException("key set %s cannot be written".formatted(path));
      }
    }
  }

  /** Whose turn it is: not the set itself, as a lock ends when anybody here has read its file. */
  private static Path turns(Path path) {
    return path.resolveSibling("." + path.getFileName() + ".lock");
  }

  private static void replace(Path path, Path draft) throws IOException {
    try {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      keepName(path);
    } finally {
      forget(draft);
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

  private static KeySet parse(Path path, String json) {
    try {
      var members = JsonParser.parseString(json).getAsJsonObject();
      var ends = new HashMap<String, Instant>();
      if (members.remove(REPLACED_AT) instanceof JsonObject dates) {
        dates
            .entrySet()
            .forEach(e -> ends.put(e.getKey(), Instant.parse(e.getValue().getAsString())));
      }
      var keys =
          TinkJsonProtoKeysetFormat.parseKeyset(
              members.toString(), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
      return new KeySet(keys, ends);
    } catch (GeneralSecurityException | RuntimeException garbled) { // without its words: key text
      throw new IllegalStateException("key set %s is no key set".formatted(path));
    }
  }

  private String json() throws GeneralSecurityException {
    var members =
        JsonParser.parseString(
                TinkJsonProtoKeysetFormat.serializeKeyset(
                    keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()))
            .getAsJsonObject();
    var dates = new JsonObject();
    replacedAt.forEach((id, at) -> dates.addProperty(id, at.toString()));
    members.add(REPLACED_AT, dates);
    return members.toString();
  }

  /** The whole set on disk, under another name beside the path. */
  private Path draft(Path path) {
    var folder = folderOf(path);
    try {
      var json = json();
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

  /** A name is kept over a power cut only once its folder is on disk too. */
  private static void keepName(Path path) throws IOException {
    var folder = folderOf(path);
    if (isPosix(folder)) {
      try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  private static void forget(Path draft) {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException stays) {
      throw new UncheckedIOException(stays);
    }
  }

  private static Path folderOf(Path path) {
    return path.toAbsolutePath().resolveSibling("");
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
