package org.holdfast.application.notification;

import com.google.common.base.Strings;
import java.util.Optional;
import org.holdfast.application.input.Is;
import org.holdfast.domain.notification.Message;
import org.jspecify.annotations.Nullable;

/**
 * What a host wants told, as handed over.
 *
 * @param html nothing where the text is all there is
 */
public record MessageInput(
    @Is(Is.Rule.IDEMPOTENCY_KEY) @Nullable String idempotencyKey,
    @Is(Is.Rule.SUBJECT) @Nullable String subject,
    @Is(Is.Rule.BODY) @Nullable String text,
    @Nullable String html) {

  Message toMessage() {
    return new Message(
        Strings.nullToEmpty(subject),
        Strings.nullToEmpty(text),
        Optional.ofNullable(html).filter(h -> !h.isBlank()));
  }

  String key() {
    return Strings.nullToEmpty(idempotencyKey);
  }
}
