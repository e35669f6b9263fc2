package org.holdfast.domain;

import com.google.common.collect.ImmutableMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One thing wrong with what was handed in. It never repeats the input.
 *
 * @param field the field as the caller names it, {@code address.postcode} for a nested one
 * @param rule the broken rule's stable name, which is also the key of its wording
 * @param limits what the rule's wording mentions, such as {@code max}
 */
public record Fault(String field, String rule, ImmutableMap<String, String> limits) {

  /** A fault whose rule has no limits to tell. */
  public Fault(String field, String rule) {
    this(field, rule, ImmutableMap.of());
  }

  /** A fault of a field that is none of these keys. */
  public static Fault choice(String field, Stream<String> keys) {
    return new Fault(
        field, "choice", ImmutableMap.of("choices", keys.collect(Collectors.joining(", "))));
  }

  /** The same fault, told of a field inside another. */
  public Fault under(String parent) {
    return new Fault(parent + "." + field, rule, limits);
  }
}
