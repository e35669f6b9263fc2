package org.holdfast.application.support;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Accounts;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.TellStaff;
import org.holdfast.application.support.MailedCodes.Mailed;
import org.holdfast.application.supportpin.SupportPins.Kept;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.MailedCode;
import org.holdfast.domain.support.Masked;
import org.holdfast.domain.support.Method;
import org.holdfast.domain.supportpin.SupportPin;
import org.jspecify.annotations.Nullable;

/**
 * What happens when a customer calls: the account is found, the caller is verified, and a grant is
 * opened for this staff member, this account and this caller. Whether a PIN was wrong, too old,
 * guessed at too often or of no account at all, the answer is the same and takes the same work.
 */
public final class AnswerCall {

  /** How long a mailed code is good. */
  public static final Duration CODE = Duration.ofMinutes(10);

  private static final int MOST_CODE_GUESSES = 5;
  private static final int MOST_FOUND = 10;
  private static final int MIN_QUERY = 3;
  private static final Rate CODES = new Rate(5, Duration.ofHours(4)); // per user: no bombing
  private static final Rate NO_PIN = new Rate(1000, Duration.ofMillis(1)); // lets all through
  private static final AccountId NOBODYS = new AccountId(new UUID(0, 0));

  private final Store store;
  private final Gate gate;
  private final Guessing guessing;
  private final Letters letters;
  private final TellStaff tell;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public AnswerCall(
      Store store,
      Gate gate,
      Guessing guessing,
      Letters letters,
      TellStaff tell,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.gate = gate;
    this.guessing = guessing;
    this.letters = letters;
    this.tell = tell;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /** An account that was found, masked. */
  public record Found(String number, String name, String company, String email) {}

  /**
   * A code that is on its way.
   *
   * @param call which call it is for
   * @param address where it was mailed, masked
   */
  public record CodeMailed(UUID call, String address, Instant expiresAt) {}

  /**
   * A call that goes on.
   *
   * @param number of the account
   */
  public record Call(Grant grant, String number) {}

  /**
   * Looks for accounts by number, e-mail address, domain, or the beginning of a name.
   *
   * @throws InvalidInput told of {@code q}
   * @throws Refusal NOT_ALLOWED or TOO_MANY_TRIES
   */
  public ImmutableList<Found> find(SignedInStaff who, @Nullable String query) {
    gate.mustMay(who, Act.FIND_ACCOUNT);
    var text = query == null ? "" : query.strip();
    if (text.length() < MIN_QUERY || text.length() > 254) {
      var rule = text.isEmpty() ? "required" : text.length() < MIN_QUERY ? "too_short" : "too_long";
      throw new InvalidInput(
          List.of(new Fault("q", rule, ImmutableMap.of("min", "" + MIN_QUERY, "max", "254"))));
    }
    gate.within(who, "searches", policy.desk().searches());
    return store
        .transactions()
        .inOne(
            () -> {
              var found = search(text);
              tell.log(who, Did.SEARCHED);
              return found.stream().map(AnswerCall::masked).collect(toImmutableList());
            });
  }

  /**
   * Verifies a caller by the PIN they say.
   *
   * @throws InvalidInput told of {@code pin}, where it can be none
   * @throws Refusal NOT_ALLOWED, CALLER_NOT_VERIFIED or TOO_MANY_TRIES
   */
  public Grant byPin(SignedInStaff who, @Nullable String number, @Nullable String typed) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    var said = SupportPin.parse(typed).orElseThrow(() -> none("pin", typed, "support_pin"));
    gate.within(who, "calls", policy.desk().calls());
    var now = clock.instant();
    var account = account(number);
    var pins = store.supportPins().countGuess(account.map(Account::id).orElse(NOBODYS), now);
    workAsMuch(who, account, pins);
    try {
      return store.transactions().inOne(() -> open(who, said, pins));
    } catch (Refusal no) {
      store.transactions().inOne(() -> refuse(who, account, pins));
      throw no;
    }
  }

