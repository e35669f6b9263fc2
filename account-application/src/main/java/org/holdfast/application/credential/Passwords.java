package org.holdfast.application.credential;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;

/** The users' password hashes. */
public interface Passwords {

  /**
   * What signing in with this address needs, in one read; nothing where no user has it now.
   *
   * @param device the fingerprint of the device cookie that came along
   */
  Optional<Candidate> candidate(EmailAddress address, Optional<String> device);

  /** The user's password; nothing where they have none. */
  Optional<Stored> find(UserId user);

  /**
   * Gives the user a new password, whose version is the next one. Of all who replace one version at
   * once, one is told true.
   *
   * @param seen the version to be replaced, 0 where there is no password yet
   * @param isShort is it too short to be the only factor?
   */
  boolean replace(UserId user, long seen, String hash, boolean isShort, Instant now);

  /** Is the user's password too short to be the only factor? */
  boolean isShort(UserId user);

  /** Stores the same password hashed anew, unless it was replaced meanwhile. Keeps the version. */
  void rehash(UserId user, String oldHash, String newHash);

  /**
   * A password as stored.
   *
   * @param version counts the passwords this user has had
   */
  record Stored(String hash, long version) {}

  /**
   * Somebody who may be signing in.
   *
   * @param password nothing where they have none yet
   * @param deviceSeenAt when they last signed in on this device, nothing if they never did; no
   *     finer than {@link org.holdfast.application.signin.Devices} was told
   */
  record Candidate(
      UserId user, Optional<Stored> password, boolean disabled, Optional<Instant> deviceSeenAt) {

    /** Have they signed in on this device before? */
    public boolean knownDevice() {
      return deviceSeenAt.isPresent();
    }
  }
}
