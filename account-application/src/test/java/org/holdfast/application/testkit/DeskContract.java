package org.holdfast.application.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.holdfast.application.account.Accounts;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog.Count;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.StaffLog.Entry;
import org.holdfast.application.staff.StaffMembers.Credentials;
import org.holdfast.application.support.MailedCodes.Mailed;
import org.holdfast.application.supportpin.SupportPins.Kept;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.User;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.invoice.BillingAddress;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.MailedCode;
import org.holdfast.domain.support.Method;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.Kind;
import org.holdfast.domain.support.RecoveryCase.State;
import org.holdfast.domain.supportpin.SupportPin;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * The part of {@link StoreContract} about staff, calls and recovery cases, and about what only they
 * ask of accounts and users.
 */
abstract class DeskContract extends SecurityContract {

  // what comes in a cookie or a link from somebody who tries
  static final List<String> ODD =
      List.of("", " ", "'\u0000", "\ud800", "🦉", "é", "x".repeat(100_000));

  private static final Duration DAY = Duration.ofDays(1);
  private static final Origin DESK = new Origin("192.0.2.9", "Chrome on Linux");

  private final Random random = new Random(11);

  // staff

  @RepeatedTest(3)
  void an_address_is_one_staff_members() {
    var email = "zoe@example.com";
    assertThat(race(() -> store().staff().add(draft("Zoë 🦉", email, Role.AGENT))))
        .containsOnlyOnce(true);
    var zoe = in(() -> store().staff().findByAddress(new EmailAddress(email))).orElseThrow();
    assertThat(in(() -> store().staff().find(zoe.id()))).contains(zoe);
    assertThat(in(() -> store().staff().lock(zoe.id()))).contains(zoe);
    assertThat(zoe.name()).isEqualTo("Zoë 🦉");
    assertThat(zoe.roleSince()).isEqualTo(Instant.EPOCH);
    assertThat(zoe.isActive()).isFalse();
    assertThat(in(() -> store().staff().find(new Staff.Id(id())))).isEmpty();
    assertThat(in(() -> store().staff().lock(new Staff.Id(id())))).isEmpty();
    assertThat(in(() -> store().staff().findByAddress(new EmailAddress("a@example.com"))))
        .isEmpty();
  }

  @Test
  void staff_are_listed_by_name() {
    var zoe = staff("Zoë", "a@example.com");
    var ada = staff("Ada", "c@example.com");
    var other = staff("Ada", "b@example.com");
    assertThat(in(() -> store().staff().all())).containsExactly(other, ada, zoe);
    assertThat(in(() -> store().staff().lockAll())).containsExactly(other, ada, zoe);
  }

  @RepeatedTest(3)
  void of_two_who_shut_each_other_out_one_is_left() {
    var first = staff("Ada", "ada@example.com");
    var second = staff("Bob", "bob@example.com");
    var turn = new AtomicInteger();
    race(
        () -> {
          var doomed = turn.incrementAndGet() % 2 == 0 ? first : second;
          var active = store().staff().lockAll().stream().filter(s -> !s.isDisabled()).count();
          if (active > 1) {
            store().staff().save(doomed.disabledSince(Optional.of(NOW)));
          }
          return true;
        });
    assertThat(in(() -> store().staff().all())).extracting(Staff::isDisabled).contains(true, false);
  }

  @Test
  void only_name_role_and_disabling_are_saved() {
    var ada = staff("Ada", "ada@example.com");
    does(
        () ->
            store()
                .staff()
                .save(
                    new Staff(
                        ada.id(),
                        "Grace",
                        new EmailAddress("other@example.com"),
                        Language.EN,
                        Role.SUPERVISOR,
                        NOW,
                        Optional.of(NOW),
                        Optional.of(NOW.plusMillis(1)))));
    assertThat(in(() -> store().staff().find(ada.id())))
        .contains(
            new Staff(
                ada.id(),
                "Grace",
                ada.email(),
                ada.language(),
                Role.SUPERVISOR,
                NOW,
                Optional.empty(),
                Optional.of(NOW.plusMillis(1))));
    does(() -> store().staff().save(ada));
    assertThat(in(() -> store().staff().find(ada.id()))).contains(ada);
  }

  @RepeatedTest(3)
  void of_all_who_equip_somebody_one_does() {
    var ada = staff("Ada", "ada@example.com");
    assertThat(credentials(ada))
        .isEqualTo(new Credentials(ada, 0, Optional.empty(), Optional.empty(), 0));
    var token = TotpSecret.generate(random);
    assertThat(race(() -> store().staff().equip(ada.id(), 0, "$argon2id$1", token, 7, NOW)))
        .containsOnlyOnce(true);
    var ready = in(() -> store().staff().find(ada.id())).orElseThrow();
    assertThat(ready.readyAt()).contains(NOW);
    var equipped = new Credentials(ready, 1, Optional.of("$argon2id$1"), Optional.of(token), 7);
    assertThat(credentials(ada)).isEqualTo(equipped);
    assertThat(in(() -> store().staff().credentials(ada.email()))).contains(equipped);
    assertThat(equipped.toString()).doesNotContain("argon2id").doesNotContain(token.base32());
  }

  @Test
  void what_was_stripped_is_worthless() {
    var ada = staff("Ada", "ada@example.com");
    var token = TotpSecret.generate(random);
    assertThat(in(() -> store().staff().equip(ada.id(), 0, "old", token, 7, NOW))).isTrue();
    does(() -> store().staff().strip(ada.id()));
    assertThat(credentials(ada))
        .isEqualTo(new Credentials(ada, 2, Optional.empty(), Optional.empty(), 0));
    assertThat(in(() -> store().staff().accept(ada.id(), 1, 8))).isFalse();
    assertThat(in(() -> store().staff().equip(ada.id(), 1, "late", token, 8, NOW))).isFalse();
    assertThat(in(() -> store().staff().equip(ada.id(), 2, "new", token, 8, NOW))).isTrue();
    var nobody = new Staff.Id(id());
    assertThat(in(() -> store().staff().credentials(nobody))).isEmpty();
    assertThat(in(() -> store().staff().credentials(new EmailAddress("x@example.com")))).isEmpty();
    assertThat(in(() -> store().staff().equip(nobody, 0, "new", token, 8, NOW))).isFalse();
  }

