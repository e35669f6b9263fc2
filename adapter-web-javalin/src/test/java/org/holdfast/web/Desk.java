package org.holdfast.web;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;

/** What support does while a customer is at the portal: Sam takes calls, Pat decides. */
public final class Desk {

  private final InMemoryHoldfast memory;
  private final SignedInStaff sam;
  private final SignedInStaff pat;

  public Desk(InMemoryHoldfast memory) {
    this.memory = memory;
    sam = add("Sam", Role.AGENT);
    pat = add("Pat", Role.SUPERVISOR);
  }

  private SignedInStaff add(String name, Role role) {
    var staff =
        new Staff(
            new Staff.Id(UUID.randomUUID()),
            name,
            new EmailAddress(name + UUID.randomUUID() + "@desk.example"),
            Language.EN,
            role,
            Instant.EPOCH,
            Optional.of(memory.clock.instant()),
            Optional.empty());
    memory.store.transactions().inOne(() -> memory.store.staff().add(staff));
    return at(staff);
  }

  /** At the console, having just proved who they are. */
  private SignedInStaff at(Staff staff) {
    var now = memory.clock.instant();
    return new SignedInStaff(
        staff,
        new StaffSession(
            new StaffSession.Id(UUID.randomUUID()),
            staff.id(),
            InMemoryHoldfast.HOME,
            now,
            now,
            now));
  }

  /** A call in which nobody was verified, and a case for whoever calls. */
  public RecoveryCase lostMailbox(Account account, String newAddress) {
    return open(account, RecoveryCase.Kind.LOST_MAILBOX, newAddress);
  }

  /** The same for a second factor. */
  public RecoveryCase lostFactor(Account account) {
    return open(account, RecoveryCase.Kind.LOST_FACTOR, "");
  }

  private RecoveryCase open(Account account, RecoveryCase.Kind kind, String newAddress) {
    var agent = add("Sam", Role.AGENT); // another one each time: nobody opens many cases
    var call = memory.holdfast.answerCall().withoutProof(agent, account.number());
    return memory
        .holdfast
        .recoverAccess()
        .open(
            agent,
            call.id(),
            kind.key(),
            newAddress,
            ImmutableList.of("payment_made", "payment_method_known"),
            "");
  }

  public void approve(RecoveryCase recovery) {
    memory.holdfast.recoverAccess().approve(at(pat.staff()), recovery.id());
  }

  public void refuse(RecoveryCase recovery) {
    memory.holdfast.recoverAccess().refuse(at(pat.staff()), recovery.id());
  }

  /** Lets the hold pass, and does what is due. */
  public void waitForIt() {
    memory.clock.pass(memory.policy.desk().hold().plus(Duration.ofSeconds(1)));
    while (memory.holdfast.recoverAccess().runDue()) {
      // until nothing is due
    }
  }

  /** A call in which this PIN is said. */
  public Grant call(Account account, String pin) {
    return memory.holdfast.answerCall().byPin(sam, account.number(), pin);
  }

  /** The same, with a look at the details. */
  public void look(Account account, String pin) {
    memory.holdfast.helpCaller().beside(sam, call(account, pin).id());
  }

  /** The secret in the newest letter of this kind, behind this word. */
  public Secret link(Letter.Kind kind, String word) {
    var all = memory.letters(kind);
    var link = all.get(all.size() - 1).words().getOrDefault(word, "");
    return Secret.parse(link.substring(link.indexOf("token=") + 6)).orElseThrow();
  }
}
