package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The whole job of a customer, in a browser that runs no script. */
class WithoutScriptTest {

  private final Running portal = Running.portal();
  private final InMemoryHoldfast memory = portal.memory;
  private final Screen screen = Screen.withoutScript(portal.url());

  @BeforeEach
  void ada() {
    memory.customer("ada@example.com");
  }

  @AfterEach
  void stop() {
    screen.close();
    portal.close();
  }

  private String link(Letter.Kind kind) {
    var letters = memory.letters(kind);
    return "" + letters.get(letters.size() - 1).words().get("link");
  }

  @Test
  void everything_works() {
    screen.open("/").type("email", "ada@example.com").type("password", InMemoryHoldfast.PASSWORD);
    assertThat(screen.driver().findElements(By.cssSelector(".show"))).isEmpty();
    screen.press("Sign in");
    screen.type("company", "Analytical Engines").press("Save changes");
    assertThat(screen.text()).contains("The account details are saved.");

    screen.driver().findElement(By.cssSelector(".menu summary")).click();
    screen.look("menu-without-script").follow("Your Profile");
    screen.type("firstName", "Augusta").press("Save changes");
    assertThat(screen.text()).contains("Your profile is saved.");

    screen.follow("Account Details").press("Use my profile for this account");
    assertThat(screen.text()).contains("The account now names you");

    screen.follow("Contacts").follow("Add a contact");
    screen.type("name", "Charles").type("email", "charles@example.com");
    screen.driver().findElement(By.cssSelector("input[value=invoices]")).click();
    screen.press("Add contact");
    assertThat(screen.text()).contains("The contact is added", "Not confirmed");
    screen.open(link(Letter.Kind.CONFIRM_CONTACT)).press("Confirm address");
    assertThat(screen.text()).contains("Thank you");

    screen.open("/change-password").look("change-password-without-script");
    screen.type("currentPassword", InMemoryHoldfast.PASSWORD);
    screen.type("newPassword", "orbits of friendly comets").press("Change password");
    assertThat(screen.text()).contains("Your password is changed.");

    screen.driver().findElement(By.cssSelector(".menu summary")).click();
    screen.press("Sign out").follow("Forgot?");
    screen.type("email", "ada@example.com").press("Mail me a link");
    memory.runErrands();
    screen.open(link(Letter.Kind.RESET_LINK));
    screen.type("newPassword", "another orbit of comets").press("Set new password");
    assertThat(screen.text()).contains("Your new password is set");
    screen.press("Deutsch");
    assertThat(screen.text()).contains("Anmelden");
  }
}
