package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.factor.TotpSecret;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/**
 * The pages of second factors, linked accounts and freezing, walked in a browser with a pretended
 * authenticator app, key and provider: narrow and wide, light and dark.
 */
class SecurityPagesTest {

  private static final Running PORTAL = Running.portal();
  private static final InMemoryHoldfast MEMORY = PORTAL.memory;
  private static final Screen SCREEN = Screen.at(PORTAL.url());
  private static final Desk DESK = new Desk(MEMORY);
  private static final String KEY = "ccccccbcgujh";
  private static int made;

  private final String email = "hedy" + ++made + "@example.com";
  private final Account account = MEMORY.customer(email);

  @BeforeEach
  void forget() {
    SCREEN.open("/sign-in").driver().manage().deleteAllCookies();
    MEMORY.yubico.answer = Verdict.VALID;
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

  @Test
  void an_authenticator_app() {
    signIn();
    SCREEN.open("/security").look("security");
    SCREEN.open("/security/tokens/add").look("token-add");
    SCREEN.press("Continue").look("token-add-fault");
    SCREEN.type("name", "My phone").press("Continue").look("token-scan");
    SCREEN.type("code", "12").press("Switch it on").look("token-scan-fault");
    var secret = new TotpSecret(textOf(".secret-text").replace(" ", ""));
    SCREEN.type("code", MEMORY.codeNow(secret)).press("Switch it on").look("recovery-codes");
    var code = textOf(".codes li");
    SCREEN.follow("I have kept them");
    SCREEN.look("security-on");
    assertThat(SCREEN.text()).contains("My phone", "10 of 10 left");
    SCREEN.follow("Rename or remove");
    SCREEN.look("factor");
    SCREEN.type("name", "Old phone").press("Save changes");
    assertThat(SCREEN.text()).contains("Old phone");
    SCREEN.open("/security/recovery-codes").look("make-codes");
    signOut();

    signIn().look("code");
    SCREEN.type("code", "000000").press("Sign in").look("code-wrong");
    assertThat(SCREEN.text()).contains("This code is wrong");
    SCREEN.type("code", MEMORY.nextCode(secret)).press("Sign in");
    assertThat(SCREEN.text()).contains("Account Details");
    signOut();
    signIn();
    SCREEN.type("code", code).press("Sign in");
    SCREEN.open("/security");
    assertThat(SCREEN.text()).contains("9 of 10 left");
  }

  @Test
  void a_yubikey() {
    signIn();
    SCREEN.open("/security/yubikeys/add").look("yubikey-add");
    MEMORY.yubico.answer = Verdict.UNREACHABLE;
    SCREEN
        .type("name", "The blue one")
        .type("code", KEY + "c".repeat(32))
        .press("Add the key")
        .look("yubikey-unreachable");
    MEMORY.yubico.answer = Verdict.VALID;
    SCREEN.type("code", KEY + "c".repeat(32)).press("Add the key");
    SCREEN.open("/security").look("security-yubikey");
    signOut();
    signIn().look("code-yubikey");
    SCREEN.type("code", KEY + "d".repeat(32)).press("Sign in");
    MEMORY.yubico.answer = Verdict.NOT_CONFIGURED;
    SCREEN.open("/security").look("security-no-yubikeys");
    SCREEN.open("/security/yubikeys/add").look("yubikey-not-configured");
  }

  @Test
  void proving_it_again() {
    MEMORY.addToken(MEMORY.signIn(email));
    signIn();
    MEMORY.clock.pass(java.time.Duration.ofMinutes(1));
    var token = MEMORY.store.factors().tokens(account.holder()).get(0);
    SCREEN.type("code", MEMORY.nextCode(token.secret())).press("Sign in");
    MEMORY.clock.pass(java.time.Duration.ofMinutes(11));
    SCREEN.open("/security/tokens/add").look("prove-both");
    SCREEN.type("password", InMemoryHoldfast.PASSWORD).type("code", "x").press("Continue");
    SCREEN.look("prove-both-fault");
    SCREEN
        .type("password", InMemoryHoldfast.PASSWORD)
        .type("code", MEMORY.nextCode(token.secret()))
        .press("Continue");
    assertThat(SCREEN.text()).contains("Add an authenticator app");
    SCREEN.open("/security").press("Demand a second factor").look("factor-demanded");
    SCREEN.open("/security/factors/" + token.factor().id()).press("Remove").look("factor-required");
  }

  @Test
  void setting_one_up_is_the_only_thing_before() {
    MEMORY
        .store
        .transactions()
        .inOne(() -> MEMORY.store.accounts().demandFactor(account.id(), true));
    signIn().look("set-up");
    SCREEN.open("/profile");
    assertThat(SCREEN.driver().getCurrentUrl()).contains("/sign-in");
    SCREEN.open("/sign-in/set-up/yubikey").look("set-up-yubikey");
    SCREEN.open("/sign-in/set-up").type("name", "My phone").press("Set up the app");
    SCREEN.look("set-up-scan");
    var secret = new TotpSecret(textOf(".secret-text").replace(" ", ""));
    SCREEN.type("code", MEMORY.codeNow(secret)).press("Switch it on").look("set-up-codes");
    SCREEN.follow("I have kept them");
    assertThat(SCREEN.text()).contains("Account Details");
  }

  @Test
  void half_signed_in_for_too_long() {
    MEMORY.addToken(MEMORY.signIn(email));
    signIn();
    MEMORY.clock.pass(java.time.Duration.ofMinutes(11));
    SCREEN.type("code", "000000").press("Sign in").look("sign-in-expired");
    assertThat(SCREEN.text()).contains("Please sign in again");
  }

  @Test
  void linked_accounts() {
    SCREEN.open("/sign-in").look("sign-in-providers");
    link();
    signIn();
    SCREEN.open("/security").look("security-linked");
    SCREEN.follow("Unlink");
    SCREEN.look("unlink");
    SCREEN.press("Unlink");
    assertThat(SCREEN.text()).contains("no longer linked");
    SCREEN.open("/linked/example/return?state=x&code=y").look("not-vouched");
    SCREEN.open("/linked/example/return?error=access_denied");
    assertThat(SCREEN.text()).contains("Nothing has changed");
    link();
    signIn();
    PORTAL.forgetPassword(account.holder());
    MEMORY.clock.pass(java.time.Duration.ofMinutes(11));
    SCREEN.open("/security/tokens/add").look("prove-linked");
  }

  private static void signOut() {
    SCREEN.driver().findElement(By.cssSelector(".menu summary")).click();
    SCREEN.press("Sign out");
  }

  private static String textOf(String selector) {
    return SCREEN.driver().findElement(By.cssSelector(selector)).getText();
  }

  private void link() {
    var who = MEMORY.signIn(email);
    var departure = MEMORY.holdfast.linkAccounts().beginLink(who, "example");
    var uri = departure.to().toString();
    var state = uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce"));
    MEMORY
        .holdfast
        .linkAccounts()
        .comeBack(
            "example",
            Optional.of(departure.browser()),
            Secret.parse(state),
            PretendedProvider.IS + email,
            Optional.of(who),
            Optional.empty(),
            Optional.empty(),
            InMemoryHoldfast.HOME);
  }

  @Test
  void what_could_lock_one_out() {
    signIn();
    var page = "/accounts/" + account.number() + "/lock-out";
    SCREEN.open(page).look("lock-out-nothing");
    MEMORY.holdfast.checkLockOut().hostDomains(account.number(), java.util.Set.of("example.com"));
    var address = new org.holdfast.domain.EmailAddress(email);
    MEMORY.store.suppressions().add(address, "550 no", MEMORY.clock.instant());
    SCREEN.open(page).look("lock-out");
    SCREEN.follow("Choose who does");
    assertThat(SCREEN.path()).endsWith("/contacts");
  }

  @Test
  void a_support_pin() {
    signIn();
    SCREEN.open("/accounts/" + account.number() + "/support-pin").look("pin-none");
    SCREEN.press("Make a PIN").look("pin");
    assertThat(SCREEN.text()).contains(account.number());
    SCREEN.press("Make a new PIN");
    assertThat(SCREEN.text()).contains("The one before is worthless");
  }

  @Test
  void a_support_pin_that_is_locked() {
    var pin = MEMORY.holdfast.supportPin().replace(MEMORY.signIn(email), account.number()).pin();
    var wrong = pin.digits().startsWith("1") ? "222222" : "111111";
    for (var i = 0; i < 5; i++) {
      assertThatThrownBy(() -> DESK.call(account, wrong)).isInstanceOf(Refusal.class);
    }
    signIn();
    SCREEN.open("/accounts/" + account.number() + "/support-pin").look("pin-locked");
    assertThat(SCREEN.text()).contains("This PIN is locked", "Only a new one helps");
    SCREEN.press("Make a new PIN");
    assertThat(SCREEN.text()).doesNotContain("This PIN is locked");
  }

  @Test
  void somebody_asks_support_to_be_let_in() {
    signIn();
    SCREEN.open("/recovery").look("recovery-none");
    var recovery = DESK.lostMailbox(account, "hedy" + made + "@elsewhere.example");
    SCREEN.open("/security").look("security-recovery");
    SCREEN.open("/account/details").look("details-recovery");
    SCREEN.follow("Stop it");
    SCREEN.look("recovery");
    DESK.approve(recovery);
    SCREEN.open("/recovery").look("recovery-approved");
    SCREEN.open("/activity?about=support").look("activity-support");
    SCREEN.open("/recovery").press("Stop it").look("recovery-stopped-here");
    SCREEN.open("/recovery/veto").look("recovery-veto-not-valid");
    DESK.lostMailbox(account, "hedy" + made + "@elsewhere.example");
    SCREEN.open(mailed(Letter.Kind.CONFIRM_CASE_ADDRESS, "link")).look("recovery-confirm");
    SCREEN.press("Yes, this is my address").look("recovery-confirmed");
    SCREEN.open(mailed(Letter.Kind.CASE_OPENED, "vetoLink")).look("recovery-veto");
    SCREEN.press("Stop it").look("recovery-stopped");
  }

  private static String mailed(Letter.Kind kind, String word) {
    var letters = MEMORY.letters(kind);
    return "" + letters.get(letters.size() - 1).words().get(word);
  }

  @Test
  void this_was_not_me() {
    MEMORY.begin(email);
    var letters = MEMORY.letters(Letter.Kind.NEW_DEVICE);
    SCREEN.open("" + letters.get(letters.size() - 1).words().get("freezeLink")).look("freeze");
    SCREEN.press("This wasn’t me").look("frozen");
    signIn();
    assertThat(SCREEN.text()).contains("do not belong together");
  }
}
