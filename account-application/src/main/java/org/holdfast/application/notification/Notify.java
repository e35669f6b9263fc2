package org.holdfast.application.notification;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.UnsubscribeTokens;
import org.holdfast.application.notification.Notifications.Progress;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.Recipient;
import org.holdfast.domain.account.Recipients;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.jspecify.annotations.Nullable;

/**
 * What hosts have told. A notification becomes letters to the holder and every confirmed contact
 * with that tick, each address once, in the transaction of the caller; the same key again becomes
 * nothing. An announcement reaches every account in batches, each of which commits its letters and
 * how far it has come together, so that a crash neither loses nor repeats one.
 */
public final class Notify {

  private static final int BATCH = 200;

  private final Store store;
  private final Access access;
  private final UnsubscribeTokens unsubscribe;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;

  public Notify(
      Store store,
      Access access,
      UnsubscribeTokens unsubscribe,
      Policy policy,
      Ids ids,
      InstantSource clock) {
    this.store = store;
    this.access = access;
    this.unsubscribe = unsubscribe;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Tells an account's recipients something, once per key.
   *
   * @return the notification: the earlier one where the key was used before
   * @throws org.holdfast.domain.InvalidInput telling every fault
   * @throws Refusal NO_SUCH_ACCOUNT, or IDEMPOTENCY_KEY_REUSED when the key came with another
   *     message
   */
  public Notification notify(String number, Category category, MessageInput input) {
    Inputs.check(input);
    var message = input.toMessage();
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.any(number);
              var notification =
                  notification(Optional.of(account.id()), category, message, input.key());
              if (!store.notifications().add(notification)) {
                return earlier(notification);
              }
              var contacts = store.contacts().of(account.id());
              var posted =
                  store.outbox().postAll(letters(notification, account, contacts, category));
              store.notifications().setRecipients(notification.id(), posted);
              return counted(notification, posted);
            });
  }

  /** Who would get a notification of this category now, for the host. Sends nothing. */
  public ImmutableList<Recipient> recipients(String number, Category category) {
    return store.transactions().inOne(() -> recipients(access.any(number), category));
  }

  /** Who would get a notification of this category now, for the account's holder. */
  public ImmutableList<Recipient> recipients(SignedIn who, String number, Category category) {
    return store.transactions().inOne(() -> recipients(access.held(who, number), category));
  }

  /**
   * Begins to tell every account something, once per key; {@link #continueAnnouncement} goes on.
   *
   * @throws Refusal IDEMPOTENCY_KEY_REUSED when the key came with another message
   */
  public Notification announce(MessageInput input) {
    Inputs.check(input);
    var message = input.toMessage();
    return store
        .transactions()
        .inOne(
            () -> {
              var announcement =
                  notification(Optional.empty(), Category.ANNOUNCEMENTS, message, input.key());
              return store.notifications().add(announcement) ? announcement : earlier(announcement);
            });
  }

  /** How far an announcement has come. */
  public Progress progress(UUID announcement) {
    return store
        .transactions()
        .inOne(() -> store.notifications().progress(announcement))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_ANNOUNCEMENT));
  }

  /** Posts the letters of the next accounts of an announcement; says whether there were any. */
  public boolean continueAnnouncement() {
    return store
        .transactions()
        .inOne(() -> store.notifications().unfinished().map(this::nextBatch).orElse(false));
  }

  /**
   * Ends announcements to whom this link was mailed.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public void unsubscribe(@Nullable String token) {
    var recipient = unsubscribe.open(token).orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    store
        .transactions()
        .inOne(
            () -> {
              var account =
                  store
                      .accounts()
                      .lock(recipient.account())
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
              recipient.contact().ifPresentOrElse(this::untick, () -> untick(account));
              store
                  .activity()
                  .record(
                      Happening.of(What.UNSUBSCRIBED, account.id(), null, clock.instant())
                          .with(
                              "recipient",
                              recipient.contact().map(Contact.Id::toString).orElse("holder")));
            });
  }

  /** Is this a link that {@link #unsubscribe} would take? */
  public boolean isUnsubscribeLink(@Nullable String token) {
    return unsubscribe.open(token).isPresent();
  }

  private boolean nextBatch(Progress progress) {
    var accounts = store.accounts().page(progress.reached(), BATCH);
    var last = accounts.isEmpty() ? null : accounts.get(accounts.size() - 1).id();
    var contacts =
        store.contacts().ofAll(accounts.stream().map(Account::id).collect(toImmutableList()));
    var letters =
        accounts.stream()
            .flatMap(
                account ->
                    letters(
                        progress.announcement(),
                        account,
                        contacts.get(account.id()),
                        Category.ANNOUNCEMENTS)
                        .stream())
            .collect(toImmutableList());
    if (!store
        .notifications()
        .advance(
            progress,
            Optional.ofNullable(last),
            accounts.size(),
            letters.size(),
            clock.instant())) {
      return true; // another node was faster with these
    }
    store.outbox().postAll(letters);
    return true;
  }

  private void untick(Account account) {
    store
        .accounts()
        .save(
            account.hearingAbout(
                Sets.difference(account.holderCategories(), Set.of(Category.ANNOUNCEMENTS))
                    .immutableCopy()));
  }

  private void untick(Contact.Id id) {
    store
        .contacts()
        .find(id)
        .ifPresent(
            contact ->
                store
                    .contacts()
                    .save(
                        contact.hearingAbout(
                            Sets.difference(contact.categories(), Set.of(Category.ANNOUNCEMENTS))
                                .immutableCopy())));
  }

  private ImmutableList<Recipient> recipients(Account account, Category category) {
    return Recipients.of(
        account, store.contacts().of(account.id()), category, policy.contactsMustConfirm());
  }

  private ImmutableList<Letter> letters(
      Notification notification, Account account, Collection<Contact> contacts, Category category) {
    return Recipients.of(account, contacts, category, policy.contactsMustConfirm()).stream()
        .map(recipient -> letter(notification, account, recipient))
        .collect(toImmutableList());
  }

  private Letter letter(Notification notification, Account account, Recipient recipient) {
    return new Letter(
        ids.next(),
        Letter.Kind.NOTIFICATION,
        recipient.email(),
        account.details().language(),
        ImmutableMap.of(),
        account.id(),
        recipient.contact().orElse(null),
        notification.id(),
        clock.instant(),
        null);
  }

  private Notification notification(
      Optional<AccountId> account, Category category, Message message, String key) {
    return new Notification(ids.next(), account, category, message, key, clock.instant(), 0);
  }

  private Notification earlier(Notification again) {
    return store
        .notifications()
        .findByKey(again.account(), again.key())
        .filter(
            first ->
                first.message().equals(again.message()) && first.category() == again.category())
        .orElseThrow(() -> new Refusal(Reason.IDEMPOTENCY_KEY_REUSED));
  }

  private static Notification counted(Notification n, int recipients) {
    return new Notification(
        n.id(), n.account(), n.category(), n.message(), n.key(), n.at(), recipients);
  }
}
