package org.holdfast.application.linkedaccount;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.UserId;

/** Which accounts elsewhere are linked to which user. */
public interface LinkedIdentities {

  /** Links; says whether that identity was linked to nobody. Of all who try at once one does. */
  boolean add(LinkedIdentity identity, String identityKey);

  Optional<LinkedIdentity> find(String identityKey);

  /** The user's, oldest first. */
  ImmutableList<LinkedIdentity> of(UserId user);

  /** Remembers that it was used to sign in. */
  void touch(UUID id, Instant now);

  /** Unlinks; says whether the user had it. */
  boolean remove(UserId user, UUID id);

  /** Unlinks all that this user has. */
  void removeAll(UserId user);

  /**
   * An account elsewhere that a user signs in with.
   *
   * @param provider the key of its {@link IdentityProvider}
   */
  record LinkedIdentity(
      UUID id, UserId user, String provider, Instant linkedAt, Optional<Instant> lastUsedAt) {}
}
