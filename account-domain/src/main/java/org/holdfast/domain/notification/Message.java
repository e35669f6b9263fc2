package org.holdfast.domain.notification;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.holdfast.domain.Text;

/**
 * What a host wants told.
 *
 * @param text the plain text, which every recipient can read
 * @param html the same as an HTML fragment, set into the letter's frame; the host vouches for it
 */
public record Message(String subject, String text, Optional<String> html) {

  /**
   * @throws org.holdfast.domain.InvalidInput when a part breaks its rule
   */
  public Message {
    subject = Text.SUBJECT.of("subject", subject);
    text = Text.BODY.of("text", text);
    html = html.map(h -> Text.BODY.of("html", h));
  }

  /** What tells this message from another under the same idempotency key. */
  public String fingerprint() {
    return Hashing.sha256()
        .newHasher()
        .putInt(subject.length())
        .putString(subject, StandardCharsets.UTF_8)
        .putInt(text.length())
        .putString(text, StandardCharsets.UTF_8)
        .putString(html.orElse(""), StandardCharsets.UTF_8)
        .hash()
        .toString();
  }
}
