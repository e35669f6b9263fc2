package org.holdfast.application.staff;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Links;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.Text;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.jspecify.annotations.Nullable;

/**
 * Who works at the console: administrators invite them by mail, give them a role and shut them out,
 * which holds at once on every node. The first administrator is invited from the command line.
 * Nobody changes their own role, and somebody always is administrator.
 */
public final class KeepStaff {

  /** How long an invitation is good. */
  public static final Duration INVITED = Duration.ofDays(3);

  private final Store store;
  private final TellStaff tell;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public KeepStaff(
      Store store,
      TellStaff tell,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.tell = tell;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /** All of the staff, by name. */
  public ImmutableList<Staff> list(SignedInStaff who) {
    mustMay(who, Act.SEE_STAFF);
    return store.transactions().inOne(() -> store.staff().all());
  }

  /** One of them. */
  public Staff find(SignedInStaff who, Staff.Id id) {
    mustMay(who, Act.SEE_STAFF);
    return store.transactions().inOne(() -> store.staff().find(id)).orElseThrow(KeepStaff::nobody);
  }

  /**
   * Invites somebody by mail.
   *
   * @throws InvalidInput told of {@code name}, {@code email}, {@code role} or {@code language}
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED or STAFF_ADDRESS_TAKEN
   */
  public Staff invite(
      SignedInStaff who,
      @Nullable String name,
      @Nullable String email,
      @Nullable String role,
      @Nullable String language) {
    mustMay(who, Act.KEEP_STAFF);
    var now = clock.instant();
    var faults = new ArrayList<Fault>();
    Text.PERSON_NAME.fault("name", name).ifPresent(faults::add);
    EmailAddress.fault("email", email).ifPresent(faults::add);
    if (Role.parse(role).isEmpty()) {
      faults.add(noRole());
    }
    if (language != null && Language.parse(language).isEmpty()) {
      faults.add(new Fault("language", "language"));
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
    var staff =
        new Staff(
            new Staff.Id(ids.next()),
            Text.PERSON_NAME.of("name", name),
            EmailAddress.parse(email).orElseThrow(),
            Language.parse(language).orElse(Language.EN),
            Role.parse(role).orElseThrow(),
            now,
            Optional.empty(),
            Optional.empty());
    store
        .transactions()
        .inOne(
            () -> {
              mustStillMay(who, store.staff().lockAll());
              if (!store.staff().add(staff)) {
                throw new Refusal(Reason.STAFF_ADDRESS_TAKEN);
              }
              mail(staff, issue(staff));
              log(who, Did.STAFF_INVITED, staff);
              tellOthers(staff, who.staff().name());
            });
    return staff;
  }

  /**
   * Invites somebody anew: what they signed in with before is worthless from now on, and so are
   * their sessions. For whoever has lost password or token. Their role is as new as if they joined:
   * whoever reads their mail by now must not be taken for them at once.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NOT_YOURSELF or NO_SUCH_STAFF
   */
  public void inviteAnew(SignedInStaff who, Staff.Id id) {
    mustMay(who, Act.KEEP_STAFF);
    store
        .transactions()
        .inOne(
            () -> {
              var staff = lockOther(who, id);
              strip(staff);
              store.staff().save(staff.as(staff.role(), clock.instant()));
              var anew = store.staff().find(id).orElseThrow(KeepStaff::nobody);
              mail(anew, issue(anew));
              log(who, Did.STAFF_INVITED, anew);
              tellOthers(anew, who.staff().name());
            });
  }

  /**
   * Gives somebody another role.
   *
   * @throws InvalidInput told of {@code role}
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NOT_YOURSELF, NO_SUCH_STAFF or LAST_ADMINISTRATOR
   */
  public void changeRole(SignedInStaff who, Staff.Id id, @Nullable String role) {
    mustMay(who, Act.KEEP_STAFF);
    var wanted = Role.parse(role).orElseThrow(() -> new InvalidInput(ImmutableList.of(noRole())));
    store
        .transactions()
        .inOne(
            () -> {
              var staff = lockOther(who, id);
              if (staff.role() == wanted) {
                return;
              }
              var changed = staff.as(wanted, clock.instant());
              mustLeaveAnAdministrator(changed);
              tellOthers(changed, who.staff().name()); // before, so that they hear of it too
              store.staff().save(changed);
              log(who, Did.STAFF_ROLE_CHANGED, changed);
            });
  }

  /**
   * Shuts somebody out, at once and everywhere, or lets them in again; their role is then as new as
   * that of somebody who joins, as nobody has looked after what was theirs.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NOT_YOURSELF, NO_SUCH_STAFF or LAST_ADMINISTRATOR
   */
  public void disable(SignedInStaff who, Staff.Id id, boolean disabled) {
    mustMay(who, Act.KEEP_STAFF);
    store
        .transactions()
        .inOne(
            () -> {
              var staff = lockOther(who, id);
              if (staff.isDisabled() == disabled) {
                return;
              }
              var now = clock.instant();
              var changed =
                  disabled
                      ? staff.disabledSince(Optional.of(now))
                      : staff.as(staff.role(), now).disabledSince(Optional.empty());
              mustLeaveAnAdministrator(changed);
              tellOthers(changed, who.staff().name()); // before, so that they hear of it too
              store.staff().save(changed);
              if (disabled) {
                endAll(staff);
              }
              log(who, disabled ? Did.STAFF_DISABLED : Did.STAFF_ENABLED, changed);
            });
  }

  /**
   * Makes an invitation for an administrator, from the command line. Somebody there is already by
   * that address becomes administrator, and what they signed in with before is worthless.
   *
   * @return the link to be opened at the console
   * @throws InvalidInput told of {@code name} or {@code email}
   */
  public String inviteFromCommandLine(String name, String email) {
    var called = Text.PERSON_NAME.of("name", name);
    EmailAddress.fault("email", email)
        .ifPresent(
            fault -> {
              throw new InvalidInput(ImmutableList.of(fault));
            });
    var address = EmailAddress.parse(email).orElseThrow();
    return store
        .transactions()
        .inOne(
            () -> {
              var known = store.staff().findByAddress(address);
              known.ifPresent(this::strip);
              var id = known.map(Staff::id).orElseGet(() -> new Staff.Id(ids.next()));
              var staff =
                  new Staff(
                      id,
                      called,
                      address,
                      Language.EN,
                      Role.ADMINISTRATOR,
                      Instant.EPOCH,
                      Optional.empty(),
                      Optional.empty());
              if (known.isPresent()) {
                store.staff().save(staff);
              } else if (!store.staff().add(staff)) {
                throw new Refusal(Reason.STAFF_ADDRESS_TAKEN);
              }
              tellOthers(staff, "");
              return link(issue(staff));
            });
  }

  private void mustMay(SignedInStaff who, Act act) {
    act.mustBeAllowed(who.staff(), who.session().provedAt(), clock.instant());
  }

  private Staff lockOther(SignedInStaff who, Staff.Id id) {
    if (who.staff().id().equals(id)) {
      throw new Refusal(Reason.NOT_YOURSELF);
    }
    var all = store.staff().lockAll();
    mustStillMay(who, all);
    return pick(all, id).orElseThrow(KeepStaff::nobody);
  }

  /** As of now: somebody may just have shut them out. */
  private void mustStillMay(SignedInStaff who, ImmutableList<Staff> all) {
    var self = pick(all, who.staff().id()).filter(Staff::isActive);
    Act.KEEP_STAFF.mustBeAllowed(
        self.orElseThrow(() -> new Refusal(Reason.NOT_SIGNED_IN)),
        who.session().provedAt(),
        clock.instant());
  }

  private static Optional<Staff> pick(ImmutableList<Staff> all, Staff.Id id) {
    return all.stream().filter(staff -> staff.id().equals(id)).findFirst();
  }

  private void mustLeaveAnAdministrator(Staff changed) {
    var left =
        store.staff().all().stream()
            .map(staff -> staff.id().equals(changed.id()) ? changed : staff)
            .filter(staff -> staff.isActive() && staff.role() == Role.ADMINISTRATOR);
    if (left.findAny().isEmpty()) {
      throw new Refusal(Reason.LAST_ADMINISTRATOR);
    }
  }

  private void strip(Staff staff) {
    store.staff().strip(staff.id());
    endAll(staff);
  }

  private void endAll(Staff staff) {
    var now = clock.instant();
    store.links().withdraw(Purpose.STAFF_INVITATION, staff.id().value());
    store.staffSessions().endAll(staff.id());
    store.grants().openOf(staff.id(), now).forEach(open -> store.grants().end(open.id(), now));
  }

  private Secret issue(Staff staff) {
    var version = store.staff().credentials(staff.id()).orElseThrow(KeepStaff::nobody).version();
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                Purpose.STAFF_INVITATION,
                staff.id().value(),
                staff.email(),
                version,
                ImmutableMap.of("token", TotpSecret.generate(random).base32()),
                clock.instant().plus(INVITED)));
    return secret;
  }

