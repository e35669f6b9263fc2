package org.holdfast.web.signin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.http.Context;
import java.util.Optional;
import org.holdfast.application.factor.EditFactors;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.linkedaccount.LinkAccounts.Linked;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Refusal;
import org.holdfast.web.Back;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Portal;

/** Where a browser goes on once a first factor was shown, whichever it was. */
public final class SigningIn {

  private final Portal portal;
  private final Sessions sessions;
  private final EditFactors editFactors;
  private final LinkAccounts linkAccounts;

  public SigningIn(
      Portal portal, Sessions sessions, EditFactors editFactors, LinkAccounts linkAccounts) {
    this.portal = portal;
    this.sessions = sessions;
    this.editFactors = editFactors;
    this.linkAccounts = linkAccounts;
  }

  /**
   * Goes on to the page that was wanted, or to what is still needed.
   *
   * @param before who was signed in in this browser until now
   */
  public void goOn(Context ctx, SignIn.Outcome outcome, Optional<SignedIn> before, String next) {
    var pages = portal.pages();
    var wanted = Back.to(next);
    endOlder(before);
    if (outcome instanceof SignIn.Begun begun) {
      portal.visits().begin(ctx, begun.token());
      portal.visits().remember(ctx, begun.device());
      pages.go(ctx, wanted);
      return;
    }
    before.ifPresent(signedOut -> portal.visits().end(ctx));
    if (outcome instanceof SignIn.FactorNeeded needed) {
      portal.cookies().put(ctx, Cookies.Kind.PENDING, needed.pending().value());
      pages.go(ctx, "/sign-in/code?next=" + wanted);
    } else if (outcome instanceof SignIn.SetUpNeeded needed) {
      portal.cookies().put(ctx, Cookies.Kind.PENDING, needed.pending().value());
      pages.go(ctx, "/sign-in/set-up?next=" + wanted);
    }
  }

  /** One browser, one session: what was open before in this one is not left behind. */
  void endOlder(Optional<SignedIn> older) {
    older.ifPresent(
        who -> {
          try {
            sessions.end(who, who.session().id());
          } catch (Refusal endedMeanwhile) {
            // which is what was wanted
          }
        });
  }

  /** The page on which somebody signed in proves again who they are. */
  public void showProof(Context ctx, Form form) {
    var who = portal.visits().of(ctx).signedIn();
    var overview = editFactors.overview(who);
    portal
        .pages()
        .show(
            ctx,
            "signin/prove.jte",
            form,
            ImmutableMap.of(
                "overview",
                overview,
                "providers",
                overview.hasPassword()
                    ? ImmutableList.of()
                    : linkAccounts.list(who).stream()
                        .filter(Linked::provesFreshness)
                        .collect(ImmutableList.toImmutableList())));
  }
}
