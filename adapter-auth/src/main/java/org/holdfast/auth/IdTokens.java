package org.holdfast.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.holdfast.application.linkedaccount.IdentityProvider.NotVouched;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ID tokens that one issuer made for one client (OpenID Connect Core §3.1.3.7). The
 * signature is the library's matter; the claims are looked at here, because the library's own look
 * at them takes the machine's clock, an audience beside ours, and any subject that is not missing.
 */
final class IdTokens {

  /** Signatures that only the holder of a private key can make. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Duration SKEW = Duration.ofMinutes(1); // clocks differ

  /** At most 255 ASCII characters (OpenID Connect Core §2), and no blank at either end. */
  private static final Pattern SUBJECT = Pattern.compile("[!-~]([ -~]{0,253}[!-~])?");

  private final String issuer;
  private final String clientId;
  private final Published<JWKSet> keys;
  private final InstantSource clock;
  private final DefaultJWTProcessor<SecurityContext> signatures;

  IdTokens(String issuer, String clientId, Published<JWKSet> keys, InstantSource clock) {
    this.issuer = issuer;
    this.clientId = clientId;
    this.keys = keys;
    this.clock = clock;
    this.signatures = new DefaultJWTProcessor<>();
    signatures.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, (wanted, context) -> keysFor(wanted)));
    signatures.setJWTClaimsSetVerifier(null); // see above
  }

  /** Whom the token vouches for. */
  String subject(String token, String nonce, boolean fresh) throws NotVouched, Unavailable {
    try {
      var signed = SignedJWT.parse(token);
      check(signatures.process(signed, null), nonce, fresh);
      return subject(signed);
    } catch (KeySourceException keysAreOut) {
      throw new Unavailable("the keys: %s".formatted(keysAreOut.getMessage()));
    } catch (ParseException | BadJOSEException | JOSEException | RuntimeException garbledOrForged) {
      throw new NotVouched("the ID token is garbled, or not signed as it has to be");
    }
  }

  private void check(JWTClaimsSet claims, String nonce, boolean fresh)
      throws ParseException, NotVouched {
    var now = clock.instant();
    require(issuer.equals(claims.getIssuer()), "the ID token is another issuer's");
    requireAudience(claims.getAudience(), claims.getStringClaim("azp"));
    require(
        !nonce.isEmpty() && nonce.equals(claims.getStringClaim("nonce")),
        "the ID token is not for this exchange: its nonce is another");
    require(isBetween(claims.getIssueTime(), Instant.MIN, now), "the ID token was not issued yet");
    require(
        isBetween(claims.getExpirationTime(), now.minus(SKEW), Instant.MAX),
        "the ID token has expired");
    require(
        claims.getNotBeforeTime() == null || isBetween(claims.getNotBeforeTime(), Instant.MIN, now),
        "the ID token is not good yet");
    require(
        !fresh
            || isBetween(claims.getDateClaim("auth_time"), now.minus(IdentityProvider.FRESH), now),
        "they have not proved lately who they are");
  }

  /** As it stands there: among the claims, the library makes text of a number. */
  private static String subject(SignedJWT signed) throws NotVouched {
    if (signed.getPayload().toJSONObject().get("sub") instanceof String subject
        && SUBJECT.matcher(subject).matches()) {
      return subject;
    }
    throw new NotVouched("the ID token has no good subject");
  }

  private void requireAudience(List<String> audience, @Nullable String party) throws NotVouched {
    require(audience.contains(clientId), "the ID token is for another client");
    require(
        party == null ? audience.size() == 1 : party.equals(clientId),
        "the ID token is for another party, or for several");
  }

  /** Is there such a time, after the one and, clocks being what they are, not after the other? */
  private static boolean isBetween(@Nullable Date time, Instant earliest, Instant latest) {
    return time != null
        && time.toInstant().isAfter(earliest)
        && (latest.equals(Instant.MAX) || !time.toInstant().isAfter(latest.plus(SKEW)));
  }

  private List<JWK> keysFor(JWKSelector wanted) throws KeySourceException {
    try {
      var found = wanted.select(keys.get());
      return found.isEmpty() ? wanted.select(keys.newer()) : found;
    } catch (Unavailable trouble) {
      throw new KeySourceException(String.valueOf(trouble.getMessage()));
    }
  }

  private static void require(boolean holds, String otherwise) throws NotVouched {
    if (!holds) {
      throw new NotVouched(otherwise);
    }
  }
}
