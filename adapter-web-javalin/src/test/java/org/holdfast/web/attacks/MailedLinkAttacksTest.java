package org.holdfast.web.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.web.Browser;
import org.holdfast.web.Desk;
import org.junit.jupiter.api.Test;

/** Links in letters: resetting a password, invitations, changes of address. */
class MailedLinkAttacksTest extends Attack {

  private static final String RESET = "/api/v1/password/reset";

  /** CVE-2026-18963 (Keycloak): steps in another order passed the mailbox by. */
  @Test
  void no_order_of_steps_sets_a_password_without_the_link() {
    addToken();
    var none = "%043d".formatted(1);
    var steps =
        List.<Consumer<Browser>>of(
            b -> b.post("/forgot", "email", ADA),
            b -> memory.runErrands(),
            b -> b.get("/forgot/choose"),
            b -> b.get("/forgot/choose?token="),
            b -> b.get("/forgot/choose?token=" + none),
            b -> b.post("/forgot/choose", "newPassword", CHOSEN),
            b -> b.post("/forgot/choose", "newPassword", CHOSEN, "token", none),
            b -> b.post("/forgot/choose", "newPassword", CHOSEN, "email", ADA),
            b -> b.cookies.put("reset", b.cookie("pending").orElse("")),
            b -> b.post("/welcome", "newPassword", CHOSEN),
            b -> b.post("/email/confirm"),
            b -> b.post("/email/undo"),
            b -> b.post("/freeze"),
            b -> b.get("/sign-in/code"),
            b -> b.post("/sign-in/code", "code", "000000"),
            b -> b.get("/sign-in/set-up"),
            b -> call(b, "POST", RESET, "{'newPassword':'%s'}".formatted(CHOSEN)),
            b -> call(b, "POST", RESET, "{'token':null,'newPassword':'%s'}".formatted(CHOSEN)),
            b -> signIn(b, ADA, CHOSEN));
    for (var seed = 1; seed <= 30; seed++) {
      var order = new ArrayList<>(steps);
      Collections.shuffle(order, new Random(seed));
      var stranger = portal.browser();
      order.forEach(step -> step.accept(stranger));
      assertThat(stranger.cookie("session")).as("order %d", seed).isEmpty();
    }
    assertThat(memory.letters(Letter.Kind.PASSWORD_CHANGED)).isEmpty();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isNotEmpty();
    memory.clock.pass(Duration.ofHours(1)); // as long as the wrong passwords above cost
    assertThat(signIn(portal.browser(), ADA, PASSWORD).location()).startsWith("/sign-in/code");
  }

  /** CVE-2023-7028 (GitLab), CVE-2017-18908 (Mattermost): the link went to another address too. */
  @Test
  void a_reset_link_goes_to_nobody_besides() {
    memory.customer(EVE);
    for (var email :
        List.of(
            "['ada@example.com','eve@example.com']",
            "{'0':'ada@example.com','1':'eve@example.com'}",
            "'ada@example.com,eve@example.com'",
            "'ada@example.com;eve@example.com'",
            "'ada@example.com eve@example.com'",
            "'ada@example.com\\nBcc: eve@example.com'",
            "'ada@example.com\\u0000eve@example.com'",
            "'<ada@example.com> eve@example.com'",
            "'ada@example.com','email':'eve@example.com'",
            "'ada@example.com','to':'eve@example.com'",
            "null",
            "0")) {
      var no = call("POST", "/api/v1/password/forgot", "{'email':%s}".formatted(email));
      assertThat(no.status()).as(email).isBetween(400, 422);
    }
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
  }

