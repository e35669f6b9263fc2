package org.holdfast.application.link;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The mailed links that are out. */
public interface MailedLinks {

  /** Remembers a link; others with the same subject stay good. */
  void issue(MailedLink link);

  /** Shows the open link with this fingerprint and purpose without using it up. */
  Optional<MailedLink> peek(Purpose purpose, String fingerprint, Instant now);

  /**
   * Uses up the open link with this fingerprint and purpose. Of all who ask at once, at most one is
   * answered; everyone else, then and later, finds nothing.
   */
  Optional<MailedLink> consume(Purpose purpose, String fingerprint, Instant now);

  /** Makes every link with this subject and purpose worthless. */
  void withdraw(Purpose purpose, UUID subject);

  /** Forgets links that ran out before then. */
  int sweep(Instant before);
}
