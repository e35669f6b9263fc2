package org.holdfast.application.emailchange;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.account.InvoiceParties;
import org.holdfast.application.emailchange.EmailChange.State;
import org.holdfast.application.emailchange.EmailChange.Target;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Step;
import org.jspecify.annotations.Nullable;

/**
 * Changing the e-mail address of a user or of an account. {@link #request} needs a fresh proof of
 * who asks, warns the old address with a link that stops it, and mails a link to the new one;
 * {@link #confirm} makes the change when that link is followed; for seven days {@link #undo} takes
 * it back from the old address, which until then still recovers the user. The promises:
 *
 * <ul>
 *   <li>a link confirms the change it was made for, and no other;
 *   <li>a newer request makes an older one worthless;
 *   <li>undoing ends every session and whatever change came after;
 *   <li>nobody learns whether an address is another user's.
 * </ul>
 */
public final class ChangeEmail {

  /** How long a change can be undone, and the old address recovers. */
  public static final Duration UNDO = Duration.ofDays(7);

  private static final Duration CONFIRM = Duration.ofHours(24);
  private static final Rate REQUESTS = new Rate(5, Duration.ofHours(1));

  private final Store store;
  private final Access access;
  private final InvoiceParties parties;
  private final Guessing guessing;
  private final Sessions sessions;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Links links;

  public ChangeEmail(
      Store store,
      Access access,
      InvoiceParties parties,
      Guessing guessing,
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.access = access;
    this.parties = parties;
    this.guessing = guessing;
    this.sessions = sessions;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
    this.links = new Links(policy.baseUri());
  }

  /** The change of the caller's own address that waits for its confirmation. */
  public Optional<EmailChange> pending(SignedIn who) {
    return store
        .transactions()
        .inOne(() -> store.emailChanges().pending(Target.USER, who.user().id().value()));
  }

