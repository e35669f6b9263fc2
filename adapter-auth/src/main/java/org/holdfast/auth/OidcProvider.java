package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkArgument;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.jspecify.annotations.Nullable;

/**
 * Google, or any other OpenID Connect provider: the code flow with PKCE, an ID token checked by
 * {@link IdTokens}, and nothing looked at but whose it is. Where to send people, where to trade
 * codes and which keys sign stands in what the provider publishes under its issuer, and only there.
 */
public final class OidcProvider implements IdentityProvider {

  private static final Scope SCOPE = new Scope("openid", "email");
  private static final int LONGEST_CODE = 4_096;

  /** Errors at the token endpoint (RFC 6749 §5.2) that tell of our settings, not of the person. */
  private static final Set<String> OUR_FAULT =
      Set.of("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope");

  private final Settings settings;
  private final ProviderCalls calls;
  private final Published<Endpoints> endpoints;
  private final IdTokens tokens;

  public OidcProvider(Settings settings, InstantSource clock) {
    this(settings, clock, ProviderCalls.PATIENCE);
  }

  /**
   * @param patience how long a single answer of the provider may take
   */
  public OidcProvider(Settings settings, InstantSource clock, Duration patience) {
    this.settings = settings;
    this.calls = new ProviderCalls(patience);
    this.endpoints = new Published<>(this::fetchEndpoints, clock);
    this.tokens =
        new IdTokens(
            settings.issuer(), settings.clientId(), new Published<>(this::fetchKeys, clock), clock);
  }

  @Override
  public String key() {
    return settings.key();
  }

  @Override
  public String label() {
    return settings.label();
  }

  @Override
  public boolean provesFreshness() {
    return settings.provesFreshness();
  }