  /**
   * CVE-2026-124020 (Control Web Panel), GHSA-qwg2-rf9c-v87f (Vesta), CVE-2017-9303 (Laravel),
   * CVE-2025-64101 (Zitadel): the link led to whichever host the request named, and a mail
   * scanner's click was enough.
   */
  @Test
  void a_link_leads_nowhere_a_request_says_and_does_nothing_when_a_scanner_opens_it() {
    var body = "email=ada%40example.com";
    for (var line : List.of("POST /forgot", "POST http://evil.example/forgot")) {
      var answer =
          raw(
              line
                  + " HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
                  + "X-Forwarded-Server: evil.example\r\nX-Original-URL: //evil.example\r\n"
                  + "X-Forwarded-Proto: ftp\r\nForwarded: host=evil.example;proto=ftp\r\n"
                  + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                  + body.length()
                  + "\r\nConnection: close\r\n\r\n"
                  + body);
      assertThat(answer).contains("Location: /forgot/sent").doesNotContain("evil");
    }
    memory.runErrands();
    var letters = memory.letters(Letter.Kind.RESET_LINK);
    assertThat(letters)
        .hasSize(2)
        .allSatisfy(
            letter ->
                assertThat("" + letter.words())
                    .contains("link=" + portal.url() + "/forgot/choose?token=")
                    .doesNotContain("evil"));
    var link = mailed(Letter.Kind.RESET_LINK);
    for (var i = 0; i < 3; i++) {
      assertThat(portal.browser().open("/forgot/choose?token=" + link).status()).isEqualTo(200);
      portal
          .browser()
          .send(
              "/forgot/choose?token=" + link,
              r -> r.method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()));
    }
    assertThat(reset(quoted(link)).status()).isEqualTo(200);
  }

  private String raw(String request) {
    try (var socket = new Socket("127.0.0.1", portal.port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** CVE-2025-69614 (Telekom account portal): a token for one thing was taken for another. */
  @Test
  void a_link_for_one_thing_opens_no_other() {
    var session = memory.begin(ADA).token().value();
    var program = with(session);
    call(program, "POST", "/api/v1/profile/email-change", "{'email':'ada@new.example'}");
    var undo = memory.lastLink(Letter.Kind.EMAIL_CHANGE_ASKED).orElseThrow().value();
    var confirm = mailed(Letter.Kind.CONFIRM_EMAIL_CHANGE);
    var contact = "{'name':'Zoe','email':'z@example.com','categories':['invoices']}";
    call(program, "POST", "/api/v1/accounts/" + ada.number() + "/contacts", contact);
    portal.browser().post("/forgot", "email", ADA);
    var reset = mailed(Letter.Kind.RESET_LINK);
    memory.holdfast.openAccount().open(InMemoryHoldfast.opening("carol@example.com"));
    var desk = new Desk(memory);
    desk.lostMailbox(ada, "ada@elsewhere.example");
    var invitation = memory.holdfast.keepStaff().inviteFromCommandLine("Max", "max@desk.example");
    var tokens =
        ImmutableMap.<Purpose, String>builder()
            .put(Purpose.RESET_PASSWORD, reset)
            .put(Purpose.WELCOME, mailed(Letter.Kind.WELCOME))
            .put(Purpose.CONFIRM_EMAIL_CHANGE, confirm)
            .put(Purpose.UNDO_EMAIL_CHANGE, undo)
            .put(Purpose.CONFIRM_CONTACT, mailed(Letter.Kind.CONFIRM_CONTACT))
            .put(Purpose.FREEZE, notMe(Letter.Kind.NEW_DEVICE))
            .put(Purpose.CONFIRM_CASE_ADDRESS, mailed(Letter.Kind.CONFIRM_CASE_ADDRESS))
            .put(Purpose.VETO_CASE, desk.link(Letter.Kind.CASE_OPENED, "vetoLink").value())
            .put(Purpose.STAFF_INVITATION, invitation.substring(invitation.indexOf("token=") + 6))
            .buildOrThrow();
    var password = "{'token':'%s','newPassword':'" + CHOSEN + "'}";
    var doors =
        ImmutableMap.<Purpose, List<String>>builder()
            .put(Purpose.RESET_PASSWORD, List.of(RESET, password))
            .put(Purpose.WELCOME, List.of("/api/v1/registrations/confirm", password))
            .put(
                Purpose.CONFIRM_EMAIL_CHANGE,
                List.of("/api/v1/email-changes/confirm", "{'token':'%s'}"))
            .put(Purpose.UNDO_EMAIL_CHANGE, List.of("/api/v1/email-changes/undo", "{'token':'%s'}"))
            .put(Purpose.CONFIRM_CONTACT, List.of("/api/v1/contacts/confirm", "{'token':'%s'}"))
            .put(
                Purpose.CONFIRM_CASE_ADDRESS,
                List.of("/api/v1/recovery-cases/confirm", "{'link':'%s'}"))
            .put(Purpose.VETO_CASE, List.of("/api/v1/recovery-cases/veto", "{'link':'%s'}"))
            .put(Purpose.FREEZE, List.of("/api/v1/freeze", "{'link':'%s'}")) // stops cases too
            .buildOrThrow();
    tokens.forEach(
        (purpose, token) -> {
          doors.forEach(
              (door, call) -> {
                if (door != purpose) {
                  var answer = call("POST", call.get(0), call.get(1).formatted(token));
                  assertThat(reason(answer))
                      .as("%s at %s", purpose, door)
                      .isEqualTo("link_not_valid");
                }
              });
          assertThat(call(with(token), "GET", "/api/v1/profile", "").status()).isEqualTo(401);
          assertThat(reason(call("POST", "/api/v1/sessions/factor", shown(token, "000000"))))
              .isEqualTo("sign_in_expired");
        });
    assertThat(call(program, "GET", "/api/v1/profile", "").status()).isEqualTo(200);
    assertThat(tokens.keySet()).hasSize(Purpose.values().length - 1); // REGISTER is at WELCOME's
    doors.forEach(
        (door, call) ->
            assertThat(call("POST", call.get(0), call.get(1).formatted(tokens.get(door))).status())
                .as("%s at its own", door)
                .isIn(
                    List.of(Purpose.CONFIRM_EMAIL_CHANGE, Purpose.UNDO_EMAIL_CHANGE).contains(door)
                        ? List.of(410) // the new password stopped the change
                        : List.of(200, 204)));
  }

  /** CVE-2019-16109 (Devise), CVE-2013-0233 (Devise), CVE-2026-27840 (Zitadel): none was enough. */
  @Test
  void nothing_and_half_of_a_link_open_nothing() {
    portal.browser().post("/forgot", "email", ADA);
    var link = mailed(Letter.Kind.RESET_LINK);
    for (var token :
        List.of(
            "''",
            "null",
            "0",
            "true",
            "[]",
            "['%s']".formatted(link),
            "{}",
            "{'$ne':1}",
            quoted(link.substring(1)),
            quoted(link.substring(0, 42)),
            quoted(link + "A"),
            quoted(link + " "),
            quoted(" " + link),
            quoted(link + "\\u0000"),
            quoted(link + "\\n"),
            quoted("%"),
            quoted("_".repeat(43)))) {
      assertThat(reset(token).status()).as(token).isIn(400, 410, 422);
    }
    for (var cookie : List.of("", "null", link.substring(0, 42), link + "A", "%00", "*")) {
      var browser = portal.browser();
      browser.cookies.put("reset", cookie);
      assertThat(browser.post("/forgot/choose", "newPassword", CHOSEN).status()).isIn(410, 429);
    }
    assertThat(reset(quoted(link)).status()).isEqualTo(200);
  }

  private Browser.Answer reset(String token) {
    return call("POST", RESET, "{'token':%s,'newPassword':'%s'}".formatted(token, CHOSEN));
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
