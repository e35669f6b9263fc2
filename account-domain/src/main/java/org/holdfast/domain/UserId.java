package org.holdfast.domain;

import java.util.UUID;

/** Which person who signs in. */
public record UserId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
