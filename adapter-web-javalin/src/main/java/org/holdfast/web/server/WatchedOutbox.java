package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox;
import org.holdfast.domain.AccountId;

/** An outbox of which somebody hears what became of each letter. */
record WatchedOutbox(Outbox outbox, Consumer<Delivery.State> settled) implements Outbox {

  @Override
  public void post(Letter letter) {
    outbox.post(letter);
  }

  @Override
  public int postAll(Collection<Letter> letters) {
    return outbox.postAll(letters);
  }

  @Override
  public ImmutableList<Claimed> claim(int most, Instant now, Duration lease) {
    return outbox.claim(most, now, lease);
  }

  @Override
  public boolean settle(
      Claimed claimed, Delivery.State state, String reply, Optional<Instant> retryAt, Instant now) {
    var settledByUs = outbox.settle(claimed, state, reply, retryAt, now);
    if (settledByUs) {
      settled.accept(state);
    }
    return settledByUs;
  }

  @Override
  public ImmutableList<Delivery> deliveries(AccountId account, Optional<UUID> before, int most) {
    return outbox.deliveries(account, before, most);
  }

  @Override
  public int waiting() {
    return outbox.waiting();
  }

  @Override
  public int sweep(Instant before) {
    return outbox.sweep(before);
  }
}
