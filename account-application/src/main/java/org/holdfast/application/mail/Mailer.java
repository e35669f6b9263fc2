package org.holdfast.application.mail;

import java.net.URI;
import java.util.Optional;
import org.holdfast.domain.notification.Message;

/** Writes a letter out in its language and hands it to the mail server. */
public interface Mailer {

  /**
   * Hands over one letter. It answers within two minutes whatever the server does, and never throws
   * for what a server or address does wrong.
   *
   * @param message what a notification carries
   * @param unsubscribe where one click ends announcements (RFC 8058), for a letter that offers it
   */
  Receipt send(Letter letter, Optional<Message> message, Optional<URI> unsubscribe);

  /**
   * What the server made of it.
   *
   * @param reply its last answer, without anything secret
   */
  record Receipt(Verdict verdict, String reply) {}

  /** What a server can make of a letter. */
  enum Verdict {
    /** It took responsibility (250 after DATA). */
    ACCEPTED,
    /** Not now (4xx, or it could not be reached). */
    TRY_LATER,
    /** Never this letter (5xx about the letter or our right to send). */
    REFUSED,
    /** Never this address (5xx to RCPT). */
    NO_SUCH_ADDRESS
  }
}
