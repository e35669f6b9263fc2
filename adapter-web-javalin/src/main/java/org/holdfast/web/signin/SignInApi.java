package org.holdfast.web.signin;

import static com.google.common.base.Strings.nullToEmpty;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.jspecify.annotations.Nullable;

/** Signing in, and proving again who one is, as JSON. */
public final class SignInApi implements EndpointGroup {

  private final Api api;
  private final SignIn signIn;

  public SignInApi(Api api, SignIn signIn) {
    this.api = api;
    this.signIn = signIn;
  }

  private record Credentials(
      @Nullable String email, @Nullable String password, @Nullable String device) {}

  private record Proof(@Nullable String password) {}

  /**
   * A session that has just begun.
   *
   * @param token to be sent as bearer token
   * @param device to be sent along at the next sign-in from the same device
   */
  public record Begun(String token, String device) {}

  @Override
  public void addEndpoints() {
    api.post("/sessions", this::signIn);
    api.post("/sessions/current/step-up", this::stepUp);
  }

  private void signIn(Context ctx) {
    var typed = Json.read(ctx, Credentials.class);
    var begun =
        signIn.signIn(
            typed.email(),
            new Password(nullToEmpty(typed.password())),
            Secret.parse(typed.device()),
            api.origin(ctx));
    ctx.status(201).json(new Begun(begun.token().value(), begun.device().value()));
  }

  private void stepUp(Context ctx) {
    var visit = api.visit(ctx);
    var who = visit.signedIn();
    var typed = Json.read(ctx, Proof.class);
    var token = signIn.stepUp(who, visit.token(), new Password(nullToEmpty(typed.password())));
    Api.renewed(ctx, token);
  }
}
