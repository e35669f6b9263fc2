package org.holdfast.application.support;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.freeze.Standstill;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.TellStaff;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.Text;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.Kind;
import org.holdfast.domain.support.RecoveryCase.State;
import org.jspecify.annotations.Nullable;

/**
 * Recovery cases, for whoever has lost their mailbox or their second factor. One staff member opens
 * a case with what the caller could show; another person approves it; then it is on hold, and every
 * address known of the user, old and new, can veto by a link, and the user in the portal. After the
 * hold it is done by {@link #runDue}, by nobody's hand. No single person can take a factor away or
 * change an address.
 */
public final class RecoverAccess {

  private static final int AT_ONCE = 10;
  private static final Rate CASES = new Rate(10, Duration.ofHours(2)); // per staff member

  private final Store store;
  private final Gate gate;
  private final Access access;
  private final ChangeEmail changeEmail;
  private final Standstill standstill;
  private final Letters letters;
  private final TellStaff tell;
  private final Links links;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public RecoverAccess(
      Store store,
      Gate gate,
      Access access,
      ChangeEmail changeEmail,
      Standstill standstill,
      Letters letters,
      TellStaff tell,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.gate = gate;
    this.access = access;
    this.changeEmail = changeEmail;
    this.standstill = standstill;
    this.letters = letters;
    this.tell = tell;
    this.links = new Links(policy.baseUri());
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A case as it is shown.
   *
   * @param number of the account
   * @param openedBy the display name of whoever opened it
   * @param decidedBy the display name of whoever decided it
   */
  public record Told(
      RecoveryCase recovery, String number, String openedBy, Optional<String> decidedBy) {}

  /** How long an approved case is on hold. */
  public Duration hold() {
    return policy.desk().hold();
  }

  /**
   * Opens a case for the caller.
   *
   * @param kind a kind's key
   * @param evidence keys of what the caller has shown
   * @throws InvalidInput told of {@code kind}, {@code newAddress}, {@code evidence} or {@code note}
   * @throws Refusal NOT_ALLOWED, NO_GRANT, ROLE_TOO_NEW, CASE_OPEN_ALREADY, SAME_ADDRESS,
   *     NOTHING_TO_RECOVER or TOO_MANY_TRIES
   */
  public RecoveryCase open(
      SignedInStaff who,
      Grant.Id id,
      @Nullable String kind,
      @Nullable String newAddress,
      Collection<String> evidence,
      @Nullable String note) {
    gate.mustMay(who, Act.OPEN_CASE);
    var asked = read(kind, newAddress, evidence, note);
    gate.within(who, "cases", CASES);
    return store
        .transactions()
        .inOne(
            () -> {
              var grant = gate.pass(who, Act.OPEN_CASE, id);
              mustNotBeNew(who.staff());
              mustWeighEnough(grant, asked);
              var account = store.accounts().lock(grant.account()).orElseThrow();
              var user = store.users().find(grant.caller()).orElseThrow();
              mustMakeSense(user, asked);
              var recovery =
                  new RecoveryCase(
                      new RecoveryCase.Id(ids.next()),
                      account.id(),
                      user.id(),
                      asked.kind(),
                      asked.address(),
                      Optional.empty(),
                      asked.evidence(),
                      asked.note(),
                      who.staff().id(),
                      clock.instant(),
                      State.OPENED,
                      Optional.empty(),
                      Optional.empty());
              store.recoveryCases().add(recovery);
              tellEverybody(recovery, account, user, Letter.Kind.CASE_OPENED, "");
              asked.address().ifPresent(address -> mailProof(recovery, user, address));
              tell.all(
                  Role.SUPERVISOR,
                  Letter.Kind.CASE_TO_DECIDE,
                  ImmutableMap.of(
                      "number", account.number(),
                      "agent", who.staff().name(),
                      "lost", recovery.kind().key(),
                      "link", tell.link("/cases/" + recovery.id())));
              record(who, recovery, What.CASE_OPENED, Did.CASE_OPENED);
              return recovery;
            });
  }

  /** The newest cases behind that one; only those that are open, or all. */
  public ImmutableList<Told> list(
      SignedInStaff who, boolean openOnly, Optional<UUID> before, int most) {
    gate.mustMay(who, Act.SEE_CASES);
    return store
        .transactions()
        .inOne(
            () ->
                store.recoveryCases().newest(openOnly, before, most).stream()
                    .map(this::told)
                    .collect(ImmutableList.toImmutableList()));
  }

  /** One case. */
  public Told find(SignedInStaff who, RecoveryCase.Id id) {
    gate.mustMay(who, Act.SEE_CASES);
    return store.transactions().inOne(() -> told(existing(id)));
  }

  /**
   * Approves a case that somebody else opened; from now on it is on hold.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NO_SUCH_CASE, ANOTHER_PERSON_NEEDED, ROLE_TOO_NEW,
   *     CASE_DECIDED or TOO_MANY_TRIES
   */
  public void approve(SignedInStaff who, RecoveryCase.Id id) {
    gate.mustMay(who, Act.DECIDE_CASE);
    gate.within(who, "approvals", CASES);
    store
        .transactions()
        .inOne(
            () -> {
              var recovery = existing(id);
              mustBeAnother(who, recovery);
              mustNotBeNew(who.staff());
              var due = clock.instant().plus(hold());
              if (!store.recoveryCases().approve(id, who.staff().id(), due)) {
                throw new Refusal(Reason.CASE_DECIDED);
              }
              var account = store.accounts().find(recovery.account()).orElseThrow();
              var user = store.users().find(recovery.user()).orElseThrow();
              tellEverybody(recovery, account, user, Letter.Kind.CASE_APPROVED, due.toString());
              record(who, recovery, What.CASE_APPROVED, Did.CASE_APPROVED);
            });
  }

  /**
   * Refuses a case that somebody else opened.
   *
   * @throws Refusal NOT_ALLOWED, STEP_UP_NEEDED, NO_SUCH_CASE, ANOTHER_PERSON_NEEDED or
   *     CASE_DECIDED
   */
  public void refuse(SignedInStaff who, RecoveryCase.Id id) {
    gate.mustMay(who, Act.DECIDE_CASE);
    store
        .transactions()
        .inOne(
            () -> {
              var recovery = existing(id);
              mustBeAnother(who, recovery);
              if (!store.recoveryCases().refuse(id, who.staff().id())) {
                throw new Refusal(Reason.CASE_DECIDED);
              }
              ended(recovery, State.REFUSED);
              record(who, recovery, What.CASE_REFUSED, Did.CASE_REFUSED);
            });
  }

  /**
   * Takes back a case that one opened oneself, as long as it is not done.
   *
   * @throws Refusal NOT_ALLOWED, NO_SUCH_CASE or CASE_DECIDED
   */
  public void withdraw(SignedInStaff who, RecoveryCase.Id id) {
    gate.mustMay(who, Act.WITHDRAW_CASE);
    store
        .transactions()
        .inOne(
            () -> {
              var recovery = existing(id);
              if (!recovery.openedBy().equals(who.staff().id())) {
                throw new Refusal(Reason.NOT_ALLOWED);
              }
              end(recovery, State.WITHDRAWN);
              record(who, recovery, What.CASE_WITHDRAWN, Did.CASE_WITHDRAWN);
            });
  }

  /** The cases on this account of the caller's, newest first. */
  public ImmutableList<RecoveryCase> of(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(() -> store.recoveryCases().of(access.held(who, number).id(), AT_ONCE));
  }

  /** The case that is open about the caller. */
  public Optional<RecoveryCase> openOf(SignedIn who) {
    return store.transactions().inOne(() -> store.recoveryCases().openOf(who.user().id()));
  }

  /**
   * Says no to a case about oneself.
   *
   * @throws Refusal NO_SUCH_CASE or CASE_DECIDED
   */
  public void veto(SignedIn who, RecoveryCase.Id id) {
    store
        .transactions()
        .inOne(
            () -> {
              var recovery =
                  store
                      .recoveryCases()
                      .find(id)
                      .filter(known -> known.user().equals(who.user().id()))
                      .orElseThrow(RecoverAccess::nothing);
              end(recovery, State.VETOED);
              store
                  .activity()
                  .record(happening(recovery, What.CASE_VETOED).from(who.session().origin()));
            });
  }

  /**
   * Says no to the case that is open about this user, in the transaction that is open: for who says
   * "This wasn't me". It comes before all else that is stopped, as {@link #runDue} locks the case
   * before its user.
   */
  public void stop(UserId user, Origin origin) {
    store
        .recoveryCases()
        .openOf(user)
        .ifPresent(
            recovery -> {
              if (moved(recovery, State.VETOED)) { // else it is over since we looked
                ended(recovery, State.VETOED);
                store.activity().record(happening(recovery, What.CASE_VETOED).from(origin));
              }
            });
  }

  /** Which case this link would veto; nothing where it no longer works. It changes nothing. */
  public Optional<Told> seenByVeto(Secret link) {
    return seen(Purpose.VETO_CASE, link);
  }

  /**
   * Says no to a case by a link that was mailed to a known address.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public void veto(@Nullable Secret link) {
    store
        .transactions()
        .inOne(
            () -> {
              var recovery = consume(Purpose.VETO_CASE, link);
              end(recovery, State.VETOED);
              store.activity().record(happening(recovery, What.CASE_VETOED));
            });
  }

  /** Which case this link would prove the new address of. It changes nothing. */
  public Optional<Told> seenByProof(Secret link) {
    return seen(Purpose.CONFIRM_CASE_ADDRESS, link);
  }

  /**
   * Proves the new address.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public void prove(@Nullable Secret link) {
    store
        .transactions()
        .inOne(
            () -> {
              var recovery = consume(Purpose.CONFIRM_CASE_ADDRESS, link);
              store.recoveryCases().prove(recovery.id(), clock.instant());
              store.activity().record(happening(recovery, What.CASE_ADDRESS_PROVED));
            });
  }

  /**
   * Does one case whose hold is over, or ends one that nobody minded; says whether there was one.
   */
  public boolean runDue() {
    var now = clock.instant();
    var due = store.transactions().inOne(() -> store.recoveryCases().due(now, 1));
    for (var recovery : due) {
      return store.transactions().inOne(() -> finish(recovery));
    }
    var before = now.minus(RecoveryCase.PATIENCE);
    var stale = store.transactions().inOne(() -> store.recoveryCases().stale(before, before, 1));
    for (var recovery : stale) {
      return store.transactions().inOne(() -> expire(recovery));
    }
    return false;
  }

  private boolean finish(RecoveryCase recovery) {
    var account = store.accounts().lock(recovery.account()).orElseThrow();
    var user = store.users().find(recovery.user()).orElseThrow();
    var taken = recovery.newAddress().filter(address -> isAnothers(address, user)).isPresent();
    var refused = taken || isOneShutOut(recovery);
    var state = refused ? State.REFUSED : State.DONE;
    if (!store.recoveryCases().move(recovery.id(), State.APPROVED, state)) {
      return true; // vetoed meanwhile, or another node was first
    }
    if (refused) {
      ended(recovery, state);
      store.activity().record(happening(recovery, What.CASE_REFUSED));
      return true;
    }
    var before = addresses(account, user, recovery);
    withdrawLinks(recovery);
    standstill.of(user.id()); // until a new password is chosen by mail
    switch (recovery.kind()) {
      case LOST_FACTOR -> store.factors().removeAll(user.id());
      case LOST_MAILBOX ->
          changeEmail.moveByCase(user, account, recovery.newAddress().orElseThrow());
      default -> throw new IllegalStateException("no such kind");
    }
    var now = store.users().find(user.id()).orElseThrow();
    for (var address : before) {
      draft(address, account, now, recovery, Letter.Kind.CASE_DONE)
          .with("newAddress", newAddress(recovery))
          .with("forgotLink", links.to(Links.FORGOT))
          .post();
    }
    store.activity().record(happening(recovery, What.CASE_DONE));
    return true;
  }

  /** Whose word it was is not taken any more: was one of the two shut out since it was approved? */
  private boolean isOneShutOut(RecoveryCase recovery) {
    var approved = recovery.dueAt().orElseThrow().minus(hold());
    return Stream.of(recovery.openedBy(), recovery.decidedBy().orElseThrow())
        .flatMap(id -> store.staff().find(id).stream())
        .flatMap(one -> one.disabledAt().stream())
        .anyMatch(since -> !since.isBefore(approved));
  }

  private boolean isAnothers(EmailAddress address, User user) {
    return store
        .users()
        .findRecoverable(address, clock.instant())
        .filter(owner -> !owner.id().equals(user.id()))
        .isPresent();
  }

  private boolean expire(RecoveryCase recovery) {
    if (store.recoveryCases().move(recovery.id(), recovery.state(), State.EXPIRED)) {
      ended(recovery, State.EXPIRED);
      store.activity().record(happening(recovery, What.CASE_EXPIRED));
    }
    return true;
  }

  private record Asked(
      Kind kind, Optional<EmailAddress> address, ImmutableSet<Evidence> evidence, String note) {}

  private static Asked read(
      @Nullable String kind,
      @Nullable String newAddress,
      Collection<String> evidence,
      @Nullable String note) {
    var faults = new ArrayList<Fault>();
    var lost = Arrays.stream(Kind.values()).filter(each -> each.key().equals(kind)).findFirst();
    if (lost.isEmpty()) {
      faults.add(
          kind == null || kind.isBlank()
              ? new Fault("kind", "required")
              : Fault.choice("kind", Arrays.stream(Kind.values()).map(Kind::key)));
    }
    var moves = lost.filter(Kind.LOST_MAILBOX::equals).isPresent();
    if (moves) {
      EmailAddress.fault("newAddress", newAddress).ifPresent(faults::add);
    }
    var shown = new LinkedHashSet<Evidence>();
    for (var key : evidence) {
      Evidence.parse(key)
          .ifPresentOrElse(
              shown::add,
              () ->
                  faults.add(
                      Fault.choice(
                          "evidence", Arrays.stream(Evidence.values()).map(Evidence::key))));
    }
    Text.NOTE.fault("note", note).ifPresent(faults::add);
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
    return new Asked(
        lost.orElseThrow(),
        moves ? EmailAddress.parse(newAddress) : Optional.empty(),
        ImmutableSet.copyOf(shown),
        Text.NOTE.of("note", note));
  }

  private static void mustWeighEnough(Grant grant, Asked asked) {
    var verified = grant.allows(Act.SEE_DETAILS);
    if (asked.evidence().contains(Evidence.CALLER_VERIFIED) && !verified) {
      throw weak("evidence_not_verified");
    }
    if (Evidence.weigh(asked.evidence()) < Evidence.ENOUGH) {
      throw weak("evidence_weak");
    }
  }

  private static InvalidInput weak(String rule) {
    return new InvalidInput(
        ImmutableList.of(
            new Fault("evidence", rule, ImmutableMap.of("min", "" + Evidence.ENOUGH))));
  }

  private void mustMakeSense(User user, Asked asked) {
    var standing = store.standings().lock(user.id()).orElseThrow(); // one user, several accounts
    if (store.recoveryCases().openOf(user.id()).isPresent()) {
      throw new Refusal(Reason.CASE_OPEN_ALREADY);
    }
    if (asked.address().filter(user.email()::equals).isPresent()) {
      throw new Refusal(Reason.SAME_ADDRESS);
    }
    if (asked.kind() == Kind.LOST_FACTOR && !standing.hasFactor()) {
      throw new Refusal(Reason.NOTHING_TO_RECOVER);
    }
  }

  /** Else an administrator could make the second person up. */
  private void mustNotBeNew(Staff staff) {
    if (clock.instant().isBefore(staff.roleSince().plus(hold()))) {
      throw new Refusal(Reason.ROLE_TOO_NEW);
    }
  }

  private static void mustBeAnother(SignedInStaff who, RecoveryCase recovery) {
    if (recovery.openedBy().equals(who.staff().id())) {
      throw new Refusal(Reason.ANOTHER_PERSON_NEEDED);
    }
  }

  private void end(RecoveryCase recovery, State state) {
    if (!moved(recovery, state)) {
      throw new Refusal(Reason.CASE_DECIDED);
    }
    ended(recovery, state);
  }

  private boolean moved(RecoveryCase recovery, State state) {
    return store.recoveryCases().move(recovery.id(), State.OPENED, state)
        || store.recoveryCases().move(recovery.id(), State.APPROVED, state);
  }

  private void ended(RecoveryCase recovery, State state) {
    withdrawLinks(recovery);
    var account = store.accounts().find(recovery.account()).orElseThrow();
    var user = store.users().find(recovery.user()).orElseThrow();
    for (var address : addresses(account, user, recovery)) {
      draft(address, account, user, recovery, Letter.Kind.CASE_ENDED)
          .with("ended", state.key())
          .post();
    }
  }

  private void withdrawLinks(RecoveryCase recovery) {
    store.links().withdraw(Purpose.VETO_CASE, recovery.id().value());
    store.links().withdraw(Purpose.CONFIRM_CASE_ADDRESS, recovery.id().value());
  }

  /** Every address that is known of the user, old and new. */
  private Set<EmailAddress> addresses(Account account, User user, RecoveryCase recovery) {
    var known = new LinkedHashSet<EmailAddress>();
    known.add(user.email());
    known.addAll(store.users().previousAddresses(user.id(), clock.instant()));
    known.add(account.details().email());
    recovery.newAddress().ifPresent(known::add);
    return known;
  }

  private void tellEverybody(
      RecoveryCase recovery, Account account, User user, Letter.Kind kind, String due) {
    for (var address : addresses(account, user, recovery)) {
      var draft =
          draft(address, account, user, recovery, kind)
              .with("newAddress", newAddress(recovery))
              .with(
                  "vetoLink",
                  links.to(Links.VETO_CASE, issue(recovery, Purpose.VETO_CASE, address)));
      if (due.isEmpty()) {
        draft.with("hours", "" + hold().toHours()).post();
      } else {
        draft.with("due", due).post();
      }
    }
  }

  private Letters.Draft draft(
      EmailAddress address, Account account, User user, RecoveryCase recovery, Letter.Kind kind) {
    return letters
        .to(user, address, kind)
        .with("number", account.number())
        .with("lost", recovery.kind().key());
  }

  private void mailProof(RecoveryCase recovery, User user, EmailAddress address) {
    letters
        .to(address, user.language(), Letter.Kind.CONFIRM_CASE_ADDRESS)
        .with(
            "link",
            links.to(
                Links.CONFIRM_CASE_ADDRESS, issue(recovery, Purpose.CONFIRM_CASE_ADDRESS, address)))
        .with("days", "" + lifetime().toDays())
        .post();
  }

  private Secret issue(RecoveryCase recovery, Purpose purpose, EmailAddress address) {
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                purpose,
                recovery.id().value(),
                address,
                0,
                ImmutableMap.of(),
                clock.instant().plus(lifetime())));
    return secret;
  }

  /** As long as a case can be open. */
  private Duration lifetime() {
    return RecoveryCase.PATIENCE.plus(hold()).plus(RecoveryCase.PATIENCE);
  }

  private Optional<Told> seen(Purpose purpose, Secret link) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .peek(purpose, link.fingerprint(), clock.instant())
                    .flatMap(
                        found -> store.recoveryCases().find(new RecoveryCase.Id(found.subject())))
                    .filter(recovery -> recovery.state().isOpen())
                    .map(this::told));
  }

  private RecoveryCase consume(Purpose purpose, @Nullable Secret link) {
    return Optional.ofNullable(link)
        .flatMap(known -> store.links().consume(purpose, known.fingerprint(), clock.instant()))
        .flatMap(found -> store.recoveryCases().find(new RecoveryCase.Id(found.subject())))
        .filter(recovery -> recovery.state().isOpen())
        .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
  }

  private RecoveryCase existing(RecoveryCase.Id id) {
    return store.recoveryCases().find(id).orElseThrow(RecoverAccess::nothing);
  }

  private Told told(RecoveryCase recovery) {
    return new Told(
        recovery,
        store.accounts().find(recovery.account()).map(Account::number).orElse(""),
        name(recovery.openedBy()),
        recovery.decidedBy().map(this::name));
  }

  private String name(Staff.Id id) {
    return store.staff().find(id).map(Staff::name).orElse("");
  }

  private void record(SignedInStaff who, RecoveryCase recovery, What what, Did did) {
    gate.record(
        who,
        recovery.account(),
        recovery.user(),
        what,
        did,
        ImmutableMap.of("lost", recovery.kind().key()));
  }

  private Happening happening(RecoveryCase recovery, What what) {
    return Happening.of(what, recovery.account(), recovery.user(), clock.instant())
        .with("lost", recovery.kind().key());
  }

  private static String newAddress(RecoveryCase recovery) {
    return recovery.newAddress().map(EmailAddress::value).orElse("");
  }

  private static Refusal nothing() {
    return new Refusal(Reason.NO_SUCH_CASE);
  }
}
