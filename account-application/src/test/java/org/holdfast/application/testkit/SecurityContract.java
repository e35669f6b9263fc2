package org.holdfast.application.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.emailchange.EmailChange.State;
import org.holdfast.application.emailchange.EmailChange.Target;
import org.holdfast.application.linkedaccount.AuthorizationRequests.AuthorizationRequest;
import org.holdfast.application.linkedaccount.AuthorizationRequests.Purpose;
import org.holdfast.application.linkedaccount.LinkedIdentities.LinkedIdentity;
import org.holdfast.application.signin.PendingSignIns.PendingSignIn;
import org.holdfast.application.signin.PendingSignIns.Way;
import org.holdfast.application.signin.Standings.Standing;
import org.holdfast.application.supportpin.SupportPins.Kept;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.supportpin.SupportPin;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * The part of {@link StoreContract} about second factors, half-done sign-ins, linked accounts and
 * freezing.
 */
abstract class SecurityContract {

  static final int CALLERS = 64;
  // an hour that a clock in New York does not have: an instant must not care
  static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");

  private final Random random = new Random(7);
  private long lastId = 1;

  /** The store under test, empty at the beginning of each test. */
  protected abstract Store store();

  /** Many callers, each inside a transaction of its own before anybody goes on. */
  protected <T> List<T> race(Supplier<T> deed) {
    return Race.of(CALLERS, store().transactions(), deed);
  }

  // time-based tokens

  @Test
  void a_token_counts_once_its_first_code_was_shown() {
    var ada = user("ada@example.com");
    var secret = secretOfToken();
    var begun = begin(ada, secret);
    assertThat(in(() -> store().factors().of(ada.id()))).isEmpty();
    assertThat(in(() -> store().factors().tokens(ada.id()))).isEmpty();
    assertThat(standing(ada).hasFactor()).isFalse();
    assertThat(in(() -> store().factors().unconfirmed(ada.id(), begun.id())).orElseThrow().secret())
        .isEqualTo(secret);
    assertThat(in(() -> store().factors().accept(begun.id(), 99, NOW))).isFalse();
    assertThat(in(() -> store().factors().confirm(begun.id(), 5, NOW))).isTrue();
    assertThat(in(() -> store().factors().of(ada.id()))).containsExactly(begun);
    assertThat(in(() -> store().factors().tokens(ada.id())).get(0).lastStep()).isEqualTo(5);
    assertThat(in(() -> store().factors().unconfirmed(ada.id(), begun.id()))).isEmpty();
    assertThat(standing(ada).totp()).isTrue();
  }

  @Test
  void of_tokens_that_were_begun_the_last_one_is_left() {
    var ada = user("ada@example.com");
    var first = begin(ada, secretOfToken());
    var second = begin(ada, secretOfToken());
    assertThat(in(() -> store().factors().unconfirmed(ada.id(), first.id()))).isEmpty();
    assertThat(in(() -> store().factors().confirm(first.id(), 5, NOW))).isFalse();
    assertThat(in(() -> store().factors().unconfirmed(ada.id(), second.id()))).isPresent();
    var bob = user("bob@example.com");
    assertThat(in(() -> store().factors().unconfirmed(bob.id(), second.id()))).isEmpty();
  }

  @RepeatedTest(3)
  void of_all_who_confirm_a_token_one_does() {
    var begun = begin(user("ada@example.com"), secretOfToken());
    assertThat(race(() -> store().factors().confirm(begun.id(), 5, NOW))).containsOnlyOnce(true);
  }

  @RepeatedTest(5)
  void of_all_who_show_a_code_of_one_step_one_gets_in() {
    var token = token(user("ada@example.com"));
    assertThat(race(() -> store().factors().accept(token.id(), 6, NOW))).containsOnlyOnce(true);
    for (var old : List.of(4L, 5L, 6L)) {
      assertThat(in(() -> store().factors().accept(token.id(), old, NOW))).isFalse();
    }
    assertThat(in(() -> store().factors().accept(token.id(), 7, NOW))).isTrue();
    assertThat(in(() -> store().factors().of(token.user())).get(0).lastUsedAt()).contains(NOW);
  }

