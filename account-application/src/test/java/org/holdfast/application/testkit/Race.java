package org.holdfast.application.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.holdfast.application.Transactions;

/** Several callers doing one thing at the same instant. */
public final class Race {

  private Race() {}

  /** Each in a transaction of its own, which all have begun before anybody goes on. */
  public static <T> List<T> of(int callers, Transactions transactions, Supplier<T> deed) {
    var allInside = new CyclicBarrier(callers); // inside, or slow connects spread the callers out
    return run(
        callers,
        i -> {
          var tries = new AtomicInteger(); // whom a database undid comes a second time, alone
          return transactions.inOne(
              () -> {
                if (tries.getAndIncrement() == 0) {
                  meetAt(allInside);
                }
                return deed.get();
              });
        });
  }

  /** Each as it comes, for what begins its own transactions. */
  public static <T> List<T> of(int callers, IntFunction<T> deed) {
    var allReady = new CyclicBarrier(callers);
    return run(
        callers,
        i -> {
          meetAt(allReady);
          return deed.apply(i);
        });
  }

  private static <T> List<T> run(int callers, IntFunction<T> deed) {
    var threads = Executors.newFixedThreadPool(callers);
    try {
      var tasks = new ArrayList<Callable<T>>();
      for (var i = 0; i < callers; i++) {
        var which = i;
        tasks.add(() -> deed.apply(which));
      }
      var answers = new ArrayList<T>();
      for (var answer : threads.invokeAll(tasks)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (Exception e) {
      throw new AssertionError("a caller fell over", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void meetAt(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
