package org.holdfast.application.servicekey;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A key by which a host that is not on the JVM calls the API.
 *
 * @param name what it is for, as the operator called it
 */
public record ServiceKey(UUID id, String name, Instant createdAt, Optional<Instant> lastUsedAt) {}
