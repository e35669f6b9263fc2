package org.holdfast.application.supportpin;

import java.time.Duration;
import java.time.Instant;
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
   * A PIN as kept.
   *
   * @param id another one for each PIN
   */
  record Kept(UUID id, AccountId account, UserId user, SupportPin pin, Instant madeAt) {

    /** Is it still good by its age? */
    public boolean isGoodAt(Instant now, Optional<Duration> maxAge) {
      return maxAge.filter(age -> !now.isBefore(madeAt.plus(age))).isEmpty();
    }
  }
}
