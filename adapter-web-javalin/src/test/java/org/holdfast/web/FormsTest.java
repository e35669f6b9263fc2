package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FormsTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Running PORTAL = Running.portal();

  @BeforeAll
  static void ada() {
    PORTAL.memory.customer("ada@example.com");
  }

  @AfterAll
  static void stop() {
    PORTAL.close();
  }

  private final Browser stranger = PORTAL.browser();

  private Browser.Answer post(String body) {
    return stranger.postBody("/forgot", FORM, body);
  }

  @Test
  void an_unknown_field_is_named() {
    var answer = post("email=ada%40example.com&colour=red");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("colour").doesNotContain("red<");
  }

  @Test
  void a_doubled_field_is_named() {
    var answer = post("email=a%40example.com&email=b%40example.com");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("E-mail address").doesNotContain("b@example.com");
    assertThat(post("email[]=a%40example.com&email[]=b%40example.com").status()).isEqualTo(400);
  }

  @Test
  void what_is_no_escape_or_no_utf8_is_refused() {
    for (var broken : List.of("%", "%4", "%zz", "%c3%28", "%ff", "%ed%a0%80", "%D9%A1%D9", "%٤١")) {
      assertThat(post("email=" + broken).status()).as(broken).isEqualTo(400);
      assertThat(post(broken + "=x").status()).as(broken).isEqualTo(400);
    }
    assertThat(stranger.postBody("/forgot", FORM, new byte[] {'e', '=', (byte) 0xff}).status())
        .isEqualTo(400);
  }

  @Test
  void any_text_in_a_field_is_a_plain_no() {
    for (var text :
        List.of(
            "\u0000", "a\r\nBcc: x@example.com", "\ud83d\ude80", "\u202e", "x".repeat(20_000))) {
      var answer = post("email=" + Browser.encode(text));
      assertThat(answer.status()).isEqualTo(422);
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused_however_it_is_sent() {
    var large = "email=" + "x".repeat(Body.MAX_BYTES);
    assertThat(post(large).status()).isEqualTo(413);
    var chunked =
        stranger.send(
            "/forgot",
            r ->
                r.header("Content-Type", FORM)
                    .POST(
                        java.net.http.HttpRequest.BodyPublishers.ofInputStream(
                            () ->
                                new java.io.ByteArrayInputStream(
                                    large.getBytes(StandardCharsets.US_ASCII)))));
    assertThat(chunked.status()).isEqualTo(413);
  }

  @Test
  void another_media_type_or_charset_is_refused() {
    assertThat(stranger.postBody("/forgot", "application/json", "{}").status()).isEqualTo(415);
    assertThat(stranger.postBody("/forgot", "text/plain", "email=x").status()).isEqualTo(415);
    assertThat(stranger.postBody("/forgot", FORM + "; charset=utf-16", "email=x").status())
        .isEqualTo(415);
    assertThat(stranger.postBody("/forgot", FORM + ";charset=UTF-8", "email=x").status())
        .isEqualTo(422);
  }

  @Test
  void too_many_fields_are_not_even_looked_at() {
    assertThat(post("a=&".repeat(1000)).status()).isEqualTo(400);
  }

  @Test
  void whoever_is_signed_in_sends_the_token_of_their_own_session() {
    var ada = PORTAL.signedIn("ada@example.com");
    var fields =
        ImmutableMap.of(
            "firstName", "Eve", "lastName", "Lovelace", "language", "en", "timeZone", "UTC");
    var without = ada.postBody("/profile", FORM, Browser.encode(fields));
    assertThat(without.status()).isEqualTo(403);
    ada.open("/profile");
    var other = PORTAL.signedIn("ada@example.com");
    other.open("/profile");
    assertThat(other.formToken()).isNotEqualTo(ada.formToken());
    var foreign =
        ada.postBody("/profile", FORM, Browser.encode(fields) + "&formToken=" + other.formToken());
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(PORTAL.memory.signIn("ada@example.com").user().name().first()).isEqualTo("Ada");
    var own =
        ada.postBody("/profile", FORM, Browser.encode(fields) + "&formToken=" + ada.formToken());
    assertThat(own.location()).isEqualTo("/profile?done=profile-saved");
  }

  @Test
  void the_token_is_another_one_after_each_sign_in() {
    var ada = PORTAL.signedIn("ada@example.com");
    ada.open("/sessions");
    var before = ada.formToken();
    ada.get("/sign-in");
    ada.post("/sign-in", "email", "ada@example.com", "password", InMemoryHoldfast.PASSWORD);
    ada.open("/change-password");
    assertThat(ada.formToken()).isNotEqualTo(before).isNotEmpty();
  }
}
