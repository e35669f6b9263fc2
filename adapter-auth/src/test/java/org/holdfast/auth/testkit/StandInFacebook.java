package org.holdfast.auth.testkit;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Facebook on this machine, as far as signing in goes. It insists on what Facebook insists on for
 * apps that require their secret: each call with a person's token must be signed with it.
 */
public final class StandInFacebook implements AutoCloseable {

  public static final String APP_ID = "138483919580948";
  public static final String APP_SECRET = "5ecret0ffac3b00k";

  public static final String DIALOG = "/dialog/oauth";
  public static final String TOKEN = "/graph/oauth/access_token";
  public static final String INSPECT = "/graph/debug_token";
  public static final String ME = "/graph/me";

  private final Loopback server = new Loopback();
  private final AtomicInteger made = new AtomicInteger();
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private volatile String person = "10223344556677889";
  private volatile Consumer<Map<String, Object>> inspection = data -> {};
  private volatile Consumer<Map<String, Object>> profile = data -> {};

  public StandInFacebook() {
    server.reply(DIALOG, this::dialog);
    server.reply(TOKEN, this::trade);
    server.reply(INSPECT, this::inspect);
    server.reply(ME, this::me);
  }

  public URI dialog() {
    return server.at(DIALOG);
  }

  public URI graph() {
    return server.at("/graph");
  }

  /** Its answers, by path. */
  public Loopback server() {
    return server;
  }

  /** Somebody else sits down before the browser. */
  public void signedIn(String id) {
    person = id;
  }

  /** From now on it says this of tokens. */
  public void inspects(Consumer<Map<String, Object>> changed) {
    inspection = changed;
  }

  /** From now on it says this of people. */
  public void profiles(Consumer<Map<String, Object>> changed) {
    profile = changed;
  }

  private void dialog(HttpExchange exchange) throws IOException {
    var asked = Loopback.parameters(exchange.getRequestURI());
    var code = "AQ-code-" + made.incrementAndGet();
    codes.put(code, asked);
    var back = new LinkedHashMap<String, String>();
    back.put("code", code);
    back.put("state", asked.getOrDefault("state", ""));
    Loopback.redirect(URI.create(asked.get("redirect_uri") + "?" + Loopback.query(back)))
        .to(exchange);
  }

  private void trade(HttpExchange exchange) throws IOException {
    var form = Loopback.form(exchange);
    if (!exchange.getRequestMethod().equals("POST")
        || exchange.getRequestURI().getQuery() != null
        || !APP_ID.equals(form.get("client_id"))
        || !APP_SECRET.equals(form.get("client_secret"))) {
      error(exchange, 1);
      return;
    }
    var asked = codes.remove(form.getOrDefault("code", ""));
    if (asked == null
        || !form.getOrDefault("redirect_uri", "").equals(asked.get("redirect_uri"))
        || !StandInProvider.challenge(form.getOrDefault("code_verifier", ""))
            .equals(asked.get("code_challenge"))) {
      error(exchange, 100);
      return;
    }
    var token = "EAAB-token-" + made.incrementAndGet();
    tokens.put(token, person);
    answer(
        exchange, Map.of("access_token", token, "token_type", "bearer", "expires_in", 5_183_944));
  }

  private void inspect(HttpExchange exchange) throws IOException {
    if (!isFrom(exchange, APP_ID + "|" + APP_SECRET)) {
      error(exchange, 190);
      return;
    }
    var token = Loopback.parameters(exchange.getRequestURI()).getOrDefault("input_token", "");
    var data = new LinkedHashMap<String, Object>();
    data.put("app_id", APP_ID);
    data.put("type", "USER");
    data.put("is_valid", true);
    data.put("user_id", tokens.getOrDefault(token, "0"));
    inspection.accept(data);
    answer(exchange, Map.of("data", data));
  }

  private void me(HttpExchange exchange) throws IOException {
    var asked = Loopback.parameters(exchange.getRequestURI());
    var token = tokens.keySet().stream().filter(t -> isFrom(exchange, t)).findAny().orElse("");
    if (token.isEmpty() || !proof(token).equals(asked.get("appsecret_proof"))) {
      error(exchange, 100);
      return;
    }
    var data = new LinkedHashMap<String, Object>();
    data.put("id", tokens.get(token));
    profile.accept(data);
    answer(exchange, data);
  }

  private static boolean isFrom(HttpExchange exchange, String token) {
    return Loopback.authorization(exchange).equals(Optional.of("Bearer " + token));
  }

  private static String proof(String token) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(APP_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(token.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  private static void answer(HttpExchange exchange, Map<String, ?> data) throws IOException {
    Loopback.json(200, JSONObjectUtils.toJSONString(new LinkedHashMap<>(data))).to(exchange);
  }

  private static void error(HttpExchange exchange, int code) throws IOException {
    Loopback.json(
            400,
            "{\"error\":{\"message\":\"no\",\"type\":\"OAuthException\",\"code\":%d}}"
                .formatted(code))
        .to(exchange);
  }

  @Override
  public void close() {
    server.close();
  }
}
