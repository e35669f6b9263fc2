package org.holdfast.application.mail;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Collection;
import org.holdfast.domain.EmailAddress;

/** The addresses that refused mail for good. */
public interface Suppressions {

  /** Stops writing to this address; says whether it was written to until now. */
  boolean add(EmailAddress address, String reply, Instant now);

  boolean contains(EmailAddress address);

  /** Which of these are suppressed. */
  ImmutableSet<EmailAddress> among(Collection<EmailAddress> addresses);

  /** Writes to this address again. */
  void lift(EmailAddress address);
}
