package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.holdfast.auth.testkit.StandInProvider.AUTHORIZE;
import static org.holdfast.auth.testkit.StandInProvider.CLIENT_ID;
import static org.holdfast.auth.testkit.StandInProvider.CLIENT_SECRET;
import static org.holdfast.auth.testkit.StandInProvider.KEYS;
import static org.holdfast.auth.testkit.StandInProvider.METADATA;
import static org.holdfast.auth.testkit.StandInProvider.TOKEN;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.PlainObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.application.linkedaccount.IdentityProvider.Exchange;
import org.holdfast.application.linkedaccount.IdentityProvider.Identity;
import org.holdfast.application.linkedaccount.IdentityProvider.NotVouched;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.holdfast.application.testkit.MovableClock;
import org.holdfast.auth.testkit.Loopback;
import org.holdfast.auth.testkit.StandInProvider;
import org.holdfast.auth.testkit.StandInProvider.Mint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a provider that says whatever it likes. */
class OidcProviderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final URI BACK = URI.create("https://portal.example/linked/back");
  private static final Exchange EXCHANGE =
      new Exchange("state-1", "nonce-1", "verifier-0123456789-0123456789-0123456789-xyz", BACK);

  private final MovableClock clock = new MovableClock();
  private final StandInProvider there = new StandInProvider(clock);
  private final OidcProvider provider = provider(PATIENCE);

  @AfterEach
  void close() {
    there.close();
  }

  @Test
  void people_are_sent_there_with_all_that_ties_their_return_to_their_leaving() throws Exception {
    var address = provider.authorizationUri(EXCHANGE, false);
    assertThat(address.toString()).startsWith(there.issuer() + AUTHORIZE + "?");
    assertThat(Loopback.parameters(address))
        .containsOnly(
            Map.entry("response_type", "code"),
            Map.entry("client_id", CLIENT_ID),
            Map.entry("redirect_uri", BACK.toString()),
            Map.entry("scope", "openid email"),
            Map.entry("state", "state-1"),
            Map.entry("nonce", "nonce-1"),
            Map.entry("code_challenge", "T4YjWk-GNtStPwgRiyNPtJ2vV6RCk7LiRYlABzfZbO8"),
            Map.entry("code_challenge_method", "S256"));
    assertThat(Loopback.parameters(provider.authorizationUri(EXCHANGE, true)))
        .containsEntry("prompt", "login")
        .containsEntry("max_age", "0");
  }

  @Test
  void a_code_is_traded_for_who_it_is_once() throws Exception {
    there.signedIn("108204268033311374519");
    var code = code(false);
    assertThat(provider.identify(code, EXCHANGE, false))
        .isEqualTo(new Identity(there.issuer(), "108204268033311374519"));
    assertNotVouched(() -> provider.identify(code, EXCHANGE, false));
    assertThat(provider.key()).isEqualTo("stand-in");
    assertThat(provider.label()).isEqualTo("Stand-in");
    assertThat(provider.provesFreshness()).isTrue();
  }

  @Test
  void the_secret_may_be_wanted_in_the_form() throws Exception {
    there.wantsTheSecretInTheForm();
    assertThat(identify().subject()).isEqualTo("somebody");
  }

  @Test
  void other_asymmetric_signatures_are_as_good() throws Exception {
    there.mints(
        claims ->
            StandInProvider.signed(
                new JWSHeader.Builder(JWSAlgorithm.PS384).keyID("first").build(),
                claims,
                there.key()));
    assertThat(identify().subject()).isEqualTo("somebody");
    var curved = new ECKeyGenerator(Curve.P_256).keyID("curved").generate();
    there.publish(curved.toPublicJWK());
    there.mints(
        claims -> {
          var token =
              new JWSObject(
                  new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("curved").build(),
                  StandInProvider.payload(claims));
          token.sign(new ECDSASigner(curved));
          return token.serialize();
        });
    assertThat(identify().subject()).isEqualTo("somebody");
    there.mints(claims -> there.signed(claims)); // which is not published any more
    assertNotVouched(this::identify);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void a_token_that_lies_vouches_for_nobody(String what, Consumer<Map<String, Object>> lie)
      throws Exception {
    assertThat(identify().subject()).isEqualTo("somebody");
    there.says(lie);
    assertNotVouched(this::identify);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("issuer other", c -> c.put("iss", "https://accounts.google.com")),
        lie("issuer with a slash", c -> c.computeIfPresent("iss", (k, iss) -> iss + "/")),
        lie("issuer in capitals", c -> c.computeIfPresent("iss", (k, iss) -> upper(iss))),
        lie("issuer without its scheme", c -> c.computeIfPresent("iss", (k, i) -> bare(i))),
        lie("issuer missing", c -> c.remove("iss")),
        lie("issuer null", c -> c.put("iss", null)),
        lie("issuers", c -> c.computeIfPresent("iss", (k, iss) -> List.of(iss))),
        lie("audience other", c -> c.put("aud", "another-client")),
        lie("audience longer", c -> c.put("aud", CLIENT_ID + "2")),
        lie("audience missing", c -> c.remove("aud")),
        lie("audience null", c -> c.put("aud", null)),
        lie("audience empty", c -> c.put("aud", List.of())),
        lie("audience a number", c -> c.put("aud", 1)),
        lie("several without azp", c -> c.put("aud", List.of(CLIENT_ID, "another-client"))),
        lie(
            "several with another azp",
            c -> {
              c.put("aud", List.of(CLIENT_ID, "another-client"));
              c.put("azp", "another-client");
            }),
        lie(
            "several with our azp but not us",
            c -> {
              c.put("aud", List.of("a", "b"));
              c.put("azp", CLIENT_ID);
            }),
        lie("azp other", c -> c.put("azp", "another-client")),
        lie("azp a number", c -> c.put("azp", 7)),
        lie("nonce absent", c -> c.remove("nonce")),
        lie("nonce null", c -> c.put("nonce", null)),
        lie("nonce empty", c -> c.put("nonce", "")),
        lie("nonce other", c -> c.put("nonce", "nonce-2")),
        lie("nonce longer", c -> c.put("nonce", "nonce-11")),
        lie("nonces", c -> c.put("nonce", List.of("nonce-1"))),
        lie("sub null", c -> c.put("sub", null)),
        lie("sub missing", c -> c.remove("sub")),
        lie("sub empty", c -> c.put("sub", "")),
        lie("sub blank", c -> c.put("sub", " ")),
        lie("sub with a blank behind", c -> c.put("sub", "somebody ")),
        lie("sub with NUL", c -> c.put("sub", "some\0body")),
        lie("sub beyond ASCII", c -> c.put("sub", "s\u00f6mebody")),
        lie("sub too long", c -> c.put("sub", "1".repeat(256))),
        lie("sub a number", c -> c.put("sub", 0)),
        lie("sub a list", c -> c.put("sub", List.of("somebody"))),
        lie("sub an object", c -> c.put("sub", Map.of("id", "somebody"))),
        lie("expired", c -> c.put("exp", seconds(c, "iat") - 61)),
        lie("expired before time", c -> c.put("exp", Long.MIN_VALUE)),
        lie("no expiry", c -> c.remove("exp")),
        lie("expiry null", c -> c.put("exp", null)),
        lie("expiry in words", c -> c.put("exp", "never")),
        lie("issued in the future", c -> c.put("iat", seconds(c, "iat") + 62)),
        lie("not issued", c -> c.remove("iat")),
        lie("not good before later", c -> c.put("nbf", seconds(c, "iat") + 62)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void a_token_that_is_not_signed_as_it_has_to_be_vouches_for_nobody(
      String what, BiConsumer<StandInProvider, Consumer<Mint>> forgery) throws Exception {
    assertThat(identify().subject()).isEqualTo("somebody");
    forgery.accept(there, there::mints);
    assertNotVouched(this::identify);
  }

  static Stream<Arguments> forgeries() {
    var stranger = StandInProvider.newKey("first");
    return Stream.of(
        forgery("alg none", t -> c -> new PlainObject(StandInProvider.payload(c)).serialize()),
        forgery("alg none, signed", t -> c -> withAlgorithm(t.signed(c), "none")),
        forgery("alg None", t -> c -> withAlgorithm(t.signed(c), "None")),
        forgery("alg empty", t -> c -> withAlgorithm(t.signed(c), "")),
        forgery("alg rs256", t -> c -> withAlgorithm(t.signed(c), "rs256")),
        forgery("alg of another length", t -> c -> withAlgorithm(t.signed(c), "RS512")),
        forgery("signature cut off", t -> c -> t.signed(c).replaceAll("[^.]+$", "")),
        forgery(
            "HS256 with the public key's PEM as secret",
            t -> c -> mac(c, pem(t.key().toRSAPublicKey().getEncoded()))),
        forgery(
            "HS256 with the public key's bytes as secret",
            t -> c -> mac(c, t.key().toRSAPublicKey().getEncoded())),
        forgery(
            "HS256 with the published key as secret",
            t -> c -> mac(c, utf8(t.key().toPublicJWK().toJSONString()))),
        forgery("HS256 with nought as secret", t -> c -> mac(c, new byte[32])),
        forgery(
            "HS256 with the client's secret",
            t -> c -> mac(c, Arrays.copyOf(utf8(CLIENT_SECRET), 32))),
        forgery(
            "another key", t -> c -> StandInProvider.signed(header("first").build(), c, stranger)),
        forgery(
            "another key, unnamed",
            t -> c -> StandInProvider.signed(new JWSHeader(JWSAlgorithm.RS256), c, stranger)),
        forgery(
            "unknown kid", t -> c -> StandInProvider.signed(header("second").build(), c, stranger)),
        forgery(
            "our key under an unknown kid",
            t -> c -> StandInProvider.signed(header("second").build(), c, t.key())),
        forgery(
            "kid traversal",
            t ->
                c ->
                    StandInProvider.signed(
                        header("../../../../../../dev/null").build(), c, stranger)),
        forgery(
            "kid that asks a database",
            t -> c -> StandInProvider.signed(header("' OR '1'='1").build(), c, stranger)),
        forgery(
            "key brought along",
            t ->
                c ->
                    StandInProvider.signed(
                        header("first").jwk(stranger.toPublicJWK()).build(), c, stranger)),
        forgery(
            "key's address brought along",
            t -> {
              t.server()
                  .reply(
                      "/others", Loopback.json(200, "{\"keys\":[" + stranger.toPublicJWK() + "]}"));
              return c ->
                  StandInProvider.signed(
                      header("x").jwkURL(t.server().at("/others")).build(), c, stranger);
            }),
        forgery(
            "an unknown thing that is critical",
            t -> c -> withHeader(t, c, Map.of("crit", List.of("exp"), "exp", 1))),
        forgery(
            "a token of another kind",
            t ->
                c ->
                    StandInProvider.signed(
                        header("first").type(new JOSEObjectType("logout+jwt")).build(),
                        c,
                        t.key())),
        forgery("no token at all", t -> c -> ""),
        forgery("dots", t -> c -> ".."),
        forgery("a sentence", t -> c -> "I vouch for this person."),
        forgery("five parts", t -> c -> "e30.e30.e30.e30.e30"),
        forgery("deeply nested claims", t -> c -> deep(t, c)));
  }

  @Test
  void of_200_mutants_of_a_good_token_none_is_accepted() throws Exception {
    var chance = new Random(34);
    var good = new String[1];
    there.mints(claims -> good[0] = there.signed(claims));
    assertThat(identify().subject()).isEqualTo("somebody");
    var seen = new HashSet<String>();
    while (seen.size() < 200) {
      var mutant = mutate(good[0], chance);
      if (!seen.add(mutant)) {
        continue;
      }
      there.mints(claims -> mutant);
      assertThat(catchThrowable(this::identify)).as(mutant).isInstanceOf(NotVouched.class);
    }
    there.mints(claims -> good[0]);
    assertThat(identify().subject()).isEqualTo("somebody");
  }

  @Test
  void clocks_may_differ_by_a_minute() throws Exception {
    there.says(
        c -> {
          var now = seconds(c, "iat");
          c.put("iat", now + 59);
          c.put("nbf", now + 59);
          c.put("exp", now - 59);
        });
    assertThat(identify().subject()).isEqualTo("somebody");
  }

  @Test
  void one_audience_of_several_will_do_when_we_are_the_party() throws Exception {
    there.says(
        c -> {
          c.put("aud", List.of("an-api", CLIENT_ID));
          c.put("azp", CLIENT_ID);
        });
    assertThat(identify().subject()).isEqualTo("somebody");
  }

  @Test
  void an_answer_without_a_token_vouches_for_nobody() throws Exception {
    for (var answer :
        List.of(
            "{}",
            "{\"id_token\":null}",
            "{\"id_token\":7}",
            "{\"id_token\":{\"sub\":\"somebody\"}}",
            "{\"error\":\"invalid_grant\"}")) {
      there.server().reply(TOKEN, Loopback.json(200, answer));
      assertNotVouched(this::identify);
    }
  }

  @Test
  void an_address_changes_nothing_about_who_it_is() throws Exception {
    there.signedIn("mallory");
    var mallory = new Identity(there.issuer(), "mallory");
    assertThat(identify()).isEqualTo(mallory);
    for (var verified : Arrays.asList(true, false, "true", null)) {
      there.says(
          c -> {
            c.put("email", "victim@example.com");
            c.put("email_verified", verified);
            c.put("preferred_username", "victim");
            c.put("upn", "victim@example.com");
          });
      assertThat(identify()).isEqualTo(mallory);
    }
    there.says(c -> c.put("email", List.of(1, 2)));
    assertThat(identify()).isEqualTo(mallory);
  }

  @Test
  void a_fresh_proof_has_to_be_dated_and_lately() throws Exception {
    assertThat(identifyFresh().subject()).isEqualTo("somebody");
    there.says(c -> c.put("auth_time", seconds(c, "iat") - 299));
    assertThat(identifyFresh().subject()).isEqualTo("somebody");
    for (var stale :
        List.<Consumer<Map<String, Object>>>of(
            c -> c.remove("auth_time"),
            c -> c.put("auth_time", null),
            c -> c.put("auth_time", "now"),
            c -> c.put("auth_time", 0),
            c -> c.put("auth_time", seconds(c, "iat") - 301),
            c -> c.put("auth_time", seconds(c, "iat") + 62))) {
      there.says(stale);
      assertNotVouched(this::identifyFresh);
      assertThat(identify().subject()).isEqualTo("somebody");
    }
  }

  @Test
  void nothing_but_the_very_exchange_takes_a_code() throws Exception {
    for (var other :
        List.of(
            new Exchange("s", "nonce-1", "another-0123456789-0123456789-0123456789-xyz", BACK),
            new Exchange("s", "nonce-2", EXCHANGE.verifier(), BACK),
            new Exchange("s", "", EXCHANGE.verifier(), BACK),
            new Exchange(
                "s", "nonce-1", EXCHANGE.verifier(), URI.create("https://evil.example/")))) {
      var code = code(false);
      assertNotVouched(() -> provider.identify(code, other, false));
    }
    for (var code : List.of("", " ", "code-0", "%00\0", "\uD83D\uDD11", "x".repeat(5_000))) {
      assertNotVouched(() -> provider.identify(code, EXCHANGE, false));
    }
  }

  @Test
  void a_provider_that_is_down_stops_nobody_and_is_asked_again_later() throws Exception {
    there.server().reply(METADATA, Loopback.json(503, "{}"));
    assertUnavailable(() -> provider.authorizationUri(EXCHANGE, false));
    there.server().reply(METADATA, Loopback.json(200, there.metadata(Map.of())));
    assertUnavailable(() -> provider.authorizationUri(EXCHANGE, false));
    assertThat(there.server().asked(METADATA)).isEqualTo(1);
    clock.pass(Duration.ofSeconds(10));
    assertThat(identify().subject()).isEqualTo("somebody");
    assertUnavailable(
        () ->
            new OidcProvider(settings("http://127.0.0.1:1"), clock, PATIENCE)
                .authorizationUri(EXCHANGE, false));
  }

  @Test
  void metadata_must_be_of_the_very_issuer_and_name_guarded_endpoints() {
    for (var bad :
        List.<Map<String, Object>>of(
            Map.of("issuer", "https://accounts.google.com"),
            Map.of("issuer", there.issuer() + "/"),
            Map.of("issuer", ""),
            Map.of("authorization_endpoint", "http://accounts.example/authorize"),
            Map.of("token_endpoint", "http://accounts.example/token"),
            Map.of("token_endpoint", "file:///etc/passwd"),
            Map.of("token_endpoint", "http://127.0.0.1@accounts.example/token"),
            Map.of("token_endpoint", "http://localhost.accounts.example/token"),
            Map.of("token_endpoint", "mailto:token@accounts.example"),
            Map.of("token_endpoint", 7),
            Map.of("jwks_uri", "http://accounts.example/keys"),
            Map.of("jwks_uri", "::"))) {
      there.server().reply(METADATA, Loopback.json(200, there.metadata(bad)));
      assertUnavailable(() -> provider(PATIENCE).authorizationUri(EXCHANGE, false));
    }
    var withoutTokens = there.metadata(Map.of()).replace("token_endpoint", "tokens");
    for (var garbled :
        List.of("", "null", "[]", "{}", "<html>", "{".repeat(100_000), withoutTokens)) {
      there.server().reply(METADATA, Loopback.json(200, garbled));
      assertUnavailable(() -> provider(PATIENCE).authorizationUri(EXCHANGE, false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {METADATA, TOKEN, KEYS})
  void an_answer_that_does_not_end_or_does_not_come_is_not_waited_for(String path)
      throws Exception {
    var large = "{\"a\":\"" + " ".repeat(10_000_000) + "\"}";
    for (var bad :
        List.of(
            Loopback.endless(),
            Loopback.json(200, large),
            there.server().silence(),
            there.server().halfAnAnswer(),
            Loopback.redirect(there.server().at("/elsewhere")),
            Loopback.json(500, "{}"),
            Loopback.json(200, "<html>"),
            Loopback.json(200, "null"))) {
      var patient = provider(SHORT);
      var code = code(false);
      there.server().reply(path, bad);
      var begun = System.nanoTime();
      assertUnavailable(() -> patient.identify(code, EXCHANGE, false));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      there.behave();
    }
    assertThat(there.server().asked("/elsewhere")).isZero();
  }

  @Test
  void of_many_who_wait_for_a_silent_provider_only_the_first_waits_long() throws Exception {
    there.server().reply(METADATA, there.server().silence());
    var patient = provider(SHORT);
    var threads = Executors.newFixedThreadPool(16);
    Callable<Throwable> one = () -> catchThrowable(() -> patient.authorizationUri(EXCHANGE, false));
    var begun = System.nanoTime();
    for (var end : threads.invokeAll(Collections.nCopies(16, one))) {
      assertThat(end.get()).isInstanceOf(Unavailable.class);
    }
    threads.shutdown();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SHORT.multipliedBy(8));
    assertThat(there.server().asked(METADATA)).isEqualTo(1);
  }

  @Test
  void new_keys_are_found_at_once_and_looked_for_once_a_minute_at_most() throws Exception {
    assertThat(identify().subject()).isEqualTo("somebody");
    there.rotate("second");
    assertThat(identify().subject()).isEqualTo("somebody");
    assertThat(there.server().asked(KEYS)).isEqualTo(2);
    there.mints(claims -> StandInProvider.signed(header("unknown").build(), claims, there.key()));
    for (var i = 0; i < 20; i++) {
      assertNotVouched(this::identify);
    }
    assertThat(there.server().asked(KEYS)).isEqualTo(2);
    clock.pass(Duration.ofSeconds(60));
    for (var i = 0; i < 20; i++) {
      assertNotVouched(this::identify);
    }
    assertThat(there.server().asked(KEYS)).isEqualTo(3);
    assertThat(there.server().asked(METADATA)).isEqualTo(1);
    clock.pass(Duration.ofMinutes(11));
    there.mints(claims -> there.signed(claims));
    assertThat(identify().subject()).isEqualTo("somebody");
    assertThat(there.server().asked(METADATA)).isEqualTo(2);
    assertThat(there.server().asked(KEYS)).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_no_is_told_from_trouble(int status, String body, Class<?> expected) throws Exception {
    var code = code(false);
    there.server().reply(TOKEN, Loopback.json(status, body));
    if (expected == NotVouched.class) {
      assertNotVouched(() -> provider.identify(code, EXCHANGE, false));
    } else {
      assertUnavailable(() -> provider.identify(code, EXCHANGE, false));
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(400, "{\"error\":\"invalid_grant\"}", NotVouched.class),
        Arguments.of(403, "{\"error\":\"invalid_grant\"}", NotVouched.class),
        Arguments.of(400, "{\"error\":\"invalid_request\"}", NotVouched.class),
        Arguments.of(400, "{\"error\":7}", NotVouched.class),
        Arguments.of(400, echo("error"), NotVouched.class),
        Arguments.of(400, echo("error_description"), NotVouched.class),
        Arguments.of(401, "{\"error\":\"invalid_client\"}", Unavailable.class),
        Arguments.of(400, "{\"error\":\"unauthorized_client\"}", Unavailable.class),
        Arguments.of(400, "<html>", Unavailable.class),
        Arguments.of(401, echo("error"), Unavailable.class),
        Arguments.of(404, "{}", Unavailable.class),
        Arguments.of(429, "{}", Unavailable.class),
        Arguments.of(500, echo("error"), Unavailable.class),
        Arguments.of(302, "", Unavailable.class),
        Arguments.of(201, "{}", Unavailable.class));
  }

  @Test
  void settings_that_cannot_be_are_refused_and_nothing_prints_a_secret() {
    for (var issuer :
        List.of(
            "",
            "accounts.google.com",
            "http://accounts.google.com",
            "https://me@accounts.google.com",
            "https://accounts.google.com?x=1",
            "https://accounts.google.com#x",
            "https:accounts",
            "ftp://accounts.google.com",
            "not an address")) {
      assertRefused(() -> settings(issuer));
    }
    var good = settings("https://accounts.google.com");
    assertRefused(() -> new OidcProvider.Settings("Google", "G", good.issuer(), "i", "s", false));
    assertRefused(() -> new OidcProvider.Settings("google", " ", good.issuer(), "i", "s", false));
    assertRefused(() -> new OidcProvider.Settings("google", "G", good.issuer(), "", "s", false));
    assertRefused(() -> new OidcProvider.Settings("google", "G", good.issuer(), "i", " ", false));
    assertThat(good.toString()).isEqualTo("Settings[stand-in]");
    assertThat(new OidcProvider(good, clock).toString()).doesNotContain(CLIENT_SECRET);
  }

  private Identity identify() throws Exception {
    return provider.identify(code(false), EXCHANGE, false);
  }

  private Identity identifyFresh() throws Exception {
    return provider.identify(code(true), EXCHANGE, true);
  }

  /** What a browser comes back with. */
  private String code(boolean fresh) throws Exception {
    var back = Loopback.parameters(Loopback.visit(provider.authorizationUri(EXCHANGE, fresh)));
    assertThat(back).containsEntry("state", "state-1");
    return back.getOrDefault("code", "");
  }

  private OidcProvider provider(Duration patience) {
    return new OidcProvider(settings(there.issuer()), clock, patience);
  }

  private static OidcProvider.Settings settings(String issuer) {
    return new OidcProvider.Settings(
        "stand-in", "Stand-in", issuer, CLIENT_ID, CLIENT_SECRET, true);
  }

  private static void assertNotVouched(Callable<?> call) {
    assertThat(catchThrowable(call::call))
        .isInstanceOf(NotVouched.class)
        .satisfies(OidcProviderTest::keepsSecrets);
  }

  private static void assertUnavailable(Callable<?> call) {
    assertThat(catchThrowable(call::call))
        .isInstanceOf(Unavailable.class)
        .satisfies(OidcProviderTest::keepsSecrets);
  }

  private static void keepsSecrets(Throwable no) {
    assertThat(no.toString())
        .doesNotContain("s3cret", "verifier-0", "nonce-1", "state-1", "code-", "eyJ", "://");
    assertThat(no).hasNoCause();
  }

  private static void assertRefused(Callable<?> call) {
    assertThatThrownBy(call::call).isInstanceOf(IllegalArgumentException.class);
  }

  private static String echo(String name) {
    return JSONObjectUtils.toJSONString(
        Map.of(name, CLIENT_SECRET + EXCHANGE.verifier() + " code-1 nonce-1"));
  }

  private static Arguments lie(String what, Consumer<Map<String, Object>> lie) {
    return Arguments.of(what, lie);
  }

  /** How a token is made, given whom it pretends to come from. */
  private static Arguments forgery(String what, Function<StandInProvider, Mint> forgery) {
    BiConsumer<StandInProvider, Consumer<Mint>> make =
        (there, mints) -> mints.accept(forgery.apply(there));
    return Arguments.of(what, make);
  }

  private static long seconds(Map<String, Object> claims, String name) {
    return claims.get(name) instanceof Long seconds ? seconds : 0;
  }

  private static String upper(Object text) {
    return text.toString().replace("http", "HTTP");
  }

  private static String bare(Object text) {
    return text.toString().replace("http://", "");
  }

  private static JWSHeader.Builder header(String keyId) {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId);
  }

  private static String withAlgorithm(String token, String algorithm) {
    var parts = token.split("\\.");
    return Base64URL.encode("{\"alg\":\"" + algorithm + "\",\"kid\":\"first\"}")
        + ("." + parts[1] + "." + parts[2]);
  }

  /** Signed well, under a header that says more. */
  private static String withHeader(
      StandInProvider there, Map<String, Object> claims, Map<String, Object> more)
      throws JOSEException {
    var header = new LinkedHashMap<String, Object>(Map.of("alg", "RS256", "kid", "first"));
    header.putAll(more);
    var start =
        Base64URL.encode(JSONObjectUtils.toJSONString(header))
            + "."
            + StandInProvider.payload(claims).toBase64URL();
    return start + "." + new RSASSASigner(there.key()).sign(header("first").build(), utf8(start));
  }

  private static String deep(StandInProvider there, Map<String, Object> claims)
      throws JOSEException {
    var payload =
        Base64URL.encode(
            JSONObjectUtils.toJSONString(claims)
                .replaceFirst("\\{", "{\"x\":" + "[".repeat(20_000)));
    var start = header("first").build().toBase64URL() + "." + payload;
    return start + "." + new RSASSASigner(there.key()).sign(header("first").build(), utf8(start));
  }

  private static String mac(Map<String, Object> claims, byte[] secret) throws JOSEException {
    var token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
            StandInProvider.payload(claims));
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private static byte[] pem(byte[] key) {
    return utf8(
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, utf8("\n")).encodeToString(key)
            + "\n-----END PUBLIC KEY-----\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Another token, made of this one without the key. */
  private static String mutate(String token, Random chance) {
    while (true) {
      var parts = token.split("\\.");
      var part = chance.nextInt(3);
      switch (chance.nextInt(7)) {
        case 0, 1 -> parts[part] = flipped(parts[part], chance);
        case 2 -> parts[part] = cut(parts[part], chance);
        case 3 -> parts[0] = strangeHeader(chance);
        case 4 -> {
          parts[0] = strangeHeader(chance);
          parts[2] = "";
        }
        case 5 ->
            parts[1] =
                Base64URL.encode(
                        Base64URL.from(parts[1])
                            .decodeToString()
                            .replace("somebody", "victim" + chance.nextInt(1_000)))
                    .toString();
        default -> {
          parts[0] = Base64URL.encode("{\"alg\":\"HS256\",\"kid\":\"first\"}").toString();
          parts[2] = emptyKeyMac(parts[0] + "." + parts[1], chance);
        }
      }
      var mutant = String.join(".", parts);
      if (!saysTheSame(mutant, token)) {
        return mutant;
      }
    }
  }

  /** The last letter of a part has bits that stand for nothing. */
  private static boolean saysTheSame(String mutant, String token) {
    UnaryOperator<String> meaning =
        text ->
            Arrays.stream(text.split("\\.", -1))
                .map(part -> Arrays.toString(Base64URL.from(part).decode()))
                .collect(Collectors.joining());
    return meaning.apply(mutant).equals(meaning.apply(token));
  }

  private static String flipped(String part, Random chance) {
    var bytes = Base64URL.from(part).decode();
    bytes[chance.nextInt(bytes.length)] ^= (byte) (1 << chance.nextInt(8));
    return Base64URL.encode(bytes).toString();
  }

  private static String cut(String part, Random chance) {
    return part.substring(0, chance.nextInt(part.length()));
  }

  private static String strangeHeader(Random chance) {
    var algorithms = List.of("none", "NONE", "HS256", "HS512", "RS384", "ES256", "PS256", "dir");
    var keys = List.of("first", "", "../../first", "first\\u0000", "first;", "FIRST", "/dev/null");
    return Base64URL.encode(
            "{\"alg\":\"%s\",\"kid\":\"%s\",\"x\":%d}"
                .formatted(
                    algorithms.get(chance.nextInt(algorithms.size())),
                    keys.get(chance.nextInt(keys.size())),
                    chance.nextInt(100)))
        .toString();
  }

  /** With an empty key, which counts as one of zeros, or with a short one. */
  private static String emptyKeyMac(String start, Random chance) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(new byte[] {(byte) chance.nextInt(64)}, "HmacSHA256"));
      return Base64URL.encode(mac.doFinal(utf8(start))).toString();
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}
