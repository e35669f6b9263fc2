package org.holdfast.application.staff;

import com.google.common.collect.ImmutableMap;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;

/** Letters to staff, and the log of what staff do; both in the transaction that is open. */
public final class TellStaff {

  private final Store store;
  private final Letters letters;
  private final Links links;
  private final Ids ids;
  private final InstantSource clock;

  public TellStaff(Store store, Letters letters, Policy policy, Ids ids, InstantSource clock) {
    this.store = store;
    this.letters = letters;
    this.links = new Links(policy.desk().uri());
    this.ids = ids;
    this.clock = clock;
  }

  /** Writes to everybody who is active and has at least this role. */
  public void all(Role from, Letter.Kind kind, ImmutableMap<String, String> words) {
    store.staff().all().stream()
        .filter(Staff::isActive)
        .filter(staff -> staff.role().compareTo(from) >= 0)
        .forEach(staff -> one(staff, kind, words));
  }

  /** Writes to one of them. */
  public void one(Staff staff, Letter.Kind kind, ImmutableMap<String, String> words) {
    var draft = letters.to(staff.email(), staff.language(), kind).with("name", staff.name());
    words.forEach(draft::with);
    draft.post();
  }

  /** Writes to one of them what was done in their name, and from where. */
  public void notice(SignedInStaff who, Letter.Kind kind) {
    var staff = who.staff();
    letters
        .to(staff.email(), staff.language(), kind)
        .with("name", staff.name())
        .with("at", clock.instant().toString())
        .with("zone", "UTC")
        .from(who.session().origin())
        .post();
  }

  /** A place at the console. */
  public String link(String path) {
    return links.to(path);
  }

  /** Writes down what somebody did. */
  public void log(
      SignedInStaff who,
      StaffLog.Did did,
      Optional<AccountId> account,
      ImmutableMap<String, String> details) {
    store
        .staffLog()
        .record(
            new StaffLog.Entry(
                ids.next(),
                who.staff().id(),
                did,
                account,
                clock.instant(),
                who.session().origin(),
                details));
  }

  /** The same, of what concerns no account. */
  public void log(SignedInStaff who, StaffLog.Did did) {
    log(who, did, Optional.empty(), ImmutableMap.of());
  }
}
