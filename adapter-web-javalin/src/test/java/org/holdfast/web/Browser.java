package org.holdfast.web;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of a browser as a test needs: it keeps cookies and the token of the form it last saw. */
public final class Browser {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern TOKEN = Pattern.compile("name=\"formToken\" value=\"([^\"]+)\"");

  public final Map<String, String> cookies = new LinkedHashMap<>();
  private final String url;
  private String formToken = "";
  private ImmutableMap<String, String> headers = ImmutableMap.of();

  public Browser(String url) {
    this.url = url;
  }

  /** An answer, as far as tests look at it. */
  public record Answer(int status, String body, HttpResponse<String> raw) {

    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }

    public List<String> cookies() {
      return raw.headers().allValues("Set-Cookie");
    }

    public String location() {
      return header("Location");
    }

    @Override
    public String toString() {
      return status + " " + location() + "\n" + body;
    }
  }

  /** Sends these headers from now on. */
  public Browser with(String... namesAndValues) {
    headers = pairs(namesAndValues);
    return this;
  }

  public Answer get(String path) {
    return send(path, HttpRequest.Builder::GET);
  }

  /** Opens a page and whatever it leads to. */
  public Answer open(String path) {
    var answer = get(path);
    for (var hops = 0; answer.status() == 303 && hops < 5; hops++) {
      answer = get(answer.location());
    }
    return answer;
  }

  /** Posts a form with these fields, and the token of the form last seen. */
  public Answer post(String path, String... namesAndValues) {
    var fields = new LinkedHashMap<>(pairs(namesAndValues));
    if (!formToken.isEmpty()) {
      fields.putIfAbsent("formToken", formToken);
    }
    return postBody(path, "application/x-www-form-urlencoded", encode(fields));
  }

  /** Posts a form and opens what it leads to. */
  public Answer submit(String path, String... namesAndValues) {
    var answer = post(path, namesAndValues);
    return answer.status() == 303 ? open(answer.location()) : answer;
  }

  public Answer postBody(String path, String contentType, String body) {
    return postBody(path, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  public Answer postBody(String path, String contentType, byte[] body) {
    return send(
        path, r -> r.header("Content-Type", contentType).POST(BodyPublishers.ofByteArray(body)));
  }

  public Answer send(String path, UnaryOperator<HttpRequest.Builder> how) {
    var request = HttpRequest.newBuilder(URI.create(url + path));
    headers.forEach(request::header);
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    try {
      var response = CLIENT.send(how.apply(request).build(), BodyHandlers.ofString());
      keep(response);
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  public String formToken() {
    return formToken;
  }

  public Optional<String> cookie(String name) {
    return Optional.ofNullable(cookies.get(name));
  }

  private void keep(HttpResponse<String> response) {
    for (var line : response.headers().allValues("Set-Cookie")) {
      var pair = line.split(";", 2)[0].split("=", 2);
      if (line.contains("Expires=Thu, 01 Jan 1970")) {
        cookies.remove(pair[0]);
      } else {
        cookies.put(pair[0], pair[1]);
      }
    }
    var token = TOKEN.matcher(response.body());
    if (token.find()) {
      formToken = token.group(1);
    }
  }

  static String encode(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static ImmutableMap<String, String> pairs(String... namesAndValues) {
    var pairs = ImmutableMap.<String, String>builder();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      pairs.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return pairs.buildOrThrow();
  }
}
