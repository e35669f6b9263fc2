package org.holdfast.application.testkit;

import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guesses.Tally;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox.Claimed;
import org.holdfast.application.notification.Notification;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.User;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.invoice.BillingAddress;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * What every store must do, whatever keeps it: each of the ports' promises, and for whatever counts
 * once or is limited, many callers at the same instant.
 */
public abstract class StoreContract {

  private static final int CALLERS = 32;
  // an hour that a clock in New York does not have: an instant must not care
  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private long lastId = 1;

  /** The store under test, empty at the beginning of each test. */
  protected abstract Store store();

  /** Many callers, each inside a transaction of its own before anybody goes on. */
  protected <T> List<T> race(Supplier<T> deed) {
    return Race.of(CALLERS, store().transactions(), deed);
  }

  // accounts and users

  @Test
  void an_account_comes_back_as_it_went() {
    var account = account(user("ada@example.com"), "12345678");
    assertThat(in(() -> store().accounts().find(account.id()))).contains(account);
    assertThat(in(() -> store().accounts().findByNumber("12345678"))).contains(account);
    assertThat(in(() -> store().accounts().findByNumber("1234\u0000"))).isEmpty();
    assertThat(in(() -> store().accounts().heldBy(account.holder()))).containsExactly(account);
  }

  @Test
  void a_number_is_one_accounts() {
    var user = user("ada@example.com");
    account(user, "12345678");
    assertThat(in(() -> store().accounts().add(draft(user, "12345678")))).isFalse();
  }

  @Test
  void of_those_who_saw_one_version_one_changes_it() {
    var account = account(user("ada@example.com"), "12345678");
    var outcomes =
        race(
            () -> {
              try {
                store().accounts().save(account);
                return true;
              } catch (Refusal no) {
                return false;
              }
            });
    assertThat(outcomes).containsOnlyOnce(true);
    assertThat(in(() -> store().accounts().find(account.id())).orElseThrow().version())
        .isEqualTo(1);
  }

  @Test
  void invoices_show_what_was_true_then() {
    var account = account(user("ada@example.com"), "12345678");
    var early = account.holderAsInvoiceParty(NOW);
    var late =
        account
            .with(account.details().withName(new PersonName("Grace", "Hopper")))
            .holderAsInvoiceParty(NOW.plusMillis(1));
    in(
        () -> {
          store().accounts().record(account.id(), early);
          store().accounts().record(account.id(), late);
          return true;
        });
    assertThat(in(() -> store().accounts().partyAt(account.id(), NOW.minusMillis(1)))).isEmpty();
    assertThat(in(() -> store().accounts().partyAt(account.id(), NOW))).contains(early);
    assertThat(in(() -> store().accounts().partyAt(account.id(), NOW.plus(9, DAYS))))
        .contains(late);
  }

  @Test
  void accounts_are_paged_through_once_each() {
    var user = user("ada@example.com");
    var all = new HashSet<AccountId>();
    for (var i = 0; i < 25; i++) {
      all.add(account(user, "" + (10_000_000 + i)).id());
    }
    var seen = new HashSet<AccountId>();
    Optional<AccountId> after = Optional.empty();
    while (true) {
      var from = after;
      var page = in(() -> store().accounts().page(from, 10));
      if (page.isEmpty()) {
        break;
      }
      page.forEach(account -> assertThat(seen.add(account.id())).isTrue());
      after = Optional.of(page.get(page.size() - 1).id());
    }
    assertThat(seen).isEqualTo(all);
  }

  @RepeatedTest(3)
  void of_all_who_want_an_address_one_gets_it() {
    var users = new java.util.ArrayDeque<UserId>();
    for (var i = 0; i < CALLERS; i++) {
      users.add(user("user" + i + "@example.com").id());
    }
    var wanted = new EmailAddress("wanted@example.com");
    var got =
        race(
            () -> {
              UserId mine;
              synchronized (users) {
                mine = users.remove();
              }
              return store().users().moveTo(mine, wanted, Optional.empty(), NOW);
            });
    assertThat(got).containsOnlyOnce(true);
    assertThat(in(() -> store().users().findByAddress(wanted))).isPresent();
  }

