package org.holdfast.web.credential;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.credential.ChangePassword;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Visit;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Change Password, and the strength meter beside every new password. */
public final class PasswordRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final Cookies cookies;
  private final ChangePassword changePassword;
  private final Measuring measuring;

  public PasswordRoutes(Portal portal, ChangePassword changePassword, Measuring measuring) {
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.cookies = portal.cookies();
    this.changePassword = changePassword;
    this.measuring = measuring;
  }

  private record Change(@Nullable String currentPassword, @Nullable String newPassword) {}

  private record Candidate(@Nullable String newPassword) {}

  @Override
  public void addEndpoints() {
    get("/change-password", this::ask);
    post("/change-password", this::change);
    post("/password-strength", this::measure);
  }

  private void ask(Context ctx) {
    visits.of(ctx).signedIn();
    show(ctx, Form.EMPTY);
  }

  private void change(Context ctx) {
    var visit = visits.of(ctx);
    var who = visit.signedIn();
    var form = forms.read(ctx, Change.class, "username");
    var typed = form.as(Change.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var token =
              changePassword.change(
                  who,
                  visit.token(),
                  new Password(nullToEmpty(typed.currentPassword())),
                  new Password(nullToEmpty(typed.newPassword())));
          visits.begin(ctx, token);
          pages.done(ctx, "/change-password", "password-changed");
        },
        again -> show(ctx, again));
  }

  /** Only for those who have a password to choose: it is no toy for strangers. */
  private void measure(Context ctx) {
    var visit = visits.of(ctx);
    if (!isChoosing(ctx, visit)) {
      throw new Refusal(Reason.NOT_SIGNED_IN);
    }
    var form = forms.read(ctx, Candidate.class);
    var candidate = new Password(nullToEmpty(form.as(Candidate.class).newPassword()));
    ctx.json(measuring.measure(visit, candidate));
  }

  private boolean isChoosing(Context ctx, Visit visit) {
    return visit.session().isPresent()
        || cookies.secret(ctx, Cookies.Kind.RESET).isPresent()
        || cookies.secret(ctx, Cookies.Kind.WELCOME).isPresent();
  }

  private void show(Context ctx, Form form) {
    pages.show(
        ctx,
        "credential/change.jte",
        form,
        ImmutableMap.of("min", changePassword.minLength(visits.of(ctx).signedIn())));
  }
}