  /** The change of this account's address that waits for its confirmation. */
  public Optional<EmailChange> pending(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .emailChanges()
                    .pending(Target.ACCOUNT, access.held(who, number).id().value()));
  }

  /**
   * Asks for another address of the caller's own profile.
   *
   * @throws InvalidInput told of {@code email}
   * @throws Refusal STEP_UP_NEEDED, SAME_ADDRESS or TOO_MANY_TRIES
   */
  public void request(SignedIn who, @Nullable String typed) {
    var to = parse(who, typed);
    store
        .transactions()
        .inOne(
            () -> {
              var user = store.users().find(who.user().id()).orElseThrow();
              begin(who, Target.USER, user.id().value(), user.email(), to, null);
            });
  }

  /**
   * Asks for another primary address of an account.
   *
   * @throws InvalidInput told of {@code email}, which the operator may have locked
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_ACCOUNT, SAME_ADDRESS or TOO_MANY_TRIES
   */
  public void request(SignedIn who, String number, @Nullable String typed) {
    var to = parse(who, typed);
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              policy.mustNotTouchLocked(java.util.Set.of(DetailsField.EMAIL));
              begin(
                  who,
                  Target.ACCOUNT,
                  account.id().value(),
                  account.details().email(),
                  to,
                  account.id());
            });
  }

  /** Withdraws the caller's own change that waits. */
  public void withdraw(SignedIn who) {
    store
        .transactions()
        .inOne(
            () ->
                store
                    .emailChanges()
                    .withdrawPending(Target.USER, who.user().id().value(), clock.instant()));
  }

  /** Withdraws this account's change that waits. */
  public void withdraw(SignedIn who, String number) {
    store
        .transactions()
        .inOne(
            () ->
                store
                    .emailChanges()
                    .withdrawPending(
                        Target.ACCOUNT,
                        access.lockHeld(who, number).id().value(),
                        clock.instant()));
  }

  /** Does such an errand, in the transaction that took it: writes to the new address. */
  public void run(Errand errand) {
    var id = UUID.fromString(errand.word("change"));
    store
        .emailChanges()
        .find(id)
        .filter(change -> change.state() == State.PENDING)
        .ifPresent(this::mailConfirmation);
  }

  /**
   * What following this link would do; nothing where it no longer works. Asking changes nothing.
   */
  public Optional<EmailChange> seenByConfirm(Secret link) {
    return seen(Purpose.CONFIRM_EMAIL_CHANGE, link);
  }

  /** What following this link would undo or stop; nothing where it no longer works. */
  public Optional<EmailChange> seenByUndo(Secret link) {
    return seen(Purpose.UNDO_EMAIL_CHANGE, link);
  }

  /**
   * Makes the change, by the link mailed to the new address.
   *
   * @throws Refusal LINK_NOT_VALID or ADDRESS_TAKEN
   */
  public EmailChange confirm(@Nullable Secret link) {
    return store
        .transactions()
        .inOne(
            () -> {
              var change = consume(Purpose.CONFIRM_EMAIL_CHANGE, link);
              if (!store
                  .emailChanges()
                  .move(change.id(), State.PENDING, State.CONFIRMED, clock.instant())) {
                throw new Refusal(Reason.LINK_NOT_VALID);
              }
              switch (change.target()) {
                case USER -> confirmOfUser(change);
                case ACCOUNT -> confirmOfAccount(change);
                default -> throw new IllegalStateException("no such target");
              }
              return change;
            });
  }

  /**
   * Stops or takes back the change, by the link mailed to the old address.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public EmailChange undo(@Nullable Secret link) {
    return store
        .transactions()
        .inOne(
            () -> {
              var change = consume(Purpose.UNDO_EMAIL_CHANGE, link);
              var now = clock.instant();
              if (store.emailChanges().move(change.id(), State.PENDING, State.WITHDRAWN, now)) {
                store.links().withdraw(Purpose.CONFIRM_EMAIL_CHANGE, change.id());
                tellUndone(change);
              } else if (store
                  .emailChanges()
                  .move(change.id(), State.CONFIRMED, State.UNDONE, now)) {
                store
                    .emailChanges()
                    .closeConfirmed(change.target(), change.subject(), change.since(), now);
                restore(change);
                tellUndone(change);
              } else {
                throw new Refusal(Reason.LINK_NOT_VALID);
              }
              return change;
            });
  }

  /**
   * Takes back the user's own change away from this address, where that can still be undone, in the
   * transaction that is open: for who says there "This wasn't me".
   */
  public void takeBack(UserId user, EmailAddress from) {
    var now = clock.instant();
    store
        .emailChanges()
        .confirmed(Target.USER, user.value(), from, now.minus(UNDO))
        .filter(
            change -> store.emailChanges().move(change.id(), State.CONFIRMED, State.UNDONE, now))
        .ifPresent(
            change -> {
              store
                  .emailChanges()
                  .closeConfirmed(change.target(), change.subject(), change.since(), now);
              restore(change);
              tellUndone(change);
            });
  }

  /**
   * Moves a user to another address, that has proved to reach them, by a recovery case; and the
   * account with them where it was at the same one. In the transaction that is open. The address
   * before can undo it as ever.
   *
   * @throws Refusal ADDRESS_TAKEN
   */
  public void moveByCase(User user, Account account, EmailAddress to) {
    var now = clock.instant();
    store.emailChanges().withdrawPending(Target.USER, user.id().value(), now);
    var change = change(Target.USER, user.id().value(), user.email(), to);
    store.emailChanges().add(withState(change, State.CONFIRMED));
    confirmOfUser(change);
    if (account.details().email().equals(user.email())) {
      store.emailChanges().withdrawPending(Target.ACCOUNT, account.id().value(), now);
      var along = change(Target.ACCOUNT, account.id().value(), user.email(), to);
      store.emailChanges().add(withState(along, State.CONFIRMED));
      confirmOfAccount(along);
    }
  }

  /**
   * Makes the account name the same person at the same address as its holder's profile, in one
   * step: the profile's address is confirmed already, so no link is needed to it.
   *
   * @throws InvalidInput naming fields that the operator has locked
   * @throws Refusal STEP_UP_NEEDED or NO_SUCH_ACCOUNT
   */
  public void align(SignedIn who, String number) {
    Step.ALIGN_ACCOUNT.mustBeProved(who.session().provedAt(), clock.instant());
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              var user = store.users().find(who.user().id()).orElseThrow();
              var before = account.details();
              var after = before.withName(user.name()).withEmail(user.email());
              var changed = DetailsField.changed(before, after);
              policy.mustNotTouchLocked(changed);
              if (changed.isEmpty()) {
                return;
              }
              store.accounts().save(account.reachedAt(after));
              parties.follow(account.reachedAt(after), clock.instant());
              record(What.DETAILS_ALIGNED, account.id(), who);
              if (changed.contains(DetailsField.EMAIL)) {
                var change =
                    change(Target.ACCOUNT, account.id().value(), before.email(), user.email());
                store.emailChanges().add(withState(change, State.CONFIRMED));
                tellChanged(change, user, account.id());
              }
            });
  }

  private EmailAddress parse(SignedIn who, @Nullable String typed) {
    Step.CHANGE_EMAIL.mustBeProved(who.session().provedAt(), clock.instant());
    EmailAddress.fault("email", typed)
        .ifPresent(
            fault -> {
              throw new InvalidInput(List.of(fault));
            });
    return EmailAddress.parse(typed).orElseThrow();
  }

  private void begin(
      SignedIn who,
      Target target,
      UUID subject,
      EmailAddress from,
      EmailAddress to,
      @Nullable AccountId account) {
    if (from.equals(to)) {
      throw new Refusal(Reason.SAME_ADDRESS);
    }
    guessing.mustBeWithin("email-change:" + subject, REQUESTS);
    store.emailChanges().withdrawPending(target, subject, clock.instant());
    var change = change(target, subject, from, to);
    store.emailChanges().add(change);
    record(What.EMAIL_CHANGE_REQUESTED, account, who);
    letters
        .to(who.user(), from, Letter.Kind.EMAIL_CHANGE_ASKED)
        .with("newAddress", to.value())
        .with("link", links.to(Links.UNDO_EMAIL, undoLink(change)))
        .from(who.session().origin())
        .freezable(who.user())
        .post();
    store
        .errands()
        .add(
            new Errand(
                ids.next(),
                Errand.Kind.CHANGE_EMAIL,
                ImmutableMap.of("change", change.id().toString()),
                clock.instant()));
  }

  private void mailConfirmation(EmailChange change) {
    var reader = reader(change).orElseThrow();
    var taken =
        change.target() == Target.USER
            && store
                .users()
                .findRecoverable(change.to(), clock.instant())
                .filter(owner -> !owner.id().equals(reader.id()))
                .isPresent();
    if (taken) {
      letters.to(change.to(), reader.language(), Letter.Kind.ADDRESS_IN_USE).post();
      return;
    }
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                Purpose.CONFIRM_EMAIL_CHANGE,
                change.id(),
                change.to(),
                0,
                ImmutableMap.of(),
                clock.instant().plus(CONFIRM)));
    letters
        .to(change.to(), reader.language(), Letter.Kind.CONFIRM_EMAIL_CHANGE)
        .with("link", links.to(Links.CONFIRM_EMAIL, secret))
        .with("hours", "" + CONFIRM.toHours())
        .within(CONFIRM)
        .post();
  }

  private void confirmOfUser(EmailChange change) {
    var now = clock.instant();
    var user = reader(change).filter(u -> u.email().equals(change.from())).orElseThrow(this::stale);
    if (!store.users().moveTo(user.id(), change.to(), Optional.of(now.plus(UNDO)), now)) {
      throw new Refusal(Reason.ADDRESS_TAKEN);
    }
    store.links().withdraw(Purpose.RESET_PASSWORD, user.id().value());
    store.mailedCodes().withdraw(user.id());
    store.activity().record(Happening.of(What.EMAIL_CHANGED, null, user.id(), now));
    tellChanged(change, user, null);
  }

  private void confirmOfAccount(EmailChange change) {
    var now = clock.instant();
    var account =
        store
            .accounts()
            .lock(new AccountId(change.subject()))
            .filter(a -> a.details().email().equals(change.from()))
            .orElseThrow(this::stale);
    var moved = account.reachedAt(account.details().withEmail(change.to()));
    store.accounts().save(moved);
    parties.follow(moved, now);
    store.activity().record(Happening.of(What.EMAIL_CHANGED, account.id(), account.holder(), now));
    tellChanged(change, reader(change).orElseThrow(), account.id());
  }

  private void restore(EmailChange change) {
    var now = clock.instant();
    var user = reader(change).orElseThrow();
    switch (change.target()) {
      case USER -> {
        if (!store.users().moveTo(user.id(), change.from(), Optional.empty(), now)) {
          throw new Refusal(Reason.LINK_NOT_VALID);
        }
        store.emailChanges().withdrawPending(Target.USER, user.id().value(), now);
        store.links().withdraw(Purpose.RESET_PASSWORD, user.id().value());
      }
      case ACCOUNT -> {
        var account = store.accounts().lock(new AccountId(change.subject())).orElseThrow();
        var moved = account.reachedAt(account.details().withEmail(change.from()));
        store.accounts().save(moved);
        parties.follow(moved, now);
        store.emailChanges().withdrawPending(Target.ACCOUNT, change.subject(), now);
      }
      default -> throw new IllegalStateException("no such target");
    }
    sessions.endEverything(user.id());
  }

  private void tellChanged(EmailChange change, User user, @Nullable AccountId account) {
    tellChangedAt(change.from(), change, user, account);
    if (!user.email().equals(change.from()) && !user.email().equals(change.to())) {
      tellChangedAt(user.email(), change, user, account); // the holder hears of it in any case
    }
  }

  private void tellChangedAt(
      EmailAddress address, EmailChange change, User user, @Nullable AccountId account) {
    letters
        .to(user, address, Letter.Kind.EMAIL_CHANGED)
        .with("newAddress", change.to().value())
        .with("link", links.to(Links.UNDO_EMAIL, undoLink(change)))
        .with("days", "" + UNDO.toDays())
        .freezable(user)
        .post();
  }

  private void tellUndone(EmailChange change) {
    var user = reader(change).orElseThrow();
    store
        .activity()
        .record(
            Happening.of(
                What.EMAIL_CHANGE_UNDONE,
                change.target() == Target.ACCOUNT ? new AccountId(change.subject()) : null,
                user.id(),
                clock.instant()));
    for (var address : List.of(change.from(), change.to())) {
      letters
          .to(user, address, Letter.Kind.EMAIL_CHANGE_UNDONE)
          .with("restored", change.from().value())
          .with("forgotLink", links.to(Links.FORGOT))
          .post();
    }
  }

  private Secret undoLink(EmailChange change) {
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                Purpose.UNDO_EMAIL_CHANGE,
                change.id(),
                change.from(),
                0,
                ImmutableMap.of(),
                clock.instant().plus(UNDO)));
    return secret;
  }

  private Optional<EmailChange> seen(Purpose purpose, Secret link) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .peek(purpose, link.fingerprint(), clock.instant())
                    .flatMap(found -> store.emailChanges().find(found.subject())))
        .filter(
            change ->
                change.state() == State.PENDING
                    || purpose == Purpose.UNDO_EMAIL_CHANGE && change.state() == State.CONFIRMED);
  }

  private EmailChange consume(Purpose purpose, @Nullable Secret link) {
    return Optional.ofNullable(link)
        .flatMap(l -> store.links().consume(purpose, l.fingerprint(), clock.instant()))
        .flatMap(found -> store.emailChanges().find(found.subject()))
        .orElseThrow(this::stale);
  }

  /** The user whose address it is, or who holds the account. */
  private Optional<User> reader(EmailChange change) {
    return switch (change.target()) {
      case USER -> store.users().find(new UserId(change.subject()));
      case ACCOUNT ->
          store
              .accounts()
              .find(new AccountId(change.subject()))
              .map(Account::holder)
              .flatMap(store.users()::find);
    };
  }

  private EmailChange change(Target target, UUID subject, EmailAddress from, EmailAddress to) {
    return new EmailChange(ids.next(), target, subject, from, to, State.PENDING, clock.instant());
  }

  private static EmailChange withState(EmailChange c, State state) {
    return new EmailChange(c.id(), c.target(), c.subject(), c.from(), c.to(), state, c.since());
  }

  private void record(What what, @Nullable AccountId account, SignedIn who) {
    store
        .activity()
        .record(
            Happening.of(what, account, who.user().id(), clock.instant())
                .from(who.session().origin()));
  }

  private Refusal stale() {
    return new Refusal(Reason.LINK_NOT_VALID);
  }
}