  @Test
  void a_previous_address_recovers_until_then_and_is_nobody_elses() {
    var ada = user("ada@example.com");
    var old = ada.email();
    var until = NOW.plus(7, DAYS);
    in(
        () ->
            store()
                .users()
                .moveTo(ada.id(), new EmailAddress("new@example.com"), Optional.of(until), NOW));
    assertThat(in(() -> store().users().findByAddress(old))).isEmpty();
    assertThat(in(() -> store().users().findRecoverable(old, until.minusMillis(1)))).isPresent();
    assertThat(in(() -> store().users().findRecoverable(old, until))).isEmpty();
    var bob = user("bob@example.com");
    assertThat(in(() -> store().users().moveTo(bob.id(), old, Optional.empty(), NOW))).isFalse();
    assertThat(in(() -> store().users().moveTo(ada.id(), old, Optional.empty(), NOW))).isTrue();
    assertThat(in(() -> store().users().findByAddress(old))).isPresent();
  }

  @Test
  void contacts_keep_their_order_and_one_address_each() {
    var account = account(user("ada@example.com"), "12345678");
    var first = contact(account, "zoe@example.com");
    var second = contact(account, "amy@example.com");
    assertThat(in(() -> store().contacts().of(account.id()))).containsExactly(first, second);
    var copy =
        new Contact(
            new Contact.Id(id()),
            account.id(),
            "Zoë 🦉",
            first.email(),
            "",
            "",
            Optional.empty(),
            ImmutableSet.of(),
            Optional.empty());
    assertThat(in(() -> store().contacts().add(copy))).isFalse();
    assertThat(in(() -> store().contacts().ofAll(List.of(account.id()))).get(account.id()))
        .containsExactly(first, second);
  }

  // what counts once

  @RepeatedTest(5)
  void of_all_who_follow_a_link_one_gets_in() {
    var link = link(Purpose.RESET_PASSWORD);
    var answers =
        race(() -> store().links().consume(Purpose.RESET_PASSWORD, link.fingerprint(), NOW));
    assertThat(answers).containsOnlyOnce(Optional.of(link));
  }

  @Test
  void a_link_opens_for_its_purpose_and_in_its_time_only() {
    var link = link(Purpose.RESET_PASSWORD);
    for (var other : Purpose.values()) {
      if (other != link.purpose()) {
        assertThat(in(() -> store().links().consume(other, link.fingerprint(), NOW))).isEmpty();
      }
    }
    assertThat(
            in(() -> store().links().consume(link.purpose(), link.fingerprint(), link.expiresAt())))
        .isEmpty();
    assertThat(in(() -> store().links().peek(link.purpose(), "\u0000'", NOW))).isEmpty();
    assertThat(in(() -> store().links().peek(link.purpose(), link.fingerprint(), NOW)))
        .contains(link);
    in(
        () -> {
          store().links().withdraw(link.purpose(), link.subject());
          return true;
        });
    assertThat(in(() -> store().links().consume(link.purpose(), link.fingerprint(), NOW)))
        .isEmpty();
  }

  @RepeatedTest(3)
  void a_change_of_address_moves_on_once() {
    var change =
        new EmailChange(
            id(),
            EmailChange.Target.USER,
            id(),
            new EmailAddress("a@example.com"),
            new EmailAddress("b@example.com"),
            EmailChange.State.PENDING,
            NOW);
    in(
        () -> {
          store().emailChanges().add(change);
          return true;
        });
    assertThat(
            race(
                () ->
                    store()
                        .emailChanges()
                        .move(
                            change.id(),
                            EmailChange.State.PENDING,
                            EmailChange.State.CONFIRMED,
                            NOW)))
        .containsOnlyOnce(true);
  }

  @RepeatedTest(3)
  void of_all_who_replace_a_password_one_does() {
    var user = user("ada@example.com");
    assertThat(race(() -> store().passwords().replace(user.id(), 0, "first", NOW)))
        .containsOnlyOnce(true);
    assertThat(race(() -> store().passwords().replace(user.id(), 1, "second", NOW)))
        .containsOnlyOnce(true);
    assertThat(in(() -> store().passwords().find(user.id())).orElseThrow().version()).isEqualTo(2);
  }

