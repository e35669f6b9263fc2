package org.holdfast.domain.guessing;

import java.time.Duration;

/**
 * How often something may happen: so many at once, then one per interval.
 *
 * @param burst how many may happen at once
 * @param interval after which one more may happen
 */
public record Rate(int burst, Duration interval) {}
