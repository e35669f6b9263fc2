package org.holdfast.application.emailchange;

import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.EmailAddress;

/**
 * A change of e-mail address: asked for, then confirmed at the new address, and for seven days
 * undone from the old one.
 *
 * @param subject the user or account whose address it is
 * @param state where it stands
 * @param since when it came to stand there
 */
public record EmailChange(
    UUID id,
    Target target,
    UUID subject,
    EmailAddress from,
    EmailAddress to,
    State state,
    Instant since) {

  /** Whose address. */
  public enum Target {
    USER,
    ACCOUNT
  }

  /** Where a change stands. */
  public enum State {
    PENDING,
    CONFIRMED,
    WITHDRAWN,
    UNDONE
  }
}