  @RepeatedTest(3)
  void a_sessions_token_is_renewed_once() {
    var user = user("ada@example.com");
    var token = secret().fingerprint();
    session(user, token);
    assertThat(race(() -> store().sessions().renew(token, secret().fingerprint(), NOW)))
        .containsOnlyOnce(true);
  }

  @RepeatedTest(3)
  void a_notification_with_one_key_is_added_once() {
    var account = account(user("ada@example.com"), "12345678");
    var added =
        race(() -> store().notifications().add(notification(Optional.of(account.id()), "key")));
    assertThat(added).containsOnlyOnce(true);
    assertThat(
            in(() -> store().notifications().findByKey(Optional.of(account.id()), "key"))
                .orElseThrow()
                .message()
                .subject())
        .isEqualTo("Grüße 🦉");
  }

  @RepeatedTest(3)
  void an_announcement_moves_on_once_from_each_place() {
    var announcement = notification(Optional.empty(), "key");
    var account = account(user("ada@example.com"), "12345678");
    in(() -> store().notifications().add(announcement));
    var from = in(() -> store().notifications().unfinished()).orElseThrow();
    assertThat(
            race(() -> store().notifications().advance(from, Optional.of(account.id()), 1, 2, NOW)))
        .containsOnlyOnce(true);
    var next = in(() -> store().notifications().unfinished()).orElseThrow();
    assertThat(next.letters()).isEqualTo(2);
    assertThat(in(() -> store().notifications().advance(next, Optional.empty(), 0, 0, NOW)))
        .isTrue();
    assertThat(in(() -> store().notifications().unfinished())).isEmpty();
  }

  // letters and errands

  @RepeatedTest(3)
  void each_letter_goes_to_one_relay() {
    for (var i = 0; i < 2 * CALLERS; i++) {
      post(letter(null));
    }
    var claimed =
        race(() -> store().outbox().claim(3, NOW, MINUTE)).stream()
            .flatMap(List::stream)
            .map(c -> c.letter().id())
            .toList();
    assertThat(claimed).doesNotHaveDuplicates().isNotEmpty();
  }

  @Test
  void a_letter_is_claimed_again_when_its_lease_ends_and_settled_by_its_last_holder() {
    var letter = letter(null);
    post(letter);
    var first = claim(NOW).get(0);
    assertThat(first.letter()).isEqualTo(letter);
    assertThat(claim(NOW.plusSeconds(59))).isEmpty();
    var second = claim(NOW.plusSeconds(60)).get(0);
    assertThat(settle(first, Delivery.State.SENT)).isFalse();
    assertThat(settle(second, Delivery.State.SENT)).isTrue();
    assertThat(settle(second, Delivery.State.SENT)).isFalse();
    assertThat(claim(NOW.plus(9, DAYS))).isEmpty();
    assertThat(in(() -> store().outbox().waiting())).isZero();
  }

  @Test
  void a_deferred_letter_waits_and_keeps_its_words() {
    post(letter(null));
    var first = claim(NOW).get(0);
    var later = NOW.plusSeconds(90);
    assertThat(
            in(
                () ->
                    store()
                        .outbox()
                        .settle(first, Delivery.State.DEFERRED, "451", Optional.of(later), NOW)))
        .isTrue();
    assertThat(claim(NOW.plusSeconds(89))).isEmpty();
    var again = claim(later).get(0);
    assertThat(again.letter().words()).isEqualTo(first.letter().words());
    assertThat(again.attempts()).isEqualTo(1);
  }

  @RepeatedTest(3)
  void a_notification_reaches_an_address_once() {
    var account = account(user("ada@example.com"), "12345678");
    var notification = notification(Optional.of(account.id()), "key");
    in(() -> store().notifications().add(notification));
    var posted = race(() -> store().outbox().postAll(List.of(letter(notification.id()))));
    assertThat(posted.stream().mapToInt(i -> i).sum()).isEqualTo(1);
    var carried = claim(NOW).get(0);
    assertThat(carried.message()).contains(notification.message());
    assertThat(carried.category()).contains(Category.INVOICES);
  }

