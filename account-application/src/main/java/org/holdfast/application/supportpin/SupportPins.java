package org.holdfast.application.supportpin;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.supportpin.SupportPin;

/** The support PINs: one per person and account. */
public interface SupportPins {

  Optional<Kept> find(AccountId account, UserId user);

  /**
   * Keeps a PIN in the place of the one that was seen. Of all who saw the same at once, one is told
   * true.
   *
   * @param seen the one it replaces; nothing where there was none
   */
  boolean put(Kept pin, Optional<UUID> seen);

  /**
   * Counts a guess at this account's PINs before it is looked at, in a commit of its own, and gives
   * those that may be looked at, this guess among their {@link Kept#guesses}. A PIN is guessed at
   * {@link SupportPin#MOST_GUESSES} times within a day and then never again; of fewer the count
   * begins anew after a day.
   */
  ImmutableList<Kept> countGuess(AccountId account, Instant now);

  /** Takes one guess back from the count of each of these: it was right. */
  void forgive(Collection<UUID> pins);

  /** Removes a PIN that is good for one call; of all who do at once one is told true. */
  boolean take(UUID id);

  /**
   * A PIN as kept.
   *
   * @param id another one for each PIN
   * @param guesses how often it was guessed at within a day, or as often as can be
   */
  record Kept(
      UUID id, AccountId account, UserId user, SupportPin pin, Instant madeAt, int guesses) {

    /** Was it guessed at so often that only a new one helps? */
    public boolean isLocked() {
      return guesses >= SupportPin.MOST_GUESSES;
    }

    /** Is it still good by its age? */
    public boolean isGoodAt(Instant now, Optional<Duration> maxAge) {
      return maxAge.filter(age -> !now.isBefore(madeAt.plus(age))).isEmpty();
    }
  }
}
