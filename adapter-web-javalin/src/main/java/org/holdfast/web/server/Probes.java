package org.holdfast.web.server;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What those ask who keep the server running: is it alive, may it be sent requests, how is it
 * doing. Metrics are told to whoever brings the token; where none is set, to this machine only, and
 * not through a proxy on it.
 */
final class Probes {

  private static final int PATIENCE_SECONDS = 2;

  private final DataSource database;
  private final Meters meters;
  private final Optional<Settings.Secret> token;
  private volatile boolean stopping;

  Probes(DataSource database, Meters meters, Optional<Settings.Secret> token) {
    this.database = database;
    this.meters = meters;
    this.token = token;
  }

  void register(RoutesConfig routes) {
    routes.get("/health", ctx -> tell(ctx, 200, "ok"));
    routes.get("/ready", this::ready);
    routes.get("/metrics", this::metrics);
  }

  /** From now on nobody should send requests here. */
  void stopping() {
    stopping = true;
  }

  private void ready(Context ctx) {
    if (stopping) {
      tell(ctx, 503, "stopping");
    } else if (!isDatabaseThere()) {
      tell(ctx, 503, "database not reachable");
    } else {
      tell(ctx, 200, "ok"); // the schema was brought up to date before the first request
    }
  }

  private boolean isDatabaseThere() {
    try (var connection = database.getConnection()) {
      return connection.isValid(PATIENCE_SECONDS);
    } catch (SQLException notThere) {
      return false;
    }
  }

  private void metrics(Context ctx) {
    if (!mayRead(ctx)) {
      throw new NotFoundResponse();
    }
    ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(meters.scrape());
  }

  private boolean mayRead(Context ctx) {
    if (token.isPresent()) {
      var brought = ctx.header("Authorization");
      return brought != null && isSame(brought, "Bearer " + token.get().value());
    }
    return isThisMachine(ctx.req().getRemoteAddr())
        && ctx.header("X-Forwarded-For") == null
        && ctx.header("Forwarded") == null;
  }

  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isThisMachine(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress(); // an address: nothing is asked
    } catch (UnknownHostException unheardOf) {
      return false;
    }
  }

  private static void tell(Context ctx, int status, String line) {
    ctx.status(status).contentType("text/plain; charset=utf-8").result(line + "\n");
  }
}