  private String link(Secret secret) {
    return new Links(policy.desk().uri()).to(Links.STAFF_INVITATION, secret);
  }

  private void mail(Staff staff, Secret secret) {
    tell.one(
        staff,
        Letter.Kind.STAFF_INVITATION,
        ImmutableMap.of(
            "role", staff.role().key(), "link", link(secret), "days", "" + INVITED.toDays()));
  }

  /** So that nobody gets colleagues, or gets rid of them, unseen. */
  private void tellOthers(Staff staff, String by) {
    tell.all(
        Role.ADMINISTRATOR,
        Letter.Kind.STAFF_JOINED,
        ImmutableMap.of(
            "who",
            staff.name() + " (" + staff.email() + ")",
            "role",
            staff.isDisabled() ? "shut_out" : staff.role().key(),
            "by",
            by));
  }

  private void log(SignedInStaff who, Did did, Staff whom) {
    tell.log(
        who,
        did,
        Optional.empty(),
        ImmutableMap.of("staff", whom.email().value(), "role", whom.role().key()));
  }

  private static Fault noRole() {
    return Fault.choice("role", Arrays.stream(Role.values()).map(Role::key));
  }

  private static Refusal nobody() {
    return new Refusal(Reason.NO_SUCH_STAFF);
  }
}
