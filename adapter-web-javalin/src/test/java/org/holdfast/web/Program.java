package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.holdfast.domain.Secret;

/**
 * A program that calls the JSON API. Every answer it gets, and every request that is not meant to
 * be wrong, is held against the description that the server gives of itself.
 */
public final class Program {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Which operations have answered well, as "METHOD /path". */
  public static final Set<String> DONE = new ConcurrentSkipListSet<>();

  private final String url;
  private final OpenApiInteractionValidator description;
  private ImmutableMap<String, String> headers = ImmutableMap.of();

  private Program(String url, OpenApiInteractionValidator description) {
    this.url = url;
    this.description = description;
  }

  /** A program that calls the API which this portal describes. */
  public static Program of(Running portal) {
    return at(portal.url());
  }

  /** A program that calls the API which the server at this address describes. */
  public static Program at(String url) {
    var yaml = new Browser(url).get("/openapi.yaml");
    assertThat(yaml.header("Content-Type")).isEqualTo("application/yaml");
    return new Program(
        url,
        OpenApiInteractionValidator.createForInlineApiSpecification(yaml.body())
            .withLevelResolver(
                LevelResolver.create()
                    // whether a token is there is what the answer is about
                    .withLevel("validation.request.security.missing", ValidationReport.Level.IGNORE)
                    .build())
            .build());
  }

  /** An answer: its status, and the JSON in it. */
  public record Answer(int status, JsonNode json, HttpResponse<String> raw) {

    public String reason() {
      return json.path("reason").asText();
    }

    /** Each fault as "field rule", in the order told. */
    public java.util.List<String> faults() {
      return json.path("faults")
          .valueStream()
          .map(fault -> fault.path("field").asText() + " " + fault.path("rule").asText())
          .toList();
    }

    public String text(String pointer) {
      return json.at(pointer).asText();
    }

    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }
  }

  /** The same program with this bearer token. */
  public Program with(Secret token) {
    return with("Authorization", "Bearer " + token.value());
  }

  /** The same program with one more header. */
  public Program with(String name, String value) {
    var other = new Program(url, description);
    other.headers =
        ImmutableMap.<String, String>builder().putAll(headers).put(name, value).buildKeepingLast();
    return other;
  }

  public Answer get(String path) {
    return send("GET", path, "", true);
  }

  public Answer delete(String path) {
    return send("DELETE", path, "", true);
  }

  public Answer post(String path, String json) {
    return send("POST", path, json, true);
  }

  public Answer put(String path, String json) {
    return send("PUT", path, json, true);
  }

  /** Sends what breaks the description on purpose; the answer must keep to it all the same. */
  public Answer wrong(String method, String path, String json) {
    return send(method, path, json, false);
  }

  private Answer send(String method, String path, String json, boolean asDescribed) {
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    headers.forEach(request::header);
    if (!json.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    try {
      var response = CLIENT.send(request.build(), BodyHandlers.ofString());
      if (asDescribed) {
        hold(method + " " + path, description.validateRequest(described(method, path, json)));
      }
      hold(
          method + " " + path + " " + response.statusCode() + " " + response.body(),
          description.validateResponse(
              path(path), Request.Method.valueOf(method), described(response)));
      if (response.statusCode() < 300) {
        DONE.add(method + " " + path(path));
      }
      return new Answer(
          response.statusCode(),
          isJson(response) ? JSON.readTree(response.body()) : MissingNode.getInstance(),
          response);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static boolean isJson(HttpResponse<String> response) {
    return response.headers().firstValue("Content-Type").orElse("").matches(".*[/+]json(;.*)?");
  }

  private static void hold(String what, ValidationReport report) {
    assertThat(report.getMessages()).as(what).isEmpty();
  }

  private Request described(String method, String path, String json) {
    var request = new SimpleRequest.Builder(method, path(path));
    headers.forEach(request::withHeader);
    if (path.contains("?")) {
      for (var pair : path.substring(path.indexOf('?') + 1).split("&")) {
        var parts = pair.split("=", 2);
        request.withQueryParam(
            parts[0], URLDecoder.decode(parts[parts.length - 1], StandardCharsets.UTF_8));
      }
    }
    if (!json.isEmpty()) {
      request.withContentType("application/json").withBody(json);
    }
    return request.build();
  }

  private static SimpleResponse described(HttpResponse<String> response) {
    var described = SimpleResponse.Builder.status(response.statusCode());
    for (Map.Entry<String, java.util.List<String>> header : response.headers().map().entrySet()) {
      described.withHeader(header.getKey(), header.getValue());
    }
    return response.body().isEmpty()
        ? described.build()
        : described.withBody(response.body()).build();
  }

  private static String path(String pathAndQuery) {
    return pathAndQuery.replaceFirst("\\?.*", "");
  }
}
