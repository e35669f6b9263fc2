package org.holdfast.application.support;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Collectors;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.credential.ResetPassword;
import org.holdfast.application.guessing.Guesses.Tally;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.lockout.CheckLockOut;
import org.holdfast.application.lockout.CheckLockOut.Finding;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.supportpin.KeepSupportPin;
import org.holdfast.application.supportpin.SupportPins.Kept;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.guessing.Waits;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.supportpin.SupportPin;

/**
 * What staff do for a caller who is verified. Each of it takes an open grant that names it, is
 * written into the customer's security activity, and where it changes something is mailed to them.
 * All refuse with NOT_ALLOWED, NO_GRANT and NOT_BY_THIS_METHOD.
 */
public final class HelpCaller {

  private static final Rate LINKS =
      new Rate(3, Duration.ofMinutes(10)); // per user, as for "Forgot?"
  private static final Rate ADVICE = new Rate(1, Duration.ofHours(1));
  private static final Rate UNLOCKS = new Rate(3, Duration.ofHours(8)); // or guessing were free
  private static final Rate PINS = new Rate(5, Duration.ofHours(1)); // each is a letter
  private static final int MOST_DELIVERIES = 20;

  private final Store store;
  private final Gate gate;
  private final CheckLockOut lockOut;
  private final ResetPassword resetPassword;
  private final KeepSupportPin supportPin;
  private final Guessing guessing;
  private final Letters letters;
  private final Links links;
  private final Policy policy;
  private final InstantSource clock;

