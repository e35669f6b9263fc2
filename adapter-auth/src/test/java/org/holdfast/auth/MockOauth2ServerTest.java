package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.holdfast.application.linkedaccount.IdentityProvider.Exchange;
import org.holdfast.application.linkedaccount.IdentityProvider.Identity;
import org.holdfast.application.linkedaccount.IdentityProvider.NotVouched;
import org.holdfast.auth.testkit.Loopback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a provider that somebody else wrote. It goes by the machine's clock. */
class MockOauth2ServerTest {

  private static final MockOAuth2Server THERE = new MockOAuth2Server();
  private static final Exchange EXCHANGE = exchange("nonce-1", "x".repeat(43));

  @BeforeAll
  static void start() throws Exception {
    THERE.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterAll
  static void stop() {
    THERE.shutdown();
  }

  @Test
  void a_code_is_traded_for_who_it_is() throws Exception {
    says("ada", List.of("holdfast"), Map.of("email", "victim@example.com"));
    assertThat(provider().identify(code(), EXCHANGE, false))
        .isEqualTo(new Identity(THERE.issuerUrl("google").toString(), "ada"));
  }

  @Test
  void another_verifier_does_not_take_the_code() throws Exception {
    var code = code();
    assertNotVouched(code, exchange("nonce-1", "y".repeat(43)));
    says("ada", List.of("holdfast"), Map.of());
    assertThat(provider().identify(code(), EXCHANGE, false).subject()).isEqualTo("ada");
  }

  @Test
  void another_nonce_is_not_ours() throws Exception {
    assertNotVouched(code(), exchange("nonce-2", "x".repeat(43)));
  }

  @Test
  void another_audience_is_not_us() throws Exception {
    says("ada", List.of("holdfast"), Map.of("aud", "another-client"));
    assertNotVouched(code(), EXCHANGE);
  }

  @Test
  void another_issuer_is_not_theirs() throws Exception {
    says("ada", List.of("holdfast"), Map.of("iss", THERE.issuerUrl("other").toString()));
    assertNotVouched(code(), EXCHANGE);
  }

  @Test
  void a_fresh_proof_that_is_not_dated_is_none() throws Exception {
    var code = code();
    assertThat(catchThrowable(() -> provider().identify(code, EXCHANGE, true)))
        .isInstanceOf(NotVouched.class);
  }

  private static void says(String subject, List<String> audience, Map<String, ?> claims) {
    THERE.enqueueCallback(
        new DefaultOAuth2TokenCallback("google", subject, "JWT", audience, claims, 300));
  }

  private static void assertNotVouched(String code, Exchange exchange) {
    assertThat(catchThrowable(() -> provider().identify(code, exchange, false)))
        .isInstanceOf(NotVouched.class);
  }

  private static String code() throws Exception {
    var back = Loopback.parameters(Loopback.visit(provider().authorizationUri(EXCHANGE, false)));
    assertThat(back).containsEntry("state", "state-1");
    return back.getOrDefault("code", "");
  }

  private static OidcProvider provider() {
    var settings =
        new OidcProvider.Settings(
            "google",
            "Google",
            THERE.issuerUrl("google").toString(),
            "holdfast",
            "its secret",
            false);
    return new OidcProvider(settings, InstantSource.system(), Duration.ofSeconds(30)); // slow start
  }

  private static Exchange exchange(String nonce, String verifier) {
    return new Exchange("state-1", nonce, verifier, URI.create("https://portal.example/back"));
  }
}
