package org.holdfast.web;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.Language;

/** The words of the pages, in one language. */
public final class Wording {

  private static final String BUNDLE = "org.holdfast.web.words";

  private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");

  private static final ImmutableMap<Language, Wording> ALL =
      Arrays.stream(Language.values())
          .collect(ImmutableMap.toImmutableMap(language -> language, Wording::new));

  private final Language language;
  private final ResourceBundle words;

  private Wording(Language language) {
    this.language = language;
    this.words = ResourceBundle.getBundle(BUNDLE, language.locale());
  }

  /** The words in this language. */
  public static Wording in(Language language) {
    var wording = ALL.get(language);
    if (wording == null) {
      throw new IllegalStateException("no words in " + language);
    }
    return wording;
  }

  public Language language() {
    return language;
  }

  public Locale locale() {
    return language.locale();
  }

  /** Are there words for this? */
  public boolean has(String key) {
    return words.containsKey(key);
  }

  /** The words for this, with {0} and so on replaced. */
  public String of(String key, Object... details) {
    return PLACE
        .matcher(words.getString(key))
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    String.valueOf(details[Integer.parseInt(place.group(1))])));
  }
}
