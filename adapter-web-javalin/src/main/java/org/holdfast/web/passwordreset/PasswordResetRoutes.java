package org.holdfast.web.passwordreset;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.Policy;
import org.holdfast.application.credential.ResetPassword;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Ask for a link, follow it, choose a new password. */
public final class PasswordResetRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final MailedSecret link;
  private final ResetPassword resetPassword;
  private final Policy policy;

  public PasswordResetRoutes(Portal portal, ResetPassword resetPassword, Policy policy) {
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.link = new MailedSecret(portal.cookies(), Cookies.Kind.RESET);
    this.resetPassword = resetPassword;
    this.policy = policy;
  }

  private record Asked(@Nullable String email) {}

  private record Chosen(@Nullable String newPassword) {}

  @Override
  public void addEndpoints() {
    get("/forgot", ctx -> showForgot(ctx, Form.EMPTY));
    post("/forgot", this::mailLink);
    get("/forgot/sent", ctx -> pages.show(ctx, "passwordreset/sent.jte", ImmutableMap.of()));
    get("/forgot/choose", this::askForPassword);
    post("/forgot/choose", this::choosePassword);
  }

  private void mailLink(Context ctx) {
    var form = forms.read(ctx, Asked.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          resetPassword.request(
              form.as(Asked.class).email(), visits.device(ctx), visits.origin(ctx));
          pages.go(ctx, "/forgot/sent"); // the same for friend and stranger
        },
        again -> showForgot(ctx, again));
  }

  private void askForPassword(Context ctx) {
    if (link.hide(ctx)) {
      return;
    }
    if (link.of(ctx).filter(resetPassword::opens).isEmpty()) {
      throw new Refusal(Reason.LINK_NOT_VALID);
    }
    showChoose(ctx, Form.EMPTY);
  }

  private void choosePassword(Context ctx) {
    var form = forms.read(ctx, Chosen.class);
    var chosen = new Password(nullToEmpty(form.as(Chosen.class).newPassword()));
    pages.attempt(
        ctx,
        form,
        () -> {
          resetPassword.redeem(link.of(ctx).orElse(null), chosen, visits.origin(ctx));
          link.forget(ctx);
          visits.end(ctx); // it ended with all the others
          pages.done(ctx, "/sign-in", "password-reset");
        },
        again -> showChoose(ctx, again));
  }

  private void showForgot(Context ctx, Form form) {
    pages.show(ctx, "passwordreset/forgot.jte", form, ImmutableMap.of());
  }

  private void showChoose(Context ctx, Form form) {
    pages.show(
        ctx,
        "passwordreset/choose.jte",
        form,
        ImmutableMap.of(
            "min", link.of(ctx).map(resetPassword::minLength).orElse(policy.minPasswordLength())));
  }
}