  public HelpCaller(
      Store store,
      Gate gate,
      CheckLockOut lockOut,
      ResetPassword resetPassword,
      KeepSupportPin supportPin,
      Guessing guessing,
      Letters letters,
      Policy policy,
      InstantSource clock) {
    this.store = store;
    this.gate = gate;
    this.lockOut = lockOut;
    this.resetPassword = resetPassword;
    this.supportPin = supportPin;
    this.guessing = guessing;
    this.letters = letters;
    this.links = new Links(policy.baseUri());
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * What the console shows beside a call.
   *
   * @param account nothing but its number where nobody was verified
   * @param user the caller; nothing where nobody was verified
   * @param findings of the lock-out doctor
   * @param recovery the caller's case that can still come to be done
   */
  public record Beside(
      Grant grant,
      String number,
      Optional<Account> account,
      Optional<User> user,
      boolean frozen,
      boolean hasFactor,
      boolean signInLocked,
      PinState pin,
      ImmutableList<Finding> findings,
      Optional<RecoveryCase> recovery) {

    /** May this be done in this call? */
    public boolean allows(Act act) {
      return grant.allows(act);
    }
  }

  /** How a caller's support PIN stands. */
  public enum PinState {
    NONE,
    GOOD,
    /** Too old, by the operator's rule. */
    EXPIRED,
    /** Guessed at too often. */
    LOCKED,
    /** The user is frozen. */
    SUSPENDED
  }

  /**
   * What the customer sees of their account: to be looked at, not to be changed.
   *
   * @param deliveries the newest notifications, and what became of them
   */
  public record CustomersView(
      Grant grant,
      Account account,
      ImmutableList<Contact> contacts,
      ImmutableList<Delivery> deliveries) {}

  /** What is to be known beside a call. Where the caller is verified that is all of the details. */
  public Beside beside(SignedInStaff who, Grant.Id id) {
    return store
        .transactions()
        .inOne(
            () -> {
              var grant =
                  store.grants().find(id).filter(open -> open.allows(Act.SEE_DETAILS)).isPresent()
                      ? gate.pass(who, Act.SEE_DETAILS, id)
                      : gate.pass(who, Act.OPEN_CASE, id);
              return grant.allows(Act.SEE_DETAILS) ? details(who, grant) : number(grant);
            });
  }

  /**
   * Mails the caller the link that "Forgot?" mails, to the address on file.
   *
   * @throws Refusal also ADDRESS_CHANGED_LATELY or TOO_MANY_TRIES
   */
  public void sendResetLink(SignedInStaff who, Grant.Id id) {
    act(
        who,
        Act.SEND_RESET_LINK,
        id,
        (grant, user) -> {
          AnswerCall.mustBeLongOnFile(store, user, clock.instant());
          guessing.mustBeWithin("support-links:" + user.id(), LINKS);
          resetPassword.mailFor(user, new Origin("", who.staff().name() + " (support)"));
          gate.record(who, grant, What.RESET_LINK_SENT_BY_STAFF, Did.RESET_LINK_SENT);
        });
  }

  /**
   * Ends the waiting after wrong passwords and codes.
   *
   * @throws Refusal also NEW_PASSWORD_NEEDED, where only that helps, or TOO_MANY_TRIES
   */
  public void unlockSignIn(SignedInStaff who, Grant.Id id) {
    act(
        who,
        Act.UNLOCK_SIGN_IN,
        id,
        (grant, user) -> {
          if (failures(user).failures() >= Waits.MOST) {
            throw new Refusal(Reason.NEW_PASSWORD_NEEDED);
          }
          guessing.mustBeWithin("unlocks:" + user.id(), UNLOCKS);
          tell(who, grant, user, Letter.Kind.SIGN_IN_UNLOCKED);
          gate.record(who, grant, What.SIGN_IN_UNLOCKED_BY_STAFF, Did.SIGN_IN_UNLOCKED);
          guessing.clear(Guessing.byStrangers(user.id()));
          guessing.clearCodes(Guessing.atFactorOf(user.id()));
        });
  }

  /**
   * Shows the caller's PIN, to be read out to them.
   *
   * @throws Refusal also NO_SUPPORT_PIN, SUPPORT_PINS_SUSPENDED or TOO_MANY_TRIES
   */
  public SupportPin givePin(SignedInStaff who, Grant.Id id) {
    return with(
        who,
        Act.GIVE_SUPPORT_PIN,
        id,
        (grant, user) -> {
          mustNotBeFrozen(user);
          var pin =
              kept(grant)
                  .filter(kept -> state(Optional.of(kept), false) == PinState.GOOD)
                  .orElseThrow(() -> new Refusal(Reason.NO_SUPPORT_PIN));
          guessing.mustBeWithin("pins-given:" + user.id(), PINS);
          tell(who, grant, user, Letter.Kind.SUPPORT_PIN_GIVEN);
          gate.record(who, grant, What.SUPPORT_PIN_GIVEN_BY_STAFF, Did.SUPPORT_PIN_GIVEN);
          return pin.pin();
        });
  }

  /**
   * Makes the caller a new PIN, to be read out to them.
   *
   * @throws Refusal also SUPPORT_PINS_SUSPENDED, CHANGED_MEANWHILE or TOO_MANY_TRIES
   */
  public SupportPin replacePin(SignedInStaff who, Grant.Id id) {
    return with(
        who,
        Act.REPLACE_SUPPORT_PIN,
        id,
        (grant, user) -> {
          mustNotBeFrozen(user);
          guessing.mustBeWithin("pins-replaced:" + user.id(), PINS);
          var fresh = supportPin.put(grant.account(), grant.caller());
          tell(who, grant, user, Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF);
          gate.record(who, grant, What.SUPPORT_PIN_REPLACED_BY_STAFF, Did.SUPPORT_PIN_REPLACED);
          return fresh.pin();
        });
  }

  /**
   * Mails the caller what the lock-out doctor found, and where it is mended.
   *
   * @throws Refusal also NOTHING_TO_RECOVER where nothing was found, or TOO_MANY_TRIES
   */
  public void sendAdvice(SignedInStaff who, Grant.Id id) {
    act(
        who,
        Act.SEND_ADVICE,
        id,
        (grant, user) -> {
          var account = store.accounts().find(grant.account()).orElseThrow();
          var findings = lockOut.check(account, user);
          if (findings.isEmpty()) {
            throw new Refusal(Reason.NOTHING_TO_RECOVER);
          }
          guessing.mustBeWithin("advice:" + user.id(), ADVICE);
          letters
              .to(user, Letter.Kind.LOCK_OUT_ADVICE)
              .with("number", account.number())
              .with("agent", who.staff().name())
              .with(
                  "findings",
                  findings.stream().map(f -> f.kind().key()).collect(Collectors.joining(",")))
              .with("link", links.to("/accounts/" + account.number() + "/lock-out"))
              .post();
          gate.record(who, grant, What.ADVICE_SENT_BY_STAFF, Did.ADVICE_SENT);
        });
  }

  /** Looks at the account as its customer sees it; they are told afterwards. */
  public CustomersView asCustomer(SignedInStaff who, Grant.Id id) {
    return with(
        who,
        Act.SEE_AS_CUSTOMER,
        id,
        (grant, user) -> {
          var account = store.accounts().find(grant.account()).orElseThrow();
          var view =
              new CustomersView(
                  grant,
                  account,
                  store.contacts().of(account.id()),
                  store.outbox().deliveries(account.id(), Optional.empty(), MOST_DELIVERIES));
          if (store.grants().mark(id, Act.SEE_AS_CUSTOMER)) {
            tell(who, grant, user, Letter.Kind.SEEN_AS_CUSTOMER);
            gate.record(who, grant, What.SEEN_AS_CUSTOMER_BY_STAFF, Did.SEEN_AS_CUSTOMER);
          }
          return view;
        });
  }

  private interface Deed {
    void on(Grant grant, User caller);
  }

  private interface Giving<T> {
    T on(Grant grant, User caller);
  }

  private void act(SignedInStaff who, Act act, Grant.Id id, Deed deed) {
    with(
        who,
        act,
        id,
        (grant, user) -> {
          deed.on(grant, user);
          return id;
        });
  }

  private <T> T with(SignedInStaff who, Act act, Grant.Id id, Giving<T> deed) {
    return store
        .transactions()
        .inOne(
            () -> {
              var grant = gate.pass(who, act, id);
              var user =
                  store
                      .users()
                      .find(grant.caller())
                      .filter(known -> !known.isDisabled())
                      .orElseThrow(() -> new Refusal(Reason.NO_GRANT));
              return deed.on(grant, user);
            });
  }

  private Beside details(SignedInStaff who, Grant grant) {
    var account = store.accounts().find(grant.account()).orElseThrow();
    var user = store.users().find(grant.caller()).orElseThrow();
    var standing = store.standings().lock(user.id()).orElseThrow();
    var frozen = standing.frozenSince().isPresent();
    var beside =
        new Beside(
            grant,
            account.number(),
            Optional.of(account),
            Optional.of(user),
            frozen,
            standing.hasFactor(),
            isLocked(user),
            state(kept(grant), frozen),
            lockOut.check(account, user),
            store.recoveryCases().openOf(user.id()));
    if (store.grants().mark(grant.id(), Act.SEE_DETAILS)) {
      gate.record(who, grant, What.DETAILS_SEEN_BY_STAFF, Did.DETAILS_SEEN);
    }
    return beside;
  }

  private Beside number(Grant grant) {
    return new Beside(
        grant,
        store.accounts().find(grant.account()).map(Account::number).orElse(""),
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        false,
        PinState.NONE,
        ImmutableList.of(),
        store.recoveryCases().openOf(grant.caller()));
  }

  private boolean isLocked(User user) {
    return clock.instant().isBefore(failures(user).blockedUntil());
  }

  private Tally failures(User user) {
    return store.guesses().read(Guessing.byStrangers(user.id()));
  }

  private Optional<Kept> kept(Grant grant) {
    return store.supportPins().find(grant.account(), grant.caller());
  }

  private PinState state(Optional<Kept> kept, boolean frozen) {
    if (kept.isEmpty()) {
      return PinState.NONE;
    }
    if (frozen) {
      return PinState.SUSPENDED;
    }
    if (kept.get().isLocked()) {
      return PinState.LOCKED;
    }
    return kept.get().isGoodAt(clock.instant(), policy.supportPins().maxAge())
        ? PinState.GOOD
        : PinState.EXPIRED;
  }

  private void mustNotBeFrozen(User user) {
    if (store.standings().lock(user.id()).orElseThrow().frozenSince().isPresent()) {
      throw new Refusal(Reason.SUPPORT_PINS_SUSPENDED);
    }
  }

  private void tell(SignedInStaff who, Grant grant, User user, Letter.Kind kind) {
    var account = store.accounts().find(grant.account()).orElseThrow();
    letters
        .to(user, kind)
        .with("number", account.number())
        .with("agent", who.staff().name())
        .freezable(user)
        .post();
  }
}
