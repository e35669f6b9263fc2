package org.holdfast.domain;

import com.google.common.collect.ImmutableMap;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The languages that pages, letters and errors are written in. */
public enum Language {
  EN(Locale.ENGLISH),
  DE(Locale.GERMAN);

  private final Locale locale;

  Language(Locale locale) {
    this.locale = locale;
  }

  public Locale locale() {
    return locale;
  }

  /** The language's BCP 47 tag, as stored, shown and sent. */
  public String tag() {
    return locale.getLanguage();
  }

  /** The language with this tag; {@code de-AT} is read as {@code de}. */
  public static Optional<Language> parse(@Nullable String tag) {
    if (tag == null) {
      return Optional.empty();
    }
    var wanted = Locale.forLanguageTag(tag.strip()).getLanguage();
    for (var language : values()) {
      if (language.tag().equals(wanted)) {
        return Optional.of(language);
      }
    }
    return Optional.empty();
  }

  /** What is wrong with this tag, told of the given field. */
  public static Optional<Fault> fault(String field, @Nullable String tag) {
    return parse(tag).isPresent()
        ? Optional.empty()
        : Optional.of(new Fault(field, "language", ImmutableMap.of()));
  }
}
