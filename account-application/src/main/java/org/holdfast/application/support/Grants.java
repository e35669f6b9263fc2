package org.holdfast.application.support;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;

/** The support grants: what verified calls have opened. */
public interface Grants {

  void open(Grant grant);

  Optional<Grant> find(Grant.Id id);

  /** The grants of a staff member that are open now, newest first. */
  ImmutableList<Grant> openOf(Staff.Id staff, Instant now);

  /** Ends an open grant; of all who end it at once one is told true. */
  boolean end(Grant.Id id, Instant now);

  /** Ends all that are open about this user. */
  void endAllOf(UserId caller, Instant now);

  /** Marks that this was done under the grant; whoever does it first is told true. */
  boolean mark(Grant.Id id, Act act);

  /** Forgets grants opened before then. */
  int sweep(Instant before);
}
