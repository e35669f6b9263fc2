package org.holdfast.domain.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.junit.jupiter.api.Test;

class FactorRulesTest {

  private static final UserId ADA = new UserId(new UUID(1, 1));

  // time-based tokens

  private static String codeAt(long step) {
    return "%06d".formatted(Math.floorMod(step * 7919, 1_000_000L));
  }

  @Test
  void the_current_step_and_one_back_are_accepted_and_no_other() {
    var now = Instant.ofEpochSecond(3000);
    for (var step = 90L; step <= 110; step++) {
      var expected = step == 99 || step == 100 ? OptionalLong.of(step) : OptionalLong.empty();
      assertThat(Totp.accept(codeAt(step), FactorRulesTest::codeAt, now, 0)).isEqualTo(expected);
    }
  }

  @Test
  void of_two_steps_with_one_code_the_newer_is_spent() {
    var accepted = Totp.accept("123456", any -> "123456", Instant.ofEpochSecond(3000), 0);
    assertThat(accepted).hasValue(100);
    assertThat(Totp.accept("123456", any -> "123456", Instant.ofEpochSecond(3000), 100)).isEmpty();
  }

  /** However the clock steps, no step is accepted twice, and the next honest code is at once. */
  @Property(tries = 300)
  void no_step_is_ever_accepted_twice(@ForAll long seed) {
    var random = new Random(seed);
    var last = 0L;
    var seen = new HashSet<Long>();
    var now = Instant.ofEpochSecond(1_000_000);
    for (var i = 0; i < 200; i++) {
      now = now.plusSeconds(random.nextInt(-90, 120));
      var typed = codeAt(Totp.step(now) - random.nextInt(3));
      var accepted = Totp.accept(typed, FactorRulesTest::codeAt, now, last);
      if (accepted.isPresent()) {
        assertThat(seen.add(accepted.getAsLong())).isTrue();
        assertThat(accepted.getAsLong()).isGreaterThan(last);
        last = accepted.getAsLong();
      }
      var next = Instant.ofEpochSecond((last + 1) * Totp.SECONDS);
      assertThat(Totp.accept(codeAt(last + 1), FactorRulesTest::codeAt, next, last))
          .hasValue(last + 1);
    }
  }

  @Test
  void a_code_is_six_digits_however_an_app_groups_them() {
    assertThat(Totp.parse(" 123 456 ")).contains("123456");
    assertThat(Totp.parse("123-456")).contains("123456");
    for (var odd :
        new String[] {null, "", "12345", "1234567", "12345a", "１２３４５６", "1".repeat(50)}) {
      assertThat(Totp.parse(odd)).isEmpty();
    }
  }

  @Property
  void a_step_is_thirty_seconds(@ForAll @LongRange(min = -99_999, max = 9_999_999_999L) long at) {
    assertThat(Totp.step(Instant.ofEpochSecond(at))).isEqualTo(Math.floorDiv(at, 30));
  }

  // their secrets

  @Test
  void a_secret_has_160_bits_and_says_nothing() {
    var secret = TotpSecret.generate(new Random(1));
    assertThat(secret.bytes()).hasSize(20);
    assertThat(TotpSecret.of(secret.bytes())).isEqualTo(secret);
    assertThat(secret.toString()).doesNotContain(secret.base32());
    assertThat(secret.grouped().replace(" ", "")).isEqualTo(secret.base32());
    assertThat(TotpSecret.generate(new Random(2))).isNotEqualTo(secret);
    assertThatThrownBy(() -> new TotpSecret("MZXW6YTBOI")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> new TotpSecret("not base32!!")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void its_address_is_spelled_as_apps_read_it() {
    var secret = TotpSecret.of(new byte[20]);
    assertThat(secret.uri("Büro & Söhne: 100%", new EmailAddress("ada+x@example.com")))
        .isEqualTo(
            "otpauth://totp/B%C3%BCro%20%26%20S%C3%B6hne%20%20100%25:ada%2Bx%40example.com?secret="
                + "A".repeat(32)
                + "&issuer=B%C3%BCro%20%26%20S%C3%B6hne%20%20100%25"
                + "&algorithm=SHA1&digits=6&period=30");
  }

  // recovery codes

  @Property(tries = 100)
  void a_set_has_ten_different_codes_of_80_bits(@ForAll long seed) {
    var codes = RecoveryCode.generate(new Random(seed));
    assertThat(new HashSet<>(codes)).hasSize(10);
    for (var code : codes) {
      assertThat(code.value()).hasSize(16).matches("[0-9abcdefghjkmnpqrstvwxyz]+");
      assertThat(RecoveryCode.parse(code.grouped())).contains(code);
      assertThat(RecoveryCode.parse(" " + code.value().toUpperCase(java.util.Locale.ROOT)))
          .contains(code);
      assertThat(code.toString()).doesNotContain(code.value());
    }
  }

  @Test
  void letters_that_are_mistaken_for_digits_are_read_as_them() {
    assertThat(RecoveryCode.parse("oO11-iIlL-0000-0000"))
        .contains(new RecoveryCode("0011111100000000"));
    assertThat(RecoveryCode.parse("u".repeat(16))).isEmpty();
    assertThat(RecoveryCode.parse("0".repeat(15))).isEmpty();
    assertThat(RecoveryCode.parse(null)).isEmpty();
  }

  @Test
  void what_is_kept_of_a_code_is_its_users_own() {
    var code = new RecoveryCode("0011111100000000");
    assertThat(code.fingerprint(ADA)).isNotEqualTo(code.fingerprint(new UserId(new UUID(1, 2))));
  }

  // YubiKeys

  @Property
  void a_touch_is_read_whatever_the_keyboard_made_of_its_case(
      @ForAll @IntRange(min = 1, max = 16) int id) {
    var typed = "C".repeat(id) + "v".repeat(32);
    var otp = YubiKeyOtp.parse(typed + "\n").orElseThrow();
    assertThat(otp.publicId()).isEqualTo("c".repeat(id));
    assertThat(otp.toString()).doesNotContain("v");
  }

  @Test
  void what_no_key_types_is_no_touch() {
    for (var odd :
        new String[] {
          null, "", "c".repeat(32), "c".repeat(49), "a".repeat(44), "c".repeat(43) + "\u0000"
        }) {
      assertThat(YubiKeyOtp.parse(odd)).isEmpty();
    }
  }
}
