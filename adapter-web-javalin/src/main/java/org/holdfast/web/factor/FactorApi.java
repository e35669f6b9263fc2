package org.holdfast.web.factor;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.factor.EditFactors;
import org.holdfast.application.factor.Enrolling.Enrolment;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Second factors and recovery codes, as JSON. */
public final class FactorApi implements EndpointGroup {

  private final Api api;
  private final EditFactors editFactors;
  private final EditAccount editAccount;

  public FactorApi(Api api, EditFactors editFactors, EditAccount editAccount) {
    this.api = api;
    this.editFactors = editFactors;
    this.editAccount = editAccount;
  }

  private record Named(@Nullable String name) {}

  private record Demanding(@Nullable Boolean demanded) {}

  private record Coded(@Nullable String code) {}

  private record Touched(@Nullable String name, @Nullable String code) {}

  /** A time-based token that waits for its first code. */
  public record Begin(UUID id, String secret, String uri) {
    /** As JSON shows it. */
    public static Begin of(Enrolment enrolment) {
      return new Begin(enrolment.id().value(), enrolment.secret().base32(), enrolment.uri());
    }
  }

  /** Does an account demand a second factor of its people? */
  public record Demand(boolean demanded) {}

  /** A factor that counts. */
  public record Shown(
      UUID id, String kind, String name, Instant addedAt, @Nullable Instant lastUsedAt) {}

  /** What the caller has to sign in with. */
  public record All(
      List<Shown> factors,
      int recoveryCodesLeft,
      boolean required,
      boolean yubikeysWork,
      boolean hasPassword) {}

  /** Recovery codes, seen this once; none where the caller has some already. */
  public record Codes(List<String> recoveryCodes) {}

  @Override
  public void addEndpoints() {
    api.get("/factors", this::list);
    api.post("/factors/totp", this::begin);
    api.post("/factors/totp/{factor}/confirm", this::confirm);
    api.post("/factors/yubikeys", this::addYubiKey);
    api.post("/factors/recovery-codes", this::makeCodes);
    api.put("/factors/{factor}", this::rename);
    api.delete("/factors/{factor}", this::remove);
    api.get("/accounts/{number}/factor-demand", this::demanded);
    api.put("/accounts/{number}/factor-demand", this::demand);
  }

  private void list(Context ctx) {
    var overview = editFactors.overview(api.signedIn(ctx));
    ctx.json(
        new All(
            overview.factors().stream().map(FactorApi::shown).toList(),
            overview.codesLeft(),
            overview.required(),
            overview.yubiKeysWork(),
            overview.hasPassword()));
  }

  private void begin(Context ctx) {
    var who = api.signedIn(ctx);
    var typed = Json.read(ctx, Named.class);
    ctx.status(201).json(Begin.of(editFactors.beginTotp(who, typed.name())));
  }

  private void confirm(Context ctx) {
    var who = api.signedIn(ctx);
    var typed = Json.read(ctx, Coded.class);
    tell(ctx, editFactors.confirmTotp(who, Query.factor(ctx), typed.code()));
  }

  private void addYubiKey(Context ctx) {
    var who = api.signedIn(ctx);
    var typed = Json.read(ctx, Touched.class);
    tell(ctx, editFactors.addYubiKey(who, typed.name(), typed.code()));
  }

  private void makeCodes(Context ctx) {
    var who = api.signedIn(ctx);
    api.readNothing(ctx);
    tell(ctx, editFactors.makeRecoveryCodes(who));
  }

  private static void tell(Context ctx, List<RecoveryCode> codes) {
    ctx.status(201).json(new Codes(codes(codes)));
  }

  private void rename(Context ctx) {
    var who = api.signedIn(ctx);
    var typed = Json.read(ctx, Named.class);
    editFactors.rename(who, Query.factor(ctx), typed.name());
    ctx.status(204);
  }

  private void remove(Context ctx) {
    editFactors.remove(api.signedIn(ctx), Query.factor(ctx));
    ctx.status(204);
  }

  private void demanded(Context ctx) {
    ctx.json(new Demand(editAccount.demandsFactor(api.signedIn(ctx), Query.account(ctx))));
  }

  private void demand(Context ctx) {
    var who = api.signedIn(ctx);
    var demanded = Json.read(ctx, Demanding.class).demanded();
    if (demanded == null) {
      throw new InvalidInput(List.of(new Fault("demanded", "required")));
    }
    editAccount.demandFactor(who, Query.account(ctx), demanded);
    ctx.status(204);
  }

  /** Recovery codes as people keep them. */
  public static List<String> codes(List<RecoveryCode> codes) {
    return codes.stream().map(RecoveryCode::grouped).toList();
  }

  private static Shown shown(Factor factor) {
    return new Shown(
        factor.id().value(),
        factor.kind().key(),
        factor.name(),
        factor.addedAt(),
        factor.lastUsedAt().orElse(null));
  }
}