  @Test
  void a_factor_is_its_users_own() {
    var token = token(user("ada@example.com"));
    var bob = user("bob@example.com");
    assertThat(in(() -> store().factors().rename(bob.id(), token.id(), "mine"))).isFalse();
    assertThat(in(() -> store().factors().remove(bob.id(), token.id()))).isFalse();
    assertThat(in(() -> store().factors().rename(token.user(), token.id(), "Zoë 🦉"))).isTrue();
    assertThat(in(() -> store().factors().of(token.user())).get(0).name()).isEqualTo("Zoë 🦉");
    assertThat(race(() -> store().factors().remove(token.user(), token.id())))
        .containsOnlyOnce(true);
    assertThat(in(() -> store().factors().of(token.user()))).isEmpty();
    assertThat(in(() -> store().factors().accept(token.id(), 100, NOW))).isFalse();
  }

  // YubiKeys

  @RepeatedTest(3)
  void a_yubikey_is_added_once_per_user() {
    var ada = user("ada@example.com");
    assertThat(race(() -> store().factors().addYubiKey(key(ada), "ccccccbcgujh")))
        .containsOnlyOnce(true);
    var bob = user("bob@example.com");
    assertThat(in(() -> store().factors().addYubiKey(key(bob), "ccccccbcgujh"))).isTrue();
    assertThat(in(() -> store().factors().yubiKey(ada.id(), "ccccccbcgujh"))).isPresent();
    assertThat(in(() -> store().factors().yubiKey(ada.id(), "ccccccbcguji"))).isEmpty();
    assertThat(standing(ada).yubiKey()).isTrue();
    assertThat(standing(ada).totp()).isFalse();
    assertThat(in(() -> store().factors().tokens(ada.id()))).isEmpty();
  }

  @RepeatedTest(5)
  void what_a_yubikey_said_counts_once() {
    var said = secret().fingerprint();
    assertThat(race(() -> store().factors().spend(said, NOW))).containsOnlyOnce(true);
    assertThat(in(() -> store().factors().spend(said, NOW))).isFalse();
    assertThat(in(() -> store().factors().sweep(NOW))).isZero();
    assertThat(in(() -> store().factors().sweep(NOW.plusMillis(1)))).isEqualTo(1);
  }

  // recovery codes

  @RepeatedTest(5)
  void of_all_who_use_a_recovery_code_one_does() {
    var ada = user("ada@example.com");
    does(() -> store().factors().replaceCodes(ada.id(), List.of("a", "b", "c")));
    assertThat(race(() -> store().factors().useCode(ada.id(), "b", NOW))).containsOnlyOnce(true);
    assertThat(in(() -> store().factors().codesLeft(ada.id()))).isEqualTo(2);
    assertThat(standing(ada).recoveryCodes()).isEqualTo(2);
  }

