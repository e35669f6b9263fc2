package org.holdfast.application.linkedaccount;

import java.net.URI;
import java.time.Duration;

/**
 * Somebody who knows people by an account they have there, such as Google or Facebook. Asked for
 * identity only; nothing is posted, and nothing kept but who it is. Never called inside a
 * transaction: providers may be slow.
 */
public interface IdentityProvider {

  /** The name in settings, addresses and tables: {@code google}, {@code facebook}, or another. */
  String key();

  /** The name that people know it by. */
  String label();

  /**
   * Where the browser is sent (RFC 6749 §4.1.1, with PKCE's S256 challenge, RFC 7636).
   *
   * @param fresh must the person prove anew who they are there (OpenID Connect's {@code max_age}
   *     and {@code prompt=login})?
   */
  URI authorizationUri(Exchange exchange, boolean fresh) throws Unavailable;

  /**
   * Trades the code that the browser came back with for who it is, and checks all that is to be
   * checked: issuer, audience, signature, times, nonce; with Facebook, whose the token is.
   *
   * @param fresh as above; then the answer must say when they proved it, and that be lately
   * @throws NotVouched when the provider says no, or what it says cannot be trusted
   * @throws Unavailable when it cannot be reached, or is in trouble
   */
  Identity identify(String code, Exchange exchange, boolean fresh) throws NotVouched, Unavailable;

  /** Can this provider say when somebody last proved who they are? Step-up needs one that can. */
  boolean provesFreshness();

  /** How old a fresh proof may be at most. */
  Duration FRESH = Duration.ofMinutes(5);

  /**
   * Who somebody is: nobody else has the same subject at the same issuer, ever.
   *
   * @param issuer as the provider calls itself
   * @param subject never empty
   */
  record Identity(String issuer, String subject) {
    public Identity {
      if (issuer.isBlank() || subject.isBlank()) {
        throw new IllegalArgumentException("an identity without issuer or subject");
      }
    }
  }

  /**
   * What ties leaving and coming back together. It does not print.
   *
   * @param state comes back in the address
   * @param nonce comes back in the ID token (OpenID Connect Core §3.1.2.1)
   * @param verifier proves that who trades the code in is who asked for it (RFC 7636 §4.1)
   * @param redirectUri where the browser comes back to
   */
  record Exchange(String state, String nonce, String verifier, URI redirectUri) {
    @Override
    public String toString() {
      return "Exchange[…]";
    }
  }

  /** The provider does not vouch for this person. The message is for the operator's log. */
  final class NotVouched extends Exception {
    public NotVouched(String why) {
      super(why, null, false, false);
    }
  }

  /** The provider could not be asked. The message is for the operator's log. */
  final class Unavailable extends Exception {
    public Unavailable(String why) {
      super(why, null, false, false);
    }
  }
}
