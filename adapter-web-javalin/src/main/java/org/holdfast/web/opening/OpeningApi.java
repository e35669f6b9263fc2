package org.holdfast.web.opening;

import static com.google.common.base.Strings.nullToEmpty;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.OpenAccount;
import org.holdfast.application.account.OpeningInput;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.account.AccountApi;
import org.jspecify.annotations.Nullable;

/** How an account begins, as JSON: registering, being registered, and the first password. */
public final class OpeningApi implements EndpointGroup {

  private final Api api;
  private final OpenAccount openAccount;

  public OpeningApi(Api api, OpenAccount openAccount) {
    this.api = api;
    this.openAccount = openAccount;
  }

  private record Confirmation(@Nullable String token, @Nullable String newPassword) {}

  /** The address to sign in with. */
  public record Confirmed(String email) {}

  @Override
  public void addEndpoints() {
    api.post("/registrations", this::register);
    api.post("/registrations/confirm", this::confirm);
    api.post("/host/accounts", this::open);
  }

  private void register(Context ctx) {
    openAccount.register(Json.read(ctx, OpeningInput.class), api.origin(ctx));
    ctx.status(202); // the same for friend and stranger
  }

  private void confirm(Context ctx) {
    var typed = Json.read(ctx, Confirmation.class);
    var email =
        openAccount.confirm(
            Secret.parse(typed.token()),
            new Password(nullToEmpty(typed.newPassword())),
            api.origin(ctx));
    ctx.json(new Confirmed(email.value()));
  }

  private void open(Context ctx) {
    var account = openAccount.open(Json.read(ctx, OpeningInput.class));
    ctx.status(201)
        .header("Location", "/api/v1/host/accounts/" + account.number())
        .json(AccountApi.shown(account));
  }
}
