package org.holdfast.application.support;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.State;

/** The recovery cases. */
public interface RecoveryCases {

  void add(RecoveryCase opened);

  Optional<RecoveryCase> find(RecoveryCase.Id id);

  /** The case of this user that can still come to be done. */
  Optional<RecoveryCase> openOf(UserId user);

  /** This account's cases, newest first. */
  ImmutableList<RecoveryCase> of(AccountId account, int most);

  /** The newest cases behind that one; only those that are open, or all. */
  ImmutableList<RecoveryCase> newest(boolean openOnly, Optional<UUID> before, int most);

  /** Approves a case that is {@link State#OPENED}; of all who decide at once one is told true. */
  boolean approve(RecoveryCase.Id id, Staff.Id by, Instant dueAt);

  /** Refuses a case that is {@link State#OPENED}; of all who decide at once one is told true. */
  boolean refuse(RecoveryCase.Id id, Staff.Id by);

  /** Moves a case from one state to another; of all who do at once one is told true. */
  boolean move(RecoveryCase.Id id, State from, State to);

  /** Writes down that the new address was proved. */
  void prove(RecoveryCase.Id id, Instant now);

  /** Approved and proved cases whose hold is over, the oldest first. */
  ImmutableList<RecoveryCase> due(Instant now, int most);

  /** Open cases that were opened, or whose hold was over, before then, and that are not due. */
  ImmutableList<RecoveryCase> stale(Instant openedBefore, Instant dueBefore, int most);
}
