package org.holdfast.application.guessing;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.guessing.Guesses.Tally;
import org.holdfast.application.guessing.Rates.Limit;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.guessing.Waits;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;

/**
 * How guessing is made slow. Every guess is counted before it is looked at, in a commit of its own,
 * so that neither many callers at once nor a failure afterwards can avoid the count. What is
 * counted:
 *
 * <ul>
 *   <li>failures in a row at one user from devices that never signed in: whatever spelling, network
 *       address or header was used;
 *   <li>failures in a row from one device that has signed in before: so a stranger cannot lock its
 *       owner out;
 *   <li>failures in a row at proving who a signed-in user is;
 *   <li>wrong codes in a row at one user's second factor, over all who are half signed in;
 *   <li>failures from one network address, and from everybody together, for which only devices that
 *       never signed in before are kept waiting: or a few hundred addresses would keep every
 *       customer out.
 * </ul>
 */
public final class Guessing {

  private static final Duration COME_BACK_LATER = Duration.ofHours(1);
  private static final Duration A_DAY = Duration.ofDays(1);
  private static final ImmutableList<String> KINDS_OF_CODES =
      ImmutableList.of("codes:", "touches:", "recovery:"); // as SecondFactor counts them

  private final Store store;
  private final Policy policy;
  private final InstantSource clock;

  public Guessing(Store store, Policy policy, InstantSource clock) {
    this.store = store;
    this.policy = policy;
    this.clock = clock;
  }

  /** Guesses at this user from devices that we do not know. */
  public static String byStrangers(UserId user) {
    return "user:" + user;
  }

  /** Guesses from a device that this user has signed in on. */
  public static String byDevice(String fingerprint) {
    return "device:" + fingerprint;
  }

  /** Guesses at an address that is nobody's: they are counted alike, so that nobody can tell. */
  public static String atNobody(String address) {
    return "nobody:" + Hashing.sha256().hashString(address, StandardCharsets.UTF_8);
  }

  /** Proofs by somebody who is signed in. */
  public static String byHolderOfSession(UserId user) {
    return "proof:" + user;
  }

  /** Somebody at this user's second factor, from a device that we do not know. */
  public static String atFactorOf(UserId user) {
    return "factor:" + user;
  }

  /** Somebody at a second factor, from a device that its user has signed in on. */
  public static String atFactorFromDevice(String fingerprint) {
    return "factor-device:" + fingerprint;
  }

  /** Somebody who is signed in and shows the second factor again. */
  public static String atFactorInSession(UserId user) {
    return "factor-proof:" + user;
  }

  /** Guesses at a staff member from where they never signed in. */
  public static String atStaff(Staff.Id staff) {
    return "staff:" + staff;
  }

  /** Guesses at a staff member from a network address they have signed in from lately. */
  public static String atStaffFrom(Staff.Id staff, Origin origin) {
    return fromAddress(atStaff(staff), origin);
  }

  /** Proofs by a staff member who is at the console. */
  public static String atStaffInSession(Staff.Id staff) {
    return "staff-proof:" + staff;
  }

  /**
   * Counts one guess before it is looked at.
   *
   * @return the failures in a row, should it be another one
   * @throws Refusal TOO_MANY_TRIES when it must not be looked at yet
   */
  public int count(String subject) {
    return count(subject, Optional.empty());
  }

  /**
   * The same for a second factor. No new password helps there, and there may be nothing else that
   * does: beyond {@link Waits#MOST} failures in a row one more is looked at a day, of which a
   * guesser would need thousands of years.
   *
   * @throws Refusal TOO_MANY_TRIES when it must not be looked at yet
   */
  public int countCode(String subject) {
    return count(subject, Optional.of(A_DAY));
  }

  /**
   * @param afterMost the wait beyond the most failures; none where waiting no longer helps
   */
  private int count(String subject, Optional<Duration> afterMost) {
    if (counted(subject, Tally.NONE, afterMost, clock.instant())) {
      return 1; // as nearly always: one write and no read
    }
    while (true) { // whoever loses here saw somebody else's guess counted, and soon a wait
      var now = clock.instant();
      var seen = store.guesses().read(subject);
      if (seen.failures() >= Waits.MOST && afterMost.isEmpty()) {
        throw new Refusal(Reason.TOO_MANY_TRIES, COME_BACK_LATER);
      }
      if (now.isBefore(seen.blockedUntil())) {
        throw new Refusal(
            Reason.TOO_MANY_TRIES, Duration.between(now, seen.blockedUntil()).plusSeconds(1));
      }
      if (counted(subject, seen, afterMost, now)) {
        return seen.failures() + 1;
      }
    }
  }

