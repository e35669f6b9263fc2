package org.holdfast.application.support;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Store;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.TellStaff;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;

/**
 * What every act of staff on an account goes through: the role, and an open grant that names the
 * act. What was done is written down twice, for the customer and for the staff member.
 */
public final class Gate {

  private static final Rate ALERTS = new Rate(1, Duration.ofHours(1));

  private final Store store;
  private final TellStaff tell;
  private final Guessing guessing;
  private final InstantSource clock;

  public Gate(Store store, TellStaff tell, Guessing guessing, InstantSource clock) {
    this.store = store;
    this.tell = tell;
    this.guessing = guessing;
    this.clock = clock;
  }

  /**
   * Refuses what is not done in a call. Who they are is looked up again: somebody may have shut
   * them out, or given them another role, while their request was on its way.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED or NOT_SIGNED_IN
   */
  public void mustMay(SignedInStaff who, Act act) {
    var staff =
        store
            .staff()
            .find(who.staff().id())
            .filter(Staff::isActive)
            .orElseThrow(() -> new Refusal(Reason.NOT_SIGNED_IN));
    act.mustBeAllowed(staff, who.session().provedAt(), clock.instant());
  }

  /**
   * The grant that allows this now, in the transaction that is open.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NOT_SIGNED_IN, NO_GRANT or NOT_BY_THIS_METHOD
   */
  public Grant pass(SignedInStaff who, Act act, Grant.Id id) {
    mustMay(who, act);
    var grant = store.grants().find(id).orElseThrow(() -> new Refusal(Reason.NO_GRANT));
    grant.mustAllow(act, who.staff().id(), clock.instant());
    return grant;
  }

  /**
   * Lets one more through from this staff member. Who comes too often may be somebody else, in
   * whose hands a session is: supervisors hear of it.
   *
   * @throws Refusal TOO_MANY_TRIES
   */
  void within(SignedInStaff who, String what, Rate rate) {
    try {
      guessing.mustBeWithin("staff-" + what + ":" + who.staff().id(), rate);
    } catch (Refusal no) {
      if (guessing.isWithin("staff-alert:" + who.staff().id(), ALERTS)) {
        store
            .transactions()
            .inOne(
                () ->
                    tell.all(
                        Role.SUPERVISOR,
                        Letter.Kind.STAFF_LIMIT_ALERT,
                        ImmutableMap.of("agent", who.staff().name())));
      }
      throw no;
    }
  }

  /** Writes down what was done under a grant. */
  void record(SignedInStaff who, Grant grant, What what, Did did) {
    record(who, grant.account(), grant.caller(), what, did, ImmutableMap.of());
  }

  /** Writes down what was done about an account; best done last. */
  void record(
      SignedInStaff who,
      AccountId account,
      UserId user,
      What what,
      Did did,
      ImmutableMap<String, String> details) {
    tell.log(who, did, Optional.of(account), details);
    var happening = Happening.of(what, account, user, clock.instant());
    for (var detail : details.entrySet()) {
      happening = happening.with(detail.getKey(), detail.getValue());
    }
    store.activity().record(happening.with("agent", who.staff().name()));
  }
}
