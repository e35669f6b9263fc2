package org.holdfast.application.account;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.credential.NewPasswords;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Origin;

/**
 * How an account begins. A person registers: nothing exists until the link in the letter is
 * followed and a password chosen, so nobody can wait behind another's address. Or the host opens
 * it: the person gets a link to choose a password. Either way the address is confirmed by the
 * mailbox it names, and whoever registers learns nothing about who else has an account.
 */
public final class OpenAccount {

  private static final Duration REGISTRATION_LIFETIME = Duration.ofHours(24);
  private static final Duration WELCOME_LIFETIME = Duration.ofDays(7);
  private static final Rate REGISTRATIONS = new Rate(10, Duration.ofMinutes(2));
  private static final Rate LETTERS = new Rate(3, Duration.ofMinutes(20));
  private static final Rate WRONG_LINKS = new Rate(20, Duration.ofSeconds(30));

  private final Store store;
  private final InvoiceParties parties;
  private final Guessing guessing;
  private final NewPasswords newPasswords;
  private final PasswordHasher hasher;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public OpenAccount(
      Store store,
      InvoiceParties parties,
      Guessing guessing,
      NewPasswords newPasswords,
      PasswordHasher hasher,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.parties = parties;
    this.guessing = guessing;
    this.newPasswords = newPasswords;
    this.hasher = hasher;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Opens an account for the host. The holder is the user with that address, or a new one, who gets
   * a link to choose a password.
   *
   * @throws org.holdfast.domain.InvalidInput telling every fault
   */
  public Account open(OpeningInput input) {
    Inputs.check(input);
    var email = new EmailAddress(Strings.nullToEmpty(input.email()));
    var details = input.details().toDetails(email);
    return store
        .transactions()
        .inOne(
            () -> {
              var known = store.users().findByAddress(email);
              var holder = known.orElseGet(() -> addUser(details, Optional.empty()));
              var account = addAccount(holder, details, holder.confirmedAt().isPresent());
              if (known.isEmpty()) {
                mailWelcome(holder, account);
              }
              return account;
            });
  }

  /**
   * Asks for an account of one's own. Says nothing of whether the address has one already.
   *
   * @throws org.holdfast.domain.InvalidInput telling every fault
   * @throws Refusal REGISTRATION_CLOSED, or TOO_MANY_TRIES from one network address
   */
  public void register(OpeningInput input, Origin origin) {
    if (!policy.registrationOpen()) {
      throw new Refusal(Reason.REGISTRATION_CLOSED);
    }
    Inputs.check(input);
    guessing.mustBeWithin(Guessing.fromAddress("register", origin), REGISTRATIONS);
    store
        .transactions()
        .inOne(
            () ->
                store
                    .errands()
                    .add(
                        new Errand(
                            ids.next(), Errand.Kind.REGISTER, words(input), clock.instant())));
  }

  /** Does such an errand, in the transaction that took it. */
  public void run(Errand errand) {
    var input = input(errand.words());
    var email = new EmailAddress(Strings.nullToEmpty(input.email()));
    if (!guessing.isWithin("register-letters:" + email, LETTERS)) {
      return;
    }
    var links = new Links(policy.baseUri());
    if (store.users().findRecoverable(email, clock.instant()).isPresent()) {
      letters
          .to(email, language(input), Letter.Kind.ALREADY_REGISTERED)
          .with("signInLink", links.to(Links.SIGN_IN))
          .with("forgotLink", links.to(Links.FORGOT))
          .post();
      return;
    }
    var secret = issue(Purpose.REGISTER, errand.id(), email, errand.words(), REGISTRATION_LIFETIME);
    letters
        .to(email, language(input), Letter.Kind.CONFIRM_REGISTRATION)
        .with("link", links.to(Links.WELCOME, secret))
        .with("hours", "" + REGISTRATION_LIFETIME.toHours())
        .within(REGISTRATION_LIFETIME)
        .post();
  }

  /** Would this link still confirm an address? Asking changes nothing. */
  public boolean opens(Secret link) {
    return store.transactions().inOne(() -> peek(link)).isPresent();
  }

  /**
   * Confirms the address by the mailed link and chooses the first password. It signs nobody in.
   *
   * @return the address to sign in with
   * @throws org.holdfast.domain.InvalidInput told of {@code newPassword}; the link stays good
   * @throws Refusal LINK_NOT_VALID, TOO_MANY_TRIES or BUSY
   */
  public EmailAddress confirm(Optional<Secret> link, Password chosen, Origin origin) {
    var seen =
        link.flatMap(l -> store.transactions().inOne(() -> peek(l)))
            .orElseThrow(() -> wrongLink(origin));
    newPasswords.mustBeGood("newPassword", chosen, knownOf(seen));
    var hash = hasher.hash(chosen);
    return store
        .transactions()
        .inOne(
            () -> {
              var used =
                  store
                      .links()
                      .consume(seen.purpose(), seen.fingerprint(), clock.instant())
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
              var user = used.purpose() == Purpose.REGISTER ? openRegistered(used) : welcome(used);
              newPasswords.put(user.id(), 0, chosen, hash, Optional.empty());
              store
                  .activity()
                  .record(
                      Happening.of(What.ADDRESS_CONFIRMED, null, user.id(), clock.instant())
                          .from(origin));
              return user.email();
            });
  }

  private User openRegistered(MailedLink link) {
    var input = input(link.payload());
    var details = input.details().toDetails(link.address());
    var user = addUser(details, Optional.of(clock.instant()));
    addAccount(user, details, true);
    return user;
  }

  private User welcome(MailedLink link) {
    var user =
        store
            .users()
            .find(new UserId(link.subject()))
            .filter(known -> known.email().equals(link.address()) && !known.isDisabled())
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID))
            .reachedAt(link.address(), clock.instant());
    store.users().save(user);
    store.accounts().heldBy(user.id()).stream()
        .filter(account -> account.details().email().equals(user.email()))
        .forEach(
            account ->
                store
                    .accounts()
                    .lock(account.id())
                    .ifPresent(
                        locked -> store.accounts().save(locked.reachedAt(locked.details()))));
    return user;
  }

  private User addUser(AccountDetails details, Optional<Instant> confirmedAt) {
    var user =
        new User(
            new UserId(ids.next()),
            details.name(),
            details.email(),
            details.language(),
            homeOf(details),
            confirmedAt,
            Optional.empty());
    if (!store.users().add(user, clock.instant())) {
      throw new Refusal(Reason.ADDRESS_TAKEN);
    }
    return user;
  }

  private Account addAccount(User holder, AccountDetails details, boolean emailConfirmed) {
    var now = clock.instant();
    for (var tries = 0; tries < 100; tries++) { // of 90 million numbers the next one is free
      var account =
          Account.open(
              new AccountId(ids.next()),
              "" + random.nextInt(10_000_000, 100_000_000),
              holder.id(),
              details,
              emailConfirmed,
              now);
      if (store.accounts().add(account)) {
        parties.follow(account, now);
        store.activity().record(Happening.of(What.ACCOUNT_OPENED, account.id(), holder.id(), now));
        return account;
      }
    }
    throw new IllegalStateException("no free account number");
  }

  private void mailWelcome(User holder, Account account) {
    var secret =
        issue(
            Purpose.WELCOME,
            holder.id().value(),
            holder.email(),
            ImmutableMap.of(),
            WELCOME_LIFETIME);
    letters
        .to(holder.email(), holder.language(), Letter.Kind.WELCOME)
        .with("name", holder.name().full())
        .with("number", account.number())
        .with("link", new Links(policy.baseUri()).to(Links.WELCOME, secret))
        .with("days", "" + WELCOME_LIFETIME.toDays())
        .within(WELCOME_LIFETIME)
        .post();
  }

  private Secret issue(
      Purpose purpose,
      UUID subject,
      EmailAddress address,
      ImmutableMap<String, String> payload,
      Duration lifetime) {
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                purpose,
                subject,
                address,
                0,
                payload,
                clock.instant().plus(lifetime)));
    return secret;
  }

  private Optional<MailedLink> peek(Secret link) {
    var now = clock.instant();
    return store
        .links()
        .peek(Purpose.REGISTER, link.fingerprint(), now)
        .or(() -> store.links().peek(Purpose.WELCOME, link.fingerprint(), now));
  }

  private ImmutableSet<String> knownOf(MailedLink link) {
    if (link.purpose() == Purpose.REGISTER) {
      var input = input(link.payload());
      return newPasswords.known(
          new PersonName(
              Strings.nullToEmpty(input.firstName()), Strings.nullToEmpty(input.lastName())),
          link.address());
    }
    return store
        .transactions()
        .inOne(() -> store.users().find(new UserId(link.subject())))
        .map(newPasswords::knownOf)
        .orElse(ImmutableSet.of());
  }

  private Refusal wrongLink(Origin origin) {
    guessing.mustBeWithin(Guessing.fromAddress("link", origin), WRONG_LINKS);
    return new Refusal(Reason.LINK_NOT_VALID);
  }

  // Times are told as in the account's country where it has one time; everybody can change it.
  private static ZoneId homeOf(AccountDetails details) {
    return switch (details.address().country()) {
      case "DE" -> ZoneId.of("Europe/Berlin");
      case "AT" -> ZoneId.of("Europe/Vienna");
      case "CH" -> ZoneId.of("Europe/Zurich");
      case "GB" -> ZoneId.of("Europe/London");
      default -> ZoneId.of("UTC");
    };
  }

  private static Language language(OpeningInput input) {
    return Language.parse(input.language()).orElse(Language.EN);
  }

  private static ImmutableMap<String, String> words(OpeningInput input) {
    var address = input.address();
    if (address == null) {
      throw new IllegalStateException("unchecked input");
    }
    var words = ImmutableMap.<String, String>builder();
    words.put("email", new EmailAddress(Strings.nullToEmpty(input.email())).value());
    words.put("firstName", Strings.nullToEmpty(input.firstName()));
    words.put("lastName", Strings.nullToEmpty(input.lastName()));
    words.put("company", Strings.nullToEmpty(input.company()));
    words.put("phone", Strings.nullToEmpty(input.phone()));
    words.put("taxId", Strings.nullToEmpty(input.taxId()));
    words.put("language", Strings.nullToEmpty(input.language()));
    words.put("line1", Strings.nullToEmpty(address.line1()));
    words.put("line2", Strings.nullToEmpty(address.line2()));
    words.put("city", Strings.nullToEmpty(address.city()));
    words.put("region", Strings.nullToEmpty(address.region()));
    words.put("postcode", Strings.nullToEmpty(address.postcode()));
    words.put("country", Strings.nullToEmpty(address.country()));
    return words.build();
  }

  private static OpeningInput input(ImmutableMap<String, String> words) {
    return new OpeningInput(
        words.get("email"),
        words.get("firstName"),
        words.get("lastName"),
        words.get("company"),
        words.get("phone"),
        words.get("taxId"),
        words.get("language"),
        new AddressInput(
            words.get("line1"),
            words.get("line2"),
            words.get("city"),
            words.get("region"),
            words.get("postcode"),
            words.get("country")));
  }
}
