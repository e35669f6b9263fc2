package org.holdfast.application.testkit;

import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.holdfast.application.activity.Activity.Whose;
import org.holdfast.application.activity.VerifyActivity;
import org.holdfast.application.activity.VerifyActivity.Broken;
import org.holdfast.application.activity.VerifyActivity.Flaw;
import org.holdfast.application.credential.Passwords.Stored;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.guessing.Guesses.Tally;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox.Claimed;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.servicekey.ServiceKey;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.activity.Head;
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
public abstract class StoreContract extends DeskContract {

  private static final Duration MINUTE = Duration.ofMinutes(1);

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
    assertThat(race(() -> store().passwords().replace(user.id(), 0, "first", false, NOW)))
        .containsOnlyOnce(true);
    assertThat(race(() -> store().passwords().replace(user.id(), 1, "second", false, NOW)))
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

  @Test
  void a_failure_undoes_that_a_count_was_forgotten() {
    var counted = new Tally(7, NOW);
    store().guesses().replace("user:1", Tally.NONE, counted);
    assertThatThrownBy(
            () ->
                in(
                    () -> {
                      store().guesses().clear("user:1");
                      return refuse();
                    }))
        .isInstanceOf(Refusal.class);
    assertThat(store().guesses().read("user:1")).isEqualTo(counted);
    in(
        () -> {
          store().guesses().clear("user:1");
          return true;
        });
    assertThat(store().guesses().read("user:1")).isEqualTo(Tally.NONE);
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
    in(() -> store().passwords().replace(ada.id(), 0, "hash", false, NOW));
    in(
        () -> {
          store().devices().remember(ada.id(), "d1", NOW);
          store().devices().remember(ada.id(), "d1", NOW);
          return true;
        });
    var known = in(() -> store().passwords().candidate(ada.email(), Optional.of("d1")));
    assertThat(known.orElseThrow().deviceSeenAt()).contains(NOW);
    var stranger = in(() -> store().passwords().candidate(ada.email(), Optional.of("d2")));
    assertThat(stranger.orElseThrow().knownDevice()).isFalse();
    assertThat(stranger.orElseThrow().password().orElseThrow().version()).isEqualTo(1);
  }

  // what the rows promise beside

  @RepeatedTest(3)
  void who_locks_an_account_decides_in_peace() {
    var account = account(user("ada@example.com"), "12345678");
    var drafts = new java.util.concurrent.ConcurrentLinkedQueue<Contact>();
    for (var i = 0; i < CALLERS; i++) {
      drafts.add(draft(account, "contact" + i + "@example.com"));
    }
    var added =
        race(
            () -> {
              store().accounts().lock(account.id());
              return store().contacts().of(account.id()).size() < 2
                  && store().contacts().add(drafts.remove());
            });
    assertThat(added.stream().filter(yes -> yes)).hasSize(2);
    assertThat(in(() -> store().contacts().of(account.id()))).hasSize(2);
  }

  @RepeatedTest(3)
  void no_session_outlives_the_password_it_began_with() {
    var user = user("ada@example.com");
    in(() -> store().passwords().replace(user.id(), 0, "first", false, NOW));
    var callers = new AtomicInteger();
    race(
        () -> {
          if (callers.incrementAndGet() % 8 == 0) {
            store().standings().lock(user.id());
            return store().passwords().replace(user.id(), 1, "second", false, NOW)
                && store().sessions().endAll(user.id()) >= 0;
          }
          var stillGood = store().standings().lock(user.id()).orElseThrow().passwordVersion() == 1;
          if (stillGood) {
            store().sessions().add(session(user), secret().fingerprint());
          }
          return stillGood;
        });
    assertThat(in(() -> store().sessions().of(user.id()))).isEmpty();
  }

  @RepeatedTest(3)
  void of_all_who_come_with_one_address_one_becomes_a_user() {
    var added =
        race(
            () -> {
              var user = draft("ada@example.com");
              return store().users().add(user, NOW) ? Optional.of(user) : Optional.<User>empty();
            });
    var first = added.stream().flatMap(Optional::stream).toList();
    assertThat(first).hasSize(1);
    assertThat(in(() -> store().users().findByAddress(first.get(0).email())))
        .contains(first.get(0));
  }

