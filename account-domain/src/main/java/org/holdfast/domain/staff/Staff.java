package org.holdfast.domain.staff;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;

/**
 * A person of the company who works at the console. Never a user: staff have their own addresses,
 * credentials and sessions, and nothing here opens a customer's portal.
 *
 * @param name as colleagues know them and customers read it in their security activity
 * @param roleSince when they got their role; {@link Instant#EPOCH} where whoever runs the
 *     installation gave it
 * @param readyAt when they chose a password and set their second factor up; before that they cannot
 *     sign in
 * @param disabledAt since when they may not sign in
 */
public record Staff(
    Id id,
    String name,
    EmailAddress email,
    Language language,
    Role role,
    Instant roleSince,
    Optional<Instant> readyAt,
    Optional<Instant> disabledAt) {

  /** Which staff member. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  public boolean isDisabled() {
    return disabledAt.isPresent();
  }

  /** Can they sign in? */
  public boolean isActive() {
    return readyAt.isPresent() && !isDisabled();
  }

  /** The same person in another role. */
  public Staff as(Role other, Instant now) {
    return new Staff(id, name, email, language, other, now, readyAt, disabledAt);
  }

  /** The same person, shut out since then, or let in again. */
  public Staff disabledSince(Optional<Instant> since) {
    return new Staff(id, name, email, language, role, roleSince, readyAt, since);
  }
}
