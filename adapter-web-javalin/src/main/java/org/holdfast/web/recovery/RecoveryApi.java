package org.holdfast.web.recovery;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** What a customer does about a recovery case, as JSON. */
public final class RecoveryApi implements EndpointGroup {

  private final Api api;
  private final RecoverAccess recoverAccess;

  public RecoveryApi(Api api, RecoverAccess recoverAccess) {
    this.api = api;
    this.recoverAccess = recoverAccess;
  }

  /** The cases that can still come to be done. */
  public record Open(List<Shown> cases) {}

  /**
   * A case.
   *
   * @param lost what is said to be lost
   * @param newAddress where the user is to be reached; null where it stays
   * @param addressProved did somebody follow the link that was mailed there?
   * @param dueAt when it is done; null until it is approved
   */
  public record Shown(
      UUID id,
      String lost,
      String state,
      @Nullable String newAddress,
      boolean addressProved,
      Instant openedAt,
      @Nullable Instant dueAt) {

    static Shown of(RecoveryCase recovery) {
      return new Shown(
          recovery.id().value(),
          recovery.kind().key(),
          recovery.state().key(),
          recovery.newAddress().map(EmailAddress::value).orElse(null),
          recovery.addressProvedAt().isPresent(),
          recovery.openedAt(),
          recovery.dueAt().orElse(null));
    }
  }

  private record Clicked(@Nullable String link) {}

  @Override
  public void addEndpoints() {
    api.get("/recovery-cases", this::open);
    api.post("/recovery-cases/{case}/veto", this::veto);
    api.post("/recovery-cases/veto", this::vetoByLink);
    api.post("/recovery-cases/confirm", this::prove);
  }

  private void open(Context ctx) {
    ctx.json(new Open(recoverAccess.openOf(api.signedIn(ctx)).stream().map(Shown::of).toList()));
  }

  private void veto(Context ctx) {
    var who = api.signedIn(ctx);
    api.readNothing(ctx);
    recoverAccess.veto(who, Query.recoveryCase(ctx));
    ctx.status(204);
  }

  private void vetoByLink(Context ctx) {
    recoverAccess.veto(link(ctx));
    ctx.status(204);
  }

  private void prove(Context ctx) {
    recoverAccess.prove(link(ctx));
    ctx.status(204);
  }

  private static @Nullable Secret link(Context ctx) {
    return Secret.parse(Json.read(ctx, Clicked.class).link()).orElse(null);
  }
}
