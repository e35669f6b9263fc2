package org.holdfast.domain;

import com.google.common.collect.ImmutableMap;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of text a person types into one field, each with its rule. Text is kept in one form:
 * NFC, without surrounding space, on one line (except {@link #BODY}), free of control characters
 * and of those that make text read backwards. Lengths are counted in code points.
 */
public enum Text {
  PERSON_NAME(1, 80, null),
  CONTACT_NAME(1, 160, null),
  COMPANY(0, 120, null),
  PHONE(0, 32, "\\+?[0-9][0-9 ()/.-]{3,30}"),
  TAX_ID(0, 32, "[\\p{L}0-9][\\p{L}0-9 ./-]*"),
  ADDRESS_LINE(1, 120, null),
  SECOND_ADDRESS_LINE(0, 120, null),
  CITY(1, 80, null),
  REGION(0, 80, null),
  POSTCODE(0, 16, "[\\p{L}0-9][\\p{L}0-9 -]*"),
  SUBJECT(1, 200, null),
  BODY(1, 100_000, null),
  IDEMPOTENCY_KEY(1, 200, "[\\x21-\\x7e]+"),
  LABEL(1, 80, null),
  NOTE(0, 2_000, null);

  private static final Pattern LOOKS_LIKE_A_LINK = Pattern.compile("(?i)://|www\\.");

  private final int min;
  private final int max;
  private final @Nullable Pattern shape;

  Text(int min, int max, @Nullable String shape) {
    this.min = min;
    this.max = max;
    this.shape = shape == null ? null : Pattern.compile(shape);
  }

  /** The greatest length in code points. */
  public int max() {
    return max;
  }

  /** May this field be left empty? */
  public boolean isOptional() {
    return min == 0;
  }

  /** What is wrong with this text, told of the given field. */
  public Optional<Fault> fault(String field, @Nullable String given) {
    if (given != null && given.length() > 2 * max + 64) { // before anything looks at all of it
      return Optional.of(new Fault(field, "too_long", ImmutableMap.of("max", "" + max)));
    }
    var text = clean(given);
    if (text.isEmpty()) {
      return isOptional() ? Optional.empty() : Optional.of(new Fault(field, "required"));
    }
    if (text.codePointCount(0, text.length()) > max) {
      return Optional.of(new Fault(field, "too_long", ImmutableMap.of("max", "" + max)));
    }
    if (!text.codePoints().allMatch(this::isPrintable)) {
      return Optional.of(new Fault(field, "characters"));
    }
    if (shape != null && !shape.matcher(text).matches()) {
      return Optional.of(new Fault(field, key()));
    }
    // A name is what letters to strangers begin with: it must not carry somebody's advertisement.
    if ((this == PERSON_NAME || this == CONTACT_NAME) && LOOKS_LIKE_A_LINK.matcher(text).find()) {
      return Optional.of(new Fault(field, "no_links"));
    }
    return Optional.empty();
  }

  /**
   * The text in the form we keep.
   *
   * @throws InvalidInput when it breaks this kind's rule
   */
  public String of(String field, @Nullable String given) {
    fault(field, given).ifPresent(InvalidInput::raise);
    return clean(given);
  }

  private String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  private static String clean(@Nullable String given) {
    return given == null ? "" : Normalizer.normalize(given, Normalizer.Form.NFC).strip();
  }

  private boolean isPrintable(int c) {
    if (this == BODY && (c == '\n' || c == '\r' || c == '\t')) {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      case Character.FORMAT -> c == 0x200C || c == 0x200D; // joiners, which words are spelled with
      default -> true;
    };
  }
}
