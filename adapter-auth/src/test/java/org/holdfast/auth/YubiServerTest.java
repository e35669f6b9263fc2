package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.auth.testkit.SoftYubiKey;
import org.holdfast.auth.testkit.YubiServer;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a validation server that somebody else wrote, with and without signatures. */
class YubiServerTest {

  private static final SoftYubiKey SIGNED = new SoftYubiKey(1);
  private static final SoftYubiKey UNSIGNED = new SoftYubiKey(2);
  private static final String OTHER_KEY = "ZXhhY3RseSB0d2VudHkgYnl0ZXM=";

  private static YubiServer server;

  @BeforeAll
  static void start() {
    server = new YubiServer(SIGNED, UNSIGNED);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_a_key_types_is_good_once(boolean signed) {
    var key = signed ? SIGNED : UNSIGNED;
    var early = key.touch();
    var typed = key.touch();
    assertThat(ask(signed, typed)).isEqualTo(Verdict.VALID);
    assertThat(ask(signed, typed)).isEqualTo(Verdict.REFUSED);
    assertThat(ask(signed, early)).as("touched before").isEqualTo(Verdict.REFUSED);
    assertThat(ask(signed, key.touch())).isEqualTo(Verdict.VALID);
    key.replug();
    assertThat(ask(signed, key.touch())).as("plugged in again").isEqualTo(Verdict.VALID);
    assertThat(ask(signed, key.type(1, 200))).as("from before").isEqualTo(Verdict.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_no_known_key_typed_is_refused(boolean signed) {
    var garbage = SIGNED.publicId() + "cbdefghijklnrtuvcbdefghijklnrtuv";
    assertThat(ask(signed, garbage)).isEqualTo(Verdict.REFUSED);
    assertThat(ask(signed, new SoftYubiKey(3).touch())).isEqualTo(Verdict.REFUSED);
    var anothers = SIGNED.publicId() + UNSIGNED.touch().substring(12);
    assertThat(ask(signed, anothers)).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void an_answer_that_another_key_signed_is_refused() {
    var servers = servers(List.of(server.uri()), server.clientId(), Optional.of(OTHER_KEY));
    assertThat(ask(servers, SIGNED.touch())).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void a_server_that_does_not_know_us_leaves_it_open() {
    var servers = servers(List.of(server.uri()), 99, Optional.empty());
    assertThat(ask(servers, SIGNED.touch())).isEqualTo(Verdict.UNREACHABLE);
  }

  @Test
  void a_server_that_was_stopped_is_passed_over() {
    var key = new SoftYubiKey(4);
    try (var second = new YubiServer(key)) {
      second.stop();
      var alone = servers(List.of(second.uri()), 1, Optional.of(second.apiKey()));
      assertThat(ask(alone, key.touch())).isEqualTo(Verdict.UNREACHABLE);
      var both = servers(List.of(second.uri(), server.uri()), 1, Optional.of(server.apiKey()));
      assertThat(ask(both, SIGNED.touch())).isEqualTo(Verdict.VALID);
      second.start();
      assertThat(ask(alone, key.touch())).isEqualTo(Verdict.VALID);
    }
  }

  private static Verdict ask(boolean signed, String typed) {
    var apiKey = signed ? Optional.of(server.apiKey()) : Optional.<String>empty();
    return ask(servers(List.of(server.uri()), server.clientId(), apiKey), typed);
  }

  private static Verdict ask(YubicoServers servers, String typed) {
    return servers.ask(YubiKeyOtp.parse(typed).orElseThrow());
  }

  private static YubicoServers servers(List<URI> uris, int clientId, Optional<String> apiKey) {
    return new YubicoServers(YubicoSettings.of(uris, clientId, apiKey), new SecureRandom());
  }
}
