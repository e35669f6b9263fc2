package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallRoutesTest {

  private final RunningConsole console = RunningConsole.console();
  private final Account account = console.customer("ada@example.com");
  private final String pin = console.pinOf(account);
  private final Browser sam = console.signedIn(console.staff(Role.AGENT));
  private final String start = "/accounts/" + account.number() + "/call";

  @AfterEach
  void stop() {
    console.close();
  }

  private String call() {
    var answer = sam.post(start, "pin", pin);
    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.location()).startsWith("/calls/").doesNotContain(pin);
    return answer.location();
  }

  @Test
  void with_the_pin_the_caller_is_helped() {
    assertThat(sam.get(start).body()).doesNotContain("Ada", "example.com");
    var call = call();
    assertThat(sam.get(call).body())
        .contains("Ada Lovelace", "ada@example.com", "Engines Ltd", "may do everything on it")
        .contains("15 minutes left", "Show the PIN", "Send the link")
        .doesNotContain(pin, pin.substring(0, 3) + " " + pin.substring(3));
    assertThat(sam.get("/").body()).contains(call);

    var given = sam.post(call + "/pin");
    assertThat(given.status()).isEqualTo(200);
    assertThat(given.body()).contains(pin.substring(0, 3) + " " + pin.substring(3));
    assertThat(sam.get(call + "/pin").location()).isEqualTo(call);
    assertThat(console.letter(Letter.Kind.SUPPORT_PIN_GIVEN)).isPresent();

    var replaced = sam.post(call + "/pin/replace");
    assertThat(replaced.body()).contains("class=\"pin large\"");
    assertThat(console.letter(Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF)).isPresent();

    assertThat(sam.post(call + "/reset-link").location()).isEqualTo(call + "?done=reset-link-sent");
    assertThat(console.letter(Letter.Kind.RESET_LINK)).isPresent();

    assertThat(sam.post(call + "/end").location()).isEqualTo("/?done=call-ended");
    var over = sam.get(call);
    assertThat(over.status()).isEqualTo(403);
    assertThat(over.body()).contains("This call is over").doesNotContain("Ada");
  }

  @Test
  void a_wrong_pin_a_wrong_number_and_no_pin_sound_the_same() {
    var wrong = sam.post(start, "pin", pin.equals("123456") ? "654321" : "123456");
    var nobody = sam.post("/accounts/99999999/call", "pin", pin);
    assertThat(wrong.status()).isEqualTo(nobody.status()).isEqualTo(422);
    assertThat(wrong.body()).contains("has not proved who they are").doesNotContain("123456");
    assertThat(nobody.body()).contains("has not proved who they are");
    assertThat(sam.post(start, "pin", "").body()).contains("aria-invalid=\"true\"");
  }

  @Test
  void without_a_pin_at_hand_a_code_is_mailed_and_read_out() {
    var mailed = sam.post(start + "/code");
    assertThat(mailed.body()).contains("a•••@e•••.com").doesNotContain("ada@example.com");
    var code = "" + console.letter(Letter.Kind.SUPPORT_CODE).orElseThrow().words().get("code");
    assertThat(mailed.body()).doesNotContain(code);
    var where =
        mailed.body().replaceAll("(?s).*action=\"(" + start + "/code/[0-9a-f-]{36})\".*", "$1");
    assertThat(sam.get(where).body()).contains("name=\"code\"");
    var wrong = sam.post(where, "code", "0000 0000");
    assertThat(wrong.status()).isEqualTo(422);
    var right = sam.post(where, "code", code);
    assertThat(right.location()).startsWith("/calls/");
    assertThat(sam.get(right.location()).body())
        .contains("Verified by mailed code", "Ada Lovelace");
    assertThat(sam.post(where, "code", code).status()).isEqualTo(422);
  }

  @Test
  void who_proves_nothing_gets_a_case_and_nothing_else() {
    var call = sam.post(start + "/without-proof").location();
    var page = sam.get(call).body();
    assertThat(page)
        .contains("The caller is not verified", "Open a case", "Ask for the PIN")
        .doesNotContain("Ada", "example.com", "Engines", "Show the PIN", "Send the link");
    for (var act : new String[] {"/pin", "/pin/replace", "/reset-link", "/unlock", "/advice"}) {
      var refused = sam.post(call + act);
      assertThat(refused.status()).as(act).isEqualTo(403);
      assertThat(refused.body()).contains("does not allow this").doesNotContain("Ada");
    }
    assertThat(sam.get(call + "/customer").status()).isEqualTo(403);
    assertThat(sam.get(call + "/case").body())
        .contains("posted_code")
        .doesNotContain("caller_verified", "Ada");
  }

  @Test
  void a_call_is_nobody_elses_and_ends_after_a_quarter_of_an_hour() {
    var call = call();
    var kim = console.signedIn(console.staff(Role.ADMINISTRATOR));
    assertThat(kim.get(call).status()).isEqualTo(403);
    assertThat(kim.post(call + "/pin").status()).isEqualTo(403);
    assertThat(kim.post(call + "/end").status()).isEqualTo(403);
    console.memory.clock.pass(Duration.ofMinutes(14));
    assertThat(sam.get(call).status()).isEqualTo(200);
    console.memory.clock.pass(Duration.ofMinutes(1));
    assertThat(sam.post(call + "/reset-link").status()).isEqualTo(403);
    assertThat(console.letter(Letter.Kind.RESET_LINK)).isEmpty();
  }

  @Test
  void the_account_is_seen_as_its_customer_sees_it_and_they_are_told() {
    var view = sam.get(call() + "/customer").body();
    assertThat(view)
        .contains("read-only", "Ada Lovelace", "Contacts", "Sent mail")
        .doesNotContain("name=\"firstName\"");
    assertThat(console.letter(Letter.Kind.SEEN_AS_CUSTOMER)).isPresent();
  }

  @Test
  void what_could_lock_them_out_is_mailed() {
    console
        .memory
        .holdfast
        .checkLockOut()
        .hostDomains(account.number(), java.util.List.of("example.com"));
    var call = call();
    assertThat(sam.get(call).body()).contains("The address depends on this account");
    assertThat(sam.post(call + "/advice").location()).isEqualTo(call + "?done=advice-sent");
    assertThat(console.letter(Letter.Kind.LOCK_OUT_ADVICE)).isPresent();
    assertThat(sam.post(call + "/advice").status()).isEqualTo(429);
  }

  @Test
  void a_form_without_its_token_does_nothing() {
    var call = call();
    for (var act : new String[] {"/pin", "/reset-link", "/end", "/case"}) {
      assertThat(sam.post(call + act, "formToken", "x").status()).as(act).isEqualTo(403);
    }
    assertThat(sam.get(call).status()).isEqualTo(200);
    assertThat(console.letter(Letter.Kind.SUPPORT_PIN_GIVEN)).isEmpty();
  }
}
