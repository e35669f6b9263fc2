package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.jspecify.annotations.Nullable;

/**
 * Facebook: OAuth 2, where a token says nothing of itself. So whose it is and for which app is
 * asked of Facebook as ourselves ({@code /debug_token}), and once more with the token ({@code
 * /me}), each call signed with the app's secret ({@code appsecret_proof}); both must name the same
 * person. Without the first, a token made for anybody's app would open our customers' accounts.
 *
 * <p>The app's secret never stands in an address. The person's token does, in one, because {@code
 * /debug_token} takes it nowhere else; it is forgotten with the call.
 */
public final class FacebookProvider implements IdentityProvider {

  /** What stands for Facebook in an {@link IdentityProvider.Identity}. */
  public static final String ISSUER = "https://www.facebook.com";

  private static final int LONGEST_CODE = 4_096;
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,31}");

  /** Error codes of the Graph API that tell of its own state, or of too many calls. */
  private static final Set<Long> IN_TROUBLE = Set.of(1L, 2L, 4L, 17L, 32L, 341L, 613L);

  private final Settings settings;
  private final ProviderCalls calls;

  public FacebookProvider(Settings settings) {
    this(settings, ProviderCalls.PATIENCE);
  }

  /**
   * @param patience how long a single answer of Facebook may take
   */
  public FacebookProvider(Settings settings, Duration patience) {
    this.settings = settings;
    this.calls = new ProviderCalls(patience);
  }

  @Override
  public String key() {
    return "facebook";
  }

  @Override
  public String label() {
    return "Facebook";
  }

  /** It does not say when somebody proved who they are. */
  @Override
  public boolean provesFreshness() {
    return false;
  }

  @Override
  public URI authorizationUri(Exchange exchange, boolean fresh) {
    return new AuthorizationRequest.Builder(ResponseType.CODE, new ClientID(settings.appId()))
        .endpointURI(settings.dialog())
        .redirectionURI(exchange.redirectUri())
        .scope(new Scope("public_profile"))
        .state(new State(exchange.state()))
        .codeChallenge(new CodeVerifier(exchange.verifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  @Override
  public Identity identify(String code, Exchange exchange, boolean fresh)
      throws NotVouched, Unavailable {
    if (fresh) {
      throw new NotVouched("Facebook does not say when somebody proved who they are");
    }
    var token = trade(code, exchange);
    var inspected = inspect(token);
    if (!inspected.equals(whoseIs(token))) {
      throw new NotVouched("the token is of one person, and the profile of another");
    }
    return new Identity(ISSUER, inspected);
  }

  private String trade(String code, Exchange exchange) throws NotVouched, Unavailable {
    if (code.isBlank() || code.length() > LONGEST_CODE) {
      throw new NotVouched("that is no code");
    }
    var form =
        ProviderCalls.form(
            ImmutableMap.of(
                "client_id", settings.appId(),
                "client_secret", settings.appSecret(),
                "redirect_uri", exchange.redirectUri().toString(),
                "code", code,
                "code_verifier", exchange.verifier()));
    var answer = read(calls.post(graph("/oauth/access_token", Map.of()), form, Optional.empty()));
    return ProviderCalls.Answer.text(answer, "access_token")
        .filter(token -> TOKEN.matcher(token).matches())
        .orElseThrow(() -> new NotVouched("there is no token in the answer"));
  }

  /** Whose the token is, according to what Facebook tells its app. */
  private String inspect(String token) throws NotVouched, Unavailable {
    var answer =
        read(
            calls.get(
                graph("/debug_token", Map.of("input_token", token)),
                bearer(settings.appId() + "|" + settings.appSecret())));
    if (!(answer.get("data") instanceof Map<?, ?> data)) {
      throw new NotVouched("Facebook does not know the token");
    }
    if (!settings.appId().equals(id(data.get("app_id")).orElse(""))) {
      throw new NotVouched("the token is another app's");
    }
    if (!Boolean.TRUE.equals(data.get("is_valid"))) {
      throw new NotVouched("the token is not valid");
    }
    return id(data.get("user_id")).orElseThrow(() -> new NotVouched("the token is nobody's"));
  }

  /** Whose the token is, according to the profile that it opens. */
  private String whoseIs(String token) throws NotVouched, Unavailable {
    var proof =
        Hashing.hmacSha256(settings.appSecret().getBytes(StandardCharsets.UTF_8))
            .hashString(token, StandardCharsets.UTF_8);
    var answer =
        read(
            calls.get(
                graph("/me", ImmutableMap.of("fields", "id", "appsecret_proof", proof.toString())),
                bearer(token)));
    return id(answer.get("id")).orElseThrow(() -> new NotVouched("the profile has no id"));
  }

  /** An answer that is none of the many ways of saying no. */
  private static Map<String, Object> read(ProviderCalls.Answer answer)
      throws NotVouched, Unavailable {
    if (answer.status() == 200) {
      return answer.json();
    }
    if (answer.status() != 400 && answer.status() != 401) {
      throw new Unavailable("Facebook answers %d".formatted(answer.status()));
    }
    var code =
        answer.json().get("error") instanceof Map<?, ?> error
                && error.get("code") instanceof Long number
            ? number
            : 0L;
    if (IN_TROUBLE.contains(code)) {
      throw new Unavailable("Facebook is in trouble, or knows us not: error %d".formatted(code));
    }
    throw new NotVouched("Facebook says no: error %d".formatted(code));
  }

  /** Ids are text; {@code app_id} has been a number at times. */
  private static Optional<String> id(@Nullable Object said) {
    return said instanceof String || said instanceof Long
        ? Optional.of(said.toString()).filter(id -> ID.matcher(id).matches())
        : Optional.empty();
  }

  private URI graph(String path, Map<String, String> parameters) {
    var query = parameters.isEmpty() ? "" : "?" + ProviderCalls.form(parameters);
    return URI.create(settings.graph() + path + query);
  }

  private static Optional<String> bearer(String token) {
    return Optional.of("Bearer " + token);
  }

  /**
   * The app we are to Facebook. {@link #of} gives the real addresses. It does not print.
   *
   * @param dialog where people are sent
   * @param graph the Graph API with its version, without a slash at the end
   */
  public record Settings(String appId, String appSecret, URI dialog, URI graph) {

    private static final String VERSION = "v26.0"; // each is served for two years at least

    /**
     * @throws IllegalArgumentException saying which setting cannot be
     */
    public Settings {
      checkArgument(ID.matcher(appId).matches(), "Facebook's app id must be a number");
      checkArgument(
          !appSecret.isBlank() && TOKEN.matcher(appSecret).matches(),
          "Facebook's app needs its secret");
      checkArgument(
          ProviderCalls.isGuarded(dialog) && ProviderCalls.isGuarded(graph),
          "Facebook's addresses must be https");
    }

    public static Settings of(String appId, String appSecret) {
      return new Settings(
          appId,
          appSecret,
          URI.create("https://www.facebook.com/" + VERSION + "/dialog/oauth"),
          URI.create("https://graph.facebook.com/" + VERSION));
    }

    @Override
    public String toString() {
      return "Settings[facebook]";
    }
  }
}
