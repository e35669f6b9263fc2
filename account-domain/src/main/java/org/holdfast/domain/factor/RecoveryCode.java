package org.holdfast.domain.factor;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.domain.UserId;
import org.jspecify.annotations.Nullable;

/**
 * What opens an account once in place of a second factor that is out of reach: 80 bits, shown once,
 * kept as its {@link #fingerprint} only. It does not print.
 *
 * @param value sixteen letters and digits, without those that are mistaken for others
 */
public record RecoveryCode(String value) {

  /** A set has so many. */
  public static final int SET = 10;

  /** Once no more than this are left, their user is told to make a new set. */
  public static final int FEW = 3;

  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's
  private static final int LENGTH = 16;
  private static final Pattern SHAPE = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");
  private static final Pattern SPACE = Pattern.compile("[\\s\u00a0-]");

  public RecoveryCode {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a recovery code");
    }
  }

  /** A fresh set. The generator must be a cryptographic one. */
  public static ImmutableList<RecoveryCode> generate(RandomGenerator random) {
    return Stream.generate(() -> one(random)).limit(SET).collect(ImmutableList.toImmutableList());
  }

  private static RecoveryCode one(RandomGenerator random) {
    var bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    var code = new StringBuilder();
    for (var b : bytes) {
      code.append(ALPHABET.charAt(b & 31));
    }
    return new RecoveryCode(code.toString());
  }

  /** What somebody typed, in any case and grouping, or nothing where it is no recovery code. */
  public static Optional<RecoveryCode> parse(@Nullable String typed) {
    if (typed == null || typed.length() > 60) {
      return Optional.empty();
    }
    var plain =
        SPACE
            .matcher(typed)
            .replaceAll("")
            .toLowerCase(Locale.ROOT)
            .replace('o', '0')
            .replace('i', '1')
            .replace('l', '1');
    return SHAPE.matcher(plain).matches() ? Optional.of(new RecoveryCode(plain)) : Optional.empty();
  }

  /** As it is shown: in groups of four. */
  public String grouped() {
    return value.replaceAll("(.{4})(?=.)", "$1-");
  }

  /** What is kept of it: the SHA-256 of whose it is and what it says, in lower-case hex. */
  public String fingerprint(UserId user) {
    return Hashing.sha256().hashString(user + ":" + value, StandardCharsets.UTF_8).toString();
  }

  @Override
  public String toString() {
    return "RecoveryCode[…]";
  }
}
