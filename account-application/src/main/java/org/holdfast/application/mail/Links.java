package org.holdfast.application.mail;

import java.net.URI;
import org.holdfast.domain.Secret;

/**
 * Where the links in letters lead. They begin with the configured address of the portal, never with
 * what a request says of itself.
 */
public record Links(URI baseUri) {

  /** Confirms an address and chooses a first password. */
  public static final String WELCOME = "/welcome";

  /** Chooses a new password. */
  public static final String RESET = "/forgot/choose";

  public static final String FORGOT = "/forgot";
  public static final String SIGN_IN = "/sign-in";
  public static final String CONFIRM_EMAIL = "/email/confirm";
  public static final String UNDO_EMAIL = "/email/undo";
  public static final String CONFIRM_CONTACT = "/contacts/confirm";
  public static final String FREEZE = "/freeze";
  public static final String VETO_CASE = "/recovery/veto";
  public static final String CONFIRM_CASE_ADDRESS = "/recovery/confirm";

  /** At the console. */
  public static final String STAFF_INVITATION = "/invitation";

  public static final String UNSUBSCRIBE = "/unsubscribe";

  /** Where a browser comes back to from a provider of identities. */
  public static String comeBackFrom(String provider) {
    return "/linked/" + provider + "/return";
  }

  /** A link that carries a secret. */
  public String to(String path, Secret secret) {
    return to(path) + "?token=" + secret.value();
  }

  /** A link that carries nothing. */
  public String to(String path) {
    var base = baseUri.toString();
    return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
  }

  /** Where one click ends announcements. */
  public URI unsubscribe(String token) {
    return URI.create(to(UNSUBSCRIBE) + "?token=" + token);
  }
}