  @RepeatedTest(3)
  void each_errand_is_run_once() {
    for (var i = 0; i < CALLERS / 2; i++) {
      var errand =
          new Errand(id(), Errand.Kind.RESET_PASSWORD, ImmutableMap.of("email", "ä@b"), NOW);
      in(
          () -> {
            store().errands().add(errand);
            return true;
          });
    }
    var taken = new HashSet<UUID>();
    race(() -> store().errands().take())
        .forEach(e -> e.ifPresent(errand -> assertThat(taken.add(errand.id())).isTrue()));
    var more = true;
    while (more) {
      var next = in(() -> store().errands().take());
      next.ifPresent(errand -> assertThat(taken.add(errand.id())).isTrue());
      more = next.isPresent();
    }
    assertThat(taken).hasSize(CALLERS / 2);
  }

  // guesses and rates

  @RepeatedTest(3)
  void of_all_who_saw_a_tally_one_replaces_it() {
    var next = new Tally(1, NOW);
    assertThat(Race.of(CALLERS, i -> store().guesses().replace("user:1", Tally.NONE, next)))
        .containsOnlyOnce(true);
    assertThat(store().guesses().read("user:1")).isEqualTo(next);
    store().guesses().clear("user:1");
    assertThat(store().guesses().read("user:1")).isEqualTo(Tally.NONE);
    assertThat(store().guesses().replace("user:1", Tally.NONE, next)).isTrue();
  }

  @RepeatedTest(3)
  void no_more_are_let_through_than_the_rate_allows() {
    var rate = new Rate(5, Duration.ofSeconds(10));
    var waits = Race.of(CALLERS, i -> store().rates().take("guess:1", rate, NOW));
    assertThat(waits.stream().filter(Duration::isZero)).hasSize(5);
    assertThat(store().rates().take("guess:1", rate, NOW.plusSeconds(9))).isPositive();
    assertThat(store().rates().take("guess:1", rate, NOW.plusSeconds(10))).isZero();
  }

  @Test
  void a_failure_undoes_no_count() {
    assertThatThrownBy(
            () ->
                in(
                    () -> {
                      store().guesses().replace("user:1", Tally.NONE, new Tally(7, NOW));
                      store().rates().take("guess:1", new Rate(1, MINUTE), NOW);
                      throw new Refusal(Refusal.Reason.SIGN_IN_FAILED);
                    }))
        .isInstanceOf(Refusal.class);
    assertThat(store().guesses().read("user:1").failures()).isEqualTo(7);
    assertThat(store().rates().take("guess:1", new Rate(1, MINUTE), NOW)).isPositive();
  }

  // transactions and sessions

  @Test
  void a_refusal_undoes_everything_and_arrives_as_itself() {
    var refusal = new Refusal(Refusal.Reason.LINK_NOT_VALID);
    assertThatThrownBy(
            () ->
                in(
                    () -> {
                      store().outbox().post(letter(null));
                      return store().transactions().inOne(this::refuse);
                    }))
        .isInstanceOf(Refusal.class)
        .hasMessage(refusal.getMessage());
    assertThat(in(() -> store().outbox().waiting())).isZero();
  }

  @Test
  void a_session_names_its_user_and_ends() {
    var user = user("ada@example.com");
    var token = secret().fingerprint();
    var session = session(user, token);
    var who = store().sessions().find(token).orElseThrow();
    assertThat(who.user()).isEqualTo(user);
    assertThat(who.session()).isEqualTo(session);
    assertThat(store().sessions().find("\u0000")).isEmpty();
    session(user, secret().fingerprint());
    assertThat(in(() -> store().sessions().endOthers(user.id(), session.id()))).isEqualTo(1);
    assertThat(in(() -> store().sessions().end(user.id(), session.id()))).isTrue();
    assertThat(store().sessions().find(token)).isEmpty();
  }

  @Test
  void a_known_device_is_the_users_own() {
    var ada = user("ada@example.com");
    in(() -> store().passwords().replace(ada.id(), 0, "hash", NOW));
    in(
        () -> {
          store().devices().remember(ada.id(), "d1", NOW);
          store().devices().remember(ada.id(), "d1", NOW);
          return true;
        });
    var known = in(() -> store().passwords().candidate(ada.email(), Optional.of("d1")));
    assertThat(known.orElseThrow().knownDevice()).isTrue();
    var stranger = in(() -> store().passwords().candidate(ada.email(), Optional.of("d2")));
    assertThat(stranger.orElseThrow().knownDevice()).isFalse();
    assertThat(stranger.orElseThrow().password().orElseThrow().version()).isEqualTo(1);
  }

