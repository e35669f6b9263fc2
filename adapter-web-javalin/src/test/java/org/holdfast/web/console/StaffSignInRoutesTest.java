package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StaffSignInRoutesTest {

  private RunningConsole console = RunningConsole.console();

  @AfterEach
  void stop() {
    console.close();
  }

  private Browser.Answer signIn(Browser browser, String email, String password, String code) {
    return browser.post("/sign-in", "email", email, "password", password, "code", code);
  }

  @Test
  void staff_sign_in_with_everything_on_one_form_and_out_again() {
    var sam = console.staff(Role.AGENT);
    var browser = console.browser();
    assertThat(browser.open("/").body()).contains("name=\"email\"", "name=\"code\"", "Console");
    var answer =
        signIn(browser, sam.email(), RunningConsole.PASSWORD, console.memory.nextCode(sam.token()));
    assertThat(answer.location()).isEqualTo("/");
    assertThat(answer.cookies())
        .singleElement()
        .asString()
        .startsWith("staff-session=")
        .contains("HttpOnly", "SameSite=Lax", "Path=/");
    assertThat(browser.get("/").body())
        .contains("Who is calling?", "Sam agent", "Agent", "name=\"q\"");
    assertThat(browser.post("/sign-out").location()).isEqualTo("/sign-in?done=signed-out");
    assertThat(browser.get("/").location()).isEqualTo("/sign-in");
  }

  @Test
  void whatever_is_wrong_the_answer_is_the_same() {
    var sam = console.staff(Role.AGENT);
    var right = console.memory.nextCode(sam.token());
    var bodies =
        List.of(
            signIn(console.browser(), sam.email(), RunningConsole.PASSWORD, "000000"),
            signIn(console.browser(), sam.email(), "another password here", right),
            signIn(console.browser(), "nobody@example.com", RunningConsole.PASSWORD, right));
    assertThat(bodies)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(401);
              assertThat(answer.body()).contains("do not belong together").doesNotContain(right);
              assertThat(answer.cookies()).isEmpty();
            });
  }

  @Test
  void a_customer_is_nobody_here() {
    console.customer("ada@example.com");
    var token = console.memory.begin("ada@example.com").token().value();
    var browser = console.browser();
    browser.cookies.putAll(Map.of("session", token, "staff-session", token));
    assertThat(browser.get("/").location()).startsWith("/sign-in");
    assertThat(
            signIn(console.browser(), "ada@example.com", InMemoryHoldfast.PASSWORD, "123456")
                .status())
        .isEqualTo(401);
  }

  @Test
  void a_session_that_was_left_ends_and_says_so() {
    var browser = console.signedIn(console.staff(Role.AGENT));
    console.passTheIdleTime();
    assertThat(browser.get("/cases").location())
        .isEqualTo("/sign-in?next=/cases&done=session-ended");
    assertThat(browser.cookies).doesNotContainKey("staff-session");
  }

  @Test
  void who_signs_in_over_another_leaves_no_session_behind() {
    var sam = console.staff(Role.AGENT);
    var kim = console.staff(Role.SUPERVISOR);
    var browser = console.signedIn(sam);
    var left = browser.cookies.get("staff-session");
    browser.post(
        "/sign-in",
        "email",
        kim.email(),
        "password",
        RunningConsole.PASSWORD,
        "code",
        console.memory.nextCode(kim.token()));
    assertThat(browser.get("/").body()).contains("Sam supervisor");
    var thief = console.browser();
    thief.cookies.put("staff-session", "" + left);
    assertThat(thief.get("/").location()).startsWith("/sign-in");
  }

  @Test
  void a_form_of_another_session_is_refused() {
    var browser = console.signedIn(console.staff(Role.AGENT));
    assertThat(browser.post("/sign-out", "formToken", "x").status()).isEqualTo(403);
    assertThat(browser.get("/").status()).isEqualTo(200);
  }

  @Test
  void over_https_the_cookie_belongs_to_the_host_alone_and_another_site_changes_nothing() {
    console.close();
    console = RunningConsole.behindProxy("https://console.example");
    var sam = console.staff(Role.AGENT);
    var answer =
        signIn(
            console.browser(),
            sam.email(),
            RunningConsole.PASSWORD,
            console.memory.nextCode(sam.token()));
    assertThat(answer.cookies())
        .singleElement()
        .asString()
        .startsWith("__Host-staff-session=")
        .contains("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/");
    assertThat(answer.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
    for (var origin : List.of("https://portal.example", "https://evil.example", "null")) {
      assertThat(signIn(console.browser().with("Origin", origin), sam.email(), "x", "1").status())
          .isEqualTo(403);
    }
  }

  @Test
  void what_is_sensitive_asks_for_a_fresh_proof_and_comes_back() {
    var sam = console.staff(Role.ADMINISTRATOR);
    var browser = console.signedIn(sam);
    console.memory.clock.pass(Duration.ofMinutes(11));
    assertThat(browser.get("/staff/invite").location()).isEqualTo("/prove?next=/staff/invite");
    assertThat(browser.open("/prove?next=/staff/invite").body()).contains("Prove it is you");
    var wrong = browser.post("/prove", "password", "x", "code", "123456", "next", "/staff/invite");
    assertThat(wrong.status()).isEqualTo(422);
    var before = browser.cookies.get("staff-session");
    assertThat(
            browser
                .post(
                    "/prove",
                    "password",
                    RunningConsole.PASSWORD,
                    "code",
                    console.memory.nextCode(sam.token()),
                    "next",
                    "/staff/invite")
                .location())
        .isEqualTo("/staff/invite");
    assertThat(browser.cookies.get("staff-session")).isNotEqualTo(before);
    assertThat(browser.get("/staff/invite").body()).contains("name=\"role\"");
  }

  @Test
  void a_password_is_changed_with_the_old_one_and_a_code() {
    var sam = console.staff(Role.AGENT);
    var other = console.signedIn(sam);
    var browser = console.signedIn(sam);
    browser.get("/password");
    var wrong =
        browser.post(
            "/password",
            "currentPassword",
            "x",
            "code",
            "123456",
            "newPassword",
            "a new one of mine");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(
            browser
                .post(
                    "/password",
                    "currentPassword",
                    RunningConsole.PASSWORD,
                    "code",
                    console.memory.nextCode(sam.token()),
                    "newPassword",
                    "a new one of mine")
                .location())
        .isEqualTo("/?done=password-changed");
    assertThat(browser.get("/").status()).isEqualTo(200);
    assertThat(other.get("/").location()).startsWith("/sign-in");
  }

  @Test
  void an_invitation_is_taken_up_once() {
    var sam = console.signedIn(console.staff(Role.ADMINISTRATOR));
    sam.get("/staff/invite");
    var invited =
        sam.post(
            "/staff/invite",
            "name",
            "Kim Weaver",
            "email",
            "kim@example.com",
            "language",
            "en",
            "role",
            "agent");
    assertThat(invited.location()).isEqualTo("/staff?done=staff-invited");
    var letter = console.letter(Letter.Kind.STAFF_INVITATION).orElseThrow();
    var link = ("" + letter.words().get("link")).substring(console.url().length());
    var kim = console.browser();
    var hidden = kim.get(link);
    assertThat(hidden.status()).isEqualTo(303);
    assertThat(hidden.location()).isEqualTo("/invitation");
    var page = kim.get("/invitation");
    assertThat(page.body())
        .contains("Kim Weaver", "<svg class=\"qr\"", "otpauth://totp/")
        .doesNotContain(link.split("=")[1]);
    var secret =
        new TotpSecret(
            page.body().replaceAll("(?s).*<code>([A-Z2-7 ]+)</code>.*", "$1").replace(" ", ""));
    var weak = kim.post("/invitation", "password", "password", "code", "123456");
    assertThat(weak.status()).isEqualTo(422);
    var code = console.memory.codeNow(secret);
    assertThat(
            kim.post("/invitation", "password", "five owls plaid a kettle", "code", code)
                .location())
        .isEqualTo("/?done=staff-ready");
    assertThat(kim.get("/").body()).contains("Kim Weaver");
    assertThat(console.browser().open(link).status()).isEqualTo(410);
  }
}
