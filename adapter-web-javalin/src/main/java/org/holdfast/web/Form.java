package org.holdfast.web;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.holdfast.domain.Fault;
import org.holdfast.domain.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A form as it stands on a page: what is typed in it, and what is wrong with that.
 *
 * @param typed the texts by the name of their field
 * @param faults what is to be told beside fields
 * @param refusal a rule that forbids the whole
 */
public record Form(
    ImmutableListMultimap<String, String> typed,
    ImmutableList<Fault> faults,
    Optional<Refusal> refusal) {

  /** A form with nothing in it. */
  public static final Form EMPTY = new Form(ImmutableListMultimap.of());

  Form(ImmutableListMultimap<String, String> typed) {
    this(typed, ImmutableList.of(), Optional.empty());
  }

  /** A form that shows these values, each component in the field of its name. */
  public static Form of(Record values) {
    return new Form(Shape.fields(values));
  }

  /** What is typed in a field; empty where nothing is. */
  public String value(String field) {
    return typed.get(field).stream().findFirst().orElse("");
  }

  /** What was sent of a field; null where it was not. */
  public @Nullable String sent(String field) {
    return typed.containsKey(field) ? value(field) : null;
  }

  /** Is this one among a field's values? */
  public boolean isTicked(String field, String value) {
    return typed.containsEntry(field, value);
  }

  /** The typed texts as a record, each component from the field of its name. */
  public <T extends Record> T as(Class<T> shape) {
    return Shape.fill(shape, typed);
  }

  /** The same with another value in one field. */
  public Form with(String field, String value) {
    var others = ImmutableListMultimap.<String, String>builder();
    typed.entries().stream().filter(e -> !e.getKey().equals(field)).forEach(others::put);
    return new Form(others.put(field, value).build(), faults, refusal);
  }

  /** The same with these faults to tell, in the order of their fields on the page. */
  public Form with(Collection<Fault> others) {
    var order = typed.keySet().asList(); // browsers send fields as they stand on the page
    return new Form(
        typed,
        others.stream()
            .sorted(
                Comparator.comparingInt(
                    fault -> order.indexOf(fault.field()) & Integer.MAX_VALUE)) // absent ones last
            .collect(toImmutableList()),
        refusal);
  }

  /** The same, which a rule forbids. */
  public Form with(Refusal no) {
    return new Form(typed, faults, Optional.of(no));
  }

  /** What is wrong with a field, or with one inside it where it has none of its own. */
  public ImmutableList<Fault> faults(String field) {
    return faults.stream().filter(f -> f.field().equals(field)).collect(toImmutableList());
  }

  /** The faults of fields that the page does not show. */
  public ImmutableList<Fault> faultsBeside(ImmutableSet<String> shown) {
    return faults.stream().filter(f -> !shown.contains(f.field())).collect(toImmutableList());
  }

  /** Is anything wrong? */
  public boolean isRefused() {
    return !faults.isEmpty() || refusal.isPresent();
  }

  /** It may hold a password. */
  @Override
  public String toString() {
    return "Form" + typed.keySet();
  }
}
