package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebTest {

  private Running portal = Running.portal();

  @AfterEach
  void stop() {
    portal.close();
  }

  private void overHttps(String... trustedProxies) {
    portal.close();
    portal = Running.behindProxy("https://portal.example", Set.of(trustedProxies));
  }

  @Test
  void every_answer_tells_the_browser_what_it_must_not_do() {
    portal.memory.customer("ada@example.com");
    var ada = portal.signedIn("ada@example.com");
    for (var answer :
        List.of(
            ada.get("/sign-in"),
            ada.open("/"),
            ada.get("/nothing"),
            ada.get("/accounts/1/details"),
            ada.postBody("/forgot", "text/plain", "x"),
            portal.browser().get("/"))) {
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("same-origin");
      assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
      assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
      assertThat(answer.header("Permissions-Policy")).contains("camera=()");
      assertThat(answer.header("Server")).isEmpty();
      assertThat(answer.header("Strict-Transport-Security")).isEmpty();
      assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }
  }

  @Test
  void over_https_every_cookie_belongs_to_the_host_alone() {
    overHttps();
    portal.memory.customer("ada@example.com");
    var ada = portal.browser();
    var answer =
        ada.post("/sign-in", "email", "ada@example.com", "password", InMemoryHoldfast.PASSWORD);
    assertThat(answer.cookies())
        .hasSize(2)
        .allSatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("__Host-")
                    .contains("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/")
                    .doesNotContain("Domain"));
    assertThat(answer.header("Strict-Transport-Security"))
        .isEqualTo("max-age=31536000; includeSubDomains");
    assertThat(ada.open("/").body()).contains("Ada Lovelace");
  }

  @Test
  void another_site_changes_nothing() {
    overHttps();
    var fields = new String[] {"email", "ada@example.com"};
    for (var foreign :
        List.of(
            new String[] {"Origin", "https://evil.example"},
            new String[] {"Origin", "null"},
            new String[] {"Origin", "http://portal.example"},
            new String[] {"Origin", "https://portal.example:8443"},
            new String[] {"Origin", "https://portal.example.evil.example"},
            new String[] {"Sec-Fetch-Site", "cross-site"},
            new String[] {"Sec-Fetch-Site", "same-site"},
            new String[] {"Origin", "https://portal.example", "Sec-Fetch-Site", "cross-site"})) {
      assertThat(portal.browser().with(foreign).post("/forgot", fields).status()).isEqualTo(403);
      assertThat(
              portal
                  .browser()
                  .with(foreign)
                  .send("/forgot", r -> r.method("DELETE", BodyPublishers.noBody()))
                  .status())
          .isEqualTo(403);
    }
    for (var own :
        List.of(
            new String[] {},
            new String[] {"Origin", "https://portal.example", "Sec-Fetch-Site", "same-origin"},
            new String[] {"Sec-Fetch-Site", "none"})) {
      assertThat(portal.browser().with(own).post("/forgot", fields).status()).isEqualTo(303);
    }
  }

  @Test
  void what_does_not_exist_or_is_not_for_that_says_so() {
    var stranger = portal.browser();
    assertThat(stranger.get("/nothing").status()).isEqualTo(404);
    assertThat(stranger.get("/nothing").body()).contains("Not found").doesNotContain("Javalin");
    var wrong = stranger.send("/sign-in", r -> r.method("PUT", BodyPublishers.noBody()));
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("Allow")).contains("GET", "POST");
    assertThat(stranger.send("/sign-in", r -> r.method("HEAD", BodyPublishers.noBody())).status())
        .isEqualTo(200);
    assertThat(stranger.get("/SIGN-IN").status()).isEqualTo(404);
    assertThat(stranger.get("/assets/../words_en.properties").status()).isBetween(400, 404);
    assertThat(stranger.get("/assets/portal.css").status()).isEqualTo(404);
  }

  @Test
  void assets_have_their_content_in_their_name_and_are_kept() {
    var page = portal.browser().get("/sign-in").body();
    for (var name :
        List.of(
            "portal-[0-9a-f]{16}\\.css", "portal-[0-9a-f]{16}\\.js", "icon-[0-9a-f]{16}\\.svg")) {
      var found = java.util.regex.Pattern.compile("/assets/" + name).matcher(page);
      assertThat(found.find()).isTrue();
      var asset = portal.browser().get(found.group());
      assertThat(asset.status()).isEqualTo(200);
      assertThat(asset.header("Cache-Control")).contains("immutable");
      assertThat(asset.header("X-Content-Type-Options")).isEqualTo("nosniff");
      var zipped = portal.browser().with("Accept-Encoding", "gzip").get(found.group());
      assertThat(zipped.header("Content-Encoding")).isEqualTo("gzip");
    }
  }

  @Test
  void a_page_has_nothing_inline() {
    portal.memory.customer("ada@example.com");
    var ada = portal.signedIn("ada@example.com");
    for (var path : List.of("/sign-in", "/register", "/change-password", "/account/details")) {
      assertThat(ada.open(path).body())
          .doesNotContain("<style", " style=", " onclick", " onload", "javascript:")
          .doesNotContainPattern("<script(?! src=\"/assets/)");
    }
  }

  @Test
  void a_fault_of_ours_says_nothing_of_itself() {
    for (var path : List.of("/broken", "/api/broken")) {
      var answer = portal.browser().get(path);
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.body())
          .contains("That is our fault")
          .doesNotContain("Exception", "mauve", "ada@example.com");
    }
  }

  @Test
  void a_store_that_fails_while_a_no_is_worded_is_a_fault_like_any_other() {
    var memory = portal.memory;
    var whole = memory.memory.store();
    var broken =
        whole.with(
            (OpenSessions)
                Proxy.newProxyInstance(
                    WebTest.class.getClassLoader(),
                    new Class<?>[] {OpenSessions.class},
                    (self, method, arguments) -> {
                      throw new IllegalStateException("the database is away");
                    }));
    var server =
        Javalin.create(
                config -> {
                  config.jetty.host = "127.0.0.1";
                  config.jetty.port = 0;
                  new Web(memory.over(broken), memory.clock, proxy -> false).configure(config);
                })
            .start();
    try {
      var browser = new Browser("http://127.0.0.1:" + server.port());
      browser.cookies.put("session", "A".repeat(43)); // for pages
      browser.with("Authorization", "Bearer " + "A".repeat(43)); // for the API
      for (var path : List.of("/nothing", "/profile", "/forgot/choose", "/sign-in", "/api/x")) {
        var answer = browser.get(path);
        assertThat(answer.status()).as(path).isEqualTo(500);
        assertThat(answer.body()).contains("our fault").doesNotContain("database");
      }
    } finally {
      server.stop();
    }
  }

  @Test
  void nonsense_in_the_address_or_a_cookie_is_a_plain_no() throws Exception {
    for (var path :
        List.of(
            "/sign-in?next=%",
            "/sign-in?next=%ff",
            "/sign-in?next=a&next=b",
            "/sign-in?done=a&done=b",
            "/accounts/%00/details",
            "/accounts/%252e/details",
            "/%2e%2e/sign-in",
            "/sign-in;x=y",
            "//sign-in",
            "/sign-in/",
            "/\\evil",
            "/a?%",
            "/unsubscribe?token=%00",
            "/forgot/choose?token=%00")) {
      assertThat(raw("GET " + path + " HTTP/1.1")).as(path).doesNotContain(" 500 ", "Jetty");
    }
    for (var cookie :
        List.of(
            "session=%00",
            "session=\u0001", "session=\"", "session", "=;=;", "lang=\u00ff", "a".repeat(9000))) {
      assertThat(raw("GET /sign-in HTTP/1.1\r\nCookie: " + cookie)).doesNotContain(" 500 ");
    }
    assertThat(raw("NONSENSE")).contains(" 400 ").doesNotContain("Jetty");
    assertThat(raw("GET /" + "a".repeat(20_000) + " HTTP/1.1")).contains(" 414 ");
  }

  @Test
  void the_host_header_leads_nowhere() throws Exception {
    portal.memory.customer("ada@example.com");
    var body = "email=ada%40example.com";
    raw(
        "POST /forgot HTTP/1.1\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + body.length(),
        "evil.example",
        body);
    portal.memory.runErrands();
    assertThat(portal.memory.memory.letters())
        .isNotEmpty()
        .allSatisfy(letter -> assertThat("" + letter.words()).doesNotContain("evil"));
    var away = raw("GET / HTTP/1.1", "evil.example", "");
    assertThat(away).contains("Location: /sign-in\r\n").doesNotContain("evil");
  }

  @Test
  void strangers_read_the_language_they_ask_for() {
    var german = portal.browser().with("Accept-Language", "de-AT,de;q=0.9,en;q=0.5");
    assertThat(german.get("/sign-in").body()).contains("lang=\"de\"", "Anmelden");
    assertThat(portal.browser().with("Accept-Language", "fr, *;q=0.1").get("/sign-in").body())
        .contains("lang=\"en\"");
    assertThat(portal.browser().with("Accept-Language", ";;q=x").get("/sign-in").status())
        .isEqualTo(200);
    var chosen = portal.browser();
    assertThat(chosen.post("/language", "language", "de", "next", "/forgot").location())
        .isEqualTo("/forgot");
    assertThat(chosen.get("/forgot").body()).contains("Passwort vergessen?");
    assertThat(chosen.post("/language", "language", "en", "next", "//evil.example").location())
        .isEqualTo("/");
  }

  private String raw(String head) throws IOException {
    return raw(head, "127.0.0.1", "");
  }

  private String raw(String head, String host, String body) throws IOException {
    try (var socket = new Socket("127.0.0.1", portal.port)) {
      var request = head + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n" + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
