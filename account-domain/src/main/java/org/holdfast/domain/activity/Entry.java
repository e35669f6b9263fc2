package org.holdfast.domain.activity;

import java.util.UUID;

/** A happening as it was written down, under the id by which it is paged through. */
public record Entry(UUID id, Happening happening) {}
