package org.holdfast.application.supportpin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.supportpin.SupportPins.Kept;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.session.Step;
import org.holdfast.domain.supportpin.SupportPin;

/**
 * "Support PIN": what somebody says on the phone to prove who they are. It is theirs on one
 * account, seen only with a fresh proof, replaced at will, and never sent anywhere.
 */
public final class KeepSupportPin {

  private final Store store;
  private final Access access;
  private final Letters letters;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public KeepSupportPin(
      Store store,
      Access access,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.access = access;
    this.letters = letters;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A PIN as its person sees it. It does not print.
   *
   * @param expiresAt when it becomes worthless, where the operator wants that
   * @param locked were wrong ones said so often that only a new one helps?
   */
  public record Shown(
      SupportPin pin, Instant madeAt, Optional<Instant> expiresAt, boolean locked) {}

  /**
   * The caller's PIN on this account; nothing where there is none, or it is too old.
   *
   * @throws Refusal STEP_UP_NEEDED or NO_SUCH_ACCOUNT
   */
  public Optional<Shown> show(SignedIn who, String number) {
    Step.SEE_SUPPORT_PIN.mustBeProved(who.session().provedAt(), clock.instant());
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.held(who, number);
              var good =
                  store
                      .supportPins()
                      .find(account.id(), who.user().id())
                      .filter(
                          kept -> kept.isGoodAt(clock.instant(), policy.supportPins().maxAge()));
              good.ifPresent(kept -> record(who, account, What.SUPPORT_PIN_SHOWN));
              return good.map(this::shown);
            });
  }

  /**
   * Makes the caller a new PIN on this account; the one before is worthless, and so are the calls
   * that go on in their name: in one of them somebody could ask for the new one.
   *
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_ACCOUNT or CHANGED_MEANWHILE
   */
  public Shown replace(SignedIn who, String number) {
    Step.SEE_SUPPORT_PIN.mustBeProved(who.session().provedAt(), clock.instant());
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.held(who, number);
              var user = who.user().id();
              var fresh = put(account.id(), user);
              store.grants().endAllOf(user, clock.instant());
              letters
                  .notice(who.user(), Letter.Kind.SUPPORT_PIN_REPLACED, who.session().origin())
                  .with("number", account.number())
                  .post();
              record(who, account, What.SUPPORT_PIN_REPLACED);
              return shown(fresh);
            });
  }

  /**
   * Makes a PIN in the place of the one there is, in the transaction that is open.
   *
   * @throws Refusal CHANGED_MEANWHILE
   */
  public Kept put(AccountId account, UserId user) {
    store.standings().lock(user); // whoever says the old one is verified before this, or never
    var seen = store.supportPins().find(account, user).map(Kept::id);
    var pin = SupportPin.generate(policy.supportPins().length(), random);
    var fresh = new Kept(ids.next(), account, user, pin, clock.instant(), 0);
    if (!store.supportPins().put(fresh, seen)) {
      throw new Refusal(Reason.CHANGED_MEANWHILE);
    }
    return fresh;
  }

  private Shown shown(Kept kept) {
    return new Shown(
        kept.pin(),
        kept.madeAt(),
        policy.supportPins().maxAge().map(kept.madeAt()::plus),
        kept.isLocked());
  }

  private void record(SignedIn who, Account account, What what) {
    store
        .activity()
        .record(
            Happening.of(what, account.id(), who.user().id(), clock.instant())
                .from(who.session().origin()));
  }
}