  /**
   * Mails a code to whoever holds the account, to be read out in this call.
   *
   * @throws Refusal NOT_ALLOWED, NO_SUCH_ACCOUNT, ADDRESS_CHANGED_LATELY or TOO_MANY_TRIES
   */
  public CodeMailed mailCode(SignedInStaff who, @Nullable String number) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    gate.within(who, "calls", policy.desk().calls());
    var account = account(number).orElseThrow(() -> new Refusal(Reason.NO_SUCH_ACCOUNT));
    guessing.mustBeWithin("support-codes:" + account.holder(), CODES);
    return store
        .transactions()
        .inOne(
            () -> {
              var user = holder(account);
              mustBeLongOnFile(store, user, clock.instant());
              var code =
                  new Mailed(
                      ids.next(),
                      who.staff().id(),
                      account.id(),
                      user.id(),
                      MailedCode.generate(random),
                      clock.instant().plus(CODE));
              store.mailedCodes().add(code);
              letters
                  .to(user, Letter.Kind.SUPPORT_CODE)
                  .with("code", code.code().grouped())
                  .with("minutes", "" + CODE.toMinutes())
                  .freezable(user)
                  .within(CODE)
                  .post();
              gate.record(
                  who,
                  account.id(),
                  user.id(),
                  What.SUPPORT_CODE_MAILED,
                  Did.CODE_MAILED,
                  ImmutableMap.of());
              return new CodeMailed(code.id(), Masked.address(user.email()), code.expiresAt());
            });
  }

  /**
   * Verifies a caller by the code that was mailed in this call.
   *
   * @throws InvalidInput told of {@code code}, where it can be none
   * @throws Refusal NOT_ALLOWED or CALLER_NOT_VERIFIED
   */
  public Grant byCode(SignedInStaff who, UUID call, @Nullable String typed) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    var said = MailedCode.parse(typed).orElseThrow(() -> none("code", typed, "mailed_code"));
    var mailed =
        store.mailedCodes().countGuess(call, who.staff().id(), clock.instant(), MOST_CODE_GUESSES);
    var right = mailed.filter(kept -> kept.code().isSameAs(said));
    try {
      return store
          .transactions()
          .inOne(
              () -> {
                var code = right.orElseThrow(AnswerCall::notVerified);
                store.standings().lock(code.user()); // first, as whoever withdraws codes does
                if (!isReachable(code.user()) || !store.mailedCodes().take(code.id())) {
                  throw notVerified();
                }
                return open(who, code.account(), code.user(), Method.MAILED_CODE);
              });
    } catch (Refusal no) {
      var account = mailed.flatMap(kept -> store.accounts().find(kept.account()));
      store.transactions().inOne(() -> refuse(who, account, ImmutableList.of()));
      throw no;
    }
  }

  /**
   * Goes on without verifying anybody: that opens nothing but a recovery case.
   *
   * @throws Refusal NOT_ALLOWED, NO_SUCH_ACCOUNT or TOO_MANY_TRIES
   */
  public Grant withoutProof(SignedInStaff who, @Nullable String number) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    gate.within(who, "calls", policy.desk().calls());
    var account = account(number).orElseThrow(() -> new Refusal(Reason.NO_SUCH_ACCOUNT));
    return store
        .transactions()
        .inOne(() -> open(who, account.id(), account.holder(), Method.NOTHING));
  }

  /** The caller's calls that are open, newest first. */
  public ImmutableList<Call> open(SignedInStaff who) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    return store
        .transactions()
        .inOne(
            () ->
                store.grants().openOf(who.staff().id(), clock.instant()).stream()
                    .map(grant -> new Call(grant, numberOf(grant)))
                    .collect(toImmutableList()));
  }

  /** Ends a call of one's own before its time. */
  public void end(SignedInStaff who, Grant.Id id) {
    gate.mustMay(who, Act.VERIFY_CALLER);
    store
        .transactions()
        .inOne(
            () -> {
              var grant =
                  store
                      .grants()
                      .find(id)
                      .filter(mine -> mine.staff().equals(who.staff().id()))
                      .orElseThrow(() -> new Refusal(Reason.NO_GRANT));
              if (store.grants().end(id, clock.instant())) {
                tell.log(who, Did.CALL_ENDED, Optional.of(grant.account()), ImmutableMap.of());
              }
            });
  }

  /** Tells of a wrong PIN, in the transaction that took the errand. */
  public void run(Errand errand) {
    var id = errand.word("account");
    if (id.isEmpty()) {
      return; // there is none of that number, and nobody to be told
    }
    var account = store.accounts().find(new AccountId(UUID.fromString(id))).orElseThrow();
    var agent = errand.word("agent");
    for (var locked : errand.words().getOrDefault("locked", "").split(",")) {
      if (!locked.isEmpty()) {
        tellLocked(account, new UserId(UUID.fromString(locked)), agent);
      }
    }
    store
        .activity()
        .record(
            Happening.of(What.CALLER_REFUSED, account.id(), account.holder(), clock.instant())
                .with("agent", agent));
  }

  /**
   * Refuses to mail anything that opens something to an address that was changed lately: whoever
   * took the account over would have changed it.
   *
   * @throws Refusal ADDRESS_CHANGED_LATELY
   */
  static void mustBeLongOnFile(Store store, User user, Instant now) {
    if (store.emailChanges().anyConfirmed(user.id().value(), now.minus(ChangeEmail.UNDO))) {
      throw new Refusal(Reason.ADDRESS_CHANGED_LATELY);
    }
  }

  private ImmutableList<Account> search(String text) {
    var found = new LinkedHashMap<AccountId, Account>();
    store.accounts().findByNumber(text).ifPresent(known -> found.put(known.id(), known));
    EmailAddress.parse(text).ifPresent(a -> add(found, store.accounts().at(a, MOST_FOUND)));
    EmailAddress.parse("postmaster@" + text)
        .map(EmailAddress::domain)
        .ifPresent(domain -> add(found, store.accounts().running(domain, MOST_FOUND)));
    var key = Accounts.searchKey(text);
    if (!key.isEmpty() && found.size() < MOST_FOUND) {
      add(found, store.accounts().named(key, MOST_FOUND));
    }
    return found.values().stream().limit(MOST_FOUND).collect(toImmutableList());
  }

  private static void add(LinkedHashMap<AccountId, Account> found, Collection<Account> more) {
    more.forEach(account -> found.putIfAbsent(account.id(), account));
  }

  private static Found masked(Account account) {
    var details = account.details();
    return new Found(
        account.number(),
        Masked.words(details.name().full()),
        Masked.words(details.company()),
        Masked.address(details.email()));
  }

  private Optional<Account> account(@Nullable String number) {
    return Optional.ofNullable(number)
        .map(String::strip)
        .filter(text -> text.length() <= 16)
        .flatMap(store.accounts()::findByNumber);
  }

  private Grant open(SignedInStaff who, SupportPin said, ImmutableList<Kept> pins) {
    var now = clock.instant();
    Optional<Kept> right = Optional.empty();
    for (var pin : pins) { // all of them, whichever is right
      var fits = pin.pin().isSameAs(said) & pin.isGoodAt(now, policy.supportPins().maxAge());
      right = fits ? Optional.of(pin) : right;
    }
    var pin = right.orElseThrow(AnswerCall::notVerified);
    if (!isReachable(pin.user()) || isFrozen(pin.user())) {
      throw notVerified();
    }
    if (policy.supportPins().singleUse() && !store.supportPins().take(pin.id())) {
      throw notVerified();
    }
    if (!policy.supportPins().singleUse() && !isStillGood(pin)) {
      throw notVerified();
    }
    store.supportPins().forgive(pins.stream().map(Kept::id).toList());
    return open(who, pin.account(), pin.user(), Method.SUPPORT_PIN);
  }

  /** Its user, who is locked by now, may have made another one since the guess was counted. */
  private boolean isStillGood(Kept pin) {
    return store
        .supportPins()
        .find(pin.account(), pin.user())
        .filter(now -> now.id().equals(pin.id()))
        .isPresent();
  }

  private Grant open(SignedInStaff who, AccountId account, UserId caller, Method method) {
    var grant =
        new Grant(
            new Grant.Id(ids.next()),
            who.staff().id(),
            account,
            caller,
            method,
            clock.instant(),
            Optional.empty());
    store.grants().open(grant);
    var proved = method != Method.NOTHING;
    gate.record(
        who,
        account,
        caller,
        proved ? What.CALLER_VERIFIED : What.CALL_WITHOUT_PROOF,
        proved ? Did.CALL_VERIFIED : Did.CALL_WITHOUT_PROOF,
        ImmutableMap.of("method", method.key()));
    return grant;
  }

  /**
   * Where there is less to look at, as much is looked up: the time tells no more than the answer.
   */
  private void workAsMuch(SignedInStaff who, Optional<Account> account, ImmutableList<Kept> pins) {
    if (account.isEmpty()) {
      var unused = store.accounts().find(NOBODYS);
    }
    if (pins.isEmpty()) {
      var unused = store.supportPins().find(NOBODYS, new UserId(NOBODYS.value()));
      guessing.isWithin("no-pin:" + who.staff().id(), NO_PIN);
    }
  }

  /** What there is to tell is told later, so that the answer takes the same time. */
  private void refuse(SignedInStaff who, Optional<Account> account, ImmutableList<Kept> pins) {
    tell.log(who, Did.CALLER_REFUSED, account.map(Account::id), ImmutableMap.of());
    var locked =
        pins.stream()
            .filter(Kept::isLocked)
            .map(pin -> pin.user().toString())
            .collect(java.util.stream.Collectors.joining(","));
    store
        .errands()
        .add(
            new Errand(
                ids.next(),
                Errand.Kind.TELL_OF_WRONG_PIN,
                ImmutableMap.of(
                    "account", account.map(known -> known.id().toString()).orElse(""),
                    "agent", who.staff().name(),
                    "locked", locked),
                clock.instant()));
  }

  private void tellLocked(Account account, UserId whose, String agent) {
    var user = store.users().find(whose).orElseThrow();
    letters
        .to(user, Letter.Kind.SUPPORT_PIN_LOCKED)
        .with("number", account.number())
        .with(
            "pinLink",
            new Links(policy.baseUri()).to("/accounts/" + account.number() + "/support-pin"))
        .post();
    tell.all(
        Role.SUPERVISOR,
        Letter.Kind.PIN_LOCKED_ALERT,
        ImmutableMap.of("number", account.number(), "agent", agent));
    store
        .activity()
        .record(Happening.of(What.SUPPORT_PIN_LOCKED, account.id(), whose, clock.instant()));
  }

  private String numberOf(Grant grant) {
    return store.accounts().find(grant.account()).map(Account::number).orElse("");
  }

  private User holder(Account account) {
    return store
        .users()
        .find(account.holder())
        .filter(user -> !user.isDisabled())
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_USER));
  }

  private boolean isReachable(UserId user) {
    return store.users().find(user).filter(known -> !known.isDisabled()).isPresent();
  }

  private boolean isFrozen(UserId user) {
    return store.standings().lock(user).filter(s -> s.frozenSince().isPresent()).isPresent();
  }

  private static InvalidInput none(String field, @Nullable String typed, String rule) {
    return new InvalidInput(
        List.of(new Fault(field, typed == null || typed.isBlank() ? "required" : rule)));
  }

  private static Refusal notVerified() {
    return new Refusal(Reason.CALLER_NOT_VERIFIED);
  }
}
