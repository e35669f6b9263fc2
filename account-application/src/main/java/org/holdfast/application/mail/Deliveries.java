package org.holdfast.application.mail;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.mail.Mailer.Receipt;
import org.holdfast.application.mail.Mailer.Verdict;
import org.holdfast.application.mail.Outbox.Claimed;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.notification.Category;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a letter after it is posted. A relay claims it, hands it to the mail server
 * outside any transaction, and writes down the answer. Killed in between, the letter is claimed
 * again when its lease ends and leaves under the same Message-ID. Refused for now it waits longer
 * each time, for three days at most; an address that refuses for good is not written to again,
 * except about security.
 */
public final class Deliveries {

  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final Duration LONGEST_SEND = Duration.ofMinutes(2); // as a mailer promises
  private static final Duration LONGEST = Duration.ofDays(3);
  private static final ImmutableList<Duration> BACK_OFF =
      ImmutableList.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(3),
          Duration.ofHours(6));
  private static final ImmutableSet<Letter.Kind> NOT_ABOUT_SECURITY =
      ImmutableSet.of(
          Letter.Kind.NOTIFICATION, Letter.Kind.CONFIRM_CONTACT, Letter.Kind.PASSWORD_REMINDER);

  private final Store store;
  private final Access access;
  private final Mailer mailer;
  private final Letters letters;
  private final UnsubscribeTokens unsubscribe;
  private final Policy policy;
  private final InstantSource clock;

  public Deliveries(
      Store store,
      Access access,
      Mailer mailer,
      Letters letters,
      UnsubscribeTokens unsubscribe,
      Policy policy,
      InstantSource clock) {
    this.store = store;
    this.access = access;
    this.mailer = mailer;
    this.letters = letters;
    this.unsubscribe = unsubscribe;
    this.policy = policy;
    this.clock = clock;
  }

  /** Sends some of the letters that are due; says how many it tried. */
  public int deliverDue(int most) {
    var claimed =
        store.transactions().inOne(() -> store.outbox().claim(most, clock.instant(), LEASE));
    var lastStart = clock.instant().plus(LEASE).minus(LONGEST_SEND);
    for (var letter : claimed) {
      if (clock.instant().isAfter(lastStart)) {
        break; // it might outlast its lease: whoever comes then takes it
      }
      deliver(letter);
    }
    return claimed.size();
  }

  /** The account's delivery log for its holder, newest first. */
  public ImmutableList<Delivery> log(SignedIn who, String number, Optional<UUID> before, int most) {
    return store
        .transactions()
        .inOne(() -> store.outbox().deliveries(access.held(who, number).id(), before, most));
  }

  /** The account's delivery log for the host. */
  public ImmutableList<Delivery> logForHost(String number, Optional<UUID> before, int most) {
    return store
        .transactions()
        .inOne(() -> store.outbox().deliveries(access.any(number).id(), before, most));
  }

  private void deliver(Claimed claimed) {
    var letter = claimed.letter();
    if (letter.expiry().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
      settle(claimed, Delivery.State.FAILED, "Its link ran out before it could be sent.", null);
    } else if (NOT_ABOUT_SECURITY.contains(letter.kind())
        && store.transactions().inOne(() -> store.suppressions().contains(letter.to()))) {
      settle(claimed, Delivery.State.SUPPRESSED, "This address refused mail before.", null);
    } else {
      conclude(claimed, mailer.send(letter, claimed.message(), unsubscribeLink(claimed)));
    }
  }

  private void conclude(Claimed claimed, Receipt receipt) {
    switch (receipt.verdict()) {
      case ACCEPTED -> settle(claimed, Delivery.State.SENT, receipt.reply(), null);
      case TRY_LATER -> deferOrGiveUp(claimed, receipt.reply());
      case REFUSED -> settle(claimed, Delivery.State.FAILED, receipt.reply(), null);
      case NO_SUCH_ADDRESS -> failForGood(claimed, receipt);
      default -> throw new IllegalStateException("no such verdict: " + receipt.verdict());
    }
  }

  private void deferOrGiveUp(Claimed claimed, String reply) {
    var now = clock.instant();
    var wait = BACK_OFF.get(Math.min(claimed.attempts(), BACK_OFF.size() - 1));
    if (now.plus(wait).isAfter(claimed.letter().postedAt().plus(LONGEST))) {
      settle(claimed, Delivery.State.FAILED, reply, null);
    } else {
      settle(claimed, Delivery.State.DEFERRED, reply, now.plus(wait));
    }
  }

  private void failForGood(Claimed claimed, Receipt receipt) {
    store
        .transactions()
        .inOne(
            () -> {
              if (settle(claimed, Delivery.State.FAILED, receipt.reply(), null)
                  && receipt.verdict() == Verdict.NO_SUCH_ADDRESS
                  && NOT_ABOUT_SECURITY.contains(claimed.letter().kind())) {
                suppress(claimed.letter(), receipt.reply());
              }
            });
  }

  private void suppress(Letter letter, String reply) {
    if (!store.suppressions().add(letter.to(), reply, clock.instant())) {
      return;
    }
    letter
        .ofAccount()
        .flatMap(store.accounts()::find)
        .ifPresent(account -> tellHolder(account, letter, reply));
  }

  private void tellHolder(Account account, Letter letter, String reply) {
    var now = clock.instant();
    store
        .activity()
        .record(
            Happening.of(Happening.What.ADDRESS_SUPPRESSED, account.id(), null, now)
                .with("address", letter.to().value()));
    store
        .users()
        .find(account.holder())
        .ifPresent(
            holder ->
                letters
                    .to(holder, Letter.Kind.ADDRESS_SUPPRESSED)
                    .with("suppressed", letter.to().value())
                    .with("reply", reply)
                    .with(
                        "contactsLink",
                        new Links(policy.baseUri())
                            .to("/accounts/" + account.number() + "/contacts"))
                    .about(account.id())
                    .post());
  }

  private boolean settle(
      Claimed claimed, Delivery.State state, String reply, @Nullable Instant retryAt) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .outbox()
                    .settle(claimed, state, reply, Optional.ofNullable(retryAt), clock.instant()));
  }

  private Optional<URI> unsubscribeLink(Claimed claimed) {
    var letter = claimed.letter();
    return claimed.category().filter(Category.ANNOUNCEMENTS::equals).isPresent()
        ? letter
            .ofAccount()
            .map(
                account ->
                    new Links(policy.baseUri())
                        .unsubscribe(unsubscribe.make(account, letter.toContact())))
        : Optional.empty();
  }

  /** How many letters wait to be sent. */
  public int waiting() {
    return store.transactions().inOne(() -> store.outbox().waiting());
  }
}
