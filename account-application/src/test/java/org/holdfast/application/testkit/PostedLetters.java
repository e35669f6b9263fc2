package org.holdfast.application.testkit;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.Transactions;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox;
import org.holdfast.domain.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * What any store was asked to post, once the transaction was committed: where letters are kept
 * their words are sealed, and a test wants to follow their links.
 */
public final class PostedLetters {

  private final List<Letter> posted = new CopyOnWriteArrayList<>();
  private final ThreadLocal<@Nullable List<Letter>> open = new ThreadLocal<>();

  /** All of them, oldest first. */
  public ImmutableList<Letter> all() {
    return ImmutableList.copyOf(posted);
  }

  /** The same store, watched. */
  public Store in(Store store) {
    return store.with(watched(store.transactions()), watched(store.outbox()));
  }

  private Transactions watched(Transactions transactions) {
    return new Transactions() {
      @Override
      public <T> T inOne(Supplier<T> work) {
        if (open.get() != null) {
          return transactions.inOne(work);
        }
        var letters = new ArrayList<Letter>();
        open.set(letters);
        try {
          var answer =
              transactions.inOne(
                  () -> {
                    letters.clear(); // whom the database undid begins anew
                    return work.get();
                  });
          posted.addAll(letters);
          return answer;
        } finally {
          open.remove();
        }
      }
    };
  }

  private void remember(Collection<Letter> letters) {
    var waiting = open.get();
    (waiting == null ? posted : waiting).addAll(letters);
  }

  private Outbox watched(Outbox outbox) {
    return new Outbox() {
      @Override
      public void post(Letter letter) {
        outbox.post(letter);
        remember(List.of(letter));
      }

      @Override
      public int postAll(Collection<Letter> letters) {
        var fresh = outbox.postAll(letters);
        remember(fresh == letters.size() ? letters : List.of());
        return fresh;
      }

      @Override
      public ImmutableList<Claimed> claim(int most, Instant now, Duration lease) {
        return outbox.claim(most, now, lease);
      }

      @Override
      public boolean settle(
          Claimed claimed,
          Delivery.State state,
          String reply,
          Optional<Instant> retryAt,
          Instant now) {
        return outbox.settle(claimed, state, reply, retryAt, now);
      }

      @Override
      public ImmutableList<Delivery> deliveries(
          AccountId account, Optional<UUID> before, int most) {
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
    };
  }
}
