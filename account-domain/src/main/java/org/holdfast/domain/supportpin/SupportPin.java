package org.holdfast.domain.supportpin;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The digits by which a caller proves to staff who they are. They are said aloud on the phone, so
 * they protect by how few guesses there are, not by how many digits. It does not print.
 */
public record SupportPin(String digits) {

  /** The fewest digits. */
  public static final int MIN_LENGTH = 6;

  /** The most digits that anybody wants to say aloud. */
  public static final int MAX_LENGTH = 12;

  /** So many wrong ones within a day, and only a new PIN helps. */
  public static final int MOST_GUESSES = 5;

  private static final Pattern SHAPE =
      Pattern.compile("[0-9]{" + MIN_LENGTH + "," + MAX_LENGTH + "}");
  private static final Pattern SPACE = Pattern.compile("[\\s\u00a0-]");

  public SupportPin {
    if (!SHAPE.matcher(digits).matches()) {
      throw new IllegalArgumentException("not a support PIN");
    }
  }

  /**
   * What an operator decides about PINs.
   *
   * @param length how many digits new ones have
   * @param maxAge after which a PIN is worthless; none: it is good until replaced
   * @param singleUse is a PIN worthless once a call was verified with it?
   */
  public record Rules(int length, Optional<Duration> maxAge, boolean singleUse) {

    /** Six digits, good until replaced. */
    public static final Rules DEFAULT = new Rules(MIN_LENGTH, Optional.empty(), false);

    public Rules {
      if (length < MIN_LENGTH || length > MAX_LENGTH) {
        throw new IllegalArgumentException("a PIN has 6 to 12 digits");
      }
    }
  }

  /** A fresh PIN, each as likely as any other. The generator must be a cryptographic one. */
  public static SupportPin generate(int length, RandomGenerator random) {
    var digits = new StringBuilder();
    for (var i = 0; i < length; i++) {
      digits.append((char) ('0' + random.nextInt(10)));
    }
    return new SupportPin(digits.toString());
  }

  /** The digits that somebody typed, or nothing where they are no PIN. */
  public static Optional<SupportPin> parse(@Nullable String typed) {
    if (typed == null || typed.length() > 40) {
      return Optional.empty();
    }
    var plain = SPACE.matcher(typed).replaceAll("");
    return SHAPE.matcher(plain).matches() ? Optional.of(new SupportPin(plain)) : Optional.empty();
  }

  /** Are they the same digits? Hashes compare in the same time, whatever differs. */
  public boolean isSameAs(SupportPin other) {
    return Hashing.sha256()
        .hashString(digits, StandardCharsets.US_ASCII)
        .equals(Hashing.sha256().hashString(other.digits, StandardCharsets.US_ASCII));
  }

  /** As it is read out: in groups of three. */
  public String grouped() {
    return digits.replaceAll("(.{3})(?=.)", "$1 ");
  }

  @Override
  public String toString() {
    return "SupportPin[…]";
  }
}