  @RepeatedTest(3)
  void when_the_first_with_a_key_fails_another_is_first() {
    var account = account(user("ada@example.com"), "12345678");
    var failed = new AtomicBoolean();
    Supplier<Boolean> addOrFail =
        () -> {
          var first = store().notifications().add(notification(Optional.of(account.id()), "key"));
          if (first && !failed.getAndSet(true)) {
            throw new Undone();
          }
          return first;
        };
    var added =
        Race.of(
            CALLERS,
            i -> {
              try {
                return in(addOrFail);
              } catch (Undone undone) {
                return false;
              }
            });
    var found = in(() -> store().notifications().findByKey(Optional.of(account.id()), "key"));
    assertThat(added.stream().filter(yes -> yes).count()).isLessThanOrEqualTo(1);
    assertThat(found.isPresent()).isEqualTo(added.contains(true));
    assertThat(failed).isTrue();
  }

  @Test
  void a_key_is_compared_byte_by_byte() {
    var account = Optional.of(account(user("ada@example.com"), "12345678").id());
    for (var key : List.of("key", "KEY", "Key", "kéy", "key ")) {
      assertThat(in(() -> store().notifications().add(notification(account, key)))).isTrue();
    }
    assertThat(in(() -> store().notifications().add(notification(Optional.empty(), "key"))))
        .isTrue();
    var link = link(Purpose.RESET_PASSWORD);
    for (var other :
        List.of(
            link.fingerprint().toUpperCase(java.util.Locale.ROOT),
            link.fingerprint() + " ",
            link.fingerprint().substring(1))) {
      assertThat(in(() -> store().links().peek(link.purpose(), other, NOW))).isEmpty();
    }
    store().guesses().replace("user:a", Tally.NONE, new Tally(3, NOW));
    assertThat(store().guesses().read("USER:A")).isEqualTo(Tally.NONE);
    assertThat(store().guesses().read("user:a ")).isEqualTo(Tally.NONE);
  }

  @Test
  void bytes_that_no_key_has_are_not_found() {
    var ada = user("ada@example.com");
    var account = account(ada, "12345678");
    for (var odd : ODD) {
      assertThat(in(() -> store().links().peek(Purpose.WELCOME, odd, NOW))).isEmpty();
      assertThat(in(() -> store().links().consume(Purpose.WELCOME, odd, NOW))).isEmpty();
      assertThat(in(() -> store().sessions().find(odd))).isEmpty();
      assertThat(in(() -> store().sessions().renew(odd, secret().fingerprint(), NOW))).isFalse();
      assertThat(in(() -> store().devices().seenAt(ada.id(), odd))).isEmpty();
      assertThat(in(() -> store().passwords().candidate(ada.email(), Optional.of(odd))))
          .hasValueSatisfying(who -> assertThat(who.knownDevice()).isFalse());
      assertThat(in(() -> store().serviceKeys().find(odd))).isEmpty();
      assertThat(in(() -> store().accounts().findByNumber(odd))).isEmpty();
      assertThat(in(() -> store().notifications().findByKey(Optional.of(account.id()), odd)))
          .isEmpty();
    }
  }

  @Test
  void what_a_mail_server_says_is_kept_whatever_it_says() {
    for (var reply : List.of("550 no\u0000 \ud83e", "5".repeat(999) + "🦉🦉", "x".repeat(9000))) {
      var letter = letter(null);
      post(letter);
      var claimed = claim(NOW).get(0);
      assertThat(
              in(
                  () ->
                      store()
                          .outbox()
                          .settle(claimed, Delivery.State.FAILED, reply, Optional.empty(), NOW)))
          .isTrue();
      var address = new EmailAddress("u" + reply.length() + "@example.com");
      assertThat(in(() -> store().suppressions().add(address, reply, NOW))).isTrue();
      assertThat(in(() -> store().suppressions().contains(address))).isTrue();
    }
  }

