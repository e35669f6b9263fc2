package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.holdfast.auth.testkit.StandInFacebook.APP_ID;
import static org.holdfast.auth.testkit.StandInFacebook.APP_SECRET;
import static org.holdfast.auth.testkit.StandInFacebook.INSPECT;
import static org.holdfast.auth.testkit.StandInFacebook.ME;
import static org.holdfast.auth.testkit.StandInFacebook.TOKEN;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.holdfast.application.linkedaccount.IdentityProvider.Exchange;
import org.holdfast.application.linkedaccount.IdentityProvider.Identity;
import org.holdfast.application.linkedaccount.IdentityProvider.NotVouched;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.holdfast.auth.testkit.Loopback;
import org.holdfast.auth.testkit.StandInFacebook;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FacebookProviderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String SOMEBODY = "10223344556677889";
  private static final URI BACK = URI.create("https://portal.example/linked/back");
  private static final Exchange EXCHANGE =
      new Exchange("state-1", "nonce-1", "verifier-0123456789-0123456789-0123456789-xyz", BACK);

  private final StandInFacebook there = new StandInFacebook();
  private final FacebookProvider provider = provider(APP_SECRET, PATIENCE);

  @AfterEach
  void close() {
    there.close();
  }

  @Test
  void people_are_sent_there_with_all_that_ties_their_return_to_their_leaving() {
    assertThat(Loopback.parameters(provider.authorizationUri(EXCHANGE, false)))
        .containsOnly(
            Map.entry("response_type", "code"),
            Map.entry("client_id", APP_ID),
            Map.entry("redirect_uri", BACK.toString()),
            Map.entry("scope", "public_profile"),
            Map.entry("state", "state-1"),
            Map.entry("code_challenge", "T4YjWk-GNtStPwgRiyNPtJ2vV6RCk7LiRYlABzfZbO8"),
            Map.entry("code_challenge_method", "S256"));
  }

  @Test
  void a_code_is_traded_for_who_it_is_once() throws Exception {
    var code = code();
    assertThat(provider.identify(code, EXCHANGE, false))
        .isEqualTo(new Identity("https://www.facebook.com", SOMEBODY));
    assertNotVouched(() -> provider.identify(code, EXCHANGE, false));
    there.signedIn("4");
    assertThat(identify().subject()).isEqualTo("4");
    there.inspects(data -> data.put("app_id", Long.valueOf(APP_ID))); // as it once was
    assertThat(identify().subject()).isEqualTo("4");
  }

  @Test
  void it_does_not_say_when_somebody_proved_who_they_are() {
    assertThat(provider.provesFreshness()).isFalse();
    assertNotVouched(() -> provider.identify(code(), EXCHANGE, true));
  }

  @Test
  void a_token_made_for_another_app_opens_nothing() {
    for (var other : Arrays.asList("138483919580949", "", null, APP_ID + " ", 1, List.of(APP_ID))) {
      there.inspects(data -> data.put("app_id", other));
      assertNotVouched(this::identify);
    }
    there.inspects(data -> data.remove("app_id"));
    assertNotVouched(this::identify);
  }

  @Test
  void a_token_that_is_not_valid_opens_nothing() {
    for (var valid : Arrays.asList(false, null, "true", 1)) {
      there.inspects(data -> data.put("is_valid", valid));
      assertNotVouched(this::identify);
    }
    there.inspects(data -> data.remove("is_valid"));
    assertNotVouched(this::identify);
  }

  @Test
  void token_and_profile_must_name_the_same_person() {
    there.inspects(data -> data.put("user_id", "4"));
    assertNotVouched(this::identify);
    there.inspects(data -> {});
    there.profiles(data -> data.put("id", "4"));
    assertNotVouched(this::identify);
  }

  @Test
  void an_id_that_is_none_is_nobodys_even_when_both_agree() {
    for (var id : Arrays.asList("", " ", "0", "00", null, "me", "4\0", 0L, true, List.of("4"))) {
      there.inspects(data -> data.put("user_id", id));
      there.profiles(data -> data.put("id", id));
      assertNotVouched(this::identify);
    }
    there.inspects(data -> data.remove("user_id"));
    there.profiles(data -> data.remove("id"));
    assertNotVouched(this::identify);
    there.inspects(data -> {});
    assertNotVouched(this::identify);
  }

  @Test
  void an_address_changes_nothing_about_who_it_is() throws Exception {
    there.profiles(data -> data.put("email", "victim@example.com"));
    assertThat(identify()).isEqualTo(new Identity(FacebookProvider.ISSUER, SOMEBODY));
  }

  @Test
  void nothing_but_the_very_exchange_takes_a_code() {
    for (var other :
        List.of(
            new Exchange("s", "n", "another-0123456789-0123456789-0123456789-xyz", BACK),
            new Exchange("s", "n", EXCHANGE.verifier(), URI.create("https://evil.example/")))) {
      var code = code();
      assertNotVouched(() -> provider.identify(code, other, false));
    }
    for (var code : List.of("", " ", "AQ-code-0", "x".repeat(5_000))) {
      assertNotVouched(() -> provider.identify(code, EXCHANGE, false));
    }
    assertThat(there.server().asked(INSPECT)).isZero();
  }

  @Test
  void without_the_apps_secret_nothing_is_learnt() {
    var code = code();
    assertUnavailable(() -> provider("another-secret", PATIENCE).identify(code, EXCHANGE, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {TOKEN, INSPECT, ME})
  void a_no_is_told_from_trouble(String path) {
    for (var no : List.of("{\"error\":{\"code\":190}}", "{\"error\":{}}", "{}", echo())) {
      there.server().reply(path, Loopback.json(400, no));
      assertNotVouched(this::identify);
    }
    for (var nothing : List.of("{}", "{\"data\":null}", "{\"access_token\":\"a\\nb\"}")) {
      there.server().reply(path, Loopback.json(200, nothing));
      assertNotVouched(this::identify);
    }
    for (var trouble :
        List.of(
            Loopback.json(400, "{\"error\":{\"code\":1}}"),
            Loopback.json(400, "{\"error\":{\"code\":4}}"),
            Loopback.json(400, "<html>"),
            Loopback.json(403, echo()),
            Loopback.json(429, "{}"),
            Loopback.json(500, echo()),
            Loopback.json(200, "<html>"),
            Loopback.json(200, "null"),
            Loopback.redirect(there.server().at("/elsewhere")))) {
      there.server().reply(path, trouble);
      assertUnavailable(this::identify);
    }
    assertThat(there.server().asked("/elsewhere")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {TOKEN, INSPECT, ME})
  void an_answer_that_does_not_end_or_does_not_come_is_not_waited_for(String path) {
    var patient = provider(APP_SECRET, SHORT);
    for (var bad :
        List.of(Loopback.endless(), there.server().silence(), there.server().halfAnAnswer())) {
      there.server().reply(path, bad);
      var code = code();
      var begun = System.nanoTime();
      assertUnavailable(() -> patient.identify(code, EXCHANGE, false));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void the_real_addresses_carry_a_fixed_version_and_nothing_prints_a_secret() {
    var real = FacebookProvider.Settings.of(APP_ID, APP_SECRET);
    assertThat(real.dialog()).hasToString("https://www.facebook.com/v26.0/dialog/oauth");
    assertThat(real.graph()).hasToString("https://graph.facebook.com/v26.0");
    assertThat(real.toString()).isEqualTo("Settings[facebook]");
    assertThat(new FacebookProvider(real).toString()).doesNotContain(APP_SECRET);
    assertRefused(() -> FacebookProvider.Settings.of("app", APP_SECRET));
    assertRefused(() -> FacebookProvider.Settings.of(APP_ID, ""));
    assertRefused(
        () ->
            new FacebookProvider.Settings(
                APP_ID, APP_SECRET, real.dialog(), URI.create("http://graph.facebook.com")));
    assertRefused(
        () ->
            new FacebookProvider.Settings(
                APP_ID, APP_SECRET, URI.create("http://www.facebook.com/x"), real.graph()));
  }

  private Identity identify() throws Exception {
    return provider.identify(code(), EXCHANGE, false);
  }

  private String code() {
    var back = Loopback.parameters(Loopback.visit(provider.authorizationUri(EXCHANGE, false)));
    assertThat(back).containsEntry("state", "state-1");
    return back.getOrDefault("code", "");
  }

  private FacebookProvider provider(String secret, Duration patience) {
    return new FacebookProvider(
        new FacebookProvider.Settings(APP_ID, secret, there.dialog(), there.graph()), patience);
  }

  private static String echo() {
    return "{\"error\":{\"message\":\"%s %s AQ-code-1 EAAB-token-2\",\"code\":\"%s\"}}"
        .formatted(APP_SECRET, EXCHANGE.verifier(), APP_SECRET);
  }

  private static void assertNotVouched(Callable<?> call) {
    assertThat(catchThrowable(call::call))
        .isInstanceOf(NotVouched.class)
        .satisfies(FacebookProviderTest::keepsSecrets);
  }

  private static void assertUnavailable(Callable<?> call) {
    assertThat(catchThrowable(call::call))
        .isInstanceOf(Unavailable.class)
        .satisfies(FacebookProviderTest::keepsSecrets);
  }

  private static void keepsSecrets(Throwable no) {
    assertThat(no.toString())
        .doesNotContain(APP_SECRET, "another-secret", "verifier-0", "AQ-code", "EAAB", "://");
    assertThat(no).hasNoCause();
  }

  private static void assertRefused(Callable<?> call) {
    assertThatThrownBy(call::call).isInstanceOf(IllegalArgumentException.class);
  }
}
