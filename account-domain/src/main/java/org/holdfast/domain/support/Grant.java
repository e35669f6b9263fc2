package org.holdfast.domain.support;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;

/**
 * What a verified call opens: for one staff member, one account and one caller, the acts that the
 * method allows, for a quarter of an hour.
 *
 * @param caller whose permissions it carries
 * @param endedAt when the call ended before its time
 */
public record Grant(
    Id id,
    Staff.Id staff,
    AccountId account,
    UserId caller,
    Method method,
    Instant openedAt,
    Optional<Instant> endedAt) {

  /** How long it is open. */
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  /** Which grant: a name, which opens nothing for anybody else. */
  public record Id(UUID value) {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  public Instant expiresAt() {
    return openedAt.plus(LIFETIME);
  }

  public boolean isOpenAt(Instant now) {
    return endedAt.isEmpty() && now.isBefore(expiresAt());
  }

  /** Does the method allow this? */
  public boolean allows(Act act) {
    return act.methods().contains(method);
  }

  /**
   * Refuses what is not named by this grant, or no longer.
   *
   * @throws Refusal NO_GRANT, or NOT_BY_THIS_METHOD
   */
  public void mustAllow(Act act, Staff.Id who, Instant now) {
    if (!staff.equals(who) || !isOpenAt(now)) {
      throw new Refusal(Reason.NO_GRANT);
    }
    if (!allows(act)) {
      throw new Refusal(Reason.NOT_BY_THIS_METHOD);
    }
  }
}
