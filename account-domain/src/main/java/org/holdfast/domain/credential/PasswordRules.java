package org.holdfast.domain.credential;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.holdfast.domain.Fault;

/**
 * What may become a password (NIST SP 800-63B §3.1.1.2): long enough, and nothing an attacker tries
 * first. No composition rules, no forced change. Every reason is told.
 *
 * @param minLength in code points
 * @param isCommon is this text, in lower case, among the passwords everybody uses?
 * @param isBreached is this text known from a breach?
 */
public record PasswordRules(
    int minLength, Predicate<String> isCommon, Predicate<String> isBreached) {

  /** The least length where a password is all that protects the user. */
  public static final int MIN_LENGTH_ALONE = 15;

  /** The least length together with a second factor (NIST SP 800-63B §3.1.1.2). */
  public static final int MIN_LENGTH_WITH_FACTOR = 8;

  private static final int SHORTEST_WORD = 4; // shorter names occur in words by chance
  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final ImmutableList<String> RUNS =
      ImmutableList.of(
          "01234567890123456789012345678901234567890",
          "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
          "qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm",
          "qwertzuiopasdfghjklyxcvbnmqwertzuiopasdfghjklyxcvbnm");

  /**
   * Everything that speaks against this password.
   *
   * @param known the user's own names and address and the brand: what a guess begins with
   */
  public ImmutableList<Fault> faults(String field, Password candidate, Collection<String> known) {
    var faults = ImmutableList.<Fault>builder();
    if (candidate.length() < minLength) {
      faults.add(new Fault(field, "password_too_short", ImmutableMap.of("min", "" + minLength)));
    }
    if (candidate.isTooLong()) {
      // and nothing looks at the rest of it
      return faults
          .add(new Fault(field, "too_long", ImmutableMap.of("max", "" + Password.MAX_LENGTH)))
          .build();
    }
    var plain = candidate.value().toLowerCase(Locale.ROOT);
    var unit = repeatedUnit(plain);
    if (isCommon.test(plain) || isCommon.test(unit) || isRun(unit) || unit.length() <= 2) {
      faults.add(new Fault(field, "password_common"));
    } else if (isBreached.test(candidate.value())) {
      faults.add(new Fault(field, "password_breached"));
    }
    if (isBuiltFrom(plain, known)) {
      faults.add(new Fault(field, "password_personal"));
    }
    return faults.build();
  }

  /** The shortest text which, written again and again, is this one. */
  private static String repeatedUnit(String text) {
    for (var length = 1; length <= text.length() / 2; length++) {
      if (text.length() % length == 0
          && text.substring(0, length).repeat(text.length() / length).equals(text)) {
        return text.substring(0, length);
      }
    }
    return text;
  }

  private static boolean isRun(String text) {
    var backwards = new StringBuilder(text).reverse().toString();
    return RUNS.stream().anyMatch(run -> run.contains(text) || run.contains(backwards));
  }

  /** Is what remains without the known words too little to be a secret of its own? */
  private boolean isBuiltFrom(String plain, Collection<String> known) {
    var rest = plain;
    for (var word : words(known)) {
      rest = rest.replace(word, "");
    }
    return !rest.equals(plain) && rest.codePointCount(0, rest.length()) < Math.min(8, minLength);
  }

  private static ImmutableSet<String> words(Collection<String> known) {
    return known.stream()
        .map(k -> k.toLowerCase(Locale.ROOT))
        .flatMap(
            k ->
                java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(k), NOT_A_WORD.splitAsStream(k)))
        .filter(word -> word.length() >= SHORTEST_WORD)
        .sorted(java.util.Comparator.comparingInt(String::length).reversed())
        .collect(ImmutableSet.toImmutableSet());
  }
}
