package org.holdfast.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.Handler;
import java.net.URI;
import java.util.Set;

/**
 * Turns away what another site makes a browser send. Browsers say where a request was made
 * (Sec-Fetch-Site, and Origin for everything but GET); programs say neither, and have no cookies to
 * abuse.
 */
final class SameOrigin implements Handler {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final String own;

  SameOrigin(URI publicUrl) {
    this.own = origin(publicUrl);
  }

  @Override
  public void handle(Context ctx) {
    if (SAFE.contains(ctx.req().getMethod())) {
      return;
    }
    var origin = ctx.header("Origin");
    var site = ctx.header("Sec-Fetch-Site");
    var ownOrigin = origin == null || origin.equals(own);
    var ownSite = site == null || site.equals("same-origin") || site.equals("none");
    if (!ownOrigin || !ownSite) {
      throw new ForbiddenResponse("cross-site");
    }
  }

  private static String origin(URI url) {
    var port = url.getPort();
    return url.getScheme() + "://" + url.getHost() + (isDefault(url, port) ? "" : ":" + port);
  }

  private static boolean isDefault(URI url, int port) {
    return port == -1 || port == ("https".equals(url.getScheme()) ? 443 : 80);
  }
}
