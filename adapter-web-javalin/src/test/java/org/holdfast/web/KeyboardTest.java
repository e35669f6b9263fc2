package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.account.Account;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** What people do who use no mouse, or read German. */
class KeyboardTest {

  private final Running portal = Running.portal();
  private final Account account = portal.memory.customer("ada@example.com");
  private final Screen screen = Screen.at(portal.url());

  @AfterEach
  void stop() {
    screen.close();
    portal.close();
  }

  private void press(CharSequence... keys) {
    new Actions(screen.driver()).sendKeys(keys).perform();
  }

  private String focused() {
    return screen.driver().switchTo().activeElement().getText();
  }

  private void signIn() {
    screen.open("/sign-in");
    press("ada@example.com", Keys.TAB, InMemoryHoldfast.PASSWORD, Keys.ENTER);
    screen.patiently().until(d -> screen.path().startsWith("/accounts/"));
  }

  @Test
  void the_first_stop_skips_to_the_content() {
    signIn();
    screen.open("/profile");
    press(Keys.TAB);
    assertThat(focused()).isEqualTo("Skip to the content");
    press(Keys.ENTER, Keys.TAB);
    assertThat(focused()).isEqualTo("Change e-mail address");
  }

  @Test
  void the_menu_opens_and_closes_and_leads_on() {
    signIn();
    screen.open("/profile");
    press(Keys.TAB, Keys.TAB, Keys.TAB);
    assertThat(focused()).isEqualTo("Ada Lovelace");
    press(Keys.ENTER, Keys.TAB);
    assertThat(focused()).isEqualTo("Account Details");
    press(Keys.ESCAPE);
    assertThat(focused()).isEqualTo("Ada Lovelace");
    assertThat(screen.driver().findElement(By.cssSelector(".menu nav")).isDisplayed()).isFalse();
    press(Keys.ENTER, Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER);
    screen.reaches("/security");
  }

  @Test
  void what_is_wrong_is_read_first_and_leads_to_its_field() {
    signIn();
    screen.open("/profile").type("firstName", "").press("Save changes");
    assertThat(focused()).startsWith("One thing needs another look");
    assertThat(screen.driver().getTitle()).startsWith("Error: ");
    press(Keys.TAB, Keys.ENTER);
    assertThat(screen.driver().switchTo().activeElement().getAttribute("name"))
        .isEqualTo("firstName");
  }

  @Test
  void a_password_can_be_looked_at() {
    screen.open("/sign-in").type("password", "secret").press("Show");
    var field = screen.driver().findElement(By.name("password"));
    assertThat(field.getAttribute("type")).isEqualTo("text");
    screen.press("Hide");
    assertThat(field.getAttribute("type")).isEqualTo("password");
  }

  @Test
  void longer_words_fit_as_well() {
    signIn();
    var memory = portal.memory;
    memory
        .holdfast
        .editProfile()
        .change(
            memory.signIn("ada@example.com"),
            new ProfileInput("Wilhelmina-Charlotte", "von Lovelace-Schwarzenberg", "de", "UTC"));
    new Desk(memory).lostMailbox(account, "wilhelmina@elsewhere.example");
    for (var page :
        new String[] {
          "/account/details",
          "/profile",
          "/account/contacts",
          "/account/recipients",
          "/change-password",
          "/recovery",
          "/sessions"
        }) {
      screen.open(page).look("de" + page.replace('/', '-'));
    }
  }
}
