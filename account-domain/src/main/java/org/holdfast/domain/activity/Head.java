package org.holdfast.domain.activity;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The end of a chain of happenings. Each link's hash covers what happened and the hash before it,
 * so nothing in the middle can be changed, left out or put elsewhere without every later hash
 * changing too; and where the end is kept safe, not even then.
 *
 * @param seq which link it is, the first being 1; 0 before there is one
 * @param hash SHA-256 in lower-case hex
 */
public record Head(UUID chain, long seq, String hash) {

  private static final String FORM = "holdfast activity 1"; // another form of hash gets another
  private static final String NOTHING = "0".repeat(64);

  /** The chain that has no link yet. */
  public static Head before(UUID chain) {
    return new Head(chain, 0, NOTHING);
  }

  /** The chain with this as its next link. */
  public Head then(Entry entry) {
    var next = seq + 1;
    var happening = entry.happening();
    var hasher = Hashing.sha256().newHasher();
    put(hasher, FORM);
    put(hasher, hash);
    put(hasher, chain.toString());
    put(hasher, Long.toString(next));
    put(hasher, entry.id().toString());
    put(hasher, happening.what().name());
    put(hasher, Optional.ofNullable(happening.account()).map(Object::toString));
    put(hasher, Optional.ofNullable(happening.user()).map(Object::toString));
    put(hasher, Long.toString(happening.at().toEpochMilli()));
    put(hasher, happening.where().map(origin -> origin.address()));
    put(hasher, happening.where().map(origin -> origin.device()));
    put(hasher, happening.details());
    return new Head(chain, next, hasher.hash().toString());
  }

  private static void put(Hasher hasher, Map<String, String> words) {
    hasher.putInt(words.size());
    new TreeMap<>(words)
        .forEach(
            (key, value) -> {
              put(hasher, key);
              put(hasher, value);
            });
  }

  private static void put(Hasher hasher, Optional<String> text) {
    hasher.putBoolean(text.isPresent());
    text.ifPresent(present -> put(hasher, present));
  }

  /** Its length goes first: no two happenings are ever the same row of bytes. */
  private static void put(Hasher hasher, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    hasher.putInt(bytes.length).putBytes(bytes);
  }
}
