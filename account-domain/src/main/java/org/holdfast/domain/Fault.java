package org.holdfast.domain;

import com.google.common.collect.ImmutableMap;

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

  /** The same fault, told of a field inside another. */
  public Fault under(String parent) {
    return new Fault(parent + "." + field, rule, limits);
  }
}
