package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nulabinc.zxcvbn.Feedback;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.ResourceBundle;
import org.holdfast.domain.Language;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

class ZxcvbnMeterTest {

  private final ZxcvbnMeter meter = new ZxcvbnMeter();

  @Test
  void a_common_password_is_weak_and_told_why_in_the_readers_language() {
    var english = measure("password", Language.EN);
    assertThat(english.score()).isZero();
    assertThat(english.advice()).contains("This is one of the ten most used passwords.");
    assertThat(measure("password", Language.DE).advice())
        .contains("Das ist eines der zehn häufigsten Passwörter.");
  }

  @Test
  void words_that_do_not_belong_together_are_strong() {
    var strength = measure("vitriol ember quadrille onyx", Language.EN);
    assertThat(strength.score()).isEqualTo(4);
    assertThat(strength.advice()).isEmpty();
  }

  @Test
  void an_empty_password_is_the_weakest() {
    assertThat(measure("", Language.EN).score()).isZero();
  }

  @Test
  void what_is_known_of_the_user_does_not_count() {
    var candidate = new Password("zyxwrathborne");
    var stranger = meter.measure(candidate, List.of(), Language.EN);
    var ownName =
        meter.measure(
            candidate, List.of("Zyx-Wrathborne", "zyxwrathborne@example.com"), Language.EN);
    assertThat(ownName.score()).isLessThan(stranger.score());
  }

  /** 3,000 characters take minutes where all of them are measured: this test would not end. */
  @Test
  void only_the_beginning_of_a_long_password_is_measured() {
    assertThat(measure("ab1".repeat(340), Language.EN).score()).isBetween(0, 4);
    var emoji = "x" + "😀".repeat(200); // the 64th character is half of one
    assertThat(measure(emoji, Language.EN).score()).isBetween(0, 4);
    assertThat(
            meter
                .measure(
                    new Password("tulips by the canal"), List.of("ab1".repeat(1_000)), Language.EN)
                .score())
        .isBetween(0, 4);
  }

  @Test
  void every_advice_there_is_has_its_words_in_every_language() throws IllegalAccessException {
    for (var language : Language.values()) {
      var words = ResourceBundle.getBundle("org.holdfast.auth.advice", language.locale());
      for (var field : Feedback.class.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
          assertThat(words.getString((String) field.get(null))).isNotBlank();
        }
      }
      assertThat(words.keySet())
          .hasSize(
              (int)
                  Arrays.stream(Feedback.class.getFields())
                      .filter(f -> Modifier.isStatic(f.getModifiers()))
                      .count());
    }
  }

  private org.holdfast.application.credential.StrengthMeter.Strength measure(
      String password, Language language) {
    return meter.measure(new Password(password), List.of("Ada", "ada@example.com"), language);
  }
}
