package org.holdfast.application.testkit;

import java.net.URI;
import org.holdfast.application.linkedaccount.IdentityProvider;

/** Vouches for whoever a test names: the code {@code is-} and a subject is that person's. */
public final class PretendedProvider implements IdentityProvider {

  /** What every code begins with that it vouches for. */
  public static final String IS = "is-";

  @Override
  public String key() {
    return "example";
  }

  @Override
  public String label() {
    return "Example ID";
  }

  @Override
  public URI authorizationUri(Exchange exchange, boolean fresh) {
    return URI.create(
        "https://id.example/authorize?state="
            + exchange.state()
            + "&nonce="
            + exchange.nonce()
            + (fresh ? "&prompt=login" : ""));
  }

  @Override
  public Identity identify(String code, Exchange exchange, boolean fresh)
      throws NotVouched, Unavailable {
    if (code.equals("away")) {
      throw new Unavailable("is away");
    }
    if (!code.startsWith(IS)) {
      throw new NotVouched("knows nobody by that");
    }
    return new Identity("https://id.example", code.substring(IS.length()));
  }

  @Override
  public boolean provesFreshness() {
    return true;
  }
}
