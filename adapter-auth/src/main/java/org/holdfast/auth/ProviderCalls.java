package org.holdfast.auth;

import com.google.common.net.InetAddresses;
import com.google.common.net.UrlEscapers;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.jspecify.annotations.Nullable;

/**
 * Calls to a provider: each answered as a whole within a deadline or not at all, with an answer of
 * bounded size, and without following where a redirect leads. What goes wrong is told in words of
 * ours only, since a provider's may hold what was sent to it.
 */
final class ProviderCalls {

  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int LARGEST = 256 * 1024; // a large provider's keys take a tenth of it

  private final Duration patience;
  private final HttpClient client;

  ProviderCalls(Duration patience) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
  }

  Answer get(URI address, Optional<String> authorization) throws Unavailable {
    return send(HttpRequest.newBuilder(address).GET(), authorization);
  }

  Answer post(URI address, String form, Optional<String> authorization) throws Unavailable {
    return send(
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)),
        authorization);
  }

  /** Names and values as they stand in a form, or behind an address's question mark. */
  static String form(Map<String, String> fields) {
    var escaper = UrlEscapers.urlFormParameterEscaper();
    return fields.entrySet().stream()
        .map(field -> escaper.escape(field.getKey()) + "=" + escaper.escape(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** May secrets travel there: encrypted, or without leaving this machine? */
  static boolean isGuarded(URI address) {
    var host = address.getHost();
    if (host == null || address.getRawUserInfo() != null || address.getRawFragment() != null) {
      return false;
    }
    return "https".equals(address.getScheme())
        || ("http".equals(address.getScheme()) && isLoopback(host));
  }

  private static boolean isLoopback(String host) {
    return InetAddresses.isUriInetAddress(host)
        ? InetAddresses.forUriString(host).isLoopbackAddress()
        : host.equals("localhost");
  }

  private Answer send(HttpRequest.Builder request, Optional<String> authorization)
      throws Unavailable {
    request.header("Accept", "application/json");
    authorization.ifPresent(who -> request.header("Authorization", who));
    // The request's own time-out would end with the headers; this one covers the body as well.
    var asked = client.sendAsync(request.build(), headers -> new Gathering());
    try {
      var response = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.body());
    } catch (TimeoutException slow) {
      throw new Unavailable("no answer within %d ms".formatted(patience.toMillis()));
    } catch (ExecutionException failed) {
      throw new Unavailable("no answer: %s".formatted(kind(failed)));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for an answer");
    } finally {
      asked.cancel(true);
    }
  }

  /** Only the kind of failure: its message may hold an address. */
  private static String kind(ExecutionException failed) {
    var cause = failed.getCause();
    return (cause == null ? failed : cause).getClass().getSimpleName();
  }

  /** What came back. It does not print. */
  record Answer(int status, String body) {

    /**
     * @throws Unavailable when it is no JSON object
     */
    Map<String, Object> json() throws Unavailable {
      Map<String, Object> read;
      try {
        read = JSONObjectUtils.parse(body);
      } catch (ParseException | RuntimeException garbled) {
        throw new Unavailable("answer %d is no JSON".formatted(status));
      }
      if (read == null) { // the library's word for a lone null
        throw new Unavailable("answer %d is no JSON".formatted(status));
      }
      return read;
    }

    /** The text under this name, unless there is none, or something else. */
    static Optional<String> text(Map<String, Object> json, String name) {
      return json.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    @Override
    public String toString() {
      return "Answer[%d]".formatted(status);
    }
  }

  /** Gathers an answer, and hangs up once it grows too large. */
  private static final class Gathering implements BodySubscriber<String> {

    private final CompletableFuture<String> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription line;

    @Override
    public CompletionStage<String> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      line = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      for (var part : parts) {
        if (part.remaining() > LARGEST - bytes.size()) {
          hangUp();
          return;
        }
        var piece = new byte[part.remaining()];
        part.get(piece);
        bytes.writeBytes(piece);
      }
    }

    private void hangUp() {
      if (line != null) {
        line.cancel();
      }
      whole.completeExceptionally(new TooLarge());
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  private static final class TooLarge extends IOException {}
}
