package org.holdfast.persistence;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.stream.Collectors;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Category;

/** How small values stand in a column. */
final class Columns {

  private static final Splitter BLANK = Splitter.on(' ').omitEmptyStrings();

  private Columns() {}

  static String keys(Collection<Category> categories) {
    return categories.stream().sorted().map(Category::key).collect(Collectors.joining(" "));
  }

  static ImmutableSet<Category> categories(String keys) {
    return BLANK
        .splitToStream(keys)
        .map(key -> Category.parse(key).orElseThrow())
        .collect(ImmutableSet.toImmutableSet());
  }

  static Language language(String tag) {
    return Language.parse(tag).orElseThrow();
  }

  /** Some databases throw at characters that none of our keys has: those are simply not found. */
  static boolean isPlain(String key) {
    return key.length() <= 400 && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
