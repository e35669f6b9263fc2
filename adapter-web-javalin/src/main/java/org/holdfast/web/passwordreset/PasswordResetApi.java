package org.holdfast.web.passwordreset;

import static com.google.common.base.Strings.nullToEmpty;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.credential.ResetPassword;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.jspecify.annotations.Nullable;

/** "Forgot?", as JSON. */
public final class PasswordResetApi implements EndpointGroup {

  private final Api api;
  private final ResetPassword resetPassword;

  public PasswordResetApi(Api api, ResetPassword resetPassword) {
    this.api = api;
    this.resetPassword = resetPassword;
  }

  private record Forgotten(@Nullable String email, @Nullable String device) {}

  private record Redemption(@Nullable String token, @Nullable String newPassword) {}

  /** The address to sign in with. */
  public record Redeemed(String email) {}

  @Override
  public void addEndpoints() {
    api.post("/password/forgot", this::request);
    api.post("/password/reset", this::redeem);
  }

  private void request(Context ctx) {
    var typed = Json.read(ctx, Forgotten.class);
    resetPassword.request(typed.email(), Secret.parse(typed.device()), api.origin(ctx));
    ctx.status(202); // the same for friend and stranger
  }

  private void redeem(Context ctx) {
    var typed = Json.read(ctx, Redemption.class);
    var email =
        resetPassword.redeem(
            Secret.parse(typed.token()).orElse(null),
            new Password(nullToEmpty(typed.newPassword())),
            api.origin(ctx));
    ctx.json(new Redeemed(email.value()));
  }
}
