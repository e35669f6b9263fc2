package org.holdfast.application.account;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;

/** The people who sign in, and the addresses that are theirs. An address is one user's at most. */
public interface Users {

  /** Adds a user, unless the address is another's: then nothing happens and this says false. */
  boolean add(User user, Instant now);

  Optional<User> find(UserId id);

  /** Who signs in with this address: the user whose current one it is. */
  Optional<User> findByAddress(EmailAddress address);

  /** Whose mail this address receives: as above, or a previous one that is kept until later. */
  Optional<User> findRecoverable(EmailAddress address, Instant now);

  /** The addresses that were this user's before and are still kept for recovery. */
  ImmutableList<EmailAddress> previousAddresses(UserId id, Instant now);

  /**
   * Stores a changed user; the address only by {@link #moveTo}, and whether they may sign in only
   * by {@link #shut}: who was read before that must not be let in again by being saved.
   */
  void save(User user);

  /** Shuts a user out since then, or lets them in again. */
  void shut(UserId id, Optional<Instant> since);

  /**
   * Makes this the user's address and keeps the previous one for recovery until then, or gives it
   * up at once. A previous address of this same user may become the current one again. Of all who
   * want an address at once, one gets it.
   *
   * @return false, and nothing has happened, when the address is another user's or kept for one
   */
  boolean moveTo(UserId id, EmailAddress address, Optional<Instant> keepPreviousUntil, Instant now);
}
