package org.holdfast.application.account;

import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.notification.Category;

/** Ticks as typed and as written down. */
public final class Categories {

  private Categories() {}

  /**
   * The categories with these keys.
   *
   * @throws InvalidInput when one is none
   */
  public static ImmutableSet<Category> parse(String field, Collection<String> keys) {
    for (var key : keys) {
      Category.fault(field, key)
          .ifPresent(
              fault -> {
                throw new InvalidInput(List.of(fault));
              });
    }
    return keys.stream()
        .map(key -> Category.parse(key).orElseThrow())
        .sorted()
        .collect(ImmutableSet.toImmutableSet());
  }

  /** The keys, in one line. */
  public static String keys(Collection<Category> categories) {
    return categories.stream().map(Category::key).sorted().collect(Collectors.joining(" "));
  }
}
