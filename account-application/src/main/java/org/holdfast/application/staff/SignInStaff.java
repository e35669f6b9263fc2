package org.holdfast.application.staff;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.credential.NewPasswords;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.factor.TotpCodes;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.StaffMembers.Credentials;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.jspecify.annotations.Nullable;

/**
 * How staff come to the console: by an invitation, at which they choose a password and set their
 * token up, and from then on with both at once. There is no state in between, and no session begins
 * anywhere else. It refuses with:
 *
 * <ul>
 *   <li>SIGN_IN_FAILED: for a stranger, a wrong password, a wrong or used code, and somebody who is
 *       disabled or not ready alike, after the same work;
 *   <li>TOO_MANY_TRIES: too many failures at this staff member, from this network address, or over
 *       all;
 *   <li>BUSY: more people are signing in than can be hashed for.
 * </ul>
 */
public final class SignInStaff {

  private static final Duration REMEMBERED = Duration.ofDays(30);
  private static final Duration TOUCH_EVERY = Duration.ofMinutes(1);
  private static final Rate WRONG_LINKS = new Rate(20, Duration.ofMinutes(1));

  private final Store store;
  private final Guessing guessing;
  private final NewPasswords newPasswords;
  private final PasswordHasher hasher;
  private final TotpCodes codes;
  private final TellStaff tell;
  private final Policy policy;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public SignInStaff(
      Store store,
      Guessing guessing,
      NewPasswords newPasswords,
      PasswordHasher hasher,
      TotpCodes codes,
      TellStaff tell,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.guessing = guessing;
    this.newPasswords = newPasswords;
    this.hasher = hasher;
    this.codes = codes;
    this.tell = tell;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What an invitation shows. It does not print.
   *
   * @param token the secret of the time-based token to be set up
   */
  public record Invitation(Staff staff, TotpSecret token) {
    @Override
    public String toString() {
      return "Invitation of " + staff.id();
    }
  }

  /** Who is at the console by this token; nothing where it is no session's, or it has ended. */
  public Optional<SignedInStaff> check(Secret token) {
    var now = clock.instant();
    var found =
        store
            .staffSessions()
            .find(token.fingerprint())
            .filter(who -> who.session().isOpenAt(now, policy.desk().sessions()))
            .filter(who -> who.staff().isActive());
    found
        .filter(who -> now.isAfter(who.session().lastUsedAt().plus(TOUCH_EVERY)))
        .ifPresent(
            who ->
                store
                    .transactions()
                    .inOne(() -> store.staffSessions().touch(who.session().id(), now)));
    return found;
  }

  /**
   * Signs in with password and code.
   *
   * @return the token of the session
   */
  public Secret signIn(
      @Nullable String address, Password password, @Nullable String code, Origin origin) {
    guessing.mustNotBeExhaustedAtConsole(origin);
    var seen = EmailAddress.parse(address).flatMap(store.staff()::credentials);
    var subject =
        seen.map(known -> subject(known.staff().id(), origin))
            .orElseGet(() -> Guessing.atNobody("staff:" + spelled(address)));
    guessing.countCode(subject);
    var right = opens(seen, password); // whoever it is: the same work for everybody
    var opened = seen.filter(known -> right);
    try {
      return store
          .transactions()
          .inOne(
              () -> {
                var who = opened.orElseThrow(SignInStaff::failed);
                spend(who, code);
                var token = begin(live(who.staff().id()), origin);
                guessing.clear(subject);
                return token;
              });
    } catch (Refusal no) {
      guessing.wrongAtConsole(origin);
      throw no;
    }
  }

  /**
   * Proves again who one is, with password and code.
   *
   * @return the session's new token
   * @throws Refusal CURRENT_PASSWORD_WRONG, CODE_WRONG, TOO_MANY_TRIES or BUSY
   */
  public Secret stepUp(SignedInStaff who, Secret token, Password password, @Nullable String code) {
    var subject = Guessing.atStaffInSession(who.staff().id());
    guessing.countCode(subject);
    var seen = store.staff().credentials(who.staff().id());
    var opened =
        seen.filter(known -> opens(seen, password))
            .orElseThrow(() -> new Refusal(Reason.CURRENT_PASSWORD_WRONG));
    return store
        .transactions()
        .inOne(
            () -> {
              if (!accepts(opened, code)) {
                throw new Refusal(Reason.CODE_WRONG);
              }
              var fresh = Secret.generate(random);
              if (!store
                  .staffSessions()
                  .renew(token.fingerprint(), fresh.fingerprint(), clock.instant())) {
                throw new Refusal(Reason.NOT_SIGNED_IN);
              }
              tell.log(who, Did.STEPPED_UP);
              guessing.clear(subject);
              return fresh;
            });
  }

  /**
   * Chooses another password, by the one there is and a code. Every session ends, and a new one
   * begins.
   *
   * @return the new session's token
   * @throws InvalidInput told of {@code newPassword}
   * @throws Refusal CURRENT_PASSWORD_WRONG, CODE_WRONG, TOO_MANY_TRIES, BUSY or CHANGED_MEANWHILE
   */
  public Secret changePassword(
      SignedInStaff who, Password current, @Nullable String code, Password chosen) {
    var id = who.staff().id();
    var subject = Guessing.atStaffInSession(id);
    guessing.countCode(subject);
    var seen = store.staff().credentials(id);
    var opened =
        seen.filter(known -> opens(seen, current))
            .orElseThrow(() -> new Refusal(Reason.CURRENT_PASSWORD_WRONG));
    mustBeGood("newPassword", chosen, who.staff());
    var hash = hasher.hash(chosen);
    return store
        .transactions()
        .inOne(
            () -> {
              if (!accepts(opened, code)) {
                throw new Refusal(Reason.CODE_WRONG);
              }
              var now = store.staff().credentials(id).orElseThrow(SignInStaff::failed);
              var token = opened.token().orElseThrow();
              if (!store
                  .staff()
                  .equip(id, opened.version(), hash, token, now.lastStep(), clock.instant())) {
                throw new Refusal(Reason.CHANGED_MEANWHILE);
              }
              store.staffSessions().endAll(id);
              var session = begin(live(id), who.session().origin());
              tell.log(who, Did.PASSWORD_CHANGED);
              tell.notice(who, Letter.Kind.STAFF_PASSWORD_CHANGED);
              guessing.clear(subject);
              return session;
            });
  }

  /** Ends this session, and the calls that were open in it. */
  public void signOut(SignedInStaff who) {
    store
        .transactions()
        .inOne(
            () -> {
              var now = clock.instant();
              store.staffSessions().end(who.staff().id(), who.session().id());
              store
                  .grants()
                  .openOf(who.staff().id(), now)
                  .forEach(open -> store.grants().end(open.id(), now));
              tell.log(who, Did.SIGNED_OUT);
            });
  }

  /** Who is invited by this link, and the token to set up; nothing where it no longer works. */
  public Optional<Invitation> invitation(Secret link) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .peek(Purpose.STAFF_INVITATION, link.fingerprint(), clock.instant())
                    .flatMap(this::stillFits));
  }

  /**
   * Takes an invitation up: with a password of one's own and a first code of the token.
   *
   * @return the token of the session that begins
   * @throws InvalidInput told of {@code password} or {@code code}; the link stays good
   * @throws Refusal LINK_NOT_VALID, CODE_WRONG, TOO_MANY_TRIES or BUSY
   */
  public Secret accept(
      @Nullable Secret link, Password chosen, @Nullable String code, Origin origin) {
    var invited =
        Optional.ofNullable(link).flatMap(this::invitation).orElseThrow(() -> wrongLink(origin));
    var digits = parse(code).orElseThrow(() -> noCode(code));
    var staff = invited.staff();
    mustBeGood("password", chosen, staff);
    guessing.countCode("invitation:" + staff.id());
    var step =
        Totp.accept(digits, at -> codes.at(invited.token(), at), clock.instant(), 0)
            .orElseThrow(() -> new Refusal(Reason.CODE_WRONG));
    var hash = hasher.hash(chosen);
    return store
        .transactions()
        .inOne(
            () -> {
              var used =
                  store
                      .links()
                      .consume(
                          Purpose.STAFF_INVITATION,
                          requireNonNull(link).fingerprint(),
                          clock.instant())
                      .filter(known -> stillFits(known).isPresent())
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
              var now = clock.instant();
              if (!store
                  .staff()
                  .equip(staff.id(), used.version(), hash, invited.token(), step, now)) {
                throw new Refusal(Reason.LINK_NOT_VALID);
              }
              var token = begin(live(staff.id()), origin);
              store
                  .staffLog()
                  .record(
                      new StaffLog.Entry(
                          ids.next(),
                          staff.id(),
                          Did.READY,
                          Optional.empty(),
                          now,
                          origin,
                          ImmutableMap.of()));
              guessing.clear("invitation:" + staff.id());
              guessing.clear(Guessing.atStaff(staff.id()));
              return token;
            });
  }

  /** Strangers cannot keep somebody out who comes from where they always do. */
  private String subject(Staff.Id id, Origin origin) {
    var since = clock.instant().minus(REMEMBERED);
    return store.staffLog().hasSignedIn(id, origin.address(), since)
        ? Guessing.atStaffFrom(id, origin)
        : Guessing.atStaff(id);
  }

  private void mustBeGood(String field, Password chosen, Staff staff) {
    newPasswords.mustBeGood(
        field, chosen, ImmutableSet.of(staff.name(), staff.email().value(), policy.brand()));
  }

  /** Mints a session: the only call of {@code StaffSessions.add} there is. */
  private Secret begin(Staff staff, Origin origin) {
    var now = clock.instant();
    var token = Secret.generate(random);
    var session =
        new StaffSession(new StaffSession.Id(ids.next()), staff.id(), origin, now, now, now);
    store.staffSessions().add(session, token.fingerprint());
    tell.log(new SignedInStaff(staff, session), Did.SIGNED_IN);
    return token;
  }

  /** Whoever is shut out or stripped at this moment comes before us, or finds our session. */
  private Staff live(Staff.Id id) {
    return store.staff().lock(id).filter(Staff::isActive).orElseThrow(SignInStaff::failed);
  }

  private void spend(Credentials who, @Nullable String code) {
    if (!accepts(who, code)) {
      throw failed();
    }
  }

  private boolean accepts(Credentials who, @Nullable String code) {
    var digits = parse(code);
    if (digits.isEmpty() || who.token().isEmpty()) {
      return false;
    }
    var step =
        Totp.accept(
            digits.get(), at -> codes.at(who.token().get(), at), clock.instant(), who.lastStep());
    return step.isPresent()
        && store.staff().accept(who.staff().id(), who.version(), step.getAsLong());
  }

  private boolean opens(Optional<Credentials> who, Password password) {
    var hash = who.flatMap(Credentials::hash);
    return hasher.opens(hash, password)
        && who.filter(known -> known.staff().isActive()).isPresent();
  }

  private Optional<Invitation> stillFits(MailedLink link) {
    return store
        .staff()
        .credentials(new Staff.Id(link.subject()))
        .filter(known -> known.version() == link.version())
        .filter(known -> known.staff().email().equals(link.address()))
        .filter(known -> !known.staff().isDisabled())
        .map(
            known ->
                new Invitation(
                    known.staff(), new TotpSecret(requireNonNull(link.payload().get("token")))));
  }

  private Refusal wrongLink(Origin origin) {
    guessing.mustBeWithin(Guessing.fromAddress("link", origin), WRONG_LINKS);
    return new Refusal(Reason.LINK_NOT_VALID);
  }

  private static Optional<String> parse(@Nullable String code) {
    return Totp.parse(code);
  }

  private static InvalidInput noCode(@Nullable String code) {
    var rule = code == null || code.isBlank() ? "required" : "factor_code";
    return new InvalidInput(List.of(new Fault("code", rule)));
  }

  /** In one spelling, as those of staff are: or a second one would tell whose it is. */
  private static String spelled(@Nullable String address) {
    var text = address == null ? "" : address.strip();
    return EmailAddress.parse(address)
        .map(EmailAddress::value)
        .orElseGet(() -> text.substring(0, Math.min(text.length(), 254)));
  }

  private static Refusal failed() {
    return new Refusal(Reason.SIGN_IN_FAILED);
  }
}