  @Test
  void a_suppressed_address_is_suppressed_once_until_lifted() {
    var address = new EmailAddress("gone@example.com");
    var other = new EmailAddress("there@example.com");
    assertThat(in(() -> store().suppressions().add(address, "550", NOW))).isTrue();
    assertThat(in(() -> store().suppressions().add(address, "551", NOW))).isFalse();
    assertThat(in(() -> store().suppressions().among(List.of(address, other))))
        .containsExactly(address);
    assertThat(in(() -> store().suppressions().among(List.of()))).isEmpty();
    does(() -> store().suppressions().lift(address));
    assertThat(in(() -> store().suppressions().contains(address))).isFalse();
  }

  @Test
  void the_delivery_log_tells_the_newest_first_page_by_page() {
    var account = account(user("ada@example.com"), "12345678");
    var notification = notification(Optional.of(account.id()), "key");
    in(() -> store().notifications().add(notification));
    var posted = new java.util.ArrayList<Letter>();
    for (var i = 0; i < 5; i++) {
      posted.add(0, logged(account, i == 4 ? notification.id() : null, NOW.plusMillis(i / 2)));
      post(posted.get(0));
    }
    post(letter(null));
    var ids = posted.stream().map(Letter::id).toList();
    var first = deliveries(account, Optional.empty(), 2);
    assertThat(first).extracting(Delivery::id).isEqualTo(ids.subList(0, 2));
    assertThat(first.get(0).subject()).contains("Grüße 🦉");
    assertThat(first.get(0).category()).contains(Category.INVOICES);
    assertThat(first.get(1).subject()).isEmpty();
    assertThat(first.get(1).state()).isEqualTo(Delivery.State.QUEUED);
    assertThat(deliveries(account, Optional.of(ids.get(1)), 9))
        .extracting(Delivery::id)
        .isEqualTo(ids.subList(2, 5));
    assertThat(deliveries(account, Optional.of(ids.get(4)), 9)).isEmpty();
  }

  @Test
  void what_ended_long_ago_is_forgotten_and_what_waits_is_not() {
    var account = account(user("ada@example.com"), "12345678");
    var notification = notification(Optional.of(account.id()), "key");
    in(() -> store().notifications().add(notification));
    post(logged(account, notification.id(), NOW));
    var later = NOW.plusMillis(1);
    assertThat(in(() -> store().outbox().sweep(later))).isZero();
    assertThat(in(() -> store().notifications().sweep(later))).isZero();
    assertThat(settle(claim(NOW).get(0), Delivery.State.SENT)).isTrue();
    assertThat(in(() -> store().outbox().sweep(NOW))).isZero();
    assertThat(in(() -> store().outbox().sweep(later))).isEqualTo(1);
    assertThat(in(() -> store().notifications().sweep(NOW))).isZero();
    assertThat(in(() -> store().notifications().sweep(later))).isEqualTo(1);
    assertThat(in(() -> store().notifications().add(notification(Optional.empty(), "to all"))))
        .isTrue();
    assertThat(in(() -> store().notifications().sweep(later))).isZero();

    var link = link(Purpose.WELCOME);
    assertThat(in(() -> store().links().sweep(link.expiresAt()))).isZero();
    assertThat(in(() -> store().links().sweep(link.expiresAt().plusMillis(1)))).isEqualTo(1);

    var user = user("bob@example.com");
    does(() -> store().devices().remember(user.id(), "d1", NOW));
    assertThat(in(() -> store().devices().sweep(NOW))).isZero();
    assertThat(in(() -> store().devices().sweep(later))).isEqualTo(1);

    var session = session(user, secret().fingerprint()); // begun NOW, used a millisecond later
    assertThat(in(() -> store().sessions().sweep(later, NOW))).isZero();
    does(() -> store().sessions().touch(session.id(), NOW.plusMillis(5)));
    assertThat(in(() -> store().sessions().sweep(NOW.plusMillis(5), NOW))).isZero();
    assertThat(in(() -> store().sessions().sweep(NOW, later))).isEqualTo(1);
  }

