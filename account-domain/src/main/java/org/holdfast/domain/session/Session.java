package org.holdfast.domain.session;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.UserId;

/**
 * Where someone is signed in. It begins with a proof of who they are and ends by itself when it is
 * idle or old ({@link Limits}), when its user ends it, or when a credential changes.
 *
 * @param provedAt when the user last proved who they are, which {@link Step step-up} asks for
 */
public record Session(
    Id id, UserId user, Origin origin, Instant createdAt, Instant lastUsedAt, Instant provedAt) {

  /** Which session: a name to end it by, which opens nothing. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /**
   * How long a session lasts.
   *
   * @param idle without a request
   * @param absolute whatever happens
   */
  public record Limits(Duration idle, Duration absolute) {}

  /** Is it still good? */
  public boolean isOpenAt(Instant now, Limits limits) {
    return now.isBefore(lastUsedAt.plus(limits.idle()))
        && now.isBefore(createdAt.plus(limits.absolute()));
  }
}
