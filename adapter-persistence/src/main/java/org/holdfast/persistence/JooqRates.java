package org.holdfast.persistence;

import static java.util.stream.Collectors.toMap;
import static org.holdfast.persistence.schema.Tables.RATES;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.application.guessing.Rates;
import org.holdfast.domain.guessing.Rate;
import org.jooq.DSLContext;

/**
 * Keeps rates in {@code rates} as the arrival time at which the next one would be just in time
 * (GCRA), on connections of its own, each statement committing by itself.
 */
final class JooqRates implements Rates {

  private final DSLContext alone;
  private final Map<Integer, Prepared> arrivalsOf = new ConcurrentHashMap<>(); // so many subjects

  JooqRates(DSLContext alone) {
    this.alone = alone;
  }

  @Override
  public Duration take(String subject, Rate rate, Instant now) {
    while (true) { // whoever loses here has seen somebody else let through
      var seen =
          alone
              .select(RATES.ARRIVAL)
              .from(RATES)
              .where(RATES.SUBJECT.eq(subject))
              .fetchOptional(RATES.ARRIVAL);
      var arrival = seen.orElse(now);
      var wait = wait(arrival, rate, now);
      if (!wait.isZero()) {
        return wait;
      }
      var next = (arrival.isBefore(now) ? now : arrival).plus(rate.interval());
      var taken =
          seen.isPresent()
              ? alone
                      .update(RATES)
                      .set(RATES.ARRIVAL, next)
                      .where(RATES.SUBJECT.eq(subject), RATES.ARRIVAL.eq(arrival))
                      .execute()
                  == 1
              : Columns.insertOnce(
                  alone.insertInto(RATES).set(RATES.SUBJECT, subject).set(RATES.ARRIVAL, next));
      if (taken) {
        return Duration.ZERO;
      }
    }
  }

  @Override
  public Duration longestWait(Collection<Limit> limits, Instant now) {
    var arrivals =
        arrivalsOf
            .computeIfAbsent(limits.size(), this::arrivals)
            .all(
                row -> Map.entry(row.get(RATES.SUBJECT), row.get(RATES.ARRIVAL)),
                limits.stream().map(Limit::subject).toArray())
            .stream()
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    return limits.stream()
        .map(limit -> wait(arrivals.getOrDefault(limit.subject(), now), limit.rate(), now))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private Prepared arrivals(int subjects) {
    var places = Collections.nCopies(subjects, Prepared.place(RATES.SUBJECT));
    return Prepared.query(
        alone.select(RATES.SUBJECT, RATES.ARRIVAL).from(RATES).where(RATES.SUBJECT.in(places)),
        RATES.SUBJECT,
        RATES.ARRIVAL);
  }

  @Override
  public int sweep(Instant now) {
    return alone.deleteFrom(RATES).where(RATES.ARRIVAL.lt(now)).execute();
  }

  private static Duration wait(Instant arrival, Rate rate, Instant now) {
    var earliest = arrival.minus(rate.interval().multipliedBy(rate.burst() - 1L));
    return earliest.isAfter(now) ? Duration.between(now, earliest) : Duration.ZERO;
  }
}