  private boolean counted(String subject, Tally seen, Optional<Duration> afterMost, Instant now) {
    var failures = seen.failures() + 1;
    var next =
        new Tally(
            failures, now.plus(Waits.after(failures).or(() -> afterMost).orElse(COME_BACK_LATER)));
    return store.guesses().replace(subject, seen, next);
  }

  /**
   * Forgets the failures after a right guess or a new password, in the transaction that is open.
   */
  public void clear(String subject) {
    store.guesses().clear(subject);
  }

  /** The same for every kind of code that is counted for a second factor. */
  public void clearCodes(String guesser) {
    KINDS_OF_CODES.forEach(kind -> clear(kind + guesser));
  }

  /**
   * Refuses while this network address, or everybody together, has guessed wrong too often.
   *
   * @throws Refusal TOO_MANY_TRIES
   */
  public void mustNotBeExhausted(Origin origin) {
    var wait = store.rates().longestWait(limits(origin), clock.instant());
    if (!wait.isZero()) {
      throw new Refusal(Reason.TOO_MANY_TRIES, wait.plusSeconds(1));
    }
  }

  /**
   * Refuses while this network address has guessed wrong at the console too often. What customers
   * and those who guess at them do keeps no staff out.
   *
   * @throws Refusal TOO_MANY_TRIES
   */
  public void mustNotBeExhaustedAtConsole(Origin origin) {
    var limit = new Limit(fromAddress("console-guess", origin), policy.perAddress());
    var wait = store.rates().longestWait(ImmutableList.of(limit), clock.instant());
    if (!wait.isZero()) {
      throw new Refusal(Reason.TOO_MANY_TRIES, wait.plusSeconds(1));
    }
  }

  /** Counts a wrong guess at the console for its network address. */
  public void wrongAtConsole(Origin origin) {
    isWithin(fromAddress("console-guess", origin), policy.perAddress());
  }

  /** Counts a wrong guess for its network address and for everybody. */
  public void wrong(Origin origin) {
    var now = clock.instant();
    limits(origin).forEach(limit -> store.rates().take(limit.subject(), limit.rate(), now));
  }

  /**
   * Lets one more through.
   *
   * @throws Refusal TOO_MANY_TRIES when it came too soon
   */
  public void mustBeWithin(String subject, Rate rate) {
    var wait = store.rates().take(subject, rate, clock.instant());
    if (!wait.isZero()) {
      throw new Refusal(Reason.TOO_MANY_TRIES, wait.plusSeconds(1));
    }
  }

  /** Lets one more through, or says false when it came too soon. */
  public boolean isWithin(String subject, Rate rate) {
    return store.rates().take(subject, rate, clock.instant()).isZero();
  }

  /** A subject for what one network address asks for: an IPv6 network counts as one. */
  public static String fromAddress(String what, Origin origin) {
    return what + ":" + network(origin.address());
  }

  /** Forgets what no longer matters. */
  public void sweep(Instant now) {
    store.guesses().sweep(now.minus(Duration.ofDays(30)), Waits.MOST);
    store.rates().sweep(now);
  }

  private ImmutableList<Limit> limits(Origin origin) {
    return ImmutableList.of(
        new Limit(fromAddress("guess", origin), policy.perAddress()),
        new Limit("guess", policy.overall()));
  }

  // One customer has a whole /64 (RFC 6177), and could change the rest with every guess.
  private static String network(String address) {
    if (!address.contains(":") || address.contains(".")) {
      return address;
    }
    var full =
        com.google.common.net.InetAddresses.isInetAddress(address)
            ? com.google.common.net.InetAddresses.forString(address).getAddress()
            : new byte[0];
    return full.length == 16
        ? com.google.common.io.BaseEncoding.base16().encode(full, 0, 8)
        : address;
  }
}
