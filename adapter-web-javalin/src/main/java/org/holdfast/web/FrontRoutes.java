package org.holdfast.web;

import static io.javalin.apibuilder.ApiBuilder.get;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.domain.Language;
import org.jspecify.annotations.Nullable;

/** The front page, which is whichever comes next, and the language for those who are strangers. */
final class FrontRoutes implements EndpointGroup {

  private final Portal portal;
  private final Assets assets;

  FrontRoutes(Portal portal, Assets assets) {
    this.portal = portal;
    this.assets = assets;
  }

  private record Spoken(@Nullable String language, @Nullable String next) {}

  @Override
  public void addEndpoints() {
    get("/", this::front);
    get("/assets/{file}", assets::send);
    get("/.well-known/change-password", ctx -> portal.pages().go(ctx, "/change-password"));
    portal.button("/language", "/", this::speak);
  }

  private void front(Context ctx) {
    portal.visits().of(ctx).signedIn();
    portal.pages().go(ctx, "/account/details");
  }

  private void speak(Context ctx) {
    var spoken = portal.forms().read(ctx, Spoken.class).as(Spoken.class);
    Language.parse(spoken.language()).ifPresent(l -> portal.visits().speak(ctx, l));
    portal.pages().go(ctx, Back.to(spoken.next()));
  }
}
