package org.holdfast.web.signin;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Back;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Sign in, sign out, and "Prove it is you" before something sensitive. */
public final class SignInRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final Portal portal;
  private final SignIn signIn;
  private final SigningIn signingIn;
  private final LinkAccounts linkAccounts;

  public SignInRoutes(
      Portal portal, SignIn signIn, SigningIn signingIn, LinkAccounts linkAccounts) {
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.portal = portal;
    this.signIn = signIn;
    this.signingIn = signingIn;
    this.linkAccounts = linkAccounts;
  }

  private record Credentials(
      @Nullable String email, @Nullable String password, @Nullable String next) {}

  private record Proof(@Nullable String password, @Nullable String code, @Nullable String next) {}

  @Override
  public void addEndpoints() {
    get("/sign-in", this::askToSignIn);
    post("/sign-in", this::signIn);
    portal.button("/sign-out", "/", this::signOut);
    get("/prove-it-is-you", this::askForProof);
    post("/prove-it-is-you", this::prove);
  }

  private void askToSignIn(Context ctx) {
    var next = Query.param(ctx, "next").orElse("");
    if (visits.of(ctx).who().isPresent()) {
      pages.go(ctx, Back.to(next));
    } else {
      showSignIn(ctx, Form.EMPTY.with("next", next));
    }
  }

  private void signIn(Context ctx) {
    var form = forms.read(ctx, Credentials.class);
    var typed = form.as(Credentials.class);
    var before = visits.of(ctx).who();
    pages.attempt(
        ctx,
        form,
        () -> {
          var password = new Password(nullToEmpty(typed.password()));
          signingIn.goOn(
              ctx,
              signIn.signIn(typed.email(), password, visits.device(ctx), visits.origin(ctx)),
              before,
              nullToEmpty(typed.next()));
        },
        again -> showSignIn(ctx, again));
  }

  private void signOut(Context ctx) {
    forms.button(ctx);
    signingIn.endOlder(visits.of(ctx).who());
    visits.end(ctx);
    pages.done(ctx, "/sign-in", "signed-out");
  }

  private void askForProof(Context ctx) {
    visits.of(ctx).signedIn();
    signingIn.showProof(ctx, Form.EMPTY.with("next", Query.param(ctx, "next").orElse("")));
  }

  private void prove(Context ctx) {
    var visit = visits.of(ctx);
    var who = visit.signedIn();
    var form = forms.read(ctx, Proof.class);
    var typed = form.as(Proof.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var password = new Password(nullToEmpty(typed.password()));
          visits.begin(ctx, signIn.stepUp(who, visit.token(), password, typed.code()));
          pages.go(ctx, Back.to(typed.next()));
        },
        again -> signingIn.showProof(ctx, again.with("code", "")));
  }

  private void showSignIn(Context ctx, Form form) {
    pages.show(
        ctx, "signin/sign-in.jte", form, ImmutableMap.of("providers", linkAccounts.offered()));
  }
}