  @RepeatedTest(3)
  void of_all_staff_who_show_a_code_of_one_step_one_gets_in() {
    var ada = ready("Ada", "ada@example.com");
    assertThat(race(() -> store().staff().accept(ada.id(), 1, 8))).containsOnlyOnce(true);
    for (var old : List.of(6L, 7L, 8L)) {
      assertThat(in(() -> store().staff().accept(ada.id(), 1, old))).isFalse();
    }
    assertThat(in(() -> store().staff().accept(ada.id(), 2, 9))).isFalse();
    assertThat(in(() -> store().staff().accept(ada.id(), 1, 9))).isTrue();
    assertThat(credentials(ada).lastStep()).isEqualTo(9);
  }

  // the console's sessions

  @Test
  void a_console_session_is_found_with_its_staff_member_as_they_are_now() {
    var ada = ready("Ada", "ada@example.com");
    var session = session(ada, NOW, NOW);
    var token = secret().fingerprint();
    does(() -> store().staffSessions().add(session, token));
    assertThat(in(() -> store().staffSessions().find(token)))
        .contains(new SignedInStaff(ada, session));
    var shut = ada.disabledSince(Optional.of(NOW));
    does(() -> store().staff().save(shut));
    assertThat(in(() -> store().staffSessions().find(token)))
        .contains(new SignedInStaff(shut, session));
    does(() -> store().staffSessions().touch(session.id(), NOW.plusMillis(9)));
    assertThat(found(token).lastUsedAt()).isEqualTo(NOW.plusMillis(9));
    for (var odd : ODD) {
      assertThat(in(() -> store().staffSessions().find(odd))).isEmpty();
      assertThat(in(() -> store().staffSessions().renew(odd, secret().fingerprint(), NOW)))
          .isFalse();
    }
  }

  @RepeatedTest(3)
  void of_all_who_renew_a_console_session_one_does() {
    var ada = ready("Ada", "ada@example.com");
    var session = session(ada, NOW, NOW.plusMillis(3));
    var token = secret().fingerprint();
    does(() -> store().staffSessions().add(session, token));
    var later = NOW.plusMillis(50);
    var winner =
        race(
                () -> {
                  var fresh = secret().fingerprint();
                  return store().staffSessions().renew(token, fresh, later) ? fresh : "";
                })
            .stream()
            .filter(fresh -> !fresh.isEmpty())
            .toList();
    assertThat(winner).hasSize(1);
    assertThat(in(() -> store().staffSessions().find(token))).isEmpty();
    assertThat(found(winner.get(0)))
        .isEqualTo(
            new StaffSession(session.id(), ada.id(), DESK, NOW, session.lastUsedAt(), later));
  }

  @Test
  void a_console_session_is_ended_by_its_owner() {
    var ada = ready("Ada", "ada@example.com");
    var bob = ready("Bob", "bob@example.com");
    var session = session(ada, NOW, NOW);
    var token = secret().fingerprint();
    does(() -> store().staffSessions().add(session, token));
    does(() -> store().staffSessions().add(session(ada, NOW, NOW), secret().fingerprint()));
    does(() -> store().staffSessions().add(session(ada, NOW, NOW), secret().fingerprint()));
    assertThat(in(() -> store().staffSessions().end(bob.id(), session.id()))).isFalse();
    assertThat(race(() -> store().staffSessions().end(ada.id(), session.id())))
        .containsOnlyOnce(true);
    does(() -> store().staffSessions().touch(session.id(), NOW.plusMillis(9)));
    assertThat(in(() -> store().staffSessions().find(token))).isEmpty();
    assertThat(in(() -> store().staffSessions().endAll(bob.id()))).isZero();
    assertThat(in(() -> store().staffSessions().endAll(ada.id()))).isEqualTo(2);
  }

  @Test
  void console_sessions_unused_or_too_long_are_swept() {
    var ada = ready("Ada", "ada@example.com");
    var unused = secret().fingerprint();
    var tooLong = secret().fingerprint();
    var good = secret().fingerprint();
    does(
        () -> {
          var at = NOW.plusMillis(10);
          store().staffSessions().add(session(ada, at, NOW.plusMillis(19)), unused);
          store().staffSessions().add(session(ada, NOW, NOW.plusMillis(30)), tooLong);
          store().staffSessions().add(session(ada, at, NOW.plusMillis(20)), good);
        });
    assertThat(in(() -> store().staffSessions().sweep(NOW.plusMillis(20), NOW.plusMillis(10))))
        .isEqualTo(2);
    assertThat(in(() -> store().staffSessions().find(good))).isPresent();
  }

  // the staff log

  @Test
  void what_staff_did_is_read_newest_first() {
    var ada = staff("Ada", "ada@example.com");
    var bob = staff("Bob", "bob@example.com");
    var account = Optional.of(new AccountId(id()));
    var first = logged(ada, Did.SIGNED_IN, Optional.empty(), NOW);
    var second = logged(ada, Did.CALL_VERIFIED, account, NOW.plusMillis(1));
    var third = logged(ada, Did.CALL_VERIFIED, account, NOW.plusMillis(1));
    var others = logged(bob, Did.CALL_VERIFIED, account, NOW.plusMillis(1));
    assertThat(newest(ada, Optional.empty(), 9)).containsExactly(third, second, first);
    assertThat(newest(ada, Optional.empty(), 1)).containsExactly(third);
    assertThat(newest(ada, Optional.of(third.id()), 1)).containsExactly(second);
    assertThat(newest(ada, Optional.of(second.id()), 9)).containsExactly(first);
    assertThat(newest(ada, Optional.of(first.id()), 9)).isEmpty();
    assertThat(newest(bob, Optional.empty(), 9)).containsExactly(others);
    assertThat(in(() -> store().staffLog().counts(NOW)))
        .containsExactlyInAnyOrder(
            new Count(ada.id(), Did.SIGNED_IN, 1),
            new Count(ada.id(), Did.CALL_VERIFIED, 2),
            new Count(bob.id(), Did.CALL_VERIFIED, 1));
    assertThat(in(() -> store().staffLog().counts(NOW.plusMillis(1)))).hasSize(2);
    assertThat(in(() -> store().staffLog().counts(NOW.plusMillis(2)))).isEmpty();
  }

