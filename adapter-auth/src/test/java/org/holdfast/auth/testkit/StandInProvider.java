package org.holdfast.auth.testkit;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect provider on this machine: it keeps the rules of the code flow (client secret,
 * redirect address, PKCE, each code once), signs in whoever it is told is sitting there, without
 * asking, and says in its tokens whatever a test wants it to say.
 */
public final class StandInProvider implements AutoCloseable {

  public static final String CLIENT_ID = "holdfast";
  public static final String CLIENT_SECRET = "s3cret of holdfast's: & + %";

  public static final String METADATA = "/.well-known/openid-configuration";
  public static final String AUTHORIZE = "/authorize";
  public static final String TOKEN = "/token";
  public static final String KEYS = "/keys";

  /** Makes a token of claims. */
  @FunctionalInterface
  public interface Mint {
    String token(Map<String, Object> claims) throws JOSEException;
  }

  private static final RSAKey FIRST = newKey("first"); // takes a while to make

  private final Loopback server = new Loopback();
  private final InstantSource clock;
  private final AtomicInteger codes = new AtomicInteger();
  private final Map<String, Map<String, String>> open = new ConcurrentHashMap<>();
  private volatile RSAKey key = FIRST;
  private volatile String subject = "somebody";
  private volatile Consumer<Map<String, Object>> change = claims -> {};
  private volatile @Nullable Mint mint;
  private volatile @Nullable String refusal;
  private volatile boolean inForm;

  public StandInProvider(InstantSource clock) {
    this.clock = clock;
    behave();
  }

  /** Gives its own answers again, whatever they were replaced with. */
  public void behave() {
    server.reply(METADATA, exchange -> Loopback.json(200, metadata(Map.of())).to(exchange));
    server.reply(AUTHORIZE, this::authorize);
    server.reply(TOKEN, this::trade);
    publish(key);
  }

  public String issuer() {
    return server.at("").toString();
  }

  /** Its answers, by path. */
  public Loopback server() {
    return server;
  }

  /** Somebody else sits down before the browser. */
  public void signedIn(String who) {
    subject = who;
  }

  /** From now on its tokens say this; a claim set to null says null. */
  public void says(Consumer<Map<String, Object>> changed) {
    change = changed;
  }

  /** From now on its tokens are made like this. */
  public void mints(Mint other) {
    mint = other;
  }

  /** From now on it sends browsers back with an error instead of a code. */
  public void refuses(String error) {
    refusal = error;
  }

  /** From now on it takes the client's secret in the form, and nowhere else. */
  public void wantsTheSecretInTheForm() {
    inForm = true;
  }

  public RSAKey key() {
    return key;
  }

  /** Signs with another key from now on, and publishes it. */
  public void rotate(String keyId) {
    key = newKey(keyId);
    publish(key);
  }

  public void publish(JWK... keys) {
    server.reply(KEYS, Loopback.json(200, new JWKSet(List.of(keys)).toString()));
  }

  /** What it says of itself, with these words instead of its own. */
  public String metadata(Map<String, Object> other) {
    var words = new LinkedHashMap<String, Object>();
    words.put("issuer", issuer());
    words.put("authorization_endpoint", server.at(AUTHORIZE).toString());
    words.put("token_endpoint", server.at(TOKEN).toString());
    words.put("jwks_uri", server.at(KEYS).toString());
    words.put("response_types_supported", List.of("code"));
    words.put("subject_types_supported", List.of("public"));
    words.put("id_token_signing_alg_values_supported", List.of("RS256"));
    words.put("authorization_response_iss_parameter_supported", true);
    if (inForm) {
      words.put("token_endpoint_auth_methods_supported", List.of("client_secret_post"));
    }
    words.putAll(other);
    return JSONObjectUtils.toJSONString(words);
  }

