package org.holdfast.web.linkedaccount;

import static com.google.common.base.Strings.nullToEmpty;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.linkedaccount.LinkAccounts.Departure;
import org.holdfast.application.linkedaccount.LinkAccounts.LinkMade;
import org.holdfast.application.linkedaccount.LinkAccounts.Linked;
import org.holdfast.application.linkedaccount.LinkAccounts.SignedInBy;
import org.holdfast.application.linkedaccount.LinkAccounts.SteppedUp;
import org.holdfast.domain.Secret;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Visit;
import org.holdfast.web.signin.SignInApi;
import org.jspecify.annotations.Nullable;

/**
 * Linked accounts, as JSON. Providers send browsers back to the portal's address; a front of the
 * host's own that serves that path hands on here what came along.
 */
public final class LinkApi implements EndpointGroup {

  private final Api api;
  private final LinkAccounts linkAccounts;

  public LinkApi(Api api, LinkAccounts linkAccounts) {
    this.api = api;
    this.linkAccounts = linkAccounts;
  }

  private record Coded(@Nullable String code) {}

  private record CameBack(
      @Nullable String browser,
      @Nullable String state,
      @Nullable String code,
      @Nullable String device) {}

  /** A provider that can be used here. */
  public record Provider(String key, String label, boolean provesFreshness) {}

  /** All of them. */
  public record Providers(List<Provider> providers) {}

  /**
   * Where a browser is to be sent.
   *
   * @param browser what has to come back together with the state; only that browser may hold it
   */
  public record Leaving(String authorizationUri, String browser) {}

  /** An account elsewhere that is linked to the caller's. */
  public record Shown(
      UUID id, String provider, String label, Instant linkedAt, @Nullable Instant lastUsedAt) {}

  /** All of them, oldest first. */
  public record All(List<Shown> links) {}

  /** The account there is linked from now on. */
  public record Made(String linked) {}

  @Override
  public void addEndpoints() {
    api.get("/providers", this::providers);
    api.post("/providers/{provider}/sign-in", this::leaveToSignIn);
    api.post("/providers/{provider}/link", this::leaveToLink);
    api.post("/providers/{provider}/step-up", this::leaveToStepUp);
    api.post("/providers/{provider}/return", this::comeBack);
    api.get("/links", this::list);
    api.delete("/links/{link}", this::unlink);
  }

  private void providers(Context ctx) {
    ctx.json(
        new Providers(
            linkAccounts.offered().stream()
                .map(p -> new Provider(p.key(), p.label(), p.provesFreshness()))
                .toList()));
  }

  private void leaveToSignIn(Context ctx) {
    api.readNothing(ctx);
    tell(ctx, linkAccounts.beginSignIn(ctx.pathParam("provider"), "", api.origin(ctx)));
  }

  private void leaveToLink(Context ctx) {
    var who = api.signedIn(ctx);
    api.readNothing(ctx);
    tell(ctx, linkAccounts.beginLink(who, ctx.pathParam("provider")));
  }

  private void leaveToStepUp(Context ctx) {
    var who = api.signedIn(ctx);
    var typed = Json.read(ctx, Coded.class);
    tell(ctx, linkAccounts.beginStepUp(who, ctx.pathParam("provider"), typed.code(), ""));
  }

  private static void tell(Context ctx, Departure departure) {
    ctx.status(201).json(new Leaving(departure.to().toString(), departure.browser().value()));
  }

  private void comeBack(Context ctx) {
    var typed = Json.read(ctx, CameBack.class);
    var visit = api.visit(ctx);
    var back =
        linkAccounts.comeBack(
            ctx.pathParam("provider"),
            Secret.parse(typed.browser()),
            Secret.parse(typed.state()),
            nullToEmpty(typed.code()),
            visit.who(),
            visit.session().map(Visit.Session::token),
            Secret.parse(typed.device()),
            api.origin(ctx));
    if (back instanceof SignedInBy by) {
      SignInApi.tell(ctx, by.outcome());
    } else if (back instanceof LinkMade made) {
      ctx.json(new Made(made.label()));
    } else if (back instanceof SteppedUp up) {
      Api.renewed(ctx, up.token());
    }
  }

  private void list(Context ctx) {
    ctx.json(new All(linkAccounts.list(api.signedIn(ctx)).stream().map(LinkApi::shown).toList()));
  }

  private void unlink(Context ctx) {
    linkAccounts.unlink(api.signedIn(ctx), LinkRoutes.link(ctx));
    ctx.status(204);
  }

  private static Shown shown(Linked linked) {
    return new Shown(
        linked.id(),
        linked.provider(),
        linked.label(),
        linked.linkedAt(),
        linked.lastUsedAt().orElse(null));
  }
}
