package org.holdfast.application.credential;

import java.util.Optional;
import org.holdfast.domain.credential.Password;

/**
 * Hashes passwords slowly, only so many at once. Never called inside a transaction.
 *
 * <p>Every method throws {@link org.holdfast.domain.Refusal} BUSY, with a time to come back, when
 * more callers wait than will be served soon.
 */
public interface PasswordHasher {

  /** The password's hash as a PHC string with a fresh salt. */
  String hash(Password password);

  /** Is this the password that was hashed? A string that is no hash of ours matches nothing. */
  boolean matches(Password password, String hash);

  /** Takes as long as {@link #matches} and matches nothing: for those who have no password. */
  void matchNothing(Password password);

  /**
   * Does this password open what is protected by that hash? It takes the same work whether there is
   * a hash or not. What is longer than any password can be is not worth hashing: the answer is
   * known.
   */
  default boolean opens(Optional<String> hash, Password password) {
    var bounded = password.isTooLong() ? new Password("") : password;
    if (hash.isEmpty()) {
      matchNothing(bounded);
      return false;
    }
    return matches(bounded, hash.get()) && !password.isTooLong();
  }

  /** Was this hashed with other parameters or another pepper than today's? */
  boolean isOutdated(String hash);
}