  // support grants

  @Test
  void a_grant_is_open_for_its_time() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var first = grant(ada, account, caller, Method.SUPPORT_PIN, NOW);
    var second = grant(ada, account, caller, Method.NOTHING, NOW.plusMillis(1));
    grant(staff("Bob", "bob@example.com"), account, caller, Method.MAILED_CODE, NOW);
    assertThat(in(() -> store().grants().find(first.id()))).contains(first);
    assertThat(in(() -> store().grants().find(new Grant.Id(id())))).isEmpty();
    assertThat(openOf(ada, NOW.plusMillis(1))).containsExactly(second, first);
    assertThat(openOf(ada, first.expiresAt().minusMillis(1))).containsExactly(second, first);
    assertThat(openOf(ada, first.expiresAt())).containsExactly(second);
    assertThat(in(() -> store().grants().end(first.id(), first.expiresAt()))).isFalse();
    assertThat(in(() -> store().grants().find(first.id())).orElseThrow().endedAt()).isEmpty();
  }

  @RepeatedTest(3)
  void of_all_who_end_a_grant_one_does() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var grant = grant(ada, accountOf(caller), caller, Method.SUPPORT_PIN, NOW);
    var later = NOW.plusMillis(7);
    assertThat(race(() -> store().grants().end(grant.id(), later))).containsOnlyOnce(true);
    assertThat(in(() -> store().grants().end(grant.id(), later.plusMillis(1)))).isFalse();
    assertThat(in(() -> store().grants().find(grant.id())).orElseThrow().endedAt()).contains(later);
    assertThat(openOf(ada, later)).isEmpty();
  }

  @Test
  void all_grants_about_a_caller_end_together() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var other = user("other@example.com");
    var ended = grant(ada, account, caller, Method.SUPPORT_PIN, NOW);
    var open = grant(ada, account, caller, Method.MAILED_CODE, NOW.plusMillis(1));
    var others = grant(ada, account, other, Method.SUPPORT_PIN, NOW.plusMillis(2));
    assertThat(in(() -> store().grants().end(ended.id(), NOW.plusMillis(3)))).isTrue();
    does(() -> store().grants().endAllOf(caller.id(), NOW.plusMillis(9)));
    assertThat(openOf(ada, NOW.plusMillis(9))).containsExactly(others);
    assertThat(in(() -> store().grants().find(ended.id())).orElseThrow().endedAt())
        .contains(NOW.plusMillis(3));
    assertThat(in(() -> store().grants().find(open.id())).orElseThrow().endedAt())
        .contains(NOW.plusMillis(9));
  }

  @RepeatedTest(3)
  void what_is_done_under_a_grant_is_first_done_once() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var grant = grant(ada, account, caller, Method.SUPPORT_PIN, NOW);
    var other = grant(ada, account, caller, Method.SUPPORT_PIN, NOW);
    assertThat(race(() -> store().grants().mark(grant.id(), Act.SEE_DETAILS)))
        .containsOnlyOnce(true);
    assertThat(in(() -> store().grants().mark(grant.id(), Act.SEE_DETAILS))).isFalse();
    assertThat(in(() -> store().grants().mark(grant.id(), Act.REPLACE_SUPPORT_PIN))).isTrue();
    assertThat(in(() -> store().grants().mark(other.id(), Act.SEE_DETAILS))).isTrue();
  }

  @Test
  void old_grants_are_swept_with_their_marks() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var old = grant(ada, account, caller, Method.SUPPORT_PIN, NOW);
    var young = grant(ada, account, caller, Method.SUPPORT_PIN, NOW.plusMillis(1));
    does(() -> store().grants().mark(old.id(), Act.SEE_DETAILS));
    does(() -> store().grants().mark(young.id(), Act.SEE_DETAILS));
    assertThat(in(() -> store().grants().sweep(NOW.plusMillis(1)))).isEqualTo(1);
    assertThat(in(() -> store().grants().find(old.id()))).isEmpty();
    assertThat(in(() -> store().grants().find(young.id()))).contains(young);
    assertThat(in(() -> store().grants().mark(young.id(), Act.SEE_DETAILS))).isFalse();
  }

  // mailed codes

  @RepeatedTest(3)
  void no_more_guesses_at_a_mailed_code_are_looked_at_than_may_be() {
    var code = mailed(staff("Ada", "ada@example.com"), user("caller@example.com"));
    var looked = race(() -> guessed(code, code.staff(), NOW));
    assertThat(looked).filteredOn(Optional::isPresent).hasSize(3).containsOnly(Optional.of(code));
    assertThat(in(() -> guessed(code, code.staff(), NOW))).isEmpty();
    assertThat(code.toString()).doesNotContain(code.code().digits());
  }

  @RepeatedTest(3)
  void a_guess_at_a_mailed_code_counts_whatever_becomes_of_its_transaction() {
    var code = mailed(staff("Ada", "ada@example.com"), user("caller@example.com"));
    var looked = new AtomicInteger();
    allUndone(() -> guessed(code, code.staff(), NOW).ifPresent(any -> looked.incrementAndGet()));
    assertThat(looked.get()).isEqualTo(3);
    assertThat(guessed(code, code.staff(), NOW)).isEmpty();
  }

  @Test
  void a_mailed_code_is_one_staff_members_and_for_its_time() {
    var bob = staff("Bob", "bob@example.com");
    var code = mailed(staff("Ada", "ada@example.com"), user("caller@example.com"));
    for (var i = 0; i < 9; i++) { // nor do others' guesses count
      assertThat(guessed(code, bob.id(), NOW)).isEmpty();
      assertThat(guessed(code, code.staff(), code.expiresAt())).isEmpty();
      assertThat(store().mailedCodes().countGuess(id(), code.staff(), NOW, 3)).isEmpty();
    }
    assertThat(guessed(code, code.staff(), code.expiresAt().minusMillis(1))).contains(code);
  }

  @RepeatedTest(3)
  void of_all_who_take_a_mailed_code_one_does() {
    var code = mailed(staff("Ada", "ada@example.com"), user("caller@example.com"));
    assertThat(race(() -> store().mailedCodes().take(code.id()))).containsOnlyOnce(true);
    assertThat(guessed(code, code.staff(), NOW)).isEmpty();
  }

  @Test
  void mailed_codes_end_with_their_user_and_their_time() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var other = user("other@example.com");
    var account = accountOf(caller);
    var withdrawn = mailed(ada, account, caller);
    var kept = mailed(ada, account, other);
    does(() -> store().mailedCodes().withdraw(caller.id()));
    assertThat(guessed(withdrawn, ada.id(), NOW)).isEmpty();
    assertThat(in(() -> store().mailedCodes().take(withdrawn.id()))).isFalse();
    assertThat(in(() -> store().mailedCodes().sweep(kept.expiresAt()))).isZero();
    assertThat(guessed(kept, ada.id(), NOW)).contains(kept);
    assertThat(in(() -> store().mailedCodes().sweep(kept.expiresAt().plusMillis(1)))).isEqualTo(1);
  }

  // recovery cases

  @Test
  void a_case_comes_back_as_it_went() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var mailbox = opened(ada, account, caller, Kind.LOST_MAILBOX, NOW);
    var factor =
        new RecoveryCase(
            new RecoveryCase.Id(id()),
            account,
            caller.id(),
            Kind.LOST_FACTOR,
            Optional.empty(),
            Optional.of(NOW),
            ImmutableSet.of(),
            "",
            ada.id(),
            NOW.plusMillis(1),
            State.REFUSED,
            Optional.of(staff("Bob", "bob@example.com").id()),
            Optional.of(NOW.plusMillis(2)));
    does(() -> store().recoveryCases().add(factor));
    assertThat(in(() -> store().recoveryCases().find(mailbox.id()))).contains(mailbox);
    assertThat(in(() -> store().recoveryCases().find(factor.id()))).contains(factor);
    assertThat(in(() -> store().recoveryCases().find(new RecoveryCase.Id(id())))).isEmpty();
    assertThat(in(() -> store().recoveryCases().openOf(caller.id()))).contains(mailbox);
    assertThat(in(() -> store().recoveryCases().openOf(user("other@example.com").id()))).isEmpty();
    assertThat(in(() -> store().recoveryCases().of(account, 9))).containsExactly(factor, mailbox);
    assertThat(in(() -> store().recoveryCases().of(account, 1))).containsExactly(factor);
    assertThat(in(() -> store().recoveryCases().of(new AccountId(id()), 9))).isEmpty();
  }

  @Test
  void cases_are_read_newest_first() {
    var ada = staff("Ada", "ada@example.com");
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var first = opened(ada, account, caller, Kind.LOST_FACTOR, NOW);
    var second = opened(ada, account, caller, Kind.LOST_FACTOR, NOW.plusMillis(1));
    var third = opened(ada, account, caller, Kind.LOST_FACTOR, NOW.plusMillis(1));
    assertThat(in(() -> store().recoveryCases().refuse(second.id(), ada.id()))).isTrue();
    assertThat(newest(false, Optional.empty(), 9))
        .containsExactly(third.id(), second.id(), first.id());
    assertThat(newest(false, Optional.of(third), 1)).containsExactly(second.id());
    assertThat(newest(false, Optional.of(second), 9)).containsExactly(first.id());
    assertThat(newest(true, Optional.empty(), 9)).containsExactly(third.id(), first.id());
    assertThat(newest(true, Optional.empty(), 1)).containsExactly(third.id());
    assertThat(newest(true, Optional.of(third), 9)).containsExactly(first.id());
  }

  @RepeatedTest(3)
  void of_all_who_decide_a_case_one_does() {
    var opened = opened(Kind.LOST_FACTOR);
    var by = staff("Bob", "bob@example.com").id();
    var due = NOW.plus(DAY);
    var turn = new AtomicInteger();
    var won =
        race(
                () -> {
                  var cases = store().recoveryCases();
                  return switch (turn.incrementAndGet() % 3) {
                    case 0 -> cases.approve(opened.id(), by, due) ? State.APPROVED : null;
                    case 1 -> cases.refuse(opened.id(), by) ? State.REFUSED : null;
                    default ->
                        cases.move(opened.id(), State.OPENED, State.VETOED) ? State.VETOED : null;
                  };
                })
            .stream()
            .filter(Objects::nonNull)
            .toList();
    assertThat(won).hasSize(1);
    var decided = in(() -> store().recoveryCases().find(opened.id())).orElseThrow();
    assertThat(decided.state()).isEqualTo(won.get(0));
    assertThat(decided.decidedBy().isPresent()).isEqualTo(won.get(0) != State.VETOED);
    assertThat(decided.dueAt().isPresent()).isEqualTo(won.get(0) == State.APPROVED);
  }

  @RepeatedTest(3)
  void of_doing_a_case_and_vetoing_it_one_happens() {
    var approved = approved(Kind.LOST_FACTOR, NOW.plus(DAY));
    var turn = new AtomicInteger();
    assertThat(
            race(
                () ->
                    store()
                        .recoveryCases()
                        .move(
                            approved.id(),
                            State.APPROVED,
                            turn.incrementAndGet() % 2 == 0 ? State.DONE : State.VETOED)))
        .containsOnlyOnce(true);
    var by = approved.openedBy();
    assertThat(in(() -> store().recoveryCases().approve(approved.id(), by, NOW))).isFalse();
    assertThat(in(() -> store().recoveryCases().refuse(approved.id(), by))).isFalse();
    assertThat(in(() -> store().recoveryCases().openOf(approved.user()))).isEmpty();
    var ended = in(() -> store().recoveryCases().find(approved.id())).orElseThrow();
    assertThat(ended.dueAt()).isEqualTo(approved.dueAt());
    assertThat(ended.decidedBy()).isEqualTo(approved.decidedBy());
  }

  @Test
  void a_case_is_due_when_it_was_approved_and_proved_and_its_hold_is_over() {
    var due = NOW.plus(DAY);
    opened(Kind.LOST_FACTOR);
    var mailbox = approved(Kind.LOST_MAILBOX, due);
    var factor = approved(Kind.LOST_FACTOR, due.plusMillis(1));
    assertThat(due(due.plusMillis(1), 9)).containsExactly(factor);
    does(() -> store().recoveryCases().prove(mailbox.id(), NOW.plusMillis(5)));
    var proved = in(() -> store().recoveryCases().find(mailbox.id())).orElseThrow();
    assertThat(proved.addressProvedAt()).contains(NOW.plusMillis(5));
    assertThat(due(due.minusMillis(1), 9)).isEmpty();
    assertThat(due(due, 9)).containsExactly(proved);
    assertThat(due(due.plusMillis(1), 9)).containsExactly(proved, factor);
    assertThat(due(due.plusMillis(1), 1)).containsExactly(proved);
    assertThat(in(() -> store().recoveryCases().move(mailbox.id(), State.APPROVED, State.DONE)))
        .isTrue();
    assertThat(due(due.plusMillis(1), 9)).containsExactly(factor);
  }

  @Test
  void a_case_is_stale_that_nobody_decided_or_proved_in_time() {
    var due = NOW.plus(DAY);
    var undecided = opened(Kind.LOST_FACTOR);
    var unproved = approved(Kind.LOST_MAILBOX, due);
    var proved = approved(Kind.LOST_MAILBOX, due);
    does(() -> store().recoveryCases().prove(proved.id(), NOW));
    approved(Kind.LOST_FACTOR, due);
    assertThat(stale(NOW, due, 9)).isEmpty();
    assertThat(stale(NOW.plusMillis(1), due, 9)).containsExactly(undecided);
    assertThat(stale(NOW, due.plusMillis(1), 9)).containsExactly(unproved);
    assertThat(stale(NOW.plusMillis(1), due.plusMillis(1), 9))
        .containsExactlyInAnyOrder(undecided, unproved);
    assertThat(stale(NOW.plusMillis(1), due.plusMillis(1), 1)).hasSize(1);
    assertThat(in(() -> store().recoveryCases().move(undecided.id(), State.OPENED, State.EXPIRED)))
        .isTrue();
    assertThat(stale(NOW.plusMillis(1), due, 9)).isEmpty();
  }

  // guessing at support PINs

  @RepeatedTest(3)
  void five_guesses_at_a_support_pin_are_looked_at() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var pin = pin(account, caller, "012345");
    var counted =
        race(() -> store().supportPins().countGuess(account, NOW)).stream()
            .flatMap(List::stream)
            .toList();
    // each is told its own number, so that one is told it was the last
    assertThat(counted).extracting(Kept::guesses).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    assertThat(counted).extracting(Kept::pin).containsOnly(pin.pin());
    var locked = in(() -> store().supportPins().find(account, caller.id())).orElseThrow();
    assertThat(locked.guesses()).isEqualTo(5);
    assertThat(locked.isLocked()).isTrue();
    assertThat(store().supportPins().countGuess(account, NOW.plus(DAY.multipliedBy(9)))).isEmpty();
  }

  @RepeatedTest(3)
  void a_guess_at_a_support_pin_counts_whatever_becomes_of_its_transaction() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    pin(account, caller, "012345");
    var looked = new AtomicInteger();
    allUndone(() -> looked.addAndGet(store().supportPins().countGuess(account, NOW).size()));
    assertThat(looked.get()).isEqualTo(5);
    assertThat(in(() -> store().supportPins().find(account, caller.id())).orElseThrow().guesses())
        .isEqualTo(5);
  }

  @Test
  void a_guess_counts_at_every_pin_of_the_account_that_is_not_locked() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    assertThat(guesses(account, NOW)).isEmpty();
    pin(account, caller, "012345");
    assertThat(guesses(account, NOW)).containsExactly(1);
    assertThat(guesses(account, NOW)).containsExactly(2);
    pin(account, user("other@example.com"), "999999");
    assertThat(guesses(account, NOW)).containsExactlyInAnyOrder(3, 1);
    assertThat(guesses(account, NOW)).containsExactlyInAnyOrder(4, 2);
    assertThat(guesses(account, NOW)).containsExactlyInAnyOrder(5, 3);
    assertThat(guesses(account, NOW)).containsExactly(4);
    assertThat(guesses(new AccountId(id()), NOW)).isEmpty();
  }

  @Test
  void after_a_day_the_count_begins_anew_unless_it_was_full() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    pin(account, caller, "012345");
    assertThat(guesses(account, NOW)).containsExactly(1);
    assertThat(guesses(account, NOW.plus(DAY).minusMillis(1))).containsExactly(2);
    var next = NOW.plus(DAY); // a day after the first
    assertThat(guesses(account, next)).containsExactly(1);
    for (var times = 2; times <= 5; times++) {
      assertThat(guesses(account, next.plus(DAY).minusMillis(1))).containsExactly(times);
    }
    assertThat(guesses(account, next.plus(DAY.multipliedBy(2)))).isEmpty();
  }

  @RepeatedTest(3)
  void of_all_who_guess_when_a_day_is_over_none_is_lost() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    pin(account, caller, "012345");
    assertThat(guesses(account, NOW)).containsExactly(1);
    var counted =
        race(() -> store().supportPins().countGuess(account, NOW.plus(DAY))).stream()
            .flatMap(List::stream)
            .toList();
    assertThat(counted).extracting(Kept::guesses).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
  }

  @Test
  void a_right_guess_is_forgiven() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var first = pin(account, caller, "012345");
    var second = pin(account, user("other@example.com"), "999999");
    for (var times = 1; times <= 4; times++) {
      assertThat(guesses(account, NOW)).containsExactly(times, times);
    }
    does(() -> store().supportPins().forgive(List.of(first.id(), second.id())));
    assertThat(guesses(account, NOW)).containsExactly(4, 4);
    does(() -> store().supportPins().forgive(List.of(second.id())));
    assertThat(guesses(account, NOW)).containsExactlyInAnyOrder(5, 4);
    does(() -> store().supportPins().forgive(List.of()));
    for (var i = 0; i < 9; i++) {
      does(() -> store().supportPins().forgive(List.of(first.id())));
    }
    assertThat(in(() -> store().supportPins().find(account, caller.id())).orElseThrow().guesses())
        .isZero();
    assertThat(guesses(account, NOW.plusMillis(1))).contains(1);
    // a day from the first guess that was not forgiven
    assertThat(guesses(account, NOW.plus(DAY))).contains(2);
  }

  @RepeatedTest(3)
  void of_all_who_take_a_support_pin_one_does() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var pin = pin(account, caller, "012345");
    assertThat(race(() -> store().supportPins().take(pin.id()))).containsOnlyOnce(true);
    assertThat(guesses(account, NOW)).isEmpty();
    assertThat(in(() -> store().supportPins().find(account, caller.id()))).isEmpty();
    assertThat(in(() -> store().supportPins().put(pin, Optional.of(pin.id())))).isFalse();
  }

  @RepeatedTest(3)
  void of_taking_a_pin_and_replacing_it_one_happens() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var pin = pin(account, caller, "012345");
    var turn = new AtomicInteger();
    assertThat(
            race(
                () ->
                    turn.incrementAndGet() % 2 == 0
                        ? store().supportPins().take(pin.id())
                        : store()
                            .supportPins()
                            .put(fresh(account, caller, "543210"), Optional.of(pin.id()))))
        .containsOnlyOnce(true);
  }

  @Test
  void a_new_pin_has_not_been_guessed_at() {
    var caller = user("caller@example.com");
    var account = accountOf(caller);
    var pin = pin(account, caller, "012345");
    for (var times = 1; times <= 5; times++) {
      assertThat(guesses(account, NOW)).containsExactly(times);
    }
    var fresh = fresh(account, caller, "543210");
    assertThat(in(() -> store().supportPins().put(fresh, Optional.of(pin.id())))).isTrue();
    assertThat(in(() -> store().supportPins().find(account, caller.id()))).contains(fresh);
    assertThat(guesses(account, NOW)).containsExactly(1);
  }

  // what staff ask of accounts and users

  @Test
  void accounts_are_found_by_the_beginning_of_a_name() {
    var user = user("holder@example.com");
    account(user, "30000000", new PersonName("Zoë", "Müller"), "");
    account(user, "10000000", new PersonName("Łukasz", "van der  Berg"), "MULTI Éclair & Söhne");
    account(user, "20000000", new PersonName("Ada", "Mu🦉"), "");
    account(user, "40000000", new PersonName("Ada", "Mu\ufffd"), ""); // behind owls in UTF-16 only
    account(user, "50000000", new PersonName("Ada", "N"), "%");
    assertThat(named("mu")).containsExactly("10000000", "20000000", "30000000", "40000000");
    assertThat(named("muller")).containsExactly("30000000");
    assertThat(named("mullers")).isEmpty();
    assertThat(named("zoe mul")).containsExactly("30000000");
    assertThat(named("zoe")).containsExactly("30000000");
    assertThat(named("multi eclair")).containsExactly("10000000");
    assertThat(named("eclair")).isEmpty();
    assertThat(named("van der b")).containsExactly("10000000");
    assertThat(named("ada")).containsExactly("20000000", "40000000", "50000000");
    assertThat(named("m%")).isEmpty();
    assertThat(named("_")).isEmpty();
    assertThat(in(() -> store().accounts().named("mu", 2)))
        .extracting(Account::number)
        .containsExactly("10000000", "20000000");
    assertThat(named("\u0000")).isEmpty();
    assertThat(named("\ud800")).isEmpty();
    assertThat(named("m".repeat(100_000))).isEmpty();
  }

  @Test
  void an_account_is_found_by_the_name_it_has_now() {
    var user = user("holder@example.com");
    var account = account(user, "10000000", new PersonName("Zoë", "Müller"), "Old & Co.");
    does(
        () ->
            store()
                .accounts()
                .save(account.with(details(user, new PersonName("Zoë", "Ørsted"), "New & Co."))));
    assertThat(named("muller")).isEmpty();
    assertThat(named("old")).isEmpty();
    assertThat(named("zoe ør")).containsExactly("10000000");
    assertThat(named("new")).containsExactly("10000000");
  }

  @Test
  void very_long_names_are_found_too() {
    var user = user("holder@example.com");
    var name = "\ufdfa".repeat(80); // of one character, eighteen for whoever compares
    account(user, "10000000", new PersonName(name, name), name);
    assertThat(named(Accounts.searchKey(name))).containsExactly("10000000");
  }

  @Test
  void accounts_are_found_by_their_address_or_their_holders() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    account(bob, "30000000", bob.name(), "");
    account(ada, "20000000", ada.name(), "");
    account(new EmailAddress("ada@example.com"), bob, "10000000");
    assertThat(at("ada@example.com")).containsExactly("10000000", "20000000");
    assertThat(at("bob@example.com")).containsExactly("10000000", "30000000");
    assertThat(at("a@example.com")).isEmpty();
    assertThat(in(() -> store().accounts().at(new EmailAddress("ada@example.com"), 1)))
        .extracting(Account::number)
        .containsExactly("10000000");
    var next = new EmailAddress("next@example.com");
    var until = Optional.of(NOW.plus(DAY));
    assertThat(in(() -> store().users().moveTo(bob.id(), next, until, NOW))).isTrue();
    assertThat(at("next@example.com")).containsExactly("10000000", "30000000");
    assertThat(at("bob@example.com")).containsExactly("30000000"); // whose own address it still is
  }

  @Test
  void accounts_are_found_by_a_domain_they_run() {
    var ada = user("ada@example.com");
    var second = account(ada, "20000000", ada.name(), "");
    var first = account(ada, "10000000", ada.name(), "");
    does(() -> store().accounts().setDomains(second.id(), Set.of("a.example", "b.example")));
    does(() -> store().accounts().setDomains(first.id(), Set.of("a.example")));
    assertThat(running("a.example", 9)).containsExactly("10000000", "20000000");
    assertThat(running("a.example", 1)).containsExactly("10000000");
    assertThat(running("b.example", 9)).containsExactly("20000000");
    assertThat(running("example", 9)).isEmpty();
    for (var odd : ODD) {
      assertThat(running(odd, 9)).isEmpty();
    }
  }

  @Test
  void previous_addresses_are_those_that_are_still_kept() {
    var ada = user("c@example.com");
    var users = store().users();
    var until = NOW.plus(DAY);
    assertThat(in(() -> users.previousAddresses(ada.id(), NOW))).isEmpty();
    for (var next : List.of("b@example.com", "a@example.com", "d@example.com")) {
      var kept = Optional.of(next.startsWith("b") ? until.plusMillis(1) : until);
      assertThat(in(() -> users.moveTo(ada.id(), new EmailAddress(next), kept, NOW))).isTrue();
    }
    assertThat(in(() -> users.previousAddresses(ada.id(), NOW)))
        .extracting(EmailAddress::value)
        .containsExactly("a@example.com", "b@example.com", "c@example.com");
    assertThat(in(() -> users.previousAddresses(ada.id(), until)))
        .extracting(EmailAddress::value)
        .containsExactly("c@example.com");
    assertThat(in(() -> users.previousAddresses(new UserId(id()), NOW))).isEmpty();
  }

  @Test
  void any_change_that_was_confirmed_and_stands_is_seen() {
    for (var target : EmailChange.Target.values()) {
      var subject = id();
      var changed = change(target, subject, EmailChange.State.CONFIRMED);
      assertThat(anyConfirmed(subject, NOW.minusMillis(1))).isTrue();
      assertThat(anyConfirmed(subject, NOW)).isFalse();
      assertThat(anyConfirmed(id(), NOW.minusMillis(1))).isFalse();
      does(
          () ->
              store()
                  .emailChanges()
                  .closeConfirmed(target, subject, NOW.minusMillis(1), NOW.plusMillis(1)));
      assertThat(anyConfirmed(subject, NOW.minusMillis(1))).isFalse();
      assertThat(in(() -> store().emailChanges().find(changed))).isPresent();
    }
    for (var state : EmailChange.State.values()) {
      var subject = id();
      change(EmailChange.Target.USER, subject, state);
      assertThat(anyConfirmed(subject, NOW.minusMillis(1)))
          .isEqualTo(state == EmailChange.State.CONFIRMED);
    }
  }

  @Test
  void all_of_a_users_factors_and_recovery_codes_are_removed() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    var begun = factor(ada, Factor.Kind.TOTP);
    for (var user : List.of(ada, bob)) {
      var token = factor(user, Factor.Kind.TOTP);
      does(
          () -> {
            store().factors().addUnconfirmed(token, TotpSecret.generate(random));
            store().factors().confirm(token.id(), 5, NOW);
            store().factors().addYubiKey(factor(user, Factor.Kind.YUBIKEY), "ccccccbcgujh");
            store().factors().replaceCodes(user.id(), List.of("1", "2"));
          });
    }
    does(() -> store().factors().addUnconfirmed(begun, TotpSecret.generate(random)));
    does(() -> store().factors().removeAll(ada.id()));
    assertThat(in(() -> store().factors().of(ada.id()))).isEmpty();
    assertThat(in(() -> store().factors().unconfirmed(ada.id(), begun.id()))).isEmpty();
    assertThat(in(() -> store().factors().codesLeft(ada.id()))).isZero();
    assertThat(in(() -> store().factors().useCode(ada.id(), "1", NOW))).isFalse();
    assertThat(in(() -> store().factors().of(bob.id()))).hasSize(2);
    assertThat(in(() -> store().factors().codesLeft(bob.id()))).isEqualTo(2);
  }

  // what the tests are written with

  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Many callers who do this at once, each in a transaction that then comes to nothing. */
  private void allUndone(Runnable deed) {
    Race.of(
        CALLERS,
        i -> {
          Supplier<Boolean> undone =
              () -> {
                deed.run();
                throw new Undone();
              };
          assertThatThrownBy(() -> in(undone)).isInstanceOf(Undone.class);
          return true;
        });
  }

  private Staff draft(String name, String email, Role role) {
    return new Staff(
        new Staff.Id(id()),
        name,
        new EmailAddress(email),
        Language.DE,
        role,
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty());
  }

  private Staff staff(String name, String email) {
    var staff = draft(name, email, Role.ADMINISTRATOR);
    assertThat(in(() -> store().staff().add(staff))).isTrue();
    return staff;
  }

  private Staff ready(String name, String email) {
    var staff = staff(name, email);
    var token = TotpSecret.generate(random);
    assertThat(in(() -> store().staff().equip(staff.id(), 0, "hash", token, 7, NOW))).isTrue();
    return in(() -> store().staff().find(staff.id())).orElseThrow();
  }

  private Credentials credentials(Staff staff) {
    return in(() -> store().staff().credentials(staff.id())).orElseThrow();
  }

  private StaffSession session(Staff staff, Instant createdAt, Instant lastUsedAt) {
    return new StaffSession(
        new StaffSession.Id(id()), staff.id(), DESK, createdAt, lastUsedAt, NOW.plusMillis(2));
  }

  private StaffSession found(String fingerprint) {
    return in(() -> store().staffSessions().find(fingerprint)).orElseThrow().session();
  }

  private Entry logged(Staff staff, Did did, Optional<AccountId> account, Instant at) {
    var details = ImmutableMap.of("name", "Zoë & Söhne = 🦉");
    var entry = new Entry(id(), staff.id(), did, account, at, DESK, details);
    does(() -> store().staffLog().record(entry));
    return entry;
  }

  private ImmutableList<Entry> newest(Staff staff, Optional<UUID> before, int most) {
    return in(() -> store().staffLog().newest(staff.id(), before, most));
  }

  private Grant grant(Staff staff, AccountId account, User caller, Method method, Instant at) {
    var grant =
        new Grant(
            new Grant.Id(id()), staff.id(), account, caller.id(), method, at, Optional.empty());
    does(() -> store().grants().open(grant));
    return grant;
  }

  private ImmutableList<Grant> openOf(Staff staff, Instant now) {
    return in(() -> store().grants().openOf(staff.id(), now));
  }

  private Mailed mailed(Staff staff, User user) {
    return mailed(staff, accountOf(user), user);
  }

  private Mailed mailed(Staff staff, AccountId account, User user) {
    var code =
        new Mailed(
            id(), staff.id(), account, user.id(), new MailedCode("01234567"), NOW.plusMillis(9));
    does(() -> store().mailedCodes().add(code));
    return code;
  }

  private Optional<Mailed> guessed(Mailed code, Staff.Id staff, Instant now) {
    return store().mailedCodes().countGuess(code.id(), staff, now, 3);
  }

  private RecoveryCase opened(Kind kind) {
    var n = id().getLeastSignificantBits() & 0xFFFF; // several in one test
    var user = user("caller" + n + "@example.com");
    var account = account(user, "%08d".formatted(n), user.name(), "").id();
    return opened(staff("Ada", "ada" + n + "@example.com"), account, user, kind, NOW);
  }

  private RecoveryCase opened(Staff by, AccountId account, User user, Kind kind, Instant at) {
    var opened =
        new RecoveryCase(
            new RecoveryCase.Id(id()),
            account,
            user.id(),
            kind,
            kind == Kind.LOST_MAILBOX
                ? Optional.of(new EmailAddress("new@example.com"))
                : Optional.empty(),
            Optional.empty(),
            ImmutableSet.copyOf(Evidence.values()),
            "Said \"lost\", and:\n🦉".repeat(110),
            by.id(),
            at,
            State.OPENED,
            Optional.empty(),
            Optional.empty());
    does(() -> store().recoveryCases().add(opened));
    return opened;
  }

  private RecoveryCase approved(Kind kind, Instant due) {
    var opened = opened(kind);
    assertThat(in(() -> store().recoveryCases().approve(opened.id(), opened.openedBy(), due)))
        .isTrue();
    var approved = in(() -> store().recoveryCases().find(opened.id())).orElseThrow();
    assertThat(approved.dueAt()).contains(due);
    assertThat(approved.decidedBy()).contains(opened.openedBy());
    return approved;
  }

  private List<RecoveryCase.Id> newest(boolean openOnly, Optional<RecoveryCase> before, int most) {
    var behind = before.map(each -> each.id().value());
    return in(() -> store().recoveryCases().newest(openOnly, behind, most)).stream()
        .map(RecoveryCase::id)
        .toList();
  }

  private ImmutableList<RecoveryCase> due(Instant now, int most) {
    return in(() -> store().recoveryCases().due(now, most));
  }

  private ImmutableList<RecoveryCase> stale(Instant openedBefore, Instant dueBefore, int most) {
    return in(() -> store().recoveryCases().stale(openedBefore, dueBefore, most));
  }

  private Kept fresh(AccountId account, User user, String digits) {
    return new Kept(id(), account, user.id(), new SupportPin(digits), NOW, 0);
  }

  private Kept pin(AccountId account, User user, String digits) {
    var pin = fresh(account, user, digits);
    assertThat(in(() -> store().supportPins().put(pin, Optional.empty()))).isTrue();
    return pin;
  }

  private List<Integer> guesses(AccountId account, Instant now) {
    return store().supportPins().countGuess(account, now).stream().map(Kept::guesses).toList();
  }

  private Account account(User holder, String number, PersonName name, String company) {
    return added(holder, number, details(holder, name, company));
  }

  private void account(EmailAddress address, User holder, String number) {
    var billing = new BillingAddress("Allee 1", "", "Berlin", "", "10117", "DE");
    added(
        holder,
        number,
        new AccountDetails(holder.name(), "", address, "", "", Language.EN, billing));
  }

  private Account added(User holder, String number, AccountDetails details) {
    var account = Account.open(new AccountId(id()), number, holder.id(), details, true, NOW);
    assertThat(in(() -> store().accounts().add(account))).isTrue();
    return account;
  }

  private static AccountDetails details(User holder, PersonName name, String company) {
    var billing = new BillingAddress("Allee 1", "", "Berlin", "", "10117", "DE");
    return new AccountDetails(name, company, holder.email(), "", "", Language.EN, billing);
  }

  private List<String> named(String key) {
    return numbers(in(() -> store().accounts().named(key, 99)));
  }

  private List<String> at(String address) {
    return numbers(in(() -> store().accounts().at(new EmailAddress(address), 99)));
  }

  private List<String> running(String domain, int most) {
    return numbers(in(() -> store().accounts().running(domain, most)));
  }

  private static List<String> numbers(List<Account> accounts) {
    return accounts.stream().map(Account::number).toList();
  }

  private UUID change(EmailChange.Target target, UUID subject, EmailChange.State state) {
    var from = new EmailAddress("a@example.com");
    var to = new EmailAddress("b@example.com");
    var change = new EmailChange(id(), target, subject, from, to, state, NOW);
    does(() -> store().emailChanges().add(change));
    return change.id();
  }

  private boolean anyConfirmed(UUID subject, Instant after) {
    return in(() -> store().emailChanges().anyConfirmed(subject, after));
  }

  private Factor factor(User user, Factor.Kind kind) {
    return new Factor(new Factor.Id(id()), user.id(), kind, "Phone", NOW, Optional.empty());
  }
}
