package org.holdfast.application.factor;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.holdfast.domain.UserId;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.TotpSecret;

/** The users' second factors and recovery codes. */
public interface Factors {

  /** The factors that count, oldest first. */
  ImmutableList<Factor> of(UserId user);

  /** The time-based tokens that count. */
  ImmutableList<Token> tokens(UserId user);

  /** A time-based token whose first code is still to come. */
  Optional<Token> unconfirmed(UserId user, Factor.Id id);

  /** Adds a token that counts for nothing yet, in place of any other such of this user. */
  void addUnconfirmed(Factor token, TotpSecret secret);

  /**
   * Makes a token count from now on, the code of this step being spent. Of all who confirm one at
   * once, one is told true.
   */
  boolean confirm(Factor.Id id, long step, Instant now);

  /**
   * Spends the code of a step. Of all who come with codes of one step at once, one is told true;
   * nobody is of an older step ever after.
   */
  boolean accept(Factor.Id id, long step, Instant now);

  /** Adds a YubiKey, which counts at once; says whether the user did not have it already. */
  boolean addYubiKey(Factor key, String publicId);

  /** The user's YubiKey with this public id. */
  Optional<Factor> yubiKey(UserId user, String publicId);

  /** Remembers that a YubiKey was used. */
  void touch(Factor.Id id, Instant now);

  /** Remembers for good that a YubiKey said this; of all who say so at once one is told true. */
  boolean spend(String otpFingerprint, Instant now);

  /** Gives a factor another name; says whether the user has it. */
  boolean rename(UserId user, Factor.Id id, String name);

  /** Removes a factor that counts; says whether the user had it. */
  boolean remove(UserId user, Factor.Id id);

  /** Removes all of the user's factors and recovery codes. */
  void removeAll(UserId user);

  /** Makes these the user's recovery codes, and all older ones worthless. */
  void replaceCodes(UserId user, Collection<String> fingerprints);

  /** Uses up a recovery code; of all who come with one at once, one is told true. */
  boolean useCode(UserId user, String fingerprint, Instant now);

  /** How many recovery codes have not been used. */
  int codesLeft(UserId user);

  /** Forgets what YubiKeys said before then, by when no server would take it any more. */
  int sweep(Instant before);

  /**
   * A time-based token with its secret.
   *
   * @param lastStep the newest step a code was accepted of
   */
  record Token(Factor factor, TotpSecret secret, long lastStep) {}
}
