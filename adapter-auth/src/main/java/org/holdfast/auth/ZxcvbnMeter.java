package org.holdfast.auth;

import com.google.common.collect.ImmutableList;
import com.nulabinc.zxcvbn.Zxcvbn;
import java.util.Collection;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.application.credential.StrengthMeter;
import org.holdfast.domain.Language;
import org.holdfast.domain.credential.Password;

/** Measures passwords with zxcvbn, which guesses like an attacker does. */
public final class ZxcvbnMeter implements StrengthMeter {

  /**
   * Measuring takes the square of the length and more; what is behind this only makes it better.
   */
  private static final int MEASURED = 64;

  private static final int MOST_KNOWN = 64;
  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  /** A meter whose dictionaries are read at its first use. */
  public ZxcvbnMeter() {}

  @Override
  public Strength measure(Password candidate, Collection<String> known, Language language) {
    var measured = Dictionaries.ZXCVBN.measure(beginning(candidate.value()), words(known));
    var feedback = measured.getFeedback().withResourceBundle(advice(language));
    var advice =
        Stream.concat(Stream.of(feedback.getWarning()), feedback.getSuggestions().stream())
            .filter(sentence -> !sentence.isEmpty())
            .collect(ImmutableList.toImmutableList());
    return new Strength(measured.getScore(), advice);
  }

  private static String beginning(String text) {
    if (text.length() <= MEASURED) {
      return text;
    }
    var end = Character.isHighSurrogate(text.charAt(MEASURED - 1)) ? MEASURED - 1 : MEASURED;
    return text.substring(0, end);
  }

  private static ImmutableList<String> words(Collection<String> known) {
    return known.stream()
        .map(ZxcvbnMeter::beginning)
        .flatMap(text -> Stream.concat(Stream.of(text), NOT_A_WORD.splitAsStream(text)))
        .filter(word -> word.length() > 2)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .distinct()
        .limit(MOST_KNOWN)
        .collect(ImmutableList.toImmutableList());
  }

  private static ResourceBundle advice(Language language) {
    return ResourceBundle.getBundle("org.holdfast.auth.advice", language.locale());
  }

  /** Read when first asked for, which takes half a second, and once for all. */
  private static final class Dictionaries {
    static final Zxcvbn ZXCVBN = new Zxcvbn();
  }
}