  @Test
  void counts_that_matter_outlive_a_sweep() {
    store().guesses().replace("few", Tally.NONE, new Tally(3, NOW));
    store().guesses().replace("many", Tally.NONE, new Tally(100, NOW));
    assertThat(store().guesses().sweep(NOW, 100)).isZero();
    assertThat(store().guesses().sweep(NOW.plusMillis(1), 100)).isEqualTo(1);
    assertThat(store().guesses().read("many").failures()).isEqualTo(100);

    var rate = new Rate(1, MINUTE);
    store().rates().take("a", rate, NOW);
    var limits =
        List.of(
            new org.holdfast.application.guessing.Rates.Limit("a", rate),
            new org.holdfast.application.guessing.Rates.Limit("b", rate));
    assertThat(store().rates().longestWait(limits, NOW.plusSeconds(20)))
        .isEqualTo(Duration.ofSeconds(40));
    assertThat(store().rates().longestWait(List.of(), NOW)).isZero();
    assertThat(store().rates().sweep(NOW.plusSeconds(59))).isZero();
    assertThat(store().rates().longestWait(limits, NOW)).isEqualTo(MINUTE);
    assertThat(store().rates().sweep(NOW.plusSeconds(61))).isEqualTo(1);
    assertThat(store().rates().take("a", rate, NOW)).isZero();
  }

  @Test
  void an_address_given_up_or_run_out_is_free_again() {
    var ada = user("ada@example.com");
    var wanted = ada.email();
    var next = new EmailAddress("next@example.com");
    in(() -> store().users().moveTo(ada.id(), next, Optional.of(NOW.plusMillis(1)), NOW));
    var early = draft(wanted.value());
    assertThat(in(() -> store().users().add(early, NOW))).isFalse();
    assertThat(in(() -> store().users().find(early.id()))).isEmpty();
    assertThat(in(() -> store().users().add(early, NOW.plusMillis(1)))).isTrue();
    assertThat(in(() -> store().users().findByAddress(wanted))).contains(early);
    assertThat(
            in(() -> store().users().moveTo(ada.id(), wanted, Optional.empty(), NOW.plus(9, DAYS))))
        .isFalse();
    in(
        () ->
            store()
                .users()
                .moveTo(ada.id(), new EmailAddress("x@example.com"), Optional.empty(), NOW));
    assertThat(in(() -> store().users().findRecoverable(next, NOW))).isEmpty();
  }

  @Test
  void a_profile_is_saved_without_its_address() {
    var ada = user("ada@example.com");
    var typed =
        new User(
            ada.id(),
            new PersonName("Ẑoë", "🦉"),
            new EmailAddress("other@example.com"),
            Language.EN,
            ZoneId.of("America/New_York"),
            Optional.empty(),
            Optional.of(NOW));
    does(() -> store().users().save(typed));
    var stored = in(() -> store().users().find(ada.id())).orElseThrow();
    assertThat(stored.email()).isEqualTo(ada.email());
    assertThat(stored.name()).isEqualTo(typed.name());
    assertThat(stored.timeZone()).isEqualTo(typed.timeZone());
    assertThat(stored.disabledAt()).isEmpty();
    assertThat(stored.confirmedAt()).isEmpty();
  }

  /** A profile that was read a moment before, and is saved a moment after. */
  @Test
  void nobody_is_let_in_again_by_being_saved() {
    var ada = user("ada@example.com");
    does(() -> store().users().shut(ada.id(), Optional.of(NOW)));
    does(() -> store().users().save(ada));
    assertThat(in(() -> store().users().find(ada.id())).orElseThrow().disabledAt()).contains(NOW);
    does(() -> store().users().shut(ada.id(), Optional.empty()));
    assertThat(in(() -> store().users().find(ada.id())).orElseThrow().disabledAt()).isEmpty();
  }

  @Test
  void a_contact_does_not_move_to_anothers_address() {
    var account = account(user("ada@example.com"), "12345678");
    var zoe = contact(account, "zoe@example.com");
    var amy = contact(account, "amy@example.com");
    assertThat(in(() -> store().contacts().save(at(amy, zoe.email())))).isFalse();
    assertThat(in(() -> store().contacts().find(amy.id()))).contains(amy);
    var moved = at(amy, new EmailAddress("new@example.com"));
    assertThat(in(() -> store().contacts().save(moved))).isTrue();
    assertThat(in(() -> store().contacts().find(amy.id()))).contains(moved);
    does(() -> store().contacts().remove(zoe.id()));
    assertThat(in(() -> store().contacts().of(account.id()))).containsExactly(moved);
  }

