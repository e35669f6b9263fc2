package org.holdfast.application;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What goes on in the background: errands, letters, announcements and forgetting. Any number of
 * nodes may run it on one database. Closing lets the work in hand end.
 */
public final class Workers implements AutoCloseable {

  private static final Duration IDLE = Duration.ofMillis(250);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);
  private static final int LETTERS_AT_ONCE = 8; // what one relay claims in one transaction

  private final ScheduledExecutorService threads;
  private final Consumer<Throwable> trouble;

  private Workers(int relays, Consumer<Throwable> trouble) {
    this.threads = Executors.newScheduledThreadPool(relays + 4);
    this.trouble = trouble;
  }

  /**
   * Starts to work.
   *
   * @param relays how many letters may be on their way at once
   * @param trouble hears what went wrong; the work is tried again
   */
  public static Workers start(Holdfast holdfast, int relays, Consumer<Throwable> trouble) {
    var workers = new Workers(relays, trouble);
    workers.keepDoing(holdfast::runErrand);
    workers.keepDoing(holdfast.notifications()::continueAnnouncement);
    workers.keepDoing(holdfast.recoverAccess()::runDue);
    for (var i = 0; i < relays; i++) {
      workers.keepDoing(() -> holdfast.deliveries().deliverDue(LETTERS_AT_ONCE) > 0);
    }
    workers.threads.scheduleWithFixedDelay(
        () -> workers.attempt(() -> sweep(holdfast)), 1, 60, TimeUnit.MINUTES);
    return workers;
  }

  private static boolean sweep(Holdfast holdfast) {
    holdfast.sweep();
    return false;
  }

  private void keepDoing(BooleanSupplier work) {
    threads.execute(() -> again(work));
  }

  private void again(BooleanSupplier work) {
    var pause = attempt(work);
    if (!threads.isShutdown()) {
      try {
        threads.schedule(() -> again(work), pause.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closedMeanwhile) {
        // then there is nothing to go on with
      }
    }
  }

  /** How long to pause afterwards: not at all while there is work. */
  private Duration attempt(BooleanSupplier work) {
    try {
      return work.getAsBoolean() ? Duration.ZERO : IDLE;
    } catch (RuntimeException | Error failed) {
      if (!threads.isShutdown()) {
        trouble.accept(failed);
      }
      return AFTER_TROUBLE;
    }
  }

  /** Stops taking up work and waits, for half a minute at most, until what is in hand has ended. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
