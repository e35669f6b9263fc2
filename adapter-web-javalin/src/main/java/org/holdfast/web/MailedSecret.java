package org.holdfast.web;

import io.javalin.http.Context;
import java.util.Optional;
import org.holdfast.domain.Secret;

/**
 * The secret of a mailed link, from the click to the answer. Opening the link changes nothing but
 * where the secret is: out of the address bar, where history and screens would show it, into a
 * cookie that ends with its use.
 */
public final class MailedSecret {

  private final Cookies cookies;
  private final Cookies.Kind kind;

  public MailedSecret(Cookies cookies, Cookies.Kind kind) {
    this.cookies = cookies;
    this.kind = kind;
  }

  /** Hides the secret where the address shows one, and comes back without; says whether it did. */
  public boolean hide(Context ctx) {
    var given = Query.param(ctx, "token");
    if (given.isEmpty()) {
      return false;
    }
    Secret.parse(given.get())
        .ifPresentOrElse(
            secret -> cookies.put(ctx, kind, secret.value()), () -> cookies.drop(ctx, kind));
    ctx.header("Location", ctx.path());
    ctx.status(303);
    return true;
  }

  /** The secret, once it is hidden. */
  public Optional<Secret> of(Context ctx) {
    return cookies.secret(ctx, kind);
  }

  /** Forgets the secret after its use. */
  public void forget(Context ctx) {
    cookies.drop(ctx, kind);
  }
}
