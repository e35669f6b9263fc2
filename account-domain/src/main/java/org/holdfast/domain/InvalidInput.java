package org.holdfast.domain;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import java.util.stream.Collectors;

/** What was handed in breaks rules of form: all of them at once, each beside its field. */
public final class InvalidInput extends RuntimeException {

  private final transient ImmutableList<Fault> faults;

  public InvalidInput(Collection<Fault> faults) {
    super(
        faults.stream().map(f -> f.field() + ": " + f.rule()).collect(Collectors.joining(", ")),
        null,
        false,
        false);
    this.faults = ImmutableList.copyOf(faults);
  }

  static void raise(Fault fault) {
    throw new InvalidInput(ImmutableList.of(fault));
  }

  public ImmutableList<Fault> faults() {
    return faults;
  }
}
