package org.holdfast.application.linkedaccount;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.session.Session;

/** The browsers that were sent to a provider and are to come back. */
public interface AuthorizationRequests {

  void add(AuthorizationRequest request);

  /**
   * Uses up the request that this browser was sent to this provider with. Of all who come back with
   * one state at once, at most one is answered; another browser never is.
   */
  Optional<AuthorizationRequest> take(
      String provider, String stateFingerprint, String browserFingerprint, Instant now);

  /** Forgets those that ran out before then. */
  int sweep(Instant before);

  /** What coming back is for. */
  enum Purpose {
    SIGN_IN,
    LINK,
    STEP_UP
  }

  /**
   * A browser on its way.
   *
   * @param session whose session it is for, but for signing in
   * @param words nonce, verifier and where to go on; kept sealed
   */
  record AuthorizationRequest(
      String stateFingerprint,
      String browserFingerprint,
      String provider,
      Purpose purpose,
      Optional<Session.Id> session,
      ImmutableMap<String, String> words,
      Instant expiresAt) {

    @Override
    public String toString() {
      return "AuthorizationRequest[" + provider + " " + purpose + "]";
    }
  }
}