  @Test
  void of_two_invoice_parties_with_one_instant_the_later_counts() {
    var account = account(user("ada@example.com"), "12345678");
    var first = account.holderAsInvoiceParty(NOW);
    var second =
        account
            .with(account.details().withName(new PersonName("Grace", "Hopper")))
            .holderAsInvoiceParty(NOW);
    does(() -> store().accounts().record(account.id(), first));
    does(() -> store().accounts().record(account.id(), second));
    assertThat(in(() -> store().accounts().partyAt(account.id(), NOW))).contains(second);
  }

  @Test
  void of_the_changes_of_an_address_only_the_waiting_one_is_withdrawn() {
    var subject = id();
    var done = change(subject, EmailChange.State.CONFIRMED);
    var waiting = change(subject, EmailChange.State.PENDING);
    does(() -> store().emailChanges().add(done));
    does(() -> store().emailChanges().add(waiting));
    assertThat(in(() -> store().emailChanges().pending(EmailChange.Target.USER, subject)))
        .contains(waiting);
    assertThat(in(() -> store().emailChanges().pending(EmailChange.Target.ACCOUNT, subject)))
        .isEmpty();
    does(
        () ->
            store()
                .emailChanges()
                .withdrawPending(EmailChange.Target.USER, subject, NOW.plusMillis(7)));
    assertThat(in(() -> store().emailChanges().pending(EmailChange.Target.USER, subject)))
        .isEmpty();
    assertThat(in(() -> store().emailChanges().find(done.id()))).contains(done);
    assertThat(in(() -> store().emailChanges().find(waiting.id())).orElseThrow().since())
        .isEqualTo(NOW.plusMillis(7));
  }

