package org.holdfast.domain;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast says no: the request was well formed, and a rule forbids it. An answer rather than an
 * incident, so it carries no stack trace and is never logged as an error.
 */
public final class Refusal extends RuntimeException {

  /** Every no there is. Adapters switch over this without a default: a new one needs its words. */
  public enum Reason {
    /** No session, or one that has ended. */
    NOT_SIGNED_IN,
    /** A host's call without a service key, or with one that was revoked. */
    SERVICE_KEY_NOT_VALID,
    /** Address and password do not open anything; which of them is wrong is not told. */
    SIGN_IN_FAILED,
    /** Too many wrong guesses from here or at this; {@link #retryAfter} says how long to wait. */
    TOO_MANY_TRIES,
    /** More work than can be done at once; {@link #retryAfter} says when to come back. */
    BUSY,
    /** The session is good, but who you are has to be proved again first. */
    STEP_UP_NEEDED,
    /** The current password is needed and what was given is not it. */
    CURRENT_PASSWORD_WRONG,
    /** What was shown as second factor is wrong, was used before, or came too late. */
    CODE_WRONG,
    /** Signing in was begun too long ago, or was ended; it has to begin anew. */
    SIGN_IN_EXPIRED,
    /** No server that knows YubiKeys answers: nobody can tell whether it is right. */
    YUBIKEY_UNREACHABLE,
    /** The operator has not set YubiKeys up. */
    YUBIKEY_NOT_CONFIGURED,
    /** There is no such factor of yours. */
    NO_SUCH_FACTOR,
    /** A user has only so many factors. */
    TOO_MANY_FACTORS,
    /** This YubiKey is one of your factors already. */
    FACTOR_TAKEN,
    /** A second factor is demanded of you, so the last one stays. */
    FACTOR_REQUIRED,
    /** Recovery codes stand in for a factor, and you have none. */
    NO_FACTOR,
    /** A password as short as yours is good only together with a second factor. */
    PASSWORD_TOO_SHORT_ALONE,
    /** There is no such provider of identities here. */
    NO_SUCH_PROVIDER,
    /** The provider does not answer, or is in trouble. */
    PROVIDER_UNAVAILABLE,
    /** The provider does not vouch for you, or not for this browser. */
    NOT_VOUCHED,
    /** That account elsewhere is linked to nobody here. */
    NOT_LINKED,
    /** That account elsewhere is linked already, to you or to somebody else. */
    ALREADY_LINKED,
    /** There is no such linked account of yours. */
    NO_SUCH_LINK,
    /** Without it you could not sign in any more. */
    LAST_WAY_IN,
    /** This link was used, withdrawn or ran out, or never was one. */
    LINK_NOT_VALID,
    /** Customers cannot register themselves here. */
    REGISTRATION_CLOSED,
    /** There is no such account, or it is not yours. */
    NO_SUCH_ACCOUNT,
    /** There is no such user. */
    NO_SUCH_USER,
    /** There is no such contact on this account. */
    NO_SUCH_CONTACT,
    /** There is no such session of yours. */
    NO_SUCH_SESSION,
    /** There is no such announcement. */
    NO_SUCH_ANNOUNCEMENT,
    /** Nobody confirmed would receive invoices any more. */
    ONLY_INVOICE_RECIPIENT,
    /** A billing contact needs an address that an invoice can show. */
    CONTACT_HAS_NO_ADDRESS,
    /** The contact has confirmed its address already. */
    ALREADY_CONFIRMED,
    /** An account holds only so many contacts. */
    TOO_MANY_CONTACTS,
    /** Another contact of this account has this address. */
    CONTACT_ADDRESS_TAKEN,
    /** The address is the one in use already. */
    SAME_ADDRESS,
    /** The address came into other hands before the change was confirmed. */
    ADDRESS_TAKEN,
    /** Somebody else changed the same thing at the same time. */
    CHANGED_MEANWHILE,
    /** The idempotency key came back with another message. */
    IDEMPOTENCY_KEY_REUSED,
    /** Staff in your role may not do this. */
    NOT_ALLOWED,
    /** No caller of this account is verified, or no longer. */
    NO_GRANT,
    /** The caller was verified by a method that does not allow this. */
    NOT_BY_THIS_METHOD,
    /** The caller did not prove who they are; what was wrong is not told. */
    CALLER_NOT_VERIFIED,
    /** The address was changed lately, and can still be changed back: nothing is mailed there. */
    ADDRESS_CHANGED_LATELY,
    /** There is no support PIN that is good. */
    NO_SUPPORT_PIN,
    /** The user said "This wasn't me", and until they are let in again PINs are worth nothing. */
    SUPPORT_PINS_SUSPENDED,
    /** So much was guessed that only a new password helps. */
    NEW_PASSWORD_NEEDED,
    /** There is no such recovery case. */
    NO_SUCH_CASE,
    /** A recovery case of this user is open already. */
    CASE_OPEN_ALREADY,
    /** The user has nothing of what was lost. */
    NOTHING_TO_RECOVER,
    /** The case was decided, or ended, already. */
    CASE_DECIDED,
    /** It takes another person than the one who opened it. */
    ANOTHER_PERSON_NEEDED,
    /** Whoever has had their role for so short a time takes no part in recovery cases. */
    ROLE_TOO_NEW,
    /** There is no such staff member. */
    NO_SUCH_STAFF,
    /** Another staff member has this address. */
    STAFF_ADDRESS_TAKEN,
    /** Nobody changes their own role, or shuts themselves out. */
    NOT_YOURSELF,
    /** Somebody has to be administrator. */
    LAST_ADMINISTRATOR
  }

  private final Reason reason;
  private final @Nullable Duration retryAfter;

  public Refusal(Reason reason) {
    this(reason, null);
  }

  public Refusal(Reason reason, @Nullable Duration retryAfter) {
    super(reason.name(), null, false, false);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  public Reason reason() {
    return reason;
  }

  /** How long to wait before the same request can succeed, where waiting helps. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
