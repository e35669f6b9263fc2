package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.holdfast.application.account.OpeningInput;
import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.contact.ContactInput;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Mailer.Receipt;
import org.holdfast.application.mail.Mailer.Verdict;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.notification.Category;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** Every page in every state, as people see it: narrow and wide, light and dark. */
class EveryPageTest {

  private static final Running PORTAL = Running.portal();
  private static final InMemoryHoldfast MEMORY = PORTAL.memory;
  private static final Screen SCREEN = Screen.at(PORTAL.url());
  private static int made;

  private String email = "";
  private Account account;

  EveryPageTest() {
    email = "grace" + ++made + "@example.com";
    account = MEMORY.customer(email);
  }

  @BeforeEach
  void forget() {
    SCREEN.open("/sign-in").driver().manage().deleteAllCookies();
  }

  @AfterEach
  void tidy() {
    MEMORY.mailer.answer = new Receipt(Verdict.ACCEPTED, "250 OK");
  }

  @AfterAll
  static void stop() {
    SCREEN.close();
    PORTAL.close();
  }

  private Screen signIn() {
    return SCREEN
        .open("/sign-in")
        .type("email", email)
        .type("password", InMemoryHoldfast.PASSWORD)
        .press("Sign in");
  }

  private String link(Letter.Kind kind) {
    var all = MEMORY.letters(kind);
    return "" + all.get(all.size() - 1).words().get("link");
  }

  private String of(String page) {
    return "/accounts/" + account.number() + "/" + page;
  }

  private void contact(String name, String address, boolean confirmed) {
    MEMORY
        .holdfast
        .editContacts()
        .add(
            MEMORY.signIn(email),
            account.number(),
            new ContactInput(
                name,
                address,
                "Numbers & Sons",
                "+49 30 7654321",
                name.startsWith("Charles")
                    ? new AddressInput("Dorset Street 1", "", "London", "", "W1U 4EG", "GB")
                    : null,
                Set.of("invoices", "announcements", "domains")));
    if (confirmed) {
      MEMORY.holdfast.editContacts().confirm(MEMORY.lastLink(Letter.Kind.CONFIRM_CONTACT));
    }
  }

  @Test
  void signing_in() {
    SCREEN.open("/sign-in").look("sign-in");
    SCREEN.type("email", "nobody@example.com").type("password", "wrong").press("Sign in");
    SCREEN.look("sign-in-refused");
    assertThat(SCREEN.text()).contains("do not belong together");
    SCREEN.open("/sign-in?next=/profile&done=session-ended").look("sign-in-ended");
    signIn();
    SCREEN.driver().findElement(By.cssSelector(".menu summary")).click();
    SCREEN.look("menu");
    SCREEN.press("Sign out").look("signed-out");
  }

  @Test
  void registering() {
    SCREEN.open("/register").look("register");
    SCREEN.press("Open account").look("register-empty");
    SCREEN
        .type("firstName", "Katherine")
        .type("lastName", "Johnson")
        .type("email", "katherine" + made + "@example.com")
        .type("address.line1", "Main Street 1")
        .type("address.city", "Hampton");
    SCREEN.driver().findElement(By.cssSelector("option[value=US]")).click();
    SCREEN.press("Open account").look("register-faults");
    SCREEN.type("address.postcode", "23666").type("address.region", "Virginia");
    SCREEN.press("Open account").look("register-sent");
    MEMORY.runErrands();
    SCREEN.open(link(Letter.Kind.CONFIRM_REGISTRATION)).look("welcome");
    SCREEN.type("newPassword", "password").press("Choose password").look("welcome-faults");
    SCREEN.type("newPassword", "orbits of friendly comets").press("Choose password");
    SCREEN.look("welcomed");
  }

