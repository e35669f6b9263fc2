package org.holdfast.domain.support;

import static org.holdfast.domain.support.Method.MAILED_CODE;
import static org.holdfast.domain.support.Method.NOTHING;
import static org.holdfast.domain.support.Method.SUPPORT_PIN;

import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;

/**
 * Everything that staff can do: from which role on, and after which method of verifying a caller.
 * This is the whole table; nothing is allowed anywhere else. No act lets anybody see or set a
 * password, a factor's secret, a recovery code or a session.
 */
public enum Act {
  /** Looks for an account; what is found is masked. */
  FIND_ACCOUNT(Role.AGENT),
  /** Verifies a caller, by which a support grant is opened. */
  VERIFY_CALLER(Role.AGENT),
  SEE_DETAILS(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  SEND_RESET_LINK(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  UNLOCK_SIGN_IN(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  GIVE_SUPPORT_PIN(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  REPLACE_SUPPORT_PIN(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  /** Mails what the lock-out doctor found, and how to mend it. */
  SEND_ADVICE(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  /** Looks at the account as its customer sees it, changing nothing. */
  SEE_AS_CUSTOMER(Role.AGENT, SUPPORT_PIN, MAILED_CODE),
  /** Opens a recovery case, which others decide. */
  OPEN_CASE(Role.AGENT, SUPPORT_PIN, MAILED_CODE, NOTHING),
  SEE_CASES(Role.AGENT),
  /** Takes back a case that one opened oneself. */
  WITHDRAW_CASE(Role.AGENT),
  /** Approves or refuses a case that somebody else opened. */
  DECIDE_CASE(Role.SUPERVISOR, true),
  SEE_OWN_LOG(Role.AGENT),
  SEE_NUMBERS(Role.SUPERVISOR),
  SEE_STAFF(Role.ADMINISTRATOR),
  /** Invites staff, gives them a role, and shuts them out. */
  KEEP_STAFF(Role.ADMINISTRATOR, true);

  /** How old password and second factor may be for what is sensitive. */
  public static final Duration FRESH = Duration.ofMinutes(10);

  private final Role from;
  private final boolean fresh;
  private final ImmutableSet<Method> methods;

  Act(Role from, Method... methods) {
    this(from, false, methods);
  }

  Act(Role from, boolean fresh, Method... methods) {
    this.from = from;
    this.fresh = fresh;
    this.methods = ImmutableSet.copyOf(methods);
  }

  /** The act's name in words, JSON and docs. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** May somebody in this role do it at all? */
  public boolean isOf(Role role) {
    return role.compareTo(from) >= 0;
  }

  /** Which ways of verifying the caller allow it; none where it is not done in a call. */
  public ImmutableSet<Method> methods() {
    return methods;
  }

  /** Does it take an open support grant? */
  public boolean needsGrant() {
    return !methods.isEmpty();
  }

  /** Does it take a fresh proof of who one is? */
  public boolean needsFreshProof() {
    return fresh;
  }

  /**
   * Refuses somebody in another role, or whose proof is too old.
   *
   * @throws Refusal NOT_ALLOWED or STEP_UP_NEEDED
   */
  public void mustBeAllowed(Staff staff, Instant provedAt, Instant now) {
    if (!isOf(staff.role())) {
      throw new Refusal(Reason.NOT_ALLOWED);
    }
    if (fresh && now.isAfter(provedAt.plus(FRESH))) {
      throw new Refusal(Reason.STEP_UP_NEEDED);
    }
  }
}
