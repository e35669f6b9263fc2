package org.holdfast.application.credential;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What happens when someone clicks "Forgot?". {@link #request} only writes an errand down, so
 * answer and time are the same whoever asks; {@link #run} does the errand and mails a link to the
 * address on file; {@link #redeem} uses the link up and replaces the password. The promises:
 *
 * <ul>
 *   <li>a stranger learns nothing, and cannot starve the owner: whenever a request is passed over
 *       as one too many, a link that still works for twenty minutes is in the owner's mailbox
 *       already;
 *   <li>a link works once, for half an hour, for the user, address and password it was made for;
 *   <li>using one makes all others worthless, and ends every session.
 * </ul>
 */
public final class ResetPassword {

  /** How long a reset link works. */
  public static final Duration LIFETIME = Duration.ofMinutes(30);

  // A third of the lifetime: of a link refused now, an older one is still good for the other two.
  private static final Rate LETTERS = new Rate(3, Duration.ofMinutes(10));
  private static final Rate REQUESTS = new Rate(20, Duration.ofSeconds(30));
  private static final Rate WRONG_LINKS = new Rate(20, Duration.ofSeconds(30));

  private final Store store;
  private final Guessing guessing;
  private final NewPasswords newPasswords;
  private final PasswordHasher hasher;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public ResetPassword(
      Store store,
      Guessing guessing,
      NewPasswords newPasswords,
      PasswordHasher hasher,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
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
   * Asks for a reset link. Says nothing either way.
   *
   * @throws InvalidInput when the text is no address at all
   * @throws Refusal TOO_MANY_TRIES when this network address asks too often
   */
  public void request(@Nullable String typed, Optional<Secret> device, Origin origin) {
    EmailAddress.fault("email", typed)
        .ifPresent(
            fault -> {
              throw new InvalidInput(List.of(fault));
            });
    guessing.mustBeWithin(Guessing.fromAddress("forgot", origin), REQUESTS);
    var email = EmailAddress.parse(typed).orElseThrow();
    store
        .transactions()
        .inOne(
            () ->
                store
                    .errands()
                    .add(
                        new Errand(
                            ids.next(),
                            Errand.Kind.RESET_PASSWORD,
                            ImmutableMap.of(
                                "email", email.value(),
                                "device", device.map(Secret::fingerprint).orElse(""),
                                "origin.address", origin.address(),
                                "origin.device", origin.device()),
                            clock.instant())));
  }

  /** Does such an errand, in the transaction that took it. */
  public void run(Errand errand) {
    var email = new EmailAddress(errand.word("email"));
    var origin = new Origin(errand.word("origin.address"), errand.word("origin.device"));
    store
        .users()
        .findRecoverable(email, clock.instant())
        .filter(user -> !user.isDisabled())
        .filter(user -> mayBeMailed(user, errand.word("device")))
        .ifPresent(user -> mailLink(user, email, origin));
  }

  /** Mails the link to a user's own address, in the transaction that is open. */
  public void mailFor(User user, Origin origin) {
    mailLink(user, user.email(), origin);
  }

  /** How many code points the password this link chooses must have at least. */
  public int minLength(Secret link) {
    return store
        .transactions()
        .inOne(() -> open(link))
        .map(opened -> newPasswords.minLength(opened.user().id()))
        .orElse(policy.minPasswordLength());
  }

  /** Would this link still choose a new password? Asking changes nothing. */
  public boolean opens(Secret link) {
    return store.transactions().inOne(() -> open(link)).isPresent();
  }

  /**
   * Uses up a reset link and replaces the password of whoever it was mailed to. It signs nobody in.
   *
   * @return the address to sign in with
   * @throws InvalidInput told of {@code newPassword}; the link stays good
   * @throws Refusal LINK_NOT_VALID, TOO_MANY_TRIES or BUSY
   */
  public EmailAddress redeem(@Nullable Secret link, Password chosen, Origin origin) {
    var seen =
        Optional.ofNullable(link)
            .flatMap(l -> store.transactions().inOne(() -> open(l)))
            .orElseThrow(() -> wrongLink(origin));
    newPasswords.mustBeGood("newPassword", chosen, seen.user());
    var hash = hasher.hash(chosen); // slow on purpose, so not while holding a connection
    return store
        .transactions()
        .inOne(
            () -> {
              var used =
                  store
                      .links()
                      .consume(Purpose.RESET_PASSWORD, seen.link().fingerprint(), clock.instant())
                      .flatMap(this::stillFits)
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
              replace(used, chosen, hash, origin);
              return used.user().email();
            });
  }

  private void replace(Opened opened, Password chosen, String hash, Origin origin) {
    var user = opened.user();
    var now = clock.instant();
    newPasswords.put(user.id(), opened.link().version(), chosen, hash, Optional.empty());
    if (opened.link().address().equals(user.email()) && user.confirmedAt().isEmpty()) {
      store.users().save(user.reachedAt(user.email(), now)); // the link has just proved it
    }
    store.activity().record(Happening.of(What.PASSWORD_RESET, null, user.id(), now).from(origin));
    letters
        .notice(user, Letter.Kind.PASSWORD_CHANGED, origin)
        .with("forgotLink", new Links(policy.baseUri()).to(Links.FORGOT))
        .post();
  }

  private record Opened(MailedLink link, User user) {}

  private Optional<Opened> open(Secret secret) {
    return store
        .links()
        .peek(Purpose.RESET_PASSWORD, secret.fingerprint(), clock.instant())
        .flatMap(this::stillFits);
  }

  /** The user, the address and the password must still be those the link was made for. */
  private Optional<Opened> stillFits(MailedLink link) {
    return store
        .users()
        .findRecoverable(link.address(), clock.instant())
        .filter(user -> user.id().value().equals(link.subject()) && !user.isDisabled())
        .filter(user -> versionOf(user) == link.version())
        .map(user -> new Opened(link, user));
  }

  private long versionOf(User user) {
    return store.passwords().find(user.id()).map(Passwords.Stored::version).orElse(0L);
  }

  private Refusal wrongLink(Origin origin) {
    guessing.mustBeWithin(Guessing.fromAddress("link", origin), WRONG_LINKS);
    return new Refusal(Reason.LINK_NOT_VALID);
  }

  // A device that this user has signed in on has a count of its own.
  private boolean mayBeMailed(User user, String device) {
    var known = !device.isEmpty() && store.devices().seenAt(user.id(), device).isPresent();
    return guessing.isWithin("reset-letters:" + user.id() + (known ? ":" + device : ""), LETTERS);
  }

  private void mailLink(User user, EmailAddress address, Origin origin) {
    var now = clock.instant();
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                Purpose.RESET_PASSWORD,
                user.id().value(),
                address,
                versionOf(user),
                ImmutableMap.of(),
                now.plus(LIFETIME)));
    letters
        .to(user, address, Letter.Kind.RESET_LINK)
        .with("link", new Links(policy.baseUri()).to(Links.RESET, secret))
        .with("minutes", "" + LIFETIME.toMinutes())
        .from(origin)
        .within(LIFETIME)
        .post();
    store
        .activity()
        .record(Happening.of(What.PASSWORD_RESET_REQUESTED, null, user.id(), now).from(origin));
    store.accounts().heldBy(user.id()).forEach(account -> remind(account, user));
  }

  /** Tells the contacts who want to hear of it, without a link. */
  private void remind(Account account, User user) {
    store.contacts().of(account.id()).stream()
        .filter(contact -> contact.hears(Category.PASSWORD_REMINDERS))
        .filter(contact -> contact.isConfirmed() || !policy.contactsMustConfirm())
        .forEach(
            contact ->
                letters
                    .to(
                        contact.email(),
                        account.details().language(),
                        Letter.Kind.PASSWORD_REMINDER)
                    .with("number", account.number())
                    .with("name", user.name().full())
                    .with("at", clock.instant().toString())
                    .with("zone", user.timeZone().getId())
                    .about(account.id())
                    .contact(contact.id())
                    .post());
  }
}