  @Test
  void activity_tells_the_newest_first_with_all_it_says() {
    var ada = user("ada@example.com");
    var account = account(ada, "12345678");
    var told =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    happening(What.SIGNED_IN, i == 0 ? account.id() : null, ada.id(), i)
                        .from(new Origin("192.0.2.7", "Firefox"))
                        .with("was", "a=b&c 🦉")
                        .with("is", ""))
            .toList();
    told.forEach(this::record);
    assertThat(newest(whose(ada), Optional.empty(), 3))
        .extracting(Entry::happening)
        .containsExactly(told.get(3), told.get(2), told.get(1));
    assertThat(newest(on(account), Optional.empty(), 9))
        .extracting(Entry::happening)
        .containsExactly(told.get(0));
  }

  @Test
  void activity_of_a_user_and_on_accounts_is_one_and_nobody_elses() {
    var ada = user("ada@example.com");
    var mine = account(ada, "12345678");
    var other = account(user("bob@example.com"), "87654321");
    record(happening(What.SIGNED_IN, null, other.holder(), 0));
    record(happening(What.DETAILS_CHANGED, other.id(), other.holder(), 1));
    var all =
        List.of(
            happening(What.SIGNED_IN, null, ada.id(), 2),
            happening(What.CONTACT_ADDED, mine.id(), ada.id(), 3), // hers, and on hers: told once
            happening(What.CONTACT_CONFIRMED, mine.id(), null, 4),
            happening(What.CONTACT_EDITED, other.id(), ada.id(), 5));
    all.forEach(this::record);
    record(happening(What.UNSUBSCRIBED, null, null, 6));
    var both = new Whose(Optional.of(ada.id()), ImmutableSet.of(mine.id()));
    assertThat(newest(both, Optional.empty(), 9))
        .extracting(Entry::happening)
        .containsExactlyElementsOf(ImmutableList.copyOf(all).reverse());
    var contacts = ImmutableSet.of(What.CONTACT_CONFIRMED, What.CONTACT_ADDED);
    assertThat(in(() -> store().activity().newest(both, contacts, Optional.empty(), 9)))
        .extracting(Entry::happening)
        .containsExactly(all.get(2), all.get(1));
  }

  @Test
  void activity_is_paged_through_once_each_also_where_much_happens_at_once() {
    var ada = user("ada@example.com");
    for (var i = 0; i < 25; i++) {
      record(happening(What.SIGNED_IN, null, ada.id(), i / 10));
    }
    var seen = new ArrayList<Entry>();
    Optional<UUID> before = Optional.empty();
    while (true) {
      var page = newest(whose(ada), before, 4);
      if (page.isEmpty()) {
        break;
      }
      seen.addAll(page);
      before = Optional.of(page.get(page.size() - 1).id());
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    assertThat(seen)
        .extracting(entry -> entry.happening().at())
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(newest(whose(ada), Optional.of(id()), 1)).isEqualTo(seen.subList(0, 1));
  }

  @Test
  void every_act_can_be_written_down() {
    var ada = user("ada@example.com");
    for (var what : What.values()) {
      record(happening(what, null, ada.id(), 0));
    }
    assertThat(newest(whose(ada), Optional.empty(), 999))
        .extracting(entry -> entry.happening().what())
        .containsExactlyInAnyOrder(What.values());
  }

  @RepeatedTest(3)
  void of_64_who_write_into_one_chain_each_gets_a_link_and_no_failure_leaves_a_gap() {
    var ada = user("ada@example.com");
    var written =
        Race.of(
            CALLERS,
            i -> {
              try {
                in(() -> recordOrFail(ada.id(), i));
                return true;
              } catch (Undone undone) {
                return false;
              }
            });
    assertThat(written.stream().filter(yes -> !yes)).hasSize(7);
    var links = in(() -> store().activity().links(ada.id().value(), 0, 99));
    assertThat(links)
        .extracting(link -> link.head().seq())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 57).boxed().toList());
    assertThat(verified()).containsExactly("whole " + ada.id() + " 57");
  }

  private boolean recordOrFail(UserId user, int caller) {
    store().activity().record(happening(What.SIGNED_IN, null, user, caller));
    if (caller % 10 == 0) {
      throw new Undone();
    }
    return true;
  }

  @RepeatedTest(3)
  void those_who_begin_a_chain_at_once_follow_one_another() {
    var ada = user("ada@example.com");
    race(
        () -> {
          store().activity().record(happening(What.SIGNED_IN, null, ada.id(), 0));
          return true;
        });
    assertThat(verified()).containsExactly("whole " + ada.id() + " " + CALLERS);
  }

  @Test
  void who_verifies_while_others_write_finds_nothing_wrong() {
    var ada = user("ada@example.com");
    record(happening(What.SIGNED_IN, null, ada.id(), 0));
    var said =
        Race.of(
            8,
            i -> {
              var found = new ArrayList<String>();
              for (var round = 0; round < 20; round++) {
                if (i < 4) {
                  record(happening(What.SIGNED_IN, null, ada.id(), round));
                } else {
                  found.addAll(verified());
                }
              }
              return found;
            });
    assertThat(said.stream().flatMap(List::stream))
        .hasSize(80)
        .allSatisfy(one -> assertThat(one).startsWith("whole "));
    assertThat(verified()).containsExactly("whole " + ada.id() + " 81");
  }

  @Test
  void a_chain_that_was_not_begun_after_all_begins_later() {
    var ada = user("ada@example.com");
    assertThatThrownBy(() -> in(() -> recordOrFail(ada.id(), 0))).isInstanceOf(Undone.class);
    assertThat(verified()).isEmpty();
    in(() -> recordOrFail(ada.id(), 1));
    assertThat(verified()).containsExactly("whole " + ada.id() + " 1");
  }

  @Test
  void what_happens_on_an_account_by_a_user_and_by_nobody_is_in_three_chains() {
    var ada = user("ada@example.com");
    var account = account(ada, "12345678");
    record(happening(What.CONTACT_ADDED, account.id(), ada.id(), 0));
    record(happening(What.CONTACT_CONFIRMED, account.id(), null, 0));
    record(happening(What.SIGNED_IN, null, ada.id(), 0));
    record(happening(What.ADDRESS_SUPPRESSED, null, null, 0));
    assertThat(verified())
        .containsExactlyInAnyOrder(
            "whole " + account.id() + " 2",
            "whole " + ada.id() + " 1",
            "whole " + new UUID(0, 0) + " 1");
    assertThat(store().activity().unchained()).isZero();
  }

  @Test
  void a_chain_of_several_pages_is_verified_and_what_was_there_before_still_holds() {
    var ada = user("ada@example.com");
    record(happening(What.SIGNED_IN, null, ada.id(), 0));
    var early = in(() -> store().activity().head(ada.id().value())).orElseThrow().head();
    does(
        () -> {
          for (var i = 1; i < 501; i++) {
            store().activity().record(happening(What.SIGNED_IN, null, ada.id(), i));
          }
        });
    assertThat(verified()).containsExactly("whole " + ada.id() + " 501");
    var other = new Head(early.chain(), 2, early.hash());
    var beyond = new Head(early.chain(), 502, early.hash());
    var gone = new ArrayList<Broken>();
    new VerifyActivity(store()).stillHolds(List.of(early, other, beyond).iterator(), gone::add);
    assertThat(gone)
        .containsExactly(
            new Broken(early.chain(), 2, Flaw.TAKEN_BACK),
            new Broken(early.chain(), 502, Flaw.TAKEN_BACK));
  }

  @Test
  void a_service_key_is_good_until_it_is_revoked() {
    var key = new ServiceKey(id(), "shop 🦉", NOW, Optional.empty());
    var fingerprint = secret().fingerprint();
    does(() -> store().serviceKeys().add(key, fingerprint));
    assertThat(in(() -> store().serviceKeys().find(fingerprint))).contains(key);
    does(() -> store().serviceKeys().touch(key.id(), NOW.plusMillis(1)));
    assertThat(in(() -> store().serviceKeys().all()))
        .extracting(ServiceKey::lastUsedAt)
        .containsExactly(Optional.of(NOW.plusMillis(1)));
    assertThat(in(() -> store().serviceKeys().revoke(key.id()))).isTrue();
    assertThat(in(() -> store().serviceKeys().revoke(key.id()))).isFalse();
    assertThat(in(() -> store().serviceKeys().find(fingerprint))).isEmpty();
  }

  @Test
  void a_password_is_hashed_anew_unless_it_was_replaced() {
    var ada = user("ada@example.com");
    in(() -> store().passwords().replace(ada.id(), 0, "old", false, NOW));
    does(() -> store().passwords().rehash(ada.id(), "old", "same, better"));
    assertThat(in(() -> store().passwords().find(ada.id())).orElseThrow())
        .isEqualTo(new Stored("same, better", 1));
    does(() -> store().passwords().rehash(ada.id(), "old", "too late"));
    assertThat(in(() -> store().passwords().find(ada.id())).orElseThrow().hash())
        .isEqualTo("same, better");
  }

  @Test
  void the_oldest_errand_is_first_and_stays_when_its_run_fails() {
    var younger = errand(NOW.plusMillis(1));
    var older = errand(NOW);
    does(() -> store().errands().add(younger));
    does(() -> store().errands().add(older));
    assertThat(in(() -> store().errands().oldest())).contains(NOW);
    assertThatThrownBy(
            () ->
                in(
                    () -> {
                      assertThat(store().errands().take()).contains(older);
                      throw new Refusal(Refusal.Reason.BUSY);
                    }))
        .isInstanceOf(Refusal.class);
    assertThat(in(() -> store().errands().take())).contains(older);
    assertThat(in(() -> store().errands().take())).contains(younger);
    assertThat(in(() -> store().errands().take())).isEmpty();
  }

  @RepeatedTest(3)
  void of_all_who_settle_a_letter_one_does() {
    post(letter(null));
    var claimed = claim(NOW).get(0);
    assertThat(
            race(
                () ->
                    store()
                        .outbox()
                        .settle(claimed, Delivery.State.SENT, "250", Optional.empty(), NOW)))
        .containsOnlyOnce(true);
  }

  @Test
  void sessions_are_listed_by_their_last_use() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    var first = session(ada, secret().fingerprint());
    var second = session(ada, secret().fingerprint());
    session(bob, secret().fingerprint());
    does(() -> store().sessions().touch(first.id(), NOW.plusSeconds(1)));
    assertThat(in(() -> store().sessions().of(ada.id())))
        .extracting(Session::id)
        .containsExactly(first.id(), second.id());
    assertThat(in(() -> store().sessions().end(bob.id(), first.id()))).isFalse();
    assertThat(in(() -> store().sessions().endAll(ada.id()))).isEqualTo(2);
    assertThat(in(() -> store().sessions().of(bob.id()))).hasSize(1);
  }

  // what the tests are made of

  private void record(Happening happening) {
    does(() -> store().activity().record(happening));
  }

  private static Happening happening(
      What what,
      @org.jspecify.annotations.Nullable AccountId account,
      @org.jspecify.annotations.Nullable UserId user,
      int millis) {
    return Happening.of(what, account, user, NOW.plusMillis(millis));
  }

  private ImmutableList<Entry> newest(Whose whose, Optional<UUID> before, int most) {
    return in(
        () -> store().activity().newest(whose, ImmutableSet.copyOf(What.values()), before, most));
  }

  private static Whose whose(User user) {
    return new Whose(Optional.of(user.id()), ImmutableSet.of());
  }

  private static Whose on(Account account) {
    return new Whose(Optional.empty(), ImmutableSet.of(account.id()));
  }

  /** What there is to say of each chain. */
  private List<String> verified() {
    var said = new ArrayList<String>();
    new VerifyActivity(store())
        .all(
            new VerifyActivity.Findings() {
              @Override
              public void whole(Head end) {
                said.add("whole " + end.chain() + " " + end.seq());
              }

              @Override
              public void broken(Broken chain) {
                said.add(chain.toString());
              }
            });
    return said;
  }

  private boolean refuse() {
    throw new Refusal(Refusal.Reason.LINK_NOT_VALID);
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

  @Override
  AccountId accountOf(User holder) {
    return account(holder, "12345678").id();
  }

  private Account account(User holder, String number) {
    var account = draft(holder, number);
    assertThat(in(() -> store().accounts().add(account))).isTrue();
    return account;
  }

  private Contact contact(Account account, String email) {
    var contact = draft(account, email);
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
    var session = session(user);
    does(() -> store().sessions().add(session, fingerprint));
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

  private ImmutableList<Delivery> deliveries(Account account, Optional<UUID> before, int most) {
    return in(() -> store().outbox().deliveries(account.id(), before, most));
  }

  private Letter logged(
      Account account, @org.jspecify.annotations.Nullable UUID notification, Instant at) {
    return new Letter(
        id(),
        notification == null ? Letter.Kind.CONFIRM_CONTACT : Letter.Kind.NOTIFICATION,
        new EmailAddress("ada@example.com"),
        Language.EN,
        ImmutableMap.of(),
        account.id(),
        null,
        notification,
        at,
        null);
  }

  private EmailChange change(UUID subject, EmailChange.State state) {
    return new EmailChange(
        id(),
        EmailChange.Target.USER,
        subject,
        new EmailAddress("a@example.com"),
        new EmailAddress("b@example.com"),
        state,
        NOW);
  }

  private Errand errand(Instant at) {
    return new Errand(id(), Errand.Kind.REGISTER, ImmutableMap.of("name", "Zoë 🦉"), at);
  }

  private static Contact at(Contact c, EmailAddress address) {
    return new Contact(
        c.id(),
        c.account(),
        c.name(),
        address,
        c.company(),
        c.phone(),
        c.address(),
        c.categories(),
        c.confirmedAt());
  }

  private Contact draft(Account account, String email) {
    return new Contact(
        new Contact.Id(id()),
        account.id(),
        "Zoë 🦉",
        new EmailAddress(email),
        "",
        "",
        Optional.of(account.details().address()),
        ImmutableSet.of(Category.INVOICES, Category.DOMAINS),
        Optional.of(NOW));
  }

  /** What goes wrong in one caller's transaction. */
  private static final class Undone extends RuntimeException {}
}
