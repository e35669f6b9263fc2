package org.holdfast.domain.activity;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What we write down about an act, in the transaction of the act itself. Never a secret.
 *
 * @param account the account it concerns, where it concerns one
 * @param user who did it or whom it concerns; nothing where the host acted
 * @param details what changed, in words that need no translation: addresses, field names
 */
public record Happening(
    What what,
    @Nullable AccountId account,
    @Nullable UserId user,
    Instant at,
    @Nullable Origin origin,
    ImmutableMap<String, String> details) {

  private static final UUID NOBODYS = new UUID(0, 0);

  /** The kinds of acts. */
  public enum What {
    ACCOUNT_OPENED,
    ADDRESS_CONFIRMED,
    SIGNED_IN,
    SIGNED_OUT,
    STEPPED_UP,
    SESSION_ENDED,
    OTHER_SESSIONS_ENDED,
    PASSWORD_CHANGED,
    PASSWORD_RESET_REQUESTED,
    PASSWORD_RESET,
    PROFILE_CHANGED,
    DETAILS_CHANGED,
    DETAILS_ALIGNED,
    BILLED_CONTACT_CHANGED,
    EMAIL_CHANGE_REQUESTED,
    EMAIL_CHANGED,
    EMAIL_CHANGE_UNDONE,
    CONTACT_ADDED,
    CONTACT_EDITED,
    CONTACT_REMOVED,
    CONTACT_CONFIRMED,
    CATEGORIES_CHANGED,
    UNSUBSCRIBED,
    GUESSES_FAILED,
    FACTOR_SHOWN,
    FACTOR_ADDED,
    FACTOR_RENAMED,
    FACTOR_REMOVED,
    FACTOR_DEMANDED,
    FACTOR_NO_LONGER_DEMANDED,
    RECOVERY_CODES_MADE,
    RECOVERY_CODE_USED,
    ACCOUNT_LINKED,
    ACCOUNT_UNLINKED,
    FROZEN,
    THAWED,
    SUPPORT_PIN_SHOWN,
    SUPPORT_PIN_REPLACED,
    CALLER_VERIFIED,
    CALLER_REFUSED,
    CALL_WITHOUT_PROOF,
    SUPPORT_CODE_MAILED,
    DETAILS_SEEN_BY_STAFF,
    RESET_LINK_SENT_BY_STAFF,
    SIGN_IN_UNLOCKED_BY_STAFF,
    SUPPORT_PIN_GIVEN_BY_STAFF,
    SUPPORT_PIN_REPLACED_BY_STAFF,
    SUPPORT_PIN_LOCKED,
    ADVICE_SENT_BY_STAFF,
    SEEN_AS_CUSTOMER_BY_STAFF,
    CASE_OPENED,
    CASE_APPROVED,
    CASE_REFUSED,
    CASE_WITHDRAWN,
    CASE_VETOED,
    CASE_EXPIRED,
    CASE_ADDRESS_PROVED,
    CASE_DONE,
    ADDRESS_SUPPRESSED,
    USER_DISABLED,
    USER_ENABLED;

    /** The act's name in words, JSON and exports. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What the act is about, for whoever looks for some of them only. */
    public Group group() {
      return switch (this) { // without a default: each act has to say where it belongs
        case SIGNED_IN,
            SIGNED_OUT,
            STEPPED_UP,
            SESSION_ENDED,
            OTHER_SESSIONS_ENDED,
            USER_DISABLED,
            USER_ENABLED,
            GUESSES_FAILED,
            FROZEN,
            THAWED ->
            Group.SIGN_IN;
        case PASSWORD_CHANGED, PASSWORD_RESET_REQUESTED, PASSWORD_RESET -> Group.PASSWORD;
        case FACTOR_SHOWN,
            FACTOR_ADDED,
            FACTOR_RENAMED,
            FACTOR_REMOVED,
            FACTOR_DEMANDED,
            FACTOR_NO_LONGER_DEMANDED,
            RECOVERY_CODES_MADE,
            RECOVERY_CODE_USED,
            ACCOUNT_LINKED,
            ACCOUNT_UNLINKED ->
            Group.FACTORS;
        case ADDRESS_CONFIRMED, EMAIL_CHANGE_REQUESTED, EMAIL_CHANGED, EMAIL_CHANGE_UNDONE ->
            Group.EMAIL;
        case CONTACT_ADDED,
            CONTACT_EDITED,
            CONTACT_REMOVED,
            CONTACT_CONFIRMED,
            CATEGORIES_CHANGED,
            UNSUBSCRIBED,
            ADDRESS_SUPPRESSED ->
            Group.CONTACTS;
        case SUPPORT_PIN_SHOWN,
            SUPPORT_PIN_REPLACED,
            CALLER_VERIFIED,
            CALLER_REFUSED,
            CALL_WITHOUT_PROOF,
            SUPPORT_CODE_MAILED,
            DETAILS_SEEN_BY_STAFF,
            RESET_LINK_SENT_BY_STAFF,
            SIGN_IN_UNLOCKED_BY_STAFF,
            SUPPORT_PIN_GIVEN_BY_STAFF,
            SUPPORT_PIN_REPLACED_BY_STAFF,
            SUPPORT_PIN_LOCKED,
            ADVICE_SENT_BY_STAFF,
            SEEN_AS_CUSTOMER_BY_STAFF,
            CASE_OPENED,
            CASE_APPROVED,
            CASE_REFUSED,
            CASE_WITHDRAWN,
            CASE_VETOED,
            CASE_EXPIRED,
            CASE_ADDRESS_PROVED,
            CASE_DONE ->
            Group.SUPPORT;
        case ACCOUNT_OPENED,
            PROFILE_CHANGED,
            DETAILS_CHANGED,
            DETAILS_ALIGNED,
            BILLED_CONTACT_CHANGED ->
            Group.ACCOUNT;
      };
    }
  }

  /** What acts are about. */
  public enum Group {
    SIGN_IN,
    PASSWORD,
    /** Second factors and linked accounts. */
    FACTORS,
    EMAIL,
    CONTACTS,
    /** The support PIN, and what staff do. */
    SUPPORT,
    ACCOUNT;

    /** The group's name in forms, words and JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The group with this key. */
    public static Optional<Group> parse(@Nullable String key) {
      return Arrays.stream(values()).filter(group -> group.key().equals(key)).findFirst();
    }
  }

  /** Keeps the instant as every database does, to the millisecond. */
  public Happening {
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Something that a user did, or that happened to them. */
  public static Happening of(
      What what, @Nullable AccountId account, @Nullable UserId user, Instant at) {
    return new Happening(what, account, user, at, null, ImmutableMap.of());
  }

  /** The same, done from there. */
  public Happening from(Origin where) {
    return new Happening(what, account, user, at, where, details);
  }

  /** The same, with one more detail. */
  public Happening with(String key, String value) {
    return new Happening(
        what,
        account,
        user,
        at,
        origin,
        ImmutableMap.<String, String>builder().putAll(details).put(key, value).build());
  }

  /**
   * The chain it belongs to: that of its account or else of its user; what concerns neither is in
   * one chain for all of them.
   */
  public UUID chain() {
    if (account != null) {
      return account.value();
    }
    return user != null ? user.value() : NOBODYS;
  }

  /** The origin, where a person acted. */
  public Optional<Origin> where() {
    return Optional.ofNullable(origin);
  }
}
