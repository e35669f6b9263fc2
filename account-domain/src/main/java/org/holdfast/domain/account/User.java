package org.holdfast.domain.account;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.UserId;

/**
 * A person who signs in, as Your Profile shows them. One user may act on several accounts; who the
 * account belongs to and what its invoices say is {@link AccountDetails}.
 *
 * @param email where this person signs in and receives security letters; it belongs to no other
 *     user
 * @param confirmedAt when this person first proved that the address reaches them
 * @param disabledAt since when this person may not sign in
 */
public record User(
    UserId id,
    PersonName name,
    EmailAddress email,
    Language language,
    ZoneId timeZone,
    Optional<Instant> confirmedAt,
    Optional<Instant> disabledAt) {

  public boolean isDisabled() {
    return disabledAt.isPresent();
  }

  /** The same person with another profile. */
  public User with(PersonName newName, Language newLanguage, ZoneId newTimeZone) {
    return new User(id, newName, email, newLanguage, newTimeZone, confirmedAt, disabledAt);
  }

  /** The same person, reached at another address that has proved to reach them. */
  public User reachedAt(EmailAddress address, Instant now) {
    return new User(
        id, name, address, language, timeZone, Optional.of(confirmedAt.orElse(now)), disabledAt);
  }

  /** The same person, shut out since then, or let in again. */
  public User disabledSince(Optional<Instant> since) {
    return new User(id, name, email, language, timeZone, confirmedAt, since);
  }
}
