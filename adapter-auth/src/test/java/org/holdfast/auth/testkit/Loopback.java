package org.holdfast.auth.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A web server on this machine whose answers are given by path, and can be replaced by bad ones
 * while it runs.
 */
public final class Loopback implements AutoCloseable {

  /** How a request is answered. */
  @FunctionalInterface
  public interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  static { // else an answer's second half waits 40 ms for an acknowledgement of its first
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final HttpClient BROWSER = HttpClient.newHttpClient();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();

  public Loopback() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  public void reply(String path, Reply reply) {
    replies.put(path, reply);
  }

  /** How often this path was asked for. */
  public int asked(String path) {
    return asked.getOrDefault(path, 0);
  }

  public static Reply json(int status, String body) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    };
  }

  public static Reply redirect(URI target) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", target.toString());
      send(exchange, 302, new byte[0]);
    };
  }

  /** An answer that goes on until the other side hangs up. */
  public static Reply endless() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      var spaces = new byte[8_192];
      Arrays.fill(spaces, (byte) ' ');
      try (var body = exchange.getResponseBody()) {
        while (true) {
          body.write(spaces);
        }
      }
    };
  }

  /** No answer for as long as this server runs. */
  public Reply silence() {
    return exchange -> waitForTheEnd();
  }

  /** The beginning of an answer, and no more for as long as this server runs. */
  public Reply halfAnAnswer() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      waitForTheEnd();
    };
  }

  /** Where a browser is sent that opens this address. */
  public static URI visit(URI address) {
    try {
      var answer = BROWSER.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
      return answer
          .headers()
          .firstValue("Location")
          .map(URI::create)
          .orElseThrow(
              () -> new AssertionError("%d %s".formatted(answer.statusCode(), answer.body())));
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  /** The parameters of an address. */
  public static Map<String, String> parameters(URI address) {
    return decoded(address.getRawQuery());
  }

  static Map<String, String> form(HttpExchange exchange) throws IOException {
    return decoded(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
  }

  static Optional<String> authorization(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  static String query(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(p -> encode(p.getKey()) + "=" + encode(p.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Map<String, String> decoded(@Nullable String form) {
    return form == null || form.isEmpty()
        ? new HashMap<>()
        : Arrays.stream(form.split("&"))
            .map(field -> field.split("=", 2))
            .collect(Collectors.toMap(f -> decode(f[0]), f -> f.length == 1 ? "" : decode(f[1])));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    asked.merge(path, 1, Integer::sum);
    try (exchange) {
      replies.getOrDefault(path, json(404, "{}")).to(exchange);
    }
  }

  private void waitForTheEnd() {
    try {
      closing.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