  @Test
  void a_new_set_of_recovery_codes_makes_the_old_one_worthless() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    does(() -> store().factors().replaceCodes(ada.id(), List.of("a", "b")));
    does(() -> store().factors().replaceCodes(bob.id(), List.of("a")));
    does(() -> store().factors().replaceCodes(ada.id(), List.of("c")));
    assertThat(in(() -> store().factors().useCode(ada.id(), "a", NOW))).isFalse();
    assertThat(in(() -> store().factors().useCode(ada.id(), "c", NOW))).isTrue();
    assertThat(in(() -> store().factors().useCode(bob.id(), "c", NOW))).isFalse();
    assertThat(in(() -> store().factors().codesLeft(bob.id()))).isEqualTo(1);
    does(() -> store().factors().replaceCodes(bob.id(), List.of()));
    assertThat(in(() -> store().factors().codesLeft(bob.id()))).isZero();
  }

  // where one stands

  @Test
  void a_standing_is_read_from_live_rows() {
    var ada = user("ada@example.com");
    assertThat(standing(ada))
        .isEqualTo(
            new Standing(false, 0, Optional.empty(), Optional.empty(), false, false, 0, false));
    in(() -> store().passwords().replace(ada.id(), 0, "hash", true, NOW));
    does(() -> store().freezes().freeze(ada.id(), NOW.plusMillis(1)));
    token(ada);
    assertThat(standing(ada))
        .isEqualTo(
            new Standing(
                false, 1, Optional.of(NOW), Optional.of(NOW.plusMillis(1)), true, false, 0, false));
    assertThat(in(() -> store().passwords().isShort(ada.id()))).isTrue();
    in(() -> store().passwords().replace(ada.id(), 1, "longer", false, NOW.plusMillis(2)));
    assertThat(in(() -> store().passwords().isShort(ada.id()))).isFalse();
    assertThat(standing(ada).isShut()).isFalse();
    assertThat(in(() -> store().standings().lock(new UserId(id())))).isEmpty();
  }

  /** Whoever is about to begin a session and whoever adds a factor come one after the other. */
  @RepeatedTest(3)
  void no_session_begins_past_a_factor_that_was_added_meanwhile() {
    var ada = user("ada@example.com");
    var begun = begin(ada, secretOfToken());
    var callers = new AtomicInteger();
    race(
        () -> {
          var mine = callers.incrementAndGet();
          var standing = store().standings().lock(ada.id()).orElseThrow();
          if (mine % 8 == 0) {
            return store().factors().confirm(begun.id(), 5, NOW)
                && store().sessions().endAll(ada.id()) >= 0;
          }
          if (!standing.hasFactor()) {
            store().sessions().add(session(ada), secret().fingerprint());
          }
          return false;
        });
    assertThat(in(() -> store().sessions().of(ada.id()))).isEmpty();
  }

  // half-done sign-ins

  @RepeatedTest(3)
  void of_all_who_end_a_half_done_sign_in_one_does() {
    var ada = user("ada@example.com");
    var fingerprint = secret().fingerprint();
    var pending = new PendingSignIn(ada.id(), Way.PASSWORD, NOW.plusMillis(1));
    does(() -> store().pendingSignIns().add(pending, fingerprint));
    assertThat(in(() -> store().pendingSignIns().find(fingerprint, NOW))).contains(pending);
    assertThat(in(() -> store().pendingSignIns().find("'\u0000", NOW))).isEmpty();
    assertThat(in(() -> store().pendingSignIns().take(fingerprint, pending.expiresAt()))).isFalse();
    assertThat(race(() -> store().pendingSignIns().take(fingerprint, NOW))).containsOnlyOnce(true);
    assertThat(in(() -> store().pendingSignIns().find(fingerprint, NOW))).isEmpty();
  }

  @Test
  void half_done_sign_ins_end_with_their_user_and_their_time() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    var until = NOW.plus(Duration.ofMinutes(10));
    does(
        () -> {
          store().pendingSignIns().add(new PendingSignIn(ada.id(), Way.PASSWORD, until), "a");
          store().pendingSignIns().add(new PendingSignIn(bob.id(), Way.LINKED_ACCOUNT, until), "b");
          store().pendingSignIns().endAll(ada.id());
        });
    assertThat(in(() -> store().pendingSignIns().find("a", NOW))).isEmpty();
    assertThat(in(() -> store().pendingSignIns().find("b", NOW)).orElseThrow().way())
        .isEqualTo(Way.LINKED_ACCOUNT);
    assertThat(in(() -> store().pendingSignIns().sweep(until))).isZero();
    assertThat(in(() -> store().pendingSignIns().sweep(until.plusMillis(1)))).isEqualTo(1);
  }

  // linked accounts

  @RepeatedTest(3)
  void an_identity_is_linked_to_one_user() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    var callers = new AtomicInteger();
    assertThat(
            race(
                () ->
                    store()
                        .linkedIdentities()
                        .add(linked(callers.incrementAndGet() % 2 == 0 ? ada : bob), "key")))
        .containsOnlyOnce(true);
    var owner = in(() -> store().linkedIdentities().find("key")).orElseThrow();
    assertThat(in(() -> store().linkedIdentities().of(owner.user()))).containsExactly(owner);
    var other = owner.user().equals(ada.id()) ? bob : ada;
    assertThat(in(() -> store().linkedIdentities().remove(other.id(), owner.id()))).isFalse();
    does(() -> store().linkedIdentities().touch(owner.id(), NOW));
    assertThat(in(() -> store().linkedIdentities().find("key")).orElseThrow().lastUsedAt())
        .contains(NOW);
    assertThat(race(() -> store().linkedIdentities().remove(owner.user(), owner.id())))
        .containsOnlyOnce(true);
    assertThat(in(() -> store().linkedIdentities().find("key"))).isEmpty();
  }

  @RepeatedTest(5)
  void of_all_who_come_back_with_one_state_one_does() {
    var request = request("google");
    var state = request.stateFingerprint();
    var browser = request.browserFingerprint();
    for (var odd :
        List.of(
            in(() -> store().authorizationRequests().take("facebook", state, browser, NOW)),
            in(() -> store().authorizationRequests().take("google", state, state, NOW)),
            in(() -> store().authorizationRequests().take("google", browser, browser, NOW)),
            in(
                () ->
                    store()
                        .authorizationRequests()
                        .take("google", state, browser, request.expiresAt())))) {
      assertThat(odd).isEmpty();
    }
    assertThat(race(() -> store().authorizationRequests().take("google", state, browser, NOW)))
        .containsOnlyOnce(Optional.of(request));
    assertThat(in(() -> store().authorizationRequests().sweep(request.expiresAt()))).isZero();
  }

  @Test
  void all_that_a_user_has_linked_is_unlinked() {
    var ada = user("ada@example.com");
    var bob = user("bob@example.com");
    in(() -> store().linkedIdentities().add(linked(ada), "one"));
    in(() -> store().linkedIdentities().add(linked(ada), "two"));
    in(() -> store().linkedIdentities().add(linked(bob), "three"));
    does(() -> store().linkedIdentities().removeAll(ada.id()));
    assertThat(in(() -> store().linkedIdentities().of(ada.id()))).isEmpty();
    assertThat(in(() -> store().linkedIdentities().of(bob.id()))).hasSize(1);
  }

  @Test
  void what_was_confirmed_since_is_found_and_closed() {
    var from = new EmailAddress("a@example.com");
    var subject = id();
    var old = change(subject, from, NOW);
    var late = change(subject, from, NOW.plusMillis(5));
    var other = change(id(), from, NOW.plusMillis(5));
    var changes = store().emailChanges();
    assertThat(in(() -> changes.confirmed(Target.USER, subject, from, NOW.minusMillis(1))))
        .contains(late);
    assertThat(in(() -> changes.confirmed(Target.USER, subject, late.to(), NOW.minusMillis(1))))
        .isEmpty();
    assertThat(in(() -> changes.confirmed(Target.ACCOUNT, subject, from, NOW.minusMillis(1))))
        .isEmpty();
    does(() -> changes.closeConfirmed(Target.USER, subject, NOW, NOW.plusMillis(9)));
    assertThat(in(() -> changes.find(late.id())).orElseThrow().state()).isEqualTo(State.UNDONE);
    assertThat(in(() -> changes.find(old.id()))).contains(old);
    assertThat(in(() -> changes.find(other.id()))).contains(other);
  }

  private EmailChange change(UUID subject, EmailAddress from, Instant since) {
    var to = new EmailAddress("b@example.com");
    var change = new EmailChange(id(), Target.USER, subject, from, to, State.CONFIRMED, since);
    does(() -> store().emailChanges().add(change));
    return change;
  }

  // support PINs

  @RepeatedTest(3)
  void of_all_who_replace_a_support_pin_one_does() {
    var ada = user("ada@example.com");
    var account = accountOf(ada);
    assertThat(race(() -> store().supportPins().put(pin(account, ada), Optional.empty())))
        .containsOnlyOnce(true);
    var first = in(() -> store().supportPins().find(account, ada.id())).orElseThrow();
    assertThat(race(() -> store().supportPins().put(pin(account, ada), Optional.of(first.id()))))
        .containsOnlyOnce(true);
    var second = in(() -> store().supportPins().find(account, ada.id())).orElseThrow();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.pin()).isEqualTo(new SupportPin("012345"));
    assertThat(second.madeAt()).isEqualTo(NOW);
    assertThat(in(() -> store().supportPins().put(pin(account, ada), Optional.of(first.id()))))
        .isFalse();
    assertThat(in(() -> store().supportPins().find(account, user("bob@example.com").id())))
        .isEmpty();
  }

  private Kept pin(AccountId account, User user) {
    return new Kept(id(), account, user.id(), new SupportPin("012345"), NOW, 0);
  }

  // freezing

  @Test
  void frozen_is_who_was_not_thawed_since() {
    var ada = user("ada@example.com");
    assertThat(in(() -> store().freezes().thaw(ada.id()))).isFalse();
    race(
        () -> {
          store().freezes().freeze(ada.id(), NOW);
          return true;
        });
    does(() -> store().freezes().freeze(ada.id(), NOW.plusMillis(5)));
    assertThat(standing(ada).frozenSince()).contains(NOW.plusMillis(5));
    assertThat(race(() -> store().freezes().thaw(ada.id()))).containsOnlyOnce(true);
    assertThat(standing(ada).frozenSince()).isEmpty();
  }

  @Test
  void an_account_may_demand_a_factor_of_its_people() {
    var ada = user("ada@example.com");
    var account = accountOf(ada);
    assertThat(in(() -> store().accounts().demandsFactor(account))).isFalse();
    does(() -> store().accounts().demandFactor(account, true));
    assertThat(in(() -> store().accounts().demandsFactor(account))).isTrue();
    assertThat(standing(ada).factorRequired()).isTrue();
    assertThat(standing(user("bob@example.com")).factorRequired()).isFalse();
    does(() -> store().accounts().demandFactor(account, false));
    assertThat(standing(ada).factorRequired()).isFalse();
  }

  @Test
  void an_accounts_domains_are_those_that_were_told_last() {
    var account = accountOf(user("ada@example.com"));
    assertThat(in(() -> store().accounts().domains(account))).isEmpty();
    does(() -> store().accounts().setDomains(account, Set.of("b.example", "a.example")));
    does(() -> store().accounts().setDomains(account, Set.of("c.example", "a.example")));
    assertThat(in(() -> store().accounts().domains(account)))
        .containsExactlyInAnyOrder("a.example", "c.example");
    does(() -> store().accounts().setDomains(account, Set.of()));
    assertThat(in(() -> store().accounts().domains(account))).isEmpty();
  }

  // what the tests are written with

  /** An account that this user holds. */
  abstract AccountId accountOf(User holder);

  <T> T in(Supplier<T> work) {
    return store().transactions().inOne(work);
  }

  void does(Runnable work) {
    store().transactions().inOne(work);
  }

  synchronized UUID id() {
    return new UUID(0x0197_0000_0000_7000L, 0x8000_0000_0000_0000L + lastId++);
  }

  Secret secret() {
    synchronized (random) {
      return Secret.generate(random);
    }
  }

  User user(String email) {
    var user = draft(email);
    assertThat(in(() -> store().users().add(user, NOW))).isTrue();
    return user;
  }

  User draft(String email) {
    return new User(
        new UserId(id()),
        new PersonName("Ada", "Lovelace"),
        new EmailAddress(email),
        Language.DE,
        ZoneId.of("Europe/Berlin"),
        Optional.of(NOW),
        Optional.empty());
  }

  Session session(User user) {
    return new Session(
        new Session.Id(id()),
        user.id(),
        new Origin("192.0.2.7", "Firefox on Linux"),
        NOW,
        NOW.plusMillis(1),
        NOW.plusMillis(2));
  }

  private Standing standing(User user) {
    return in(() -> store().standings().lock(user.id())).orElseThrow();
  }

  private TotpSecret secretOfToken() {
    return TotpSecret.generate(random);
  }

  private Factor begin(User user, TotpSecret secret) {
    var factor = factor(user, Factor.Kind.TOTP);
    does(() -> store().factors().addUnconfirmed(factor, secret));
    return factor;
  }

  private Factor token(User user) {
    var begun = begin(user, secretOfToken());
    assertThat(in(() -> store().factors().confirm(begun.id(), 5, NOW))).isTrue();
    return begun;
  }

  private Factor key(User user) {
    return factor(user, Factor.Kind.YUBIKEY);
  }

  private Factor factor(User user, Factor.Kind kind) {
    return new Factor(new Factor.Id(id()), user.id(), kind, "Phone 🦉", NOW, Optional.empty());
  }

  private LinkedIdentity linked(User user) {
    return new LinkedIdentity(id(), user.id(), "google", NOW, Optional.empty());
  }

  private AuthorizationRequest request(String provider) {
    var request =
        new AuthorizationRequest(
            secret().fingerprint(),
            secret().fingerprint(),
            provider,
            Purpose.LINK,
            Optional.of(new Session.Id(id())),
            ImmutableMap.of("nonce", "n", "next", "/profile?x=ü"),
            NOW.plusMillis(1));
    does(() -> store().authorizationRequests().add(request));
    return request;
  }
}
