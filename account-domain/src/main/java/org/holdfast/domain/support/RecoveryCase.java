package org.holdfast.domain.support;

import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;

/**
 * What is done for somebody who has lost their mailbox or their second factor. One staff member
 * opens it, another one approves it, and then it waits: every known address may veto. After that it
 * is done by nobody's hand.
 *
 * @param user who has lost it
 * @param newAddress where they can be reached, for {@link Kind#LOST_MAILBOX}
 * @param addressProvedAt when the link mailed to the new address was followed
 * @param note what the opener wrote for whoever decides
 * @param decidedBy who approved or refused it
 * @param dueAt when it is done, once it was approved
 */
public record RecoveryCase(
    Id id,
    AccountId account,
    UserId user,
    Kind kind,
    Optional<EmailAddress> newAddress,
    Optional<Instant> addressProvedAt,
    ImmutableSet<Evidence> evidence,
    String note,
    Staff.Id openedBy,
    Instant openedAt,
    State state,
    Optional<Staff.Id> decidedBy,
    Optional<Instant> dueAt) {

  /** How long it may wait for somebody who decides, and how long behind its hold for a proof. */
  public static final Duration PATIENCE = Duration.ofDays(7);

  /** The shortest hold there can be. */
  public static final Duration SHORTEST_HOLD = Duration.ofMinutes(1);

  /** Which case. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** What was lost, and with it what will be done. */
  public enum Kind {
    /** The user's address becomes another one. */
    LOST_MAILBOX,
    /** The user's second factors and recovery codes are removed. */
    LOST_FACTOR;

    /** The kind's name in forms, words and JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where a case stands. */
  public enum State {
    /** Waits for somebody who decides. */
    OPENED,
    /** Approved, and on hold. */
    APPROVED,
    DONE,
    REFUSED,
    WITHDRAWN,
    /** Somebody at a known address, or signed in, said no. */
    VETOED,
    EXPIRED;

    /** The state's name in words and JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Can it still come to be done? */
    public boolean isOpen() {
      return this == OPENED || this == APPROVED;
    }
  }

  /** Was everything shown that has to be before it is done? */
  public boolean isProved() {
    return kind != Kind.LOST_MAILBOX || addressProvedAt.isPresent();
  }
}
