package org.holdfast.application.support;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.MailedCode;

/** The codes that were mailed to callers, each for one call. */
public interface MailedCodes {

  void add(Mailed code);

  /**
   * Counts a guess at this staff member's code before it is looked at, in a commit of its own, and
   * shows the code where it may be looked at: of all who guess at once no more than so many.
   */
  Optional<Mailed> countGuess(UUID id, Staff.Id staff, Instant now, int most);

  /** Uses the code up; of all who do at once one is told true. */
  boolean take(UUID id);

  /** Makes every code that is out for this user worthless. */
  void withdraw(UserId user);

  /** Forgets codes that ran out before then. */
  int sweep(Instant before);

  /** A code that is out. */
  record Mailed(
      UUID id,
      Staff.Id staff,
      AccountId account,
      UserId user,
      MailedCode code,
      Instant expiresAt) {}
}
