package org.holdfast.auth;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A validation server that does what a test tells it, on a connection each. */
final class MadeUpServer implements AutoCloseable {

  /** What it does about a question. Afterwards the connection is closed. */
  interface Conduct {
    void answer(Map<String, String> question, Socket to) throws Exception;
  }

  static final String API_KEY = "a2V5IG9mIHR3ZW50eSBieXRlcw==";

  private final ServerSocket server;
  private final Conduct conduct;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  final ConcurrentLinkedQueue<Map<String, String>> questions = new ConcurrentLinkedQueue<>();

  MadeUpServer(Conduct conduct) {
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.conduct = conduct;
    threads.execute(this::serve);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/wsapi/2.0/verify");
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        threads.execute(() -> converse(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      var first = in.readLine();
      for (var line = first; line != null && !line.isEmpty(); line = in.readLine()) {
        // the head says nothing more that matters
      }
      if (first != null) {
        var question = question(first);
        questions.add(question);
        conduct.answer(question, socket);
      }
    } catch (Exception leftOrDone) {
      // a client that leaves is what some tests are about; they look for themselves
    }
  }

  private static Map<String, String> question(String requestLine) {
    var query = requestLine.substring(requestLine.indexOf('?') + 1, requestLine.lastIndexOf(' '));
    return Splitter.on('&')
        .withKeyValueSeparator(Splitter.on('=').limit(2))
        .split(query)
        .entrySet()
        .stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                part -> URLDecoder.decode(part.getValue(), StandardCharsets.UTF_8)));
  }

  /** The lines of an answer that says yes, or another status. */
  static TreeMap<String, String> lines(Map<String, String> question, String status) {
    return new TreeMap<>(
        ImmutableMap.of(
            "t",
            "2026-11-24T15:44:08Z0474",
            "otp",
            question.getOrDefault("otp", ""),
            "nonce",
            question.getOrDefault("nonce", ""),
            "sl",
            "100",
            "status",
            status));
  }

  /** An answer with a signature before it. */
  static String signed(Map<String, String> lines) {
    return "h=" + signature(lines, API_KEY) + "\r\n" + unsigned(lines);
  }

  static String unsigned(Map<String, String> lines) {
    return lines.entrySet().stream()
        .map(line -> line.getKey() + "=" + line.getValue() + "\r\n")
        .collect(Collectors.joining());
  }

  static String signature(Map<String, String> lines, String apiKey) {
    var text =
        new TreeMap<>(lines)
            .entrySet().stream()
                .map(line -> line.getKey() + "=" + line.getValue())
                .collect(Collectors.joining("&"));
    try {
      var mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(apiKey), "HmacSHA1"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  /** Sends a whole answer. */
  static void send(Socket to, String status, String body) throws IOException {
    say(
        to,
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(status, body.length(), body));
  }

  /** Sends these bytes and no more. */
  static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    to.getOutputStream().flush();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
