package org.holdfast.web;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, from where, and in which language they read.
 *
 * @param session which customer is signed in, and the token that says so; at the portal
 * @param shift which staff member is signed in, and the token that says so; at the console
 * @param language of whoever is signed in, else as the browser asks
 */
public record Visit(
    Origin origin, Optional<Session> session, Optional<Shift> shift, Language language) {

  /** A visit to the portal. */
  public Visit(Origin origin, Optional<Session> session, Language language) {
    this(origin, session, Optional.empty(), language);
  }

  /** Somebody signed in, and by which token. */
  public record Session(SignedIn who, Secret token) {}

  /** A staff member signed in, and by which token. */
  public record Shift(SignedInStaff who, Secret token) {}

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
    return who().orElseThrow(Visit::strange);
  }

  /** Which staff member is signed in. */
  public Optional<SignedInStaff> staff() {
    return shift.map(Shift::who);
  }

  /**
   * Which staff member is signed in.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public SignedInStaff signedInStaff() {
    return staff().orElseThrow(Visit::strange);
  }

  /**
   * The token of the session.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public Secret token() {
    return kept().orElseThrow(Visit::strange);
  }

  /**
   * What every form of this session carries: another site cannot read it, and it is another one
   * after each sign-in. Empty for strangers.
   */
  public String formToken() {
    return kept().map(Visit::formToken).orElse("");
  }

  /** Does a form come from this session's own pages? */
  boolean isOwnForm(@Nullable String formToken) {
    return kept().isEmpty()
        || formToken != null
            && MessageDigest.isEqual(
                formToken().getBytes(StandardCharsets.UTF_8),
                formToken.getBytes(StandardCharsets.UTF_8));
  }

  /** Is anybody signed in? */
  public boolean isSignedIn() {
    return kept().isPresent();
  }

  private Optional<Secret> kept() {
    return session.map(Session::token).or(() -> shift.map(Shift::token));
  }

  private static Refusal strange() {
    return new Refusal(Reason.NOT_SIGNED_IN);
  }

  private static String formToken(Secret token) {
    return Hashing.hmacSha256(token.value().getBytes(StandardCharsets.US_ASCII))
        .hashString("form", StandardCharsets.US_ASCII)
        .toString();
  }
}
