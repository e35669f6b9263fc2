package org.holdfast.application.mail;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.notification.Category;

/**
 * What became of a letter, as the account's delivery log tells it.
 *
 * @param category what a notification was about; nothing for other letters
 * @param subject a notification's subject; nothing for other letters
 * @param reply what the mail server last said; empty where it has not been asked yet
 * @param at when the state was reached
 */
public record Delivery(
    UUID id,
    Letter.Kind kind,
    Optional<Category> category,
    Optional<String> subject,
    EmailAddress to,
    State state,
    int attempts,
    String reply,
    Instant postedAt,
    Instant at) {

  /** Where a letter stands. */
  public enum State {
    /** Waiting for its first try. */
    QUEUED,
    /** Taken by the mail server. */
    SENT,
    /** Not taken for now; it will be tried again. */
    DEFERRED,
    /** Given up: the server's reply says why. */
    FAILED,
    /** Not tried: the address refused mail before. */
    SUPPRESSED
  }
}
