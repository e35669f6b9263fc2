package org.holdfast.application.notification;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.notification.Message;

/**
 * What a host wanted told, once per key.
 *
 * @param account whose recipients hear it; nothing for an announcement to every account
 * @param key the host's idempotency key
 * @param recipients how many letters it has become so far
 */
public record Notification(
    UUID id,
    Optional<AccountId> account,
    Category category,
    Message message,
    String key,
    Instant at,
    int recipients) {}
