package org.holdfast.web.credential;

import static com.google.common.base.Strings.nullToEmpty;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.OpenAccount;
import org.holdfast.application.credential.ChangePassword;
import org.holdfast.application.credential.ResetPassword;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Visit;
import org.jspecify.annotations.Nullable;

/** Change Password and the strength meter, as JSON. */
public final class PasswordApi implements EndpointGroup {

  private final Api api;
  private final ChangePassword changePassword;
  private final Measuring measuring;
  private final ResetPassword resetPassword;
  private final OpenAccount openAccount;

  public PasswordApi(
      Api api,
      ChangePassword changePassword,
      Measuring measuring,
      ResetPassword resetPassword,
      OpenAccount openAccount) {
    this.api = api;
    this.changePassword = changePassword;
    this.measuring = measuring;
    this.resetPassword = resetPassword;
    this.openAccount = openAccount;
  }

  private record Change(@Nullable String currentPassword, @Nullable String newPassword) {}

  private record Candidate(@Nullable String newPassword, @Nullable String token) {}

  @Override
  public void addEndpoints() {
    api.put("/password", this::change);
    api.post("/password/strength", this::measure);
  }

  private void change(Context ctx) {
    var visit = api.visit(ctx);
    var who = visit.signedIn();
    var typed = Json.read(ctx, Change.class);
    var token =
        changePassword.change(
            who,
            visit.token(),
            new Password(nullToEmpty(typed.currentPassword())),
            new Password(nullToEmpty(typed.newPassword())));
    Api.renewed(ctx, token);
  }

  /** Only for those who have a password to choose: it is no toy for strangers. */
  private void measure(Context ctx) {
    var visit = api.visit(ctx);
    var typed = Json.read(ctx, Candidate.class);
    if (!isChoosing(visit, typed)) {
      throw new Refusal(Reason.NOT_SIGNED_IN);
    }
    ctx.json(measuring.measure(visit, new Password(nullToEmpty(typed.newPassword()))));
  }

  private boolean isChoosing(Visit visit, Candidate typed) {
    return visit.session().isPresent()
        || Secret.parse(typed.token())
            .filter(link -> resetPassword.opens(link) || openAccount.opens(link))
            .isPresent();
  }
}
