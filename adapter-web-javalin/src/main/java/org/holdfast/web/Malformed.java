package org.holdfast.web;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.holdfast.domain.Fault;

/**
 * A request that cannot be read as what it should be: a field that does not exist, twice the same
 * one, a number for a text. Told with the field's name and never with its value.
 */
public final class Malformed extends RuntimeException {

  private static final int MAX_NAME = 60; // the name may be a stranger's invention

  private final transient ImmutableList<Fault> faults;

  public Malformed(String field, String rule) {
    this(new Fault(shorten(field), rule, ImmutableMap.of()));
  }

  private Malformed(Fault fault) {
    super(fault.field() + ": " + fault.rule(), null, false, false);
    this.faults = ImmutableList.of(fault);
  }

  public ImmutableList<Fault> faults() {
    return faults;
  }

  private static String shorten(String field) {
    var plain = field.replaceAll("\\p{C}", "\uFFFD");
    return plain.codePointCount(0, plain.length()) <= MAX_NAME
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, MAX_NAME)) + "\u2026";
  }
}
