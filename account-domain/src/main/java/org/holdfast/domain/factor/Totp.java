package org.holdfast.domain.factor;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which codes of a time-based token are accepted (RFC 6238 §5.2): each once, and none for long. */
public final class Totp {

  public static final int DIGITS = 6;
  public static final int SECONDS = 30;

  private static final int STEPS_BACK = 1; // for who types slowly, and clocks that are a bit late
  private static final Pattern CODE = Pattern.compile("[0-9]{" + DIGITS + "}");
  private static final Pattern SPACE = Pattern.compile("[\\s\u00a0-]");

  private Totp() {}

  /** The digits that somebody typed, or nothing where they are no code. */
  public static Optional<String> parse(@Nullable String typed) {
    if (typed == null || typed.length() > 20) {
      return Optional.empty();
    }
    var digits = SPACE.matcher(typed).replaceAll(""); // apps show them in two groups
    return CODE.matcher(digits).matches() ? Optional.of(digits) : Optional.empty();
  }

  /** The time step of this moment. */
  public static long step(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), SECONDS);
  }

  /**
   * The time step that a typed code is accepted for: the current one or the one before, and newer
   * than the last that was. Of two with the same code it is the newer, so that the code is spent.
   * Every step is computed and compared in full, whatever matches.
   *
   * @param codeAt the token's code at a step
   * @param lastAccepted the newest step a code was ever accepted of
   */
  public static OptionalLong accept(
      String typed, LongFunction<String> codeAt, Instant now, long lastAccepted) {
    var accepted = OptionalLong.empty();
    for (var step = step(now) - STEPS_BACK; step <= step(now); step++) {
      if (isEqual(codeAt.apply(step), typed) && step > lastAccepted) {
        accepted = OptionalLong.of(step);
      }
    }
    return accepted;
  }

  /** Hashes compare in the same time, whatever differs. */
  private static boolean isEqual(String code, String typed) {
    return Hashing.sha256()
        .hashString(code, StandardCharsets.US_ASCII)
        .equals(Hashing.sha256().hashString(typed, StandardCharsets.US_ASCII));
  }
}
