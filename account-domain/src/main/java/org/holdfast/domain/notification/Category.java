package org.holdfast.domain.notification;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.domain.Fault;
import org.jspecify.annotations.Nullable;

/** What a notification is about; each is a tick beside a contact. */
public enum Category {
  ANNOUNCEMENTS,
  PASSWORD_REMINDERS,
  INVOICES,
  SUPPORT,
  PRODUCT,
  DOMAINS;

  /** The category's name in forms, JSON and tables. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The category with this key. */
  public static Optional<Category> parse(@Nullable String key) {
    return Arrays.stream(values()).filter(c -> c.key().equals(key)).findFirst();
  }

  /** What is wrong with this key, told of the given field. */
  public static Optional<Fault> fault(String field, @Nullable String key) {
    return parse(key).isPresent()
        ? Optional.empty()
        : Optional.of(new Fault(field, "category", ImmutableMap.of()));
  }
}
