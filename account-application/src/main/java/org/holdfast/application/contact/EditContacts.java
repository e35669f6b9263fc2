package org.holdfast.application.contact;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.account.Categories;
import org.holdfast.application.account.InvoiceParties;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.Recipients;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.guessing.Rate;

/**
 * Contacts: whom to write to besides the holder. A new contact gets one letter, and nothing else
 * before its link is followed. Whatever is edited, somebody confirmed still receives invoices.
 */
public final class EditContacts {

  /** So many contacts an account can have. */
  public static final int MOST = 100;

  private static final Duration LIFETIME = Duration.ofDays(7);
  private static final Rate LETTERS = new Rate(20, Duration.ofMinutes(15));
  private static final Rate LETTERS_TO_ONE = new Rate(3, Duration.ofHours(4));

  private final Store store;
  private final Access access;
  private final InvoiceParties parties;
  private final Guessing guessing;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public EditContacts(
      Store store,
      Access access,
      InvoiceParties parties,
      Guessing guessing,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.access = access;
    this.parties = parties;
    this.guessing = guessing;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * The Contacts page.
   *
   * @param suppressed the addresses that refused mail for good
   */
  public record Page(
      Account account, ImmutableList<Contact> contacts, ImmutableSet<EmailAddress> suppressed) {}

  /** What the Contacts page shows. */
  public Page page(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.held(who, number);
              var contacts = store.contacts().of(account.id());
              var addresses =
                  contacts.stream().map(Contact::email).collect(ImmutableSet.toImmutableSet());
              return new Page(account, contacts, store.suppressions().among(addresses));
            });
  }

  /** One contact. */
  public Contact find(SignedIn who, String number, Contact.Id id) {
    return store.transactions().inOne(() -> contactOf(access.held(who, number), id));
  }

  /** Adds a contact and asks its address to confirm. */
  public Contact add(SignedIn who, String number, ContactInput input) {
    Inputs.check(input);
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              if (store.contacts().of(account.id()).size() >= MOST) {
                throw new Refusal(Reason.TOO_MANY_CONTACTS);
              }
              var contact = typed(new Contact.Id(ids.next()), account, input, Optional.empty());
              if (!store.contacts().add(contact)) {
                throw new Refusal(Reason.CONTACT_ADDRESS_TAKEN);
              }
              record(What.CONTACT_ADDED, who, contact);
              askToConfirm(account, contact);
              return contact;
            });
  }

  /** Edits a contact; another address has to be confirmed anew. */
  public Contact edit(SignedIn who, String number, Contact.Id id, ContactInput input) {
    Inputs.check(input);
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              var before = contactOf(account, id);
              var moves =
                  !before
                      .email()
                      .value()
                      .equals(new EmailAddress(Strings.nullToEmpty(input.email())).value());
              var after =
                  typed(id, account, input, moves ? Optional.empty() : before.confirmedAt());
              if (account.billedContact().filter(id::equals).isPresent()
                  && after.address().isEmpty()) {
                throw new Refusal(Reason.CONTACT_HAS_NO_ADDRESS);
              }
              replace(account, before, contacts -> swap(contacts, after));
              if (!store.contacts().save(after)) {
                throw new Refusal(Reason.CONTACT_ADDRESS_TAKEN);
              }
              parties.follow(account, clock.instant());
              record(What.CONTACT_EDITED, who, after);
              if (moves) {
                store.links().withdraw(Purpose.CONFIRM_CONTACT, id.value());
                askToConfirm(account, after);
              }
              return after;
            });
  }

  /** Removes a contact; if invoices showed it, they show the holder again. */
  public void remove(SignedIn who, String number, Contact.Id id) {
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              var contact = contactOf(account, id);
              replace(account, contact, contacts -> without(contacts, id));
              if (account.billedContact().filter(id::equals).isPresent()) {
                var holderAgain = account.billing(Optional.empty());
                store.accounts().save(holderAgain);
                parties.follow(holderAgain, clock.instant());
              }
              store.contacts().remove(id);
              store.links().withdraw(Purpose.CONFIRM_CONTACT, id.value());
              record(What.CONTACT_REMOVED, who, contact);
            });
  }

  /** Mails the link to confirm once more, and writes to a suppressed address again. */
  public void resend(SignedIn who, String number, Contact.Id id) {
    store
        .transactions()
        .inOne(
            () -> {
              var account = access.lockHeld(who, number);
              var contact = contactOf(account, id);
              if (contact.isConfirmed() && !store.suppressions().contains(contact.email())) {
                throw new Refusal(Reason.ALREADY_CONFIRMED);
              }
              askToConfirm(account, contact);
            });
  }

  /** Whose address this link would confirm; nothing where it no longer works. Changes nothing. */
  public Optional<Contact> seenByConfirm(Secret link) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .peek(Purpose.CONFIRM_CONTACT, link.fingerprint(), clock.instant())
                    .flatMap(this::stillFits));
  }

  /**
   * Confirms a contact's address by the mailed link.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public Contact confirm(Optional<Secret> link) {
    return store
        .transactions()
        .inOne(
            () -> {
              var now = clock.instant();
              var contact =
                  link.flatMap(
                          l -> store.links().consume(Purpose.CONFIRM_CONTACT, l.fingerprint(), now))
                      .flatMap(this::stillFits)
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID))
                      .confirmed(now);
              store.accounts().lock(contact.account());
              store.contacts().save(contact);
              store.links().withdraw(Purpose.CONFIRM_CONTACT, contact.id().value());
              store
                  .activity()
                  .record(
                      Happening.of(What.CONTACT_CONFIRMED, contact.account(), null, now)
                          .with("contact", contact.email().value()));
              return contact;
            });
  }

  private Optional<Contact> stillFits(MailedLink link) {
    return store
        .contacts()
        .find(new Contact.Id(link.subject()))
        .filter(contact -> contact.email().equals(link.address()));
  }

  private void replace(
      Account account, Contact before, UnaryOperator<ImmutableList<Contact>> change) {
    var contacts = store.contacts().of(before.account());
    Recipients.mustStillReceiveInvoices(account, contacts, account, change.apply(contacts));
  }

  private static ImmutableList<Contact> swap(ImmutableList<Contact> contacts, Contact after) {
    return contacts.stream()
        .map(contact -> contact.id().equals(after.id()) ? after : contact)
        .collect(toImmutableList());
  }

  private static ImmutableList<Contact> without(ImmutableList<Contact> contacts, Contact.Id id) {
    return contacts.stream().filter(c -> !c.id().equals(id)).collect(toImmutableList());
  }

  private Contact contactOf(Account account, Contact.Id id) {
    return store
        .contacts()
        .find(id)
        .filter(contact -> contact.account().equals(account.id()))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CONTACT));
  }

  private static Contact typed(
      Contact.Id id, Account account, ContactInput input, Optional<Instant> confirmedAt) {
    return new Contact(
        id,
        account.id(),
        Strings.nullToEmpty(input.name()),
        new EmailAddress(Strings.nullToEmpty(input.email())),
        Strings.nullToEmpty(input.company()),
        Strings.nullToEmpty(input.phone()),
        Optional.ofNullable(input.address()).map(AddressInput::toAddress),
        Categories.parse("categories", Optional.ofNullable(input.categories()).orElse(Set.of())),
        confirmedAt);
  }

  private void askToConfirm(Account account, Contact contact) {
    if (!policy.contactsMustConfirm()) {
      return;
    }
    guessing.mustBeWithin("contact-letters:" + account.id(), LETTERS);
    guessing.mustBeWithin("contact-letters:" + contact.email(), LETTERS_TO_ONE);
    store.suppressions().lift(contact.email()); // the holder says it is right: one more try
    var secret = Secret.generate(random);
    store
        .links()
        .issue(
            new MailedLink(
                secret.fingerprint(),
                Purpose.CONFIRM_CONTACT,
                contact.id().value(),
                contact.email(),
                0,
                ImmutableMap.of(),
                clock.instant().plus(LIFETIME)));
    letters
        .to(contact.email(), account.details().language(), Letter.Kind.CONFIRM_CONTACT)
        .with("holder", account.details().name().full())
        .with("company", account.details().company())
        .with("link", new Links(policy.baseUri()).to(Links.CONFIRM_CONTACT, secret))
        .with("days", "" + LIFETIME.toDays())
        .about(account.id())
        .contact(contact.id())
        .within(LIFETIME)
        .post();
  }

  private void record(What what, SignedIn who, Contact contact) {
    store
        .activity()
        .record(
            Happening.of(what, contact.account(), who.user().id(), clock.instant())
                .from(who.session().origin())
                .with("contact", contact.email().value())
                .with("categories", Categories.keys(contact.categories())));
  }
}
