package org.holdfast.application;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.credential.PasswordRules;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.supportpin.SupportPin;

/**
 * What an operator decides. {@link #of} gives the defaults; each {@code with…} changes one.
 *
 * @param brand the name customers know the company by
 * @param baseUri where the portal is reached: every link in a letter begins with it
 * @param registrationOpen may customers register themselves? (yes)
 * @param contactsMustConfirm must a contact confirm its address before it hears anything? (yes)
 * @param lockedFields the account details that customers cannot change (none)
 * @param sessions how long a session lasts (1 hour idle, 24 hours in all)
 * @param minPasswordLength in code points (15)
 * @param secondFactorRequired must everybody have a second factor? (no)
 * @param supportPins how support PINs are made (six digits, good until replaced)
 * @param perAddress how many wrong passwords one network address may send (30, then one per 10 s)
 * @param overall how many wrong passwords everybody together may send (3,000, then 10 per s)
 * @param desk how support works
 */
public record Policy(
    String brand,
    URI baseUri,
    boolean registrationOpen,
    boolean contactsMustConfirm,
    ImmutableSet<DetailsField> lockedFields,
    Session.Limits sessions,
    int minPasswordLength,
    boolean secondFactorRequired,
    SupportPin.Rules supportPins,
    Rate perAddress,
    Rate overall,
    Desk desk) {

  /** The defaults, for a company of this name whose portal is reached here. */
  public static Policy of(String brand, URI baseUri) {
    return new Policy(
        brand,
        baseUri,
        true,
        true,
        ImmutableSet.of(),
        new Session.Limits(Duration.ofHours(1), Duration.ofHours(24)),
        PasswordRules.MIN_LENGTH_ALONE,
        false,
        SupportPin.Rules.DEFAULT,
        new Rate(30, Duration.ofSeconds(10)),
        new Rate(3000, Duration.ofMillis(100)),
        Desk.at(baseUri));
  }

  public Policy withRegistrationOpen(boolean open) {
    return new Policy(
        brand,
        baseUri,
        open,
        contactsMustConfirm,
        lockedFields,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        perAddress,
        overall,
        desk);
  }

  public Policy withContactsMustConfirm(boolean must) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        must,
        lockedFields,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        perAddress,
        overall,
        desk);
  }

  public Policy withLockedFields(ImmutableSet<DetailsField> locked) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        locked,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        perAddress,
        overall,
        desk);
  }

  public Policy withSessions(Session.Limits limits) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        lockedFields,
        limits,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        perAddress,
        overall,
        desk);
  }

  public Policy withSecondFactorRequired(boolean required) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        lockedFields,
        sessions,
        minPasswordLength,
        required,
        supportPins,
        perAddress,
        overall,
        desk);
  }

  public Policy withSupportPins(SupportPin.Rules rules) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        lockedFields,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        rules,
        perAddress,
        overall,
        desk);
  }

  public Policy withGuesses(Rate fromOneAddress, Rate fromEverybody) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        lockedFields,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        fromOneAddress,
        fromEverybody,
        desk);
  }

  public Policy withDesk(Desk other) {
    return new Policy(
        brand,
        baseUri,
        registrationOpen,
        contactsMustConfirm,
        lockedFields,
        sessions,
        minPasswordLength,
        secondFactorRequired,
        supportPins,
        perAddress,
        overall,
        other);
  }

  /**
   * How support works.
   *
   * @param uri where staff reach the console: links in letters to them begin with it
   * @param sessions how long a session at the console lasts (15 minutes idle, 8 hours in all)
   * @param hold how long an approved recovery case waits for a veto (72 hours)
   * @param calls how many callers one staff member may verify (30, then one per 2 minutes)
   * @param searches how often one staff member may search (60, then one per 20 s)
   */
  public record Desk(URI uri, Session.Limits sessions, Duration hold, Rate calls, Rate searches) {

    public Desk {
      if (hold.compareTo(RecoveryCase.SHORTEST_HOLD) < 0) {
        throw new IllegalArgumentException("a recovery case is on hold for a while");
      }
    }

    /** The defaults, for a console that is reached here. */
    public static Desk at(URI uri) {
      return new Desk(
          uri,
          new Session.Limits(Duration.ofMinutes(15), Duration.ofHours(8)),
          Duration.ofHours(72),
          new Rate(30, Duration.ofMinutes(2)),
          new Rate(60, Duration.ofSeconds(20)));
    }
  }

  /**
   * Refuses a customer's change of a locked field.
   *
   * @throws InvalidInput naming each of them
   */
  public void mustNotTouchLocked(Set<DetailsField> changed) {
    var locked = Sets.intersection(changed, lockedFields);
    if (!locked.isEmpty()) {
      throw new InvalidInput(
          locked.stream().map(f -> new Fault(f.key(), "locked")).collect(toImmutableList()));
    }
  }
}