  // what the tests are made of

  private <T> T in(Supplier<T> work) {
    return store().transactions().inOne(work);
  }

  private boolean refuse() {
    throw new Refusal(Refusal.Reason.LINK_NOT_VALID);
  }

  private UUID id() {
    return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | lastId++);
  }

  private Secret secret() {
    return Secret.generate(
        new java.util.Random(java.util.Objects.hash(id(), Thread.currentThread())));
  }

  private User user(String email) {
    var user =
        new User(
            new UserId(id()),
            new PersonName("Ada", "Lovelace"),
            new EmailAddress(email),
            Language.DE,
            ZoneId.of("Europe/Berlin"),
            Optional.of(NOW),
            Optional.empty());
    assertThat(in(() -> store().users().add(user, NOW))).isTrue();
    return user;
  }

  private Account draft(User holder, String number) {
    return Account.open(
        new AccountId(id()),
        number,
        holder.id(),
        new AccountDetails(
            holder.name(),
            "Engines & Söhne 🦉",
            holder.email(),
            "",
            "",
            Language.EN,
            new BillingAddress("Allee 1", "", "Berlin", "", "10117", "DE")),
        true,
        NOW);
  }

  private Account account(User holder, String number) {
    var account = draft(holder, number);
    assertThat(in(() -> store().accounts().add(account))).isTrue();
    return account;
  }

  private Contact contact(Account account, String email) {
    var contact =
        new Contact(
            new Contact.Id(id()),
            account.id(),
            "Zoë 🦉",
            new EmailAddress(email),
            "",
            "",
            Optional.of(account.details().address()),
            ImmutableSet.of(Category.INVOICES, Category.DOMAINS),
            Optional.of(NOW));
    assertThat(in(() -> store().contacts().add(contact))).isTrue();
    return contact;
  }

  private MailedLink link(Purpose purpose) {
    var link =
        new MailedLink(
            secret().fingerprint(),
            purpose,
            id(),
            new EmailAddress("ada@example.com"),
            3,
            ImmutableMap.of("line1", "Straße 1"),
            NOW.plusMillis(1));
    in(
        () -> {
          store().links().issue(link);
          return true;
        });
    return link;
  }

  private Session session(User user, String fingerprint) {
    var session =
        new Session(
            new Session.Id(id()),
            user.id(),
            new Origin("192.0.2.7", "Firefox on Linux"),
            NOW,
            NOW.plusMillis(1),
            NOW.plusMillis(2));
    in(
        () -> {
          store().sessions().add(session, fingerprint);
          return true;
        });
    return session;
  }

  private Notification notification(Optional<AccountId> account, String key) {
    UUID id;
    synchronized (this) {
      id = id();
    }
    return new Notification(
        id,
        account,
        Category.INVOICES,
        new Message("Grüße 🦉", "Your invoice.\nThanks.", Optional.of("<p>Hi</p>")),
        key,
        NOW,
        0);
  }

  private synchronized Letter letter(@org.jspecify.annotations.Nullable UUID notification) {
    return new Letter(
        id(),
        notification == null ? Letter.Kind.RESET_LINK : Letter.Kind.NOTIFICATION,
        new EmailAddress("ada@example.com"),
        Language.EN,
        notification == null ? ImmutableMap.of("name", "Zoë 🦉") : ImmutableMap.of(),
        null,
        null,
        notification,
        NOW,
        null);
  }

  private void post(Letter letter) {
    in(
        () -> {
          store().outbox().post(letter);
          return true;
        });
  }

  private List<Claimed> claim(Instant at) {
    return in(() -> store().outbox().claim(10, at, MINUTE));
  }

  private boolean settle(Claimed claimed, Delivery.State state) {
    return in(() -> store().outbox().settle(claimed, state, "250 OK", Optional.empty(), NOW));
  }
}