  @Test
  void forgetting_a_password() {
    SCREEN.open("/forgot").look("forgot");
    SCREEN.type("email", "not an address").press("Mail me a link").look("forgot-fault");
    SCREEN.type("email", email).press("Mail me a link").look("forgot-sent");
    MEMORY.runErrands();
    SCREEN.open(link(Letter.Kind.RESET_LINK)).look("choose");
    SCREEN.type("newPassword", "short").press("Set new password").look("choose-fault");
    SCREEN.type("newPassword", "orbits of friendly comets").press("Set new password");
    SCREEN.look("chosen");
    SCREEN.open("/forgot/choose").look("link-not-valid");
  }

  @Test
  void account_details() {
    signIn();
    SCREEN.open(of("details")).look("details");
    SCREEN.type("firstName", "").type("taxId", "<script>").press("Save changes");
    SCREEN.look("details-faults");
    contact("Charles Babbage", "charles" + made + "@example.com", true);
    contact("Mary Somerville", "mary" + made + "@example.com", true);
    var who = MEMORY.signIn(email);
    MEMORY
        .holdfast
        .editProfile()
        .change(who, new ProfileInput("Augusta", "King", "en", "Europe/London"));
    MEMORY.holdfast.changeEmail().request(who, account.number(), "new" + made + "@example.com");
    MEMORY.holdfast.openAccount().open(opening(email, "Second Engines Ltd"));
    SCREEN.open(of("details")).look("details-full");
    SCREEN.driver().findElement(By.cssSelector(".switch summary")).click();
    SCREEN.look("switcher");
    SCREEN.open(of("align")).look("align");
    SCREEN.press("Use my profile").look("aligned");
  }

  private static OpeningInput opening(String email, String company) {
    var first = InMemoryHoldfast.opening(email);
    return new OpeningInput(
        email,
        first.firstName(),
        first.lastName(),
        company,
        first.phone(),
        first.taxId(),
        first.language(),
        first.address());
  }

  @Test
  void profile_and_addresses() {
    signIn();
    SCREEN.open("/profile").look("profile");
    SCREEN.type("lastName", "").press("Save changes").look("profile-fault");
    SCREEN.open("/profile/email").look("email-change");
    SCREEN.type("email", email).press("Mail the link").look("email-same");
    SCREEN.type("email", "moved" + made + "@example.com").press("Mail the link");
    SCREEN.look("email-pending");
    MEMORY.runErrands();
    SCREEN.open(link(Letter.Kind.CONFIRM_EMAIL_CHANGE)).look("email-confirm");
    SCREEN.press("Confirm the change").look("email-confirmed");
    SCREEN.open(link(Letter.Kind.EMAIL_CHANGED)).look("email-undo");
    SCREEN.press("Keep the old address").look("email-undone");
  }

  @Test
  void contacts() {
    signIn();
    SCREEN.open(of("contacts")).look("contacts-empty");
    SCREEN.follow("Add a contact").look("contact-new");
    SCREEN.type("email", "charles").press("Add contact").look("contact-faults");
    SCREEN.type("name", "Charles Babbage").type("email", "charles" + made + "@example.com");
    SCREEN.driver().findElement(By.cssSelector("input[value=invoices]")).click();
    SCREEN.press("Add contact").look("contact-added");
    SCREEN.open(link(Letter.Kind.CONFIRM_CONTACT)).look("contact-confirm");
    SCREEN.press("Confirm address").look("contact-confirmed");
    contact("Mary Somerville", "mary" + made + "@example.com", false);
    contact("Sophie Germain with a rather long name", "sophie" + made + "@example.com", false);
    MEMORY.deliver();
    MEMORY.mailer.answer = new Receipt(Verdict.NO_SUCH_ADDRESS, "550 5.1.1 no such user here");
    contact("Émilie du Châtelet", "emilie" + made + "@example.com", true);
    MEMORY
        .holdfast
        .notifications()
        .notify(account.number(), Category.INVOICES, message("Your invoice 2026-0042"));
    MEMORY.deliver();
    SCREEN.open(of("contacts")).look("contacts-full");
    SCREEN.follow("Edit").look("contact-edit");
    SCREEN.open(of("contacts")).follow("Remove").look("contact-remove");
    SCREEN.open(of("contacts/holder")).look("holder");
    SCREEN.open(of("recipients")).look("recipients");
    SCREEN.open(of("recipients?category=password_reminders")).look("recipients-one");
    SCREEN.open(of("deliveries")).look("deliveries");
  }

