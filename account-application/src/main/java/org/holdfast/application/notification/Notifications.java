package org.holdfast.application.notification;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;

/** What hosts wanted told. Messages are kept sealed. */
public interface Notifications {

  /**
   * Writes down a notification, unless its account (or, for announcements, the installation) has
   * one with this key already: then nothing happens and this says false. Of all who come with one
   * key at once, one is told true; the others wait for it.
   */
  boolean add(Notification notification);

  /** The notification of this account, or the announcement, with this key. */
  Optional<Notification> findByKey(Optional<AccountId> account, String key);

  /** Writes down how many letters it has become. */
  void setRecipients(UUID id, int recipients);

  /** How far an announcement has come; nothing where there is none with this id. */
  Optional<Progress> progress(UUID announcement);

  /** The oldest announcement that has not reached every account. */
  Optional<Progress> unfinished();

  /**
   * Moves an announcement on to the accounts up to {@code to}, in the transaction that posts their
   * letters. Of all who move it on from one place at once, one is told true.
   *
   * @param to the last account reached; nothing when every account is
   */
  boolean advance(Progress from, Optional<AccountId> to, int accounts, int letters, Instant now);

  /** Forgets notifications and their messages from before then whose letters have all ended. */
  int sweep(Instant before);

  /**
   * How far an announcement has come.
   *
   * @param reached the last account whose recipients have their letters; nothing before the first
   * @param finishedAt when every account was reached
   */
  record Progress(
      Notification announcement,
      Optional<AccountId> reached,
      long accounts,
      long letters,
      Optional<Instant> finishedAt) {}
}
