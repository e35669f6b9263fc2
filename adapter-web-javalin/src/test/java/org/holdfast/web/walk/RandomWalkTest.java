package org.holdfast.web.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * No session begins without the factors that its user must show, whatever is asked for in whatever
 * order. The walk is another one each time; what it finds can be seen again by the seed it tells.
 *
 * <p>{@code -Dwalk.steps=1000000} walks further, {@code -Dwalk.seed=…} walks the same way again.
 */
class RandomWalkTest {

  private static final int ROUND = 2000;

  private final Tally tally = new Tally();
  private final TreeSet<String> routes = new TreeSet<>();
  private final AtomicBoolean isOver = new AtomicBoolean();

  /** Open to those who have a linked account or a half-done set-up, which a freeze takes away. */
  private static final Set<String> SELDOM =
      Set.of(
          "GET /sign-in/set-up/{factor}",
          "POST /prove-it-is-you/with/{provider}",
          "POST /api/v1/providers/{provider}/step-up",
          "GET /security/links/{link}",
          "POST /security/links/{link}",
          "DELETE /api/v1/links/{link}");

  @Test
  void no_session_begins_without_the_factors_it_takes()
      throws InterruptedException, ExecutionException {
    var steps = Integer.getInteger("walk.steps", 100_000);
    var seed = Long.getLong("walk.seed", 1_000);
    var began = System.nanoTime();
    System.out.printf("walk of %,d steps: -Dwalk.seed=%d%n", steps, seed);
    walk(seed, steps);
    System.out.printf(
        "%,d requests, %,d sessions begun, %d s%n%s%n",
        tally.acts.getOrDefault("request", 0),
        tally.sessions(),
        (System.nanoTime() - began) / 1_000_000_000,
        tally.acts);
    tally.judged.forEach((why, times) -> System.out.printf("%,9d %s%n", times, why));
    if (steps >= 100_000) {
      everyRouteWasWalkedWellAndBadly();
      theWalkWasWorthIt(steps);
    }
  }

  private void walk(long seed, int steps) throws InterruptedException, ExecutionException {
    var rounds = new ArrayList<Callable<Optional<AssertionError>>>();
    for (var done = 0; done < steps; done += ROUND) {
      var own = seed + done / ROUND;
      var some = Math.min(ROUND, steps - done);
      rounds.add(() -> round(own, some));
    }
    var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      for (var round : threads.invokeAll(rounds)) {
        var failed = round.get();
        if (failed.isPresent()) {
          throw failed.get();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Optional<AssertionError> round(long seed, int steps) {
    if (isOver.get()) {
      return Optional.empty();
    }
    try (var walk = new Walk(seed, tally)) {
      synchronized (routes) {
        routes.addAll(walk.routes());
      }
      walk.take(steps);
      return Optional.empty();
    } catch (AssertionError | RuntimeException failed) {
      isOver.set(true);
      return Optional.of(
          new AssertionError(
              "see it again with -Dwalk.seed=%d -Dwalk.steps=%d%n%s"
                  .formatted(seed, steps, failed.getMessage()),
              failed));
    }
  }

  private void everyRouteWasWalkedWellAndBadly() {
    var never = new int[2];
    var wrong =
        routes.stream()
            .filter(
                route -> {
                  var seen = tally.routes.getOrDefault(route, never);
                  return seen[0] == 0 && !SELDOM.contains(route)
                      || seen[1] == 0 && Guarded.refuses(route);
                })
            .map(
                route -> {
                  var seen = tally.routes.getOrDefault(route, never);
                  return route + " answered well " + seen[0] + " times and refused " + seen[1];
                })
            .toList();
    assertThat(wrong).isEmpty();
  }

  private void theWalkWasWorthIt(int steps) {
    assertThat(tally.sessions()).isGreaterThan(steps / 50);
    for (var way :
        List.of(
            "password: right, and enough",
            "linked: right, and enough",
            "factor: pending good, code right",
            "factor: pending good, touch right",
            "factor: pending good, recovery code right",
            "set-up: pending good, code right",
            "set-up: pending good, touch right")) {
      assertThat(tally.begun.getOrDefault(way, 0)).as(way).isGreaterThan(steps / 2000);
    }
    for (var trap :
        List.of(
            "factor: pending used, code right",
            "factor: pending ended, code right",
            "factor: pending expired, code right",
            "factor: pending good, code spent",
            "factor: pending good, touch spent",
            "factor: pending good, recovery code used",
            "factor: pending good, code wrong",
            "set-up: pending good, code right, factor there",
            "password: right, disabled",
            "password: right, frozen",
            "linked: another browser",
            "linked: came back before")) {
      assertThat(tally.judged(trap)).as(trap).isGreaterThan(steps / 20_000);
    }
  }
}
