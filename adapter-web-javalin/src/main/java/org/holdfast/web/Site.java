package org.holdfast.web;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.json.JavalinJackson;
import java.net.URI;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.holdfast.application.Policy;

/**
 * What portal and console have in common: how a server reads requests, whom it turns away, what it
 * tells browsers, and how it words a no.
 *
 * @param <V> who finds out who is asking
 */
public final class Site<V extends Visitors> {

  private final V visits;
  private final Cookies cookies;
  private final Headers headers;
  private final SameOrigin sameOrigin;
  private final Assets assets;
  private final Pages pages;
  private final Forms forms;
  private final Answers answers;

  private Site(URI url, Function<Cookies, V> visitors, Policy policy, Pages.Frame frame) {
    var https = !"http".equals(url.getScheme());
    cookies = new Cookies(https);
    visits = visitors.apply(cookies);
    headers = new Headers(https);
    sameOrigin = new SameOrigin(url);
    assets = new Assets();
    pages = new Pages(assets, visits, policy, frame);
    forms = new Forms(visits);
    answers = new Answers(pages, visits);
  }

  /** The portal's, reached at the policy's base URI. */
  static Site<Visits> portal(Policy policy, Function<Cookies, Visits> visitors) {
    return new Site<>(policy.baseUri(), visitors, policy, Pages.Frame.PORTAL);
  }

  /** The console's, reached at the desk's URI. */
  public static <V extends Visitors> Site<V> console(Policy policy, Function<Cookies, V> visitors) {
    return new Site<>(policy.desk().uri(), visitors, policy, Pages.Frame.CONSOLE);
  }

  public V visits() {
    return visits;
  }

  public Cookies cookies() {
    return cookies;
  }

  public Assets assets() {
    return assets;
  }

  public Pages pages() {
    return pages;
  }

  public Forms forms() {
    return forms;
  }

  /** Puts these routes into a server, behind all that is the same for each. */
  public void configure(JavalinConfig config, EndpointGroup routes) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.maxRequestSize = Body.MAX_BYTES;
    config.http.prefer405over404 = true;
    // A page holds its form's token and what was typed: compressed, its length would tell of both.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.router.treatMultipleSlashesAsSingleSlash = false;
    config.jsonMapper(new JavalinJackson(Json.strict(), false));
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setSendServerVersion(false);
          http.setSendXPoweredBy(false);
          http.setRequestHeaderSize(16 * 1024);
        });
    config.jetty.modifyServer(server -> server.setErrorHandler(this::unreadable));
    config.routes.before(headers);
    config.routes.before(sameOrigin);
    answers.register(config.routes);
    config.routes.apiBuilder(routes);
  }

  /** What cannot even be read as HTTP gets one line, as it never comes to a route. */
  private boolean unreadable(Request request, Response response, Callback callback) {
    headers.all().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    Content.Sink.write(response, true, "This request could not be read.\n", callback);
    return true;
  }
}
