package org.holdfast.web.console;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.Policy;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Back;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;
import org.jspecify.annotations.Nullable;

/**
 * Staff sign in, with everything on one form; sign out; prove again who they are; change their
 * password.
 */
final class StaffSignInRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final SignInStaff signIn;
  private final int minPasswordLength;

  StaffSignInRoutes(Site<StaffVisits> site, SignInStaff signIn, Policy policy) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.signIn = signIn;
    this.minPasswordLength = policy.minPasswordLength();
  }

  private record Credentials(
      @Nullable String email,
      @Nullable String password,
      @Nullable String code,
      @Nullable String next) {}

  private record Change(
      @Nullable String currentPassword, @Nullable String code, @Nullable String newPassword) {}

  private record Proof(@Nullable String password, @Nullable String code, @Nullable String next) {}

  @Override
  public void addEndpoints() {
    get("/sign-in", this::askToSignIn);
    post("/sign-in", this::signIn);
    pages.button("/sign-out", "/", this::signOut);
    get("/prove", this::askForProof);
    post("/prove", this::prove);
    get("/password", ctx -> showPassword(ctx, Form.EMPTY));
    post("/password", this::changePassword);
  }

  private void askToSignIn(Context ctx) {
    var next = Query.param(ctx, "next").orElse("");
    if (visits.of(ctx).isSignedIn()) {
      pages.go(ctx, Back.to(next));
    } else {
      showSignIn(ctx, Form.EMPTY.with("next", next));
    }
  }

  private void signIn(Context ctx) {
    var form = forms.read(ctx, Credentials.class);
    var typed = form.as(Credentials.class);
    var before = visits.of(ctx).staff();
    pages.attempt(
        ctx,
        form,
        () -> {
          var password = new Password(nullToEmpty(typed.password()));
          var token = signIn.signIn(typed.email(), password, typed.code(), visits.origin(ctx));
          before.ifPresent(signIn::signOut); // one browser, one session
          visits.begin(ctx, token);
          pages.go(ctx, Back.to(typed.next()));
        },
        again -> showSignIn(ctx, again.with("code", "")));
  }

  private void signOut(Context ctx) {
    forms.button(ctx);
    signIn.signOut(visits.of(ctx).signedInStaff());
    visits.end(ctx);
    pages.done(ctx, "/sign-in", "signed-out");
  }

  private void askForProof(Context ctx) {
    showProof(ctx, Form.EMPTY.with("next", Query.param(ctx, "next").orElse("")));
  }

  private void prove(Context ctx) {
    var visit = visits.of(ctx);
    var form = forms.read(ctx, Proof.class);
    var typed = form.as(Proof.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var password = new Password(nullToEmpty(typed.password()));
          visits.begin(
              ctx, signIn.stepUp(visit.signedInStaff(), visit.token(), password, typed.code()));
          pages.go(ctx, Back.to(typed.next()));
        },
        again -> showProof(ctx, again.with("code", "")));
  }

  private void changePassword(Context ctx) {
    var who = visits.of(ctx).signedInStaff();
    var form = forms.read(ctx, Change.class);
    var typed = form.as(Change.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var current = new Password(nullToEmpty(typed.currentPassword()));
          var chosen = new Password(nullToEmpty(typed.newPassword()));
          visits.begin(ctx, signIn.changePassword(who, current, typed.code(), chosen));
          pages.done(ctx, "/", "password-changed");
        },
        again -> showPassword(ctx, again.with("code", "")));
  }

  private void showPassword(Context ctx, Form form) {
    var staff = visits.of(ctx).signedInStaff().staff();
    pages.show(
        ctx,
        "console/password.jte",
        form,
        ImmutableMap.of("email", staff.email().value(), "min", minPasswordLength));
  }

  private void showSignIn(Context ctx, Form form) {
    pages.show(ctx, "console/sign-in.jte", form, ImmutableMap.of());
  }

  private void showProof(Context ctx, Form form) {
    pages.show(
        ctx,
        "console/prove.jte",
        form,
        ImmutableMap.of("email", visits.of(ctx).signedInStaff().staff().email().value()));
  }
}
