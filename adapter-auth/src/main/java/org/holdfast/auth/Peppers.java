package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that go into password hashes beside the password (Argon2's secret input), so that a
 * stolen database alone opens nothing. Each has an id, which stands in the hashes made with it: new
 * hashes take the current one, old hashes are still understood. A hash outlives its pepper only
 * until the next sign-in, so an old pepper may be dropped once no hash names it.
 */
public final class Peppers {

  private static final int MIN_BYTES = 16;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,8}"); // PHC: at most 8 bytes

  private final ImmutableMap<String, byte[]> keys;
  private final @Nullable String current;

  private Peppers(ImmutableMap<String, byte[]> keys, @Nullable String current) {
    this.keys = keys;
    this.current = current;
  }

  /** No pepper: the hashes rest on the password alone. */
  public static Peppers none() {
    return new Peppers(ImmutableMap.of(), null);
  }

  /**
   * Several peppers by id.
   *
   * @param current the id of the one that new hashes take
   * @param keys all that hashes may name, 16 random bytes or more each
   * @throws IllegalArgumentException saying which of them cannot be used
   */
  public static Peppers of(String current, Map<String, byte[]> keys) {
    var copies = ImmutableMap.<String, byte[]>builder();
    keys.forEach(
        (id, key) -> {
          checkArgument(
              ID.matcher(id).matches(), "pepper id must be 1 to 8 of A-Z a-z 0-9 . _ -: %s", id);
          checkArgument(
              key.length >= MIN_BYTES, "pepper %s is shorter than %s bytes", id, MIN_BYTES);
          copies.put(id, key.clone());
        });
    checkArgument(
        keys.containsKey(current), "pepper %s is to be current but is not among the keys", current);
    return new Peppers(copies.buildOrThrow(), current);
  }

  /** Old hashes may name these, but new ones take no pepper. */
  public static Peppers retired(Map<String, byte[]> keys) {
    return keys.isEmpty()
        ? none()
        : new Peppers(of(keys.keySet().iterator().next(), keys).keys, null);
  }

  Optional<String> current() {
    return Optional.ofNullable(current);
  }

  boolean has(String id) {
    return keys.containsKey(id);
  }

  /** The key itself, not a copy. */
  byte[] key(String id) {
    var key = keys.get(id);
    checkArgument(key != null, "no pepper %s", id);
    return key;
  }

  @Override
  public String toString() {
    return "Peppers" + keys.keySet();
  }
}
