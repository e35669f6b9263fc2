package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.util.Set;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class JsonTest {

  record Inner(@Nullable String city) {}

  record Given(
      @Nullable String name,
      @Nullable Set<String> ticks,
      @Nullable Inner inner,
      @Nullable Integer number) {}

  private static final InMemoryHoldfast MEMORY = new InMemoryHoldfast();
  private static final Javalin SERVER =
      Javalin.create(
              config -> {
                config.jetty.host = "127.0.0.1";
                config.jetty.port = 0;
                new Web(MEMORY.holdfast, MEMORY.clock, proxy -> false).configure(config);
                config.routes.apiBuilder(
                    () ->
                        io.javalin.apibuilder.ApiBuilder.post(
                            "/api/echo", ctx -> ctx.json(Json.read(ctx, Given.class))));
              })
          .start();

  @AfterAll
  static void stop() {
    SERVER.stop();
  }

  private final Browser program = new Browser("http://127.0.0.1:" + SERVER.port());

  private Browser.Answer post(String json) {
    return program.postBody("/api/echo", "application/json", json);
  }

  @Test
  void what_is_understood_is_read() {
    var answer =
        post("{\"name\":\"Ada\",\"ticks\":[\"a\"],\"inner\":{\"city\":\"Turin\"},\"number\":3}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"Turin\"");
  }

  @Test
  void everything_else_is_refused_by_the_name_of_its_field_and_never_repeated() {
    refused("{\"colour\":\"mauve\"}", "unknown_field", "colour");
    refused("{\"inner\":{\"colour\":\"mauve\"}}", "unknown_field", "inner.colour");
    refused("{\"name\":\"mauve\",\"name\":\"mauve\"}", "doubled_field", "name");
    refused("{\"inner\":{\"city\":\"mauve\",\"city\":\"mauve\"}}", "doubled_field", "inner.city");
    refused("{\"name\":5}", "wrong_type", "name");
    refused("{\"name\":true}", "wrong_type", "name");
    refused("{\"name\":1.5}", "wrong_type", "name");
    refused("{\"name\":[\"mauve\"]}", "wrong_type", "name");
    refused("{\"name\":{\"$ne\":\"mauve\"}}", "wrong_type", "name");
    refused("{\"number\":\"7\"}", "wrong_type", "number");
    refused("{\"number\":1.5}", "wrong_type", "number");
    refused("{\"number\":99999999999999}", "wrong_type", "number");
    refused("{\"ticks\":\"mauve\"}", "wrong_type", "ticks");
    refused("{\"ticks\":[3]}", "wrong_type", "ticks.0");
    refused("{\"inner\":\"\"}", "wrong_type", "inner");
    refused("{\"name\":\"mauve\"} {}", "not_readable", "");
    refused("{\"name\":\"mauve", "not_readable", "name");
    refused("{'name':1}", "not_readable", "");
    refused("", "not_readable", "");
    refused("null", "wrong_type", "");
    refused("[]", "wrong_type", "");
    refused("\"mauve\"", "wrong_type", "");
    refused("{\"inner\":".repeat(50), "not_readable", null);
  }

  @Test
  void what_is_no_utf8_is_refused() {
    var bytes = new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xff, '"', '}'};
    assertThat(program.postBody("/api/echo", "application/json", bytes).status()).isEqualTo(400);
  }

  @Test
  void it_must_say_that_it_is_json_and_be_no_larger_than_fits() {
    assertThat(program.postBody("/api/echo", "text/plain", "{}").status()).isEqualTo(415);
    assertThat(post("{\"name\":\"" + "x".repeat(Body.MAX_BYTES) + "\"}").status()).isEqualTo(413);
    assertThat(post("{\"number\":1" + "0".repeat(1000) + "}").status()).isEqualTo(400);
  }

  @RepeatedTest(20)
  void a_large_body_gets_its_answer_and_not_a_broken_connection() {
    var megabyte = "x".repeat(1 << 20);
    assertThat(post(megabyte).status()).isEqualTo(413);
    assertThat(program.postBody("/api/echo", "text/plain", megabyte).status()).isEqualTo(415);
    assertThat(program.postBody("/api/nothing", "application/json", megabyte).status())
        .isEqualTo(404);
  }

  @Test
  void a_no_is_a_problem_in_json() {
    var answer = program.get("/api/nothing");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("\"reason\":\"status_404\"");
  }

  private void refused(String json, String rule, @Nullable String field) {
    var answer = post(json);
    assertThat(answer.status()).as(json + " " + answer.body()).isEqualTo(400);
    assertThat(answer.body()).as(json).contains("\"" + rule + "\"").doesNotContain("mauve");
    if (field != null) {
      assertThat(answer.body()).as(json).contains("\"field\":\"" + field + "\"");
    }
  }
}
