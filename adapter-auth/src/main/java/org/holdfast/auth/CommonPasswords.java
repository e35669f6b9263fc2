package org.holdfast.auth;

import com.google.common.collect.ImmutableSet;
import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;

/**
 * The passwords everybody uses, and what is made of them where a long password is asked for: one of
 * them with a few digits or signs behind it, or two of the commonest written together. A guesser
 * tries those next, and there are only some ten million.
 *
 * <p>The 30,000 words are those that zxcvbn4j (MIT licence) ships: Dropbox's selection from Mark
 * Burnett's ten million passwords, commonest first.
 */
final class CommonPasswords {

  private static final int COMMONEST = 2_000;
  private static final int LONGEST_TAIL = 5; // a year and a sign
  private static final int SHORTEST_PIECE = 3; // shorter ones are syllables of anything

  private final String[] sorted; // for half the memory of a set
  private final ImmutableSet<String> commonest;

  private CommonPasswords(Collection<String> commonestFirst) {
    sorted = commonestFirst.toArray(String[]::new);
    Arrays.sort(sorted);
    commonest =
        commonestFirst.stream()
            .limit(COMMONEST)
            .filter(word -> word.length() >= SHORTEST_PIECE)
            .collect(ImmutableSet.toImmutableSet());
  }

  static CommonPasswords shipped() {
    try {
      return new CommonPasswords(StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies());
    } catch (IOException brokenJar) {
      throw new UncheckedIOException(brokenJar);
    }
  }

  boolean contains(String lowerCase) {
    return isListed(lowerCase)
        || isListed(withoutTail(lowerCase))
        || isPairOfCommonest(lowerCase)
        || isPairOfCommonest(withoutTail(lowerCase));
  }

  private boolean isListed(String text) {
    return Arrays.binarySearch(sorted, text) >= 0;
  }

  private boolean isPairOfCommonest(String text) {
    for (var cut = SHORTEST_PIECE; cut <= text.length() - SHORTEST_PIECE; cut++) {
      if (commonest.contains(text.substring(0, cut)) && commonest.contains(text.substring(cut))) {
        return true;
      }
    }
    return false;
  }

  /** The text without the few digits and signs at its end, if that is all there are. */
  private static String withoutTail(String text) {
    var end = text.length();
    while (end > 0 && text.charAt(end - 1) < 128 && !Character.isLetter(text.charAt(end - 1))) {
      end--;
    }
    return text.length() - end <= LONGEST_TAIL ? text.substring(0, end) : text;
  }
}
