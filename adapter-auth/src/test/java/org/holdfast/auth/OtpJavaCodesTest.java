package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.bastiaanjansen.otp.HMACAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("deprecation") // of SHA-1
class OtpJavaCodesTest {

  // RFC 6238 appendix B, whose seeds have the length of each hash
  private static final Map<HMACAlgorithm, String> SEEDS =
      Map.of(
          HMACAlgorithm.SHA1, "12345678901234567890",
          HMACAlgorithm.SHA256, "12345678901234567890123456789012",
          HMACAlgorithm.SHA512, "1234567890123456789012345678901234567890123456789012345678901234");

  @ParameterizedTest
  @CsvSource({
    "59, 94287082, 46119246, 90693936",
    "1111111109, 07081804, 68084774, 25091201",
    "1111111111, 14050471, 67062674, 99943326",
    "1234567890, 89005924, 91819424, 93441116",
    "2000000000, 69279037, 90698825, 38618901",
    "20000000000, 65353130, 77737706, 47863826"
  })
  void codes_are_those_of_the_standard(long time, String sha1, String sha256, String sha512) {
    var step = Totp.step(Instant.ofEpochSecond(time));
    assertThat(code(HMACAlgorithm.SHA1, step)).isEqualTo(sha1);
    assertThat(code(HMACAlgorithm.SHA256, step)).isEqualTo(sha256);
    assertThat(code(HMACAlgorithm.SHA512, step)).isEqualTo(sha512);
  }

  private static String code(HMACAlgorithm algorithm, long step) {
    var seed = SEEDS.getOrDefault(algorithm, "").getBytes(StandardCharsets.US_ASCII);
    return new OtpJavaCodes(algorithm, 8).at(TotpSecret.of(seed), step);
  }

  /** Somebody else's program (oathtool), given what the QR code tells an app, shows the same. */
  @Test
  void another_program_shows_the_same_codes() throws Exception {
    var random = new Random(42);
    for (var i = 0; i < 20; i++) {
      var secret = TotpSecret.generate(random);
      var now = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
      assertThat(new OtpJavaCodes().at(secret, Totp.step(now)))
          .isEqualTo(oathtool(secret.base32(), now));
    }
  }

  private static String oathtool(String base32, Instant now)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("oathtool", "--totp", "-b", base32, "--now", "@" + now.getEpochSecond())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }
}
