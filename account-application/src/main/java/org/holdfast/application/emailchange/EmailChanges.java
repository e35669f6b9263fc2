package org.holdfast.application.emailchange;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.EmailAddress;

/** The changes of e-mail addresses. */
public interface EmailChanges {

  void add(EmailChange change);

  Optional<EmailChange> find(UUID id);

  /** The change of this subject that waits for its confirmation. */
  Optional<EmailChange> pending(EmailChange.Target target, UUID subject);

  /**
   * Moves a change from one state to the next. Of all who try at once, at most one is told true.
   */
  boolean move(UUID id, EmailChange.State from, EmailChange.State to, Instant now);

  /** The newest change of this subject away from this address, confirmed after then. */
  Optional<EmailChange> confirmed(
      EmailChange.Target target, UUID subject, EmailAddress from, Instant after);

  /** Was any change of this subject confirmed after then that still stands? */
  boolean anyConfirmed(UUID subject, Instant after);

  /** Makes the changes of this subject that were confirmed after then undone for good. */
  void closeConfirmed(EmailChange.Target target, UUID subject, Instant after, Instant now);

  /** Withdraws whatever change of this subject waits for its confirmation. */
  void withdrawPending(EmailChange.Target target, UUID subject, Instant now);
}
