package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.domain.Language;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Screen;
import org.holdfast.web.console.RunningConsole.Member;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** The console in a browser: walked by keyboard without a script, and looked at page by page. */
class ConsolePagesTest {

  private final RunningConsole console = RunningConsole.console();
  private final Account account = console.customer("ada@example.com");
  private final String pin = console.pinOf(account);
  private Screen screen = Screen.at(console.url());

  @AfterEach
  void stop() {
    screen.close();
    console.close();
  }

  private void press(CharSequence... keys) {
    new Actions(screen.driver()).sendKeys(keys).perform();
  }

  private String focused() {
    return screen.driver().switchTo().activeElement().getText();
  }

  private String focusedField() {
    return "" + screen.driver().switchTo().activeElement().getDomAttribute("name");
  }

  /** Goes on from field to field until the focus is on what begins with this. */
  private void tabTo(String text) {
    for (var stops = 0; stops < 60 && !focused().startsWith(text); stops++) {
      press(Keys.TAB);
    }
    assertThat(focused()).startsWith(text);
  }

  private void signIn(Member member) {
    screen.open("/sign-in");
    assertThat(focusedField()).isEqualTo("email");
    press(
        member.email(),
        Keys.TAB,
        RunningConsole.PASSWORD,
        Keys.TAB,
        console.memory.nextCode(member.token()),
        Keys.ENTER);
    screen.reaches("/");
  }

  @Test
  void a_whole_call_by_keyboard_alone_without_a_script() {
    screen.close();
    screen = Screen.withoutScript(console.url());
    signIn(console.staff(Role.AGENT));
    assertThat(focusedField()).isEqualTo("q");
    press("lovel", Keys.ENTER);
    screen.patiently().until(d -> screen.path().contains("q=lovel"));
    assertThat(focused()).startsWith("Take the call");
    press(Keys.ENTER);
    screen.reaches("/accounts/" + account.number() + "/call");
    assertThat(focusedField()).isEqualTo("pin");
    press(pin, Keys.ENTER);
    screen.patiently().until(d -> screen.path().startsWith("/calls/"));
    assertThat(focused()).startsWith("Call about account " + account.number());
    assertThat(screen.text()).contains("Ada Lovelace", "ada@example.com", "Engines Ltd");
    tabTo("Show the PIN");
    press(Keys.ENTER);
    screen.patiently().until(d -> screen.path().endsWith("/pin"));
    assertThat(screen.text()).contains(pin.substring(0, 3) + " " + pin.substring(3));
    assertThat(focused()).isEqualTo("Back to the call");
    press(Keys.ENTER);
    screen.patiently().until(d -> !screen.path().endsWith("/pin"));
    tabTo("End the call");
    press(Keys.ENTER);
    screen.patiently().until(d -> screen.path().startsWith("/?done=call-ended"));
    assertThat(screen.text()).contains("The call is ended");
    assertThat(focusedField()).isEqualTo("q");
    assertThat(console.letter(Letter.Kind.SUPPORT_PIN_GIVEN)).isPresent();
  }

  @Test
  void the_pages_of_signing_in_and_searching() {
    screen.open("/sign-in").look("console-sign-in");
    screen.type("email", "nobody@example.com").press("Sign in");
    screen.look("console-sign-in-wrong");
    var boss = console.staff(Role.ADMINISTRATOR);
    signIn(boss);
    screen.look("console-search-empty");
    screen.open("/?q=lovel").look("console-search");
    screen.open("/?q=x").look("console-search-fault");
  }

  @Test
  void the_pages_of_a_call() {
    console
        .memory
        .holdfast
        .checkLockOut()
        .hostDomains(account.number(), java.util.List.of("example.com"));
    signIn(console.staff(Role.AGENT));
    screen.open("/?q=lovel");
    screen.follow("Take the call");
    screen.look("console-verify");
    screen.type("pin", pin.equals("111111") ? "222222" : "111111").press("Verify");
    screen.look("console-verify-wrong");
    screen.press("Mail a code").look("console-code");
    screen.open("/accounts/" + account.number() + "/call");
    screen.type("pin", pin).press("Verify");
    screen.look("console-call");
    screen.press("Show the PIN").look("console-pin");
    screen.follow("Back to the call");
    screen.follow("Look");
    screen.look("console-customer");
    screen.follow("Back to the call");
    screen.follow("Open a case");
    screen.look("console-open-case");
    screen.press("Open the case").look("console-open-case-fault");
    screen.open("/").look("console-calls");
    screen.open("/accounts/" + account.number() + "/call");
    screen.press("Recovery case only").look("console-call-nobody");
    screen.press("End the call");
    assertThat(screen.text()).contains("The call is ended");
  }

  @Test
  void the_pages_of_cases_numbers_and_staff() {
    var opener = console.signedIn(console.staff(Role.AGENT));
    var call = opener.post("/accounts/" + account.number() + "/call", "pin", pin).location();
    opener.postBody(
        call + "/case",
        "application/x-www-form-urlencoded",
        "formToken="
            + opener.formToken()
            + "&kind=lost_mailbox&newAddress=ada%40new.example&note=&evidence=caller_verified"
            + "&evidence=payment_made");
    var boss = console.staff(Role.ADMINISTRATOR);
    signIn(boss);
    screen.open("/cases").look("console-cases");
    screen.follow("See the case");
    screen.look("console-case");
    screen.press("Approve").look("console-case-approved");
    screen.open("/log").look("console-log");
    screen.open("/numbers").look("console-numbers");
    screen.open("/staff").look("console-staff");
    screen.open("/staff/invite").look("console-invite");
    screen.press("Invite").look("console-invite-fault");
    screen.type("name", "Kim Weaver").type("email", "kim@example.com");
    screen.driver().findElement(By.cssSelector("#f-language option[value=de]")).click();
    screen.driver().findElement(By.cssSelector("input[value=supervisor]")).click();
    screen.press("Invite");
    var kim =
        screen.driver().findElements(By.cssSelector(".rows li")).stream()
            .filter(row -> row.getText().contains("Kim Weaver"))
            .findFirst()
            .orElseThrow();
    kim.findElement(By.tagName("a")).click();
    screen.patiently().until(d -> screen.path().startsWith("/staff/"));
    screen.look("console-member");
    screen.open("/prove").look("console-prove");
    screen.open("/password").look("console-password");
    screen.open("/nothing").look("console-error");
    screen.press("Sign out");
    var letter = console.letter(Letter.Kind.STAFF_INVITATION).orElseThrow();
    screen.open("" + letter.words().get("link")).look("console-invitation");
  }

  @Test
  void longer_words_fit_as_well() {
    var name = "Wilhelmina-Charlotte von Lovelace-Schwarzenberg";
    var member = console.reading(Language.DE, Role.ADMINISTRATOR, name);
    signIn(member);
    for (var page : new String[] {"/?q=lovel", "/cases", "/log", "/numbers", "/staff/invite"}) {
      screen.open(page).look("console-de" + page.replaceAll("[^a-z]", "-"));
    }
    screen.open("/accounts/" + account.number() + "/call").look("console-de-verify");
    screen.type("pin", pin).press("Prüfen");
    screen.look("console-de-call");
    screen.follow("Fall eröffnen");
    screen.look("console-de-open-case");
  }
}
