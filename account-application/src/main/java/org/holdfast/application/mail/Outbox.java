package org.holdfast.application.mail;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;

/**
 * The letters that are to be sent and those that were. A letter is posted in the transaction of
 * what caused it and leaves afterwards; it stays here as its own delivery log, its words wiped.
 */
public interface Outbox {

  /** Posts a letter. */
  void post(Letter letter);

  /**
   * Posts a notification's letters, each address once per notification, whoever posts it again.
   *
   * @return how many were new
   */
  int postAll(Collection<Letter> letters);

  /**
   * Takes letters that are due and that nobody else holds. They are this caller's until the lease
   * ends; then, if they were not settled, anybody's. Of all who take at once, each letter goes to
   * one.
   */
  ImmutableList<Claimed> claim(int most, Instant now, Duration lease);

  /**
   * Writes down what became of a claimed letter, unless somebody else holds it by now: then nothing
   * happens and this says false. Once it is no longer to be tried its words are wiped.
   *
   * @param state SENT, DEFERRED, FAILED or SUPPRESSED
   * @param retryAt when a deferred letter is due again
   */
  boolean settle(
      Claimed claimed, Delivery.State state, String reply, Optional<Instant> retryAt, Instant now);

  /** The account's deliveries, newest first, behind the given one. */
  ImmutableList<Delivery> deliveries(AccountId account, Optional<UUID> before, int most);

  /** How many letters wait to be sent, whenever they are due. */
  int waiting();

  /** Forgets deliveries that ended before then. */
  int sweep(Instant before);

  /**
   * A letter in somebody's hands.
   *
   * @param claim whose hands
   * @param attempts how often it was tried before
   * @param category what it is about, for a notification
   * @param message what it carries, for a notification
   */
  record Claimed(
      Letter letter,
      UUID claim,
      int attempts,
      Optional<Category> category,
      Optional<Message> message) {}
}
