package org.holdfast.application.testkit;

import java.time.Duration;
import java.util.Optional;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;

/** Staff for tests, who were invited and have set themselves up as people do. */
public final class StaffAtWork {

  /** Where staff sit. */
  public static final Origin OFFICE = new Origin("198.51.100.3", "Firefox on Linux");

  private final InMemoryHoldfast all;

  public StaffAtWork(InMemoryHoldfast all) {
    this.all = all;
  }

  /** Somebody at the console. */
  public record Worker(Staff.Id id, String email, Secret session, TotpSecret token) {}

  /** The first administrator, invited from the command line. */
  public Worker administrator(String email) {
    return accept(
        email,
        InMemoryHoldfast.secretIn(
            all.holdfast.keepStaff().inviteFromCommandLine("Ann Administrator", email)));
  }

  /** Somebody whom an administrator invites, and who has had their role for long enough. */
  public Worker hire(Worker by, String email, Role role) {
    var worker = hireNow(by, email, role);
    all.clock.pass(all.policy.desk().hold());
    return again(worker);
  }

  /** The same, just now. */
  public Worker hireNow(Worker by, String email, Role role) {
    all.holdfast.keepStaff().invite(check(again(by)), name(email), email, role.key(), "en");
    return accept(email, all.lastLink(Letter.Kind.STAFF_INVITATION));
  }

  /** Signs in again. */
  public Worker again(Worker worker) {
    all.clock.pass(Duration.ofMinutes(1));
    var session =
        all.holdfast
            .signInStaff()
            .signIn(
                worker.email(),
                new Password(InMemoryHoldfast.PASSWORD),
                all.codeNow(worker.token()),
                OFFICE);
    return new Worker(worker.id(), worker.email(), session, worker.token());
  }

  /** Who that is now. */
  public SignedInStaff check(Worker worker) {
    return all.holdfast.signInStaff().check(worker.session()).orElseThrow();
  }

  /** Signs in again, and says who that is. */
  public SignedInStaff fresh(Worker worker) {
    return check(again(worker));
  }

  private Worker accept(String email, Optional<Secret> link) {
    var invitation = all.holdfast.signInStaff().invitation(link.orElseThrow()).orElseThrow();
    var session =
        all.holdfast
            .signInStaff()
            .accept(
                link.orElseThrow(),
                new Password(InMemoryHoldfast.PASSWORD),
                all.codeNow(invitation.token()),
                OFFICE);
    return new Worker(invitation.staff().id(), email, session, invitation.token());
  }

  private static String name(String email) {
    var first = email.substring(0, email.indexOf('@'));
    return Character.toUpperCase(first.charAt(0)) + first.substring(1) + " Miller";
  }
}
