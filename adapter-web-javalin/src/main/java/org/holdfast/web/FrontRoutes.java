package org.holdfast.web;

import static io.javalin.apibuilder.ApiBuilder.get;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.domain.Language;
import org.jspecify.annotations.Nullable;

/**
 * The front page, which is whichever comes next, the language for those who are strangers, and what
 * lies about: style, script, the API's description.
 */
final class FrontRoutes implements EndpointGroup {

  private static final byte[] OPENAPI = Assets.load("openapi.yaml");

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
    get("/openapi.yaml", FrontRoutes::describe);
    get("/.well-known/change-password", ctx -> portal.pages().go(ctx, "/change-password"));
    portal.button("/language", "/", this::speak);
  }

  /** The JSON API's own description (RFC 9512 names the type). */
  private static void describe(Context ctx) {
    ctx.contentType("application/yaml").result(OPENAPI);
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
