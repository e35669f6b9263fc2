package org.holdfast.web;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, from where, and in which language they read.
 *
 * @param session who is signed in, and the token that says so
 * @param language of the signed-in user, else as the browser asks
 */
public record Visit(Origin origin, Optional<Session> session, Language language) {

  /** Somebody signed in, and by which token. */
  public record Session(SignedIn who, Secret token) {}

  /** Who is signed in. */
  public Optional<SignedIn> who() {
    return session.map(Session::who);
  }

  /**
   * Who is signed in.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public SignedIn signedIn() {
    return required().who();
  }

  /**
   * The token of the session.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public Secret token() {
    return required().token();
  }

  /**
   * What every form of this session carries: another site cannot read it, and it is another one
   * after each sign-in. Empty for strangers.
   */
  public String formToken() {
    return session.map(s -> formToken(s.token())).orElse("");
  }

  /** Does a form come from this session's own pages? */
  boolean isOwnForm(@Nullable String formToken) {
    return session.isEmpty()
        || formToken != null
            && MessageDigest.isEqual(
                formToken().getBytes(StandardCharsets.UTF_8),
                formToken.getBytes(StandardCharsets.UTF_8));
  }

  private Session required() {
    return session.orElseThrow(() -> new Refusal(Reason.NOT_SIGNED_IN));
  }

  private static String formToken(Secret token) {
    return Hashing.hmacSha256(token.value().getBytes(StandardCharsets.US_ASCII))
        .hashString("form", StandardCharsets.US_ASCII)
        .toString();
  }
}
