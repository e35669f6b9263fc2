package org.holdfast.application.staff;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;

/** The console's sessions that have not been ended. */
public interface StaffSessions {

  void add(StaffSession session, String fingerprint);

  /** Who is signed in by the token with this fingerprint: one indexed read, of live rows. */
  Optional<SignedInStaff> find(String fingerprint);

  /** Writes down that a session was used, unless it has ended. */
  void touch(StaffSession.Id id, Instant now);

  /**
   * Replaces a session's token and writes down a fresh proof. Of all who try with one token at
   * once, one is told true.
   */
  boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt);

  /** Ends this session of this staff member; says whether there was one. */
  boolean end(Staff.Id staff, StaffSession.Id id);

  /** Ends all of a staff member's sessions. */
  int endAll(Staff.Id staff);

  /** Forgets sessions last used, or begun, before then. */
  int sweep(Instant lastUsedBefore, Instant createdBefore);
}
