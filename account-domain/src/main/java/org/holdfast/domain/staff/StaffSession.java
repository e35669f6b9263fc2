package org.holdfast.domain.staff;

import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;

/**
 * Where a staff member is signed in to the console. It begins with password and second factor, and
 * ends sooner than a customer's.
 *
 * @param provedAt when they last showed both
 */
public record StaffSession(
    Id id, Staff.Id staff, Origin origin, Instant createdAt, Instant lastUsedAt, Instant provedAt) {

  /** Which session: a name, which opens nothing. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** Is it still good? */
  public boolean isOpenAt(Instant now, Session.Limits limits) {
    return now.isBefore(lastUsedAt.plus(limits.idle()))
        && now.isBefore(createdAt.plus(limits.absolute()));
  }
}
