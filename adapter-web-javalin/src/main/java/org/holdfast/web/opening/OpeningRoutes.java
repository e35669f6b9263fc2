package org.holdfast.web.opening;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.Policy;
import org.holdfast.application.account.OpenAccount;
import org.holdfast.application.account.OpeningInput;
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

/** Register, be told to look for a letter, follow its link and choose a first password. */
public final class OpeningRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final MailedSecret link;
  private final OpenAccount openAccount;
  private final Policy policy;

  public OpeningRoutes(Portal portal, OpenAccount openAccount, Policy policy) {
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.link = new MailedSecret(portal.cookies(), Cookies.Kind.WELCOME);
    this.openAccount = openAccount;
    this.policy = policy;
  }

  private record Chosen(@Nullable String newPassword) {}

  @Override
  public void addEndpoints() {
    get("/register", this::askToRegister);
    post("/register", this::register);
    get("/register/sent", ctx -> pages.show(ctx, "opening/sent.jte", ImmutableMap.of()));
    get("/welcome", this::askForPassword);
    post("/welcome", this::choosePassword);
  }

  private void askToRegister(Context ctx) {
    if (!policy.registrationOpen()) {
      throw new Refusal(Reason.REGISTRATION_CLOSED);
    }
    showRegister(ctx, Form.EMPTY.with("language", visits.of(ctx).language().tag()));
  }

  private void register(Context ctx) {
    var form = forms.read(ctx, OpeningInput.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          openAccount.register(form.as(OpeningInput.class), visits.origin(ctx));
          pages.go(ctx, "/register/sent"); // the same for friend and stranger
        },
        again -> showRegister(ctx, again));
  }

  private void askForPassword(Context ctx) {
    if (link.hide(ctx)) {
      return;
    }
    if (link.of(ctx).filter(openAccount::opens).isEmpty()) {
      throw new Refusal(Reason.LINK_NOT_VALID);
    }
    showWelcome(ctx, Form.EMPTY);
  }

  private void choosePassword(Context ctx) {
    var form = forms.read(ctx, Chosen.class);
    var chosen = new Password(nullToEmpty(form.as(Chosen.class).newPassword()));
    pages.attempt(
        ctx,
        form,
        () -> {
          openAccount.confirm(link.of(ctx), chosen, visits.origin(ctx));
          link.forget(ctx);
          pages.done(ctx, "/sign-in", "welcome");
        },
        again -> showWelcome(ctx, again));
  }

  private void showRegister(Context ctx, Form form) {
    pages.show(ctx, "opening/register.jte", form, ImmutableMap.of());
  }

  private void showWelcome(Context ctx, Form form) {
    pages.show(
        ctx, "opening/welcome.jte", form, ImmutableMap.of("min", policy.minPasswordLength()));
  }
}
