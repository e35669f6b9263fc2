package org.holdfast.web.freeze;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.freeze.FreezeUser;
import org.holdfast.domain.Secret;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.jspecify.annotations.Nullable;

/** "This wasn't me", as JSON. */
public final class FreezeApi implements EndpointGroup {

  private final Api api;
  private final FreezeUser freezeUser;

  public FreezeApi(Api api, FreezeUser freezeUser) {
    this.api = api;
    this.freezeUser = freezeUser;
  }

  private record Clicked(@Nullable String link) {}

  @Override
  public void addEndpoints() {
    api.post("/freeze", this::freeze);
  }

  private void freeze(Context ctx) {
    var typed = Json.read(ctx, Clicked.class);
    freezeUser.freeze(Secret.parse(typed.link()).orElse(null), api.origin(ctx));
    ctx.status(204);
  }
}
