package org.holdfast.web.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.holdfast.application.Holdfast;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.mail.Delivery;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.credential.Password;

/** What is counted and timed for the operator, in Prometheus' words. */
final class Meters {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InstantSource clock;

  Meters(InstantSource clock) {
    this.clock = clock;
  }

  MeterRegistry registry() {
    return registry;
  }

  /** Everything, as Prometheus reads it. */
  String scrape() {
    return registry.scrape();
  }

  /** Begins to tell of the process itself. */
  void watchProcess() {
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    var pauses = new JvmGcMetrics(); // lives as long as the registry
    pauses.bindTo(registry);
  }

  /** Begins to tell how much waits. Asked for at each scrape, so it is never out of date. */
  void watch(Holdfast holdfast) {
    Gauge.builder("holdfast.letters.waiting", () -> holdfast.deliveries().waiting())
        .description("letters to be sent, whenever they are due")
        .register(registry);
    TimeGauge.builder(
            "holdfast.errands.oldest",
            () -> holdfast.oldestErrand().map(this::age).orElse(0L),
            TimeUnit.MILLISECONDS)
        .description("age of the oldest errand that waits to be run")
        .register(registry);
  }

  private long age(Instant since) {
    return Math.max(0, Duration.between(since, clock.instant()).toMillis());
  }

  /** A request was answered. */
  void answered(String method, String route, int status, Duration took) {
    registry
        .timer(
            "holdfast.http.requests",
            Tags.of("method", method, "route", route, "status", "" + status))
        .record(took);
  }

  /** Somebody tried to sign in. */
  void signIn(String outcome) {
    registry.counter("holdfast.sign.ins", "outcome", outcome).increment();
  }

  /** A letter reached a state. */
  void letter(Delivery.State state) {
    registry
        .counter("holdfast.letters", "state", state.name().toLowerCase(Locale.ROOT))
        .increment();
  }

  /** The same hasher, watched. */
  PasswordHasher watch(PasswordHasher hasher, int permits) {
    return new WatchedHasher(hasher, permits);
  }

  private final class WatchedHasher implements PasswordHasher {
    private final PasswordHasher hasher;
    private final AtomicInteger inside = new AtomicInteger();

    private WatchedHasher(PasswordHasher hasher, int permits) {
      this.hasher = hasher;
      Gauge.builder("holdfast.hasher.permits", () -> permits)
          .description("password hashes computed at once, at most")
          .register(registry);
      Gauge.builder("holdfast.hasher.waiting", () -> Math.max(0, inside.get() - permits))
          .description("callers who wait for their turn at the hasher")
          .register(registry);
    }

    @Override
    public String hash(Password password) {
      return timed(() -> hasher.hash(password));
    }

    @Override
    public boolean matches(Password password, String hash) {
      return timed(() -> hasher.matches(password, hash));
    }

    @Override
    public void matchNothing(Password password) {
      timed(
          () -> {
            hasher.matchNothing(password);
            return true;
          });
    }

    @Override
    public boolean isOutdated(String hash) {
      return hasher.isOutdated(hash);
    }

    private <T> T timed(Supplier<T> work) {
      inside.incrementAndGet();
      var began = System.nanoTime();
      var outcome = "failed";
      try {
        var answer = work.get();
        outcome = "done";
        return answer;
      } catch (Refusal busy) {
        outcome = "busy";
        throw busy;
      } finally {
        inside.decrementAndGet();
        registry
            .timer("holdfast.hasher.hashes", "outcome", outcome)
            .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
      }
    }
  }
}