  /** A token signed with the published key, as a good provider signs. */
  public String signed(Map<String, Object> claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims, key);
  }

  public static String signed(JWSHeader header, Map<String, Object> claims, RSAKey key)
      throws JOSEException {
    var token = new JWSObject(header, payload(claims));
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  public static Payload payload(Map<String, Object> claims) {
    return new Payload(JSONObjectUtils.toJSONString(claims));
  }

  public static RSAKey newKey(String keyId) {
    try {
      return new RSAKeyGenerator(2_048).keyID(keyId).generate();
    } catch (JOSEException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void authorize(HttpExchange exchange) throws IOException {
    var asked = Loopback.parameters(exchange.getRequestURI());
    if (!"code".equals(asked.get("response_type"))
        || !CLIENT_ID.equals(asked.get("client_id"))
        || !"S256".equals(asked.get("code_challenge_method"))
        || !asked.getOrDefault("scope", "").contains("openid")) {
      Loopback.json(400, "{\"error\":\"invalid_request\"}").to(exchange);
      return;
    }
    var back = new LinkedHashMap<String, String>();
    var refused = refusal;
    if (refused == null) {
      var code = "code-" + codes.incrementAndGet();
      open.put(code, asked);
      back.put("code", code);
    } else {
      back.put("error", refused);
    }
    back.put("state", asked.getOrDefault("state", ""));
    back.put("iss", issuer());
    Loopback.redirect(URI.create(asked.get("redirect_uri") + "?" + Loopback.query(back)))
        .to(exchange);
  }

  private void trade(HttpExchange exchange) throws IOException {
    var form = Loopback.form(exchange);
    if (!isClient(Loopback.authorization(exchange), form)) {
      Loopback.json(401, "{\"error\":\"invalid_client\"}").to(exchange);
      return;
    }
    var asked = open.remove(form.getOrDefault("code", ""));
    if (asked == null
        || !"authorization_code".equals(form.get("grant_type"))
        || !challenge(form.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))
        || !form.getOrDefault("redirect_uri", "").equals(asked.get("redirect_uri"))) {
      Loopback.json(400, "{\"error\":\"invalid_grant\"}").to(exchange);
      return;
    }
    var answer =
        ImmutableMap.<String, Object>of(
            "access_token", "a-token", "token_type", "Bearer", "id_token", token(asked));
    Loopback.json(200, JSONObjectUtils.toJSONString(answer)).to(exchange);
  }

  private boolean isClient(Optional<String> authorization, Map<String, String> form) {
    var pair = Loopback.encode(CLIENT_ID) + ":" + Loopback.encode(CLIENT_SECRET);
    var basic = "Basic " + BaseEncoding.base64().encode(pair.getBytes(StandardCharsets.UTF_8));
    return inForm
        ? authorization.isEmpty()
            && CLIENT_ID.equals(form.get("client_id"))
            && CLIENT_SECRET.equals(form.get("client_secret"))
        : authorization.equals(Optional.of(basic)) && !form.containsKey("client_secret");
  }

  private String token(Map<String, String> asked) {
    var now = clock.instant().getEpochSecond();
    var claims = new HashMap<String, Object>();
    claims.put("iss", issuer());
    claims.put("sub", subject);
    claims.put("aud", CLIENT_ID);
    claims.put("iat", now);
    claims.put("exp", now + 300);
    claims.put("nonce", asked.getOrDefault("nonce", ""));
    if (asked.containsKey("max_age")) {
      claims.put("auth_time", now);
    }
    change.accept(claims);
    var chosen = mint;
    try {
      return chosen == null ? signed(claims) : chosen.token(claims);
    } catch (JOSEException cannotBeSigned) {
      throw new AssertionError(cannotBeSigned);
    }
  }

  static String challenge(String verifier) {
    var hash = Hashing.sha256().hashString(verifier, StandardCharsets.US_ASCII);
    return BaseEncoding.base64Url().omitPadding().encode(hash.asBytes());
  }

  @Override
  public void close() {
    server.close();
  }
}
