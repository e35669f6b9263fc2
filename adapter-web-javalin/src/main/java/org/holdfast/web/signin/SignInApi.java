package org.holdfast.web.signin;

import static com.google.common.base.Strings.nullToEmpty;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.List;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.holdfast.web.factor.FactorApi;
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

  private record Shown(@Nullable String pending, @Nullable String code, @Nullable String device) {}

  private record Named(@Nullable String pending, @Nullable String name) {}

  private record Touched(
      @Nullable String pending,
      @Nullable String name,
      @Nullable String code,
      @Nullable String device) {}

  private record Proof(@Nullable String password, @Nullable String code) {}

  /**
   * A session that has just begun.
   *
   * @param token to be sent as bearer token
   * @param device to be sent along at the next sign-in from the same device
   */
  public record Begun(String token, String device) {}

  /**
   * The first factor was right, and something is still needed.
   *
   * @param pending says who has shown it; good for ten minutes
   * @param needs {@code factor}: one of those in {@code accepts} is to be shown; {@code set_up}:
   *     one is to be set up
   */
  public record Pending(String pending, String needs, List<String> accepts) {}

  /** A session that began with setting a factor up. */
  public record SetUp(String token, String device, List<String> recoveryCodes) {}

  @Override
  public void addEndpoints() {
    api.post("/sessions", this::signIn);
    api.post("/sessions/factor", this::showFactor);
    api.post("/sessions/set-up/totp", this::beginSetUp);
    api.post("/sessions/set-up/totp/{factor}", this::finishSetUp);
    api.post("/sessions/set-up/yubikey", this::setUpYubiKey);
    api.post("/sessions/current/step-up", this::stepUp);
  }

  private void signIn(Context ctx) {
    var typed = Json.read(ctx, Credentials.class);
    var outcome =
        signIn.signIn(
            typed.email(),
            new Password(nullToEmpty(typed.password())),
            Secret.parse(typed.device()),
            api.origin(ctx));
    tell(ctx, outcome);
  }

  /** Answers with the session, or with what is still needed. */
  public static void tell(Context ctx, SignIn.Outcome outcome) {
    if (outcome instanceof SignIn.Begun begun) {
      ctx.status(201).json(new Begun(begun.token().value(), begun.device().value()));
    } else if (outcome instanceof SignIn.FactorNeeded needed) {
      ctx.status(202).json(new Pending(needed.pending().value(), "factor", accepts(needed)));
    } else if (outcome instanceof SignIn.SetUpNeeded needed) {
      ctx.status(202).json(new Pending(needed.pending().value(), "set_up", ImmutableList.of()));
    }
  }

  private static ImmutableList<String> accepts(SignIn.FactorNeeded needed) {
    var all = ImmutableList.<String>builder();
    if (needed.totp()) {
      all.add("totp");
    }
    if (needed.yubiKey()) {
      all.add("yubikey");
    }
    if (needed.recoveryCode()) {
      all.add("recovery_code");
    }
    return all.build();
  }

  private void showFactor(Context ctx) {
    var typed = Json.read(ctx, Shown.class);
    var begun =
        signIn.showFactor(
            Secret.parse(typed.pending()).orElse(null),
            typed.code(),
            Secret.parse(typed.device()),
            api.origin(ctx));
    tell(ctx, begun);
  }

  private void beginSetUp(Context ctx) {
    var typed = Json.read(ctx, Named.class);
    var enrolment = signIn.beginSetUp(Secret.parse(typed.pending()).orElse(null), typed.name());
    ctx.status(201).json(FactorApi.Begin.of(enrolment));
  }

  private void finishSetUp(Context ctx) {
    var typed = Json.read(ctx, Shown.class);
    tell(
        ctx,
        signIn.finishSetUp(
            Secret.parse(typed.pending()).orElse(null),
            Query.factor(ctx),
            typed.code(),
            Secret.parse(typed.device()),
            api.origin(ctx)));
  }

  private void setUpYubiKey(Context ctx) {
    var typed = Json.read(ctx, Touched.class);
    tell(
        ctx,
        signIn.finishSetUp(
            Secret.parse(typed.pending()).orElse(null),
            typed.name(),
            typed.code(),
            Secret.parse(typed.device()),
            api.origin(ctx)));
  }

  private static void tell(Context ctx, SignIn.SetUp done) {
    ctx.status(201)
        .json(
            new SetUp(
                done.begun().token().value(),
                done.begun().device().value(),
                FactorApi.codes(done.codes())));
  }

  private void stepUp(Context ctx) {
    var visit = api.visit(ctx);
    var who = visit.signedIn();
    var typed = Json.read(ctx, Proof.class);
    var token =
        signIn.stepUp(
            who, visit.token(), new Password(nullToEmpty(typed.password())), typed.code());
    Api.renewed(ctx, token);
  }
}
