package org.holdfast.domain.activity;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;
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
    ADDRESS_SUPPRESSED,
    USER_DISABLED,
    USER_ENABLED
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

  /** The origin, where a person acted. */
  public Optional<Origin> where() {
    return Optional.ofNullable(origin);
  }
}
