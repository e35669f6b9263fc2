package org.holdfast.web;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.UserId;
import org.holdfast.persistence.Databases;
import org.jspecify.annotations.Nullable;

/** A portal that listens on loopback, with everything behind it in memory. */
public final class Running implements AutoCloseable {

  public final InMemoryHoldfast memory;
  public final int port;
  private final Consumer<UserId> forgetPassword;
  private final Javalin server;

  private Running(UnaryOperator<Policy> policy, String publicUrl, Set<String> trustedProxies) {
    this(
        policy,
        publicUrl,
        trustedProxies,
        InMemoryHoldfast::new,
        memory -> memory.holdfast,
        () -> {},
        null);
  }

  /**
   * @param served what answers: usually that around memory
   * @param door what every request goes through first
   */
  private Running(
      UnaryOperator<Policy> policy,
      String publicUrl,
      Set<String> trustedProxies,
      Function<Policy, InMemoryHoldfast> inside,
      Function<InMemoryHoldfast, Holdfast> served,
      Runnable door,
      @Nullable DataSource database) {
    port = freePort();
    var url = URI.create(publicUrl.isEmpty() ? "http://127.0.0.1:" + port : publicUrl);
    memory = inside.apply(policy.apply(Policy.of("Example Hosting", url)));
    forgetPassword =
        user -> {
          if (database == null) {
            memory.memory.forgetPassword(user);
          } else {
            delete(database, user);
          }
        };
    var web = new Web(served.apply(memory), memory.clock, trustedProxies::contains);
    server =
        Javalin.create(
                config -> {
                  config.jetty.host = "127.0.0.1";
                  config.jetty.port = port;
                  config.routes.before(ctx -> door.run());
                  web.configure(config);
                  config.routes.get("/broken", Running::fail);
                  config.routes.get("/api/broken", Running::fail);
                })
            .start();
  }

  /** With every default. */
  public static Running portal() {
    return new Running(policy -> policy, "", Set.of());
  }

  /** With every default, kept in this database. */
  public static Running on(DataSource database) {
    return node(database, policy -> policy, () -> {});
  }

  /**
   * One of several on a database.
   *
   * @param door what every request goes through first
   */
  public static Running node(DataSource database, UnaryOperator<Policy> policy, Runnable door) {
    var ids = Ids.timeOrdered(InstantSource.system(), new SecureRandom());
    var store = Databases.of(database).store(database, InMemoryHoldfast.SEALER, ids);
    return new Running(
        policy,
        "",
        Set.of(),
        decided -> new InMemoryHoldfast(decided, store),
        memory -> memory.holdfast,
        door,
        database);
  }

  /** With something decided otherwise, kept in this store, behind these proxies. */
  public static Running over(
      Store store, UnaryOperator<Policy> policy, Set<String> trustedProxies) {
    return new Running(
        policy,
        "",
        trustedProxies,
        decided -> new InMemoryHoldfast(decided, store),
        memory -> memory.holdfast,
        () -> {},
        null);
  }

  /** With every default, and something in place of what the testkit pretends. */
  public static Running serving(Function<InMemoryHoldfast, Holdfast> served) {
    return new Running(
        policy -> policy, "", Set.of(), InMemoryHoldfast::new, served, () -> {}, null);
  }

  /** With something decided otherwise. */
  public static Running portal(UnaryOperator<Policy> policy) {
    return new Running(policy, "", Set.of());
  }

  /** As if behind a proxy that customers reach by https. */
  public static Running behindProxy(String publicUrl, Set<String> trustedProxies) {
    return new Running(policy -> policy, publicUrl, trustedProxies);
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** A browser that has not been here before. */
  public Browser browser() {
    return new Browser(url());
  }

  /** A browser in which this customer, made with the password of the testkit, is signed in. */
  public Browser signedIn(String email) {
    var browser = browser();
    browser.get("/sign-in");
    var answer = browser.post("/sign-in", "email", email, "password", InMemoryHoldfast.PASSWORD);
    if (answer.status() != 303) {
      throw new IllegalStateException("could not sign in: " + answer.status());
    }
    return browser;
  }

  /** Every route there is, as "METHOD /path". */
  public Set<String> routes() {
    return server.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .map(endpoint -> endpoint.method.name() + " " + endpoint.path)
        .collect(java.util.stream.Collectors.toSet());
  }

  /** Makes a user one who has no password, as none of the use cases does yet. */
  public void forgetPassword(UserId user) {
    forgetPassword.accept(user);
  }

  private static void delete(DataSource database, UserId user) {
    try (var connection = database.getConnection();
        var delete = connection.prepareStatement("DELETE FROM passwords WHERE user_id = ?")) {
      delete.setObject(1, user.value());
      delete.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
  }

  /** As a fault of ours would. */
  private static void fail(Context ctx) {
    throw new IllegalStateException("the password of ada@example.com is mauve");
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }
}
