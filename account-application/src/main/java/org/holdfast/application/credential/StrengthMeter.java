package org.holdfast.application.credential;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import org.holdfast.domain.Language;
import org.holdfast.domain.credential.Password;

/** Estimates how long a password would stand up to guessing. */
public interface StrengthMeter {

  /**
   * Measures a password.
   *
   * @param known the user's names and address and the brand, which a guesser tries first
   */
  Strength measure(Password candidate, Collection<String> known, Language language);

  /**
   * How strong a password is.
   *
   * @param score 0 (guessed at once) to 4 (hardly ever)
   * @param advice what would help, in the reader's language; may be empty
   */
  record Strength(int score, ImmutableList<String> advice) {}
}