  @Override
  public URI authorizationUri(Exchange exchange, boolean fresh) throws Unavailable {
    var request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE, SCOPE, new ClientID(settings.clientId()), exchange.redirectUri())
            .endpointURI(endpoints.get().authorization())
            .state(new State(exchange.state()))
            .nonce(new Nonce(exchange.nonce()))
            .codeChallenge(new CodeVerifier(exchange.verifier()), CodeChallengeMethod.S256);
    if (fresh) {
      request.prompt(Prompt.Type.LOGIN).maxAge(0);
    }
    return request.build().toURI();
  }

  @Override
  public Identity identify(String code, Exchange exchange, boolean fresh)
      throws NotVouched, Unavailable {
    var token = trade(code, exchange);
    return new Identity(settings.issuer(), tokens.subject(token, exchange.nonce(), fresh));
  }

  /** The ID token for this code. */
  private String trade(String code, Exchange exchange) throws NotVouched, Unavailable {
    if (code.isBlank() || code.length() > LONGEST_CODE) {
      throw new NotVouched("that is no code");
    }
    var known = endpoints.get();
    var request =
        new TokenRequest.Builder(
                known.token(),
                credentials(known),
                new AuthorizationCodeGrant(
                    new AuthorizationCode(code),
                    exchange.redirectUri(),
                    new CodeVerifier(exchange.verifier())))
            .build()
            .toHTTPRequest();
    var answer =
        calls.post(
            known.token(), request.getBody(), Optional.ofNullable(request.getAuthorization()));
    if (answer.status() != 200) {
      throw refused(answer);
    }
    return ProviderCalls.Answer.text(answer.json(), "id_token")
        .orElseThrow(() -> new NotVouched("there is no ID token in the answer"));
  }

  private ClientAuthentication credentials(Endpoints known) {
    var id = new ClientID(settings.clientId());
    var secret = new Secret(settings.clientSecret());
    return known.takesBasic()
        ? new ClientSecretBasic(id, secret)
        : new ClientSecretPost(id, secret);
  }

  /** Tells a code that is not taken from a provider that cannot be asked. */
  private static NotVouched refused(ProviderCalls.Answer answer) throws Unavailable {
    if (answer.status() / 100 != 4) {
      throw new Unavailable("the token endpoint answers %d".formatted(answer.status()));
    }
    var error = ProviderCalls.Answer.text(answer.json(), "error").orElse("");
    if (OUR_FAULT.contains(error)) {
      throw new Unavailable("the provider refuses this client: %s".formatted(error));
    }
    if (answer.status() == 400 || error.equals("invalid_grant")) {
      return new NotVouched("the provider does not take the code");
    }
    throw new Unavailable("the token endpoint answers %d".formatted(answer.status()));
  }

  /** What the provider says of itself (OpenID Connect Discovery §4). */
  private Endpoints fetchEndpoints() throws Unavailable {
    var issuer = settings.issuer();
    var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    var answer =
        calls.get(URI.create(base + "/.well-known/openid-configuration"), Optional.empty());
    if (answer.status() != 200) {
      throw new Unavailable("its metadata: answer %d".formatted(answer.status()));
    }
    OIDCProviderMetadata metadata;
    try {
      metadata = OIDCProviderMetadata.parse(answer.body());
    } catch (ParseException | RuntimeException garbled) {
      throw new Unavailable("its metadata is garbled");
    }
    if (!metadata.getIssuer().getValue().equals(issuer)) {
      throw new Unavailable("its metadata is another issuer's");
    }
    return new Endpoints(
        guarded(metadata.getAuthorizationEndpointURI()),
        guarded(metadata.getTokenEndpointURI()),
        guarded(metadata.getJWKSetURI()),
        takesBasic(metadata.getTokenEndpointAuthMethods()));
  }

  /** An endpoint may be in the open only where its issuer is, which is on this machine. */
  private URI guarded(@Nullable URI endpoint) throws Unavailable {
    if (endpoint == null
        || !ProviderCalls.isGuarded(endpoint)
        || (settings.issuer().startsWith("https:") && !"https".equals(endpoint.getScheme()))) {
      throw new Unavailable("its metadata lacks an endpoint, or names one that is not https");
    }
    return endpoint;
  }

  /** The rule unless something else is said (OpenID Connect Discovery §3). */
  private static boolean takesBasic(@Nullable List<ClientAuthenticationMethod> methods) {
    return methods == null
        || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        || !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
  }

  private JWKSet fetchKeys() throws Unavailable {
    var answer = calls.get(endpoints.get().keys(), Optional.empty());
    if (answer.status() != 200) {
      throw new Unavailable("answer %d".formatted(answer.status()));
    }
    try {
      return JWKSet.parse(answer.body());
    } catch (java.text.ParseException | RuntimeException garbled) {
      throw new Unavailable("garbled");
    }
  }

  private record Endpoints(URI authorization, URI token, URI keys, boolean takesBasic) {}

  /**
   * Which provider it is, and who we are to it. It does not print.
   *
   * @param key as it stands in addresses and tables; linked accounts are lost to another one
   * @param issuer exactly as the provider writes it in its tokens, such as {@code
   *     https://accounts.google.com}
   * @param provesFreshness does it ask people to prove anew who they are, and say when they did?
   *     Many do. Google asks nobody who is signed in there, so step-up has to do without it.
   */
  public record Settings(
      String key,
      String label,
      String issuer,
      String clientId,
      String clientSecret,
      boolean provesFreshness) {

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /**
     * @throws IllegalArgumentException saying which setting cannot be
     */
    public Settings {
      checkArgument(
          KEY.matcher(key).matches(),
          "a provider's key must be up to 32 small letters, digits and dashes, not %s",
          key);
      checkArgument(!label.isBlank(), "provider %s needs a label", key);
      checkArgument(isIssuer(issuer), "provider %s needs an issuer that is an https address", key);
      checkArgument(!clientId.isBlank(), "provider %s needs a client id", key);
      checkArgument(!clientSecret.isBlank(), "provider %s needs a client secret", key);
    }

    private static boolean isIssuer(String issuer) {
      try {
        var address = URI.create(issuer);
        return ProviderCalls.isGuarded(address) && address.getRawQuery() == null;
      } catch (IllegalArgumentException noAddress) {
        return false;
      }
    }

    @Override
    public String toString() {
      return "Settings[%s]".formatted(key);
    }
  }
}
