package org.holdfast.domain.staff;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a staff member may do; {@code Act} says it of each act. Whoever is listed later may more.
 */
public enum Role {
  /** Takes calls. */
  AGENT,
  /** Decides recovery cases that others opened, and sees numbers. */
  SUPERVISOR,
  /** Invites staff, and shuts them out. */
  ADMINISTRATOR;

  /** The role's name in forms, words and JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role with this key. */
  public static Optional<Role> parse(@Nullable String key) {
    return Arrays.stream(values()).filter(role -> role.key().equals(key)).findFirst();
  }
}
