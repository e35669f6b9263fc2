package org.holdfast.application.errand;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.UUID;

/**
 * Something asked for by somebody we do not know, done after the answer is given: whoever asks gets
 * the same answer in the same time, because at that time nobody has looked yet.
 *
 * @param words what was asked, kept sealed
 */
public record Errand(UUID id, Kind kind, ImmutableMap<String, String> words, Instant askedAt) {

  /** The kinds of errands. */
  public enum Kind {
    REGISTER,
    RESET_PASSWORD,
    CHANGE_EMAIL,
    TELL_OF_GUESSES,
    TELL_OF_WRONG_PIN
  }

  /** One of the words; there is no errand without its words. */
  public String word(String key) {
    var word = words.get(key);
    if (word == null) {
      throw new IllegalStateException(this + " lacks " + key);
    }
    return word;
  }

  @Override
  public String toString() {
    return kind + " " + id;
  }
}