  private static MessageInput message(String subject) {
    return new MessageInput("key-" + subject.hashCode(), subject, "Text", null);
  }

  @Test
  void nothing_sent_yet_and_nobody_to_send_to() {
    signIn();
    SCREEN.open(of("deliveries")).look("deliveries-empty");
    SCREEN.open(of("contacts/holder"));
    SCREEN.driver().findElement(By.cssSelector("input[value=domains]")).click();
    SCREEN.press("Save changes").look("holder-saved");
    SCREEN.open(of("recipients?category=domains")).look("recipients-none");
    SCREEN.open(of("contacts/holder"));
    SCREEN.driver().findElement(By.cssSelector("input[value=invoices]")).click();
    SCREEN.press("Save changes").look("holder-refused");
  }

  @Test
  void changing_a_password() {
    signIn();
    SCREEN.open("/change-password").look("change-password");
    SCREEN.type("newPassword", "orbits of friendly comets");
    SCREEN.patiently().until(d -> d.findElement(By.cssSelector(".strength")).isDisplayed());
    SCREEN.look("change-password-meter");
    SCREEN.type("newPassword", "ada lovelace").type("currentPassword", "wrong");
    SCREEN.press("Change password").look("change-password-faults");
    SCREEN
        .type("currentPassword", InMemoryHoldfast.PASSWORD)
        .type("newPassword", "orbits of friendly comets")
        .press("Change password");
    SCREEN.look("password-changed");
  }

  @Test
  void sessions() {
    signIn();
    SCREEN.open("/sessions").look("sessions-one");
    MEMORY.begin(email);
    MEMORY.begin(email);
    SCREEN.open("/sessions").look("sessions");
    SCREEN.press("Sign out everywhere else").look("sessions-closed");
  }

  @Test
  void security_activity() {
    signIn();
    contact("Charles Babbage", "charles" + made + "@example.com", true);
    MEMORY.holdfast.openAccount().open(opening(email, "Second Engines Ltd"));
    for (var i = 0; i < 50; i++) {
      MEMORY.clock.pass(Duration.ofMillis(1));
      MEMORY.begin(email);
    }
    SCREEN.open("/sessions").follow("Security activity").look("activity");
    SCREEN.follow("Older").look("activity-older");
    SCREEN.driver().findElement(By.cssSelector("option[value=contacts]")).click();
    SCREEN.press("Show").look("activity-contacts");
    SCREEN.driver().findElement(By.cssSelector("option[value=factors]")).click();
    SCREEN.press("Show").look("activity-none");
  }

  @Test
  void proving_who_one_is() {
    signIn();
    MEMORY.clock.pass(Duration.ofMinutes(30));
    SCREEN.open("/profile/email").look("prove");
    assertThat(SCREEN.path()).isEqualTo("/prove-it-is-you?next=/profile/email");
    SCREEN.type("password", "wrong").press("Continue").look("prove-refused");
    SCREEN.type("password", InMemoryHoldfast.PASSWORD).press("Continue");
    assertThat(SCREEN.path()).isEqualTo("/profile/email");
  }

  @Test
  void errors_and_unsubscribing() {
    SCREEN.open("/nothing-here").look("not-found");
    MEMORY.holdfast.notifications().announce(message("News " + made));
    while (MEMORY.holdfast.notifications().continueAnnouncement()) {
      // until everybody has it
    }
    MEMORY.deliver();
    var link =
        MEMORY.mailer.sent.stream()
            .flatMap(sent -> sent.unsubscribe().stream())
            .reduce((first, last) -> last)
            .orElseThrow();
    SCREEN.open(link.toString()).look("unsubscribe");
    SCREEN.press("Unsubscribe").look("unsubscribed");
    signIn();
    SCREEN.open("/accounts/12345678/details").look("no-such-account");
  }
}
