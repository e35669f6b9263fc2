package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.holdfast.application.Holdfast;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.auth.FacebookProvider;
import org.holdfast.auth.OidcProvider;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.auth.YubicoServers;
import org.holdfast.auth.YubicoSettings;
import org.holdfast.auth.testkit.Loopback;
import org.holdfast.auth.testkit.SoftYubiKey;
import org.holdfast.auth.testkit.StandInFacebook;
import org.holdfast.auth.testkit.StandInProvider;
import org.holdfast.auth.testkit.YubiServer;
import org.holdfast.domain.Language;
import org.holdfast.domain.account.Account;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;

/**
 * Security Settings walked in a browser, with nothing pretended that can be had: somebody else's
 * program makes the codes, Debian's validation server knows the key, which types Enter as keys do,
 * and browsers really leave for providers that keep their protocol's rules.
 *
 * <p>It runs only when named: {@code -Dtest=RealFactors}.
 */
class RealFactors {

  private static final SoftYubiKey KEY = new SoftYubiKey(1);
  private static final YubiServer YUBICO = new YubiServer(KEY);
  private static final StandInFacebook FACEBOOK = new StandInFacebook();
  private static final StandInProvider PROVIDER = new StandInProvider(RealFactors::now);
  private static final Running PORTAL = Running.serving(RealFactors::real);
  private static final InMemoryHoldfast MEMORY = PORTAL.memory;
  private static int people;

  @TempDir private Path downloads;
  private Optional<Screen> open = Optional.empty();
  private Wording words = Wording.in(Language.EN);
  private String email = "";
  private String pictures = "";
  private String secret = "";
  private List<String> codes = List.of();

  @AfterEach
  void close() {
    open.ifPresent(Screen::close);
  }

  @AfterAll
  static void stop() {
    PORTAL.close();
    PROVIDER.close();
    FACEBOOK.close();
    YUBICO.close();
  }

  private static Instant now() {
    return MEMORY.clock.instant();
  }

  private static Holdfast real(InMemoryHoldfast memory) {
    var openId =
        new OidcProvider.Settings(
            "example",
            "Example ID",
            PROVIDER.issuer(),
            StandInProvider.CLIENT_ID,
            StandInProvider.CLIENT_SECRET,
            true);
    var facebook =
        new FacebookProvider.Settings(
            StandInFacebook.APP_ID,
            StandInFacebook.APP_SECRET,
            FACEBOOK.dialog(),
            FACEBOOK.graph());
    var yubico =
        YubicoSettings.of(List.of(YUBICO.uri()), YUBICO.clientId(), Optional.of(YUBICO.apiKey()));
    return memory.over(
        memory.store,
        new OtpJavaCodes(),
        new YubicoServers(yubico, new SecureRandom()),
        List.of(new OidcProvider(openId, memory.clock), new FacebookProvider(facebook)));
  }

  @Test
  void in_english() {
    var account = begin(Screen.at(PORTAL.url()), Language.EN, "joan@example.com", "real");
    addAnApp();
    theCodesAreKept();
    addAKey();
    signInByEachFactor();
    linkBoth();
    signInByEachLink();
    unlinkOnceItIsProved();
    proveItElsewhere(account);
    demandOfEverybody();
    freezeAndThaw();
  }

  @Test
  void auf_deutsch() {
    begin(Screen.at(PORTAL.url(), "de"), Language.DE, "lise@example.com", "echt");
    addAnApp();
    follow("codes.done");
    addAKey();
    signInByEachFactor();
    linkBoth();
    signInByEachLink();
    unlinkOnceItIsProved();
    freezeAndThaw();
    theOpenTabIsSeenOnAPhone();
  }

  @Test
  void without_script() {
    begin(Screen.withoutScript(PORTAL.url()), Language.EN, "emmy@example.com", "");
    addAnApp();
    follow("codes.done");
    addAKey();
    signInByEachFactor();
    linkBoth();
    signInByEachLink();
  }

  private Account begin(Screen screen, Language language, String email, String pictures) {
    open = Optional.of(screen);
    screen
        .driver()
        .manage()
        .window()
        .setSize(new Dimension(1280, 1000)); // all of a QR code is seen
    words = Wording.in(language);
    this.email = email;
    this.pictures = pictures;
    PROVIDER.signedIn(email);
    FACEBOOK.signedIn("1000" + ++people);
    var account = MEMORY.customer(email);
    var browser = PORTAL.signedIn(email);
    browser.open("/profile");
    var reader = new String[] {"language", language.tag(), "timeZone", "Europe/Berlin"};
    browser.post(
        "/profile",
        "firstName",
        "Joan",
        "lastName",
        "Clarke",
        reader[0],
        reader[1],
        reader[2],
        reader[3]);
    signIn();
    return account;
  }

  private void addAnApp() {
    screen().open("/security");
    look("security");
    follow("security.tokens.add");
    screen().type("name", "Pixel 9");
    press("next");
    secret = element(".secret-text").getText().replaceAll("\\s", "");
    var told = told(element("svg.qr"));
    assertThat(told)
        .startsWith("otpauth://totp/Example%20Hosting:" + email.replace("@", "%40") + "?")
        .contains("secret=" + secret)
        .isEqualTo(
            screen()
                .driver()
                .findElement(By.partialLinkText(words.of("token.open")))
                .getDomAttribute("href"));
    look("scan");
    screen().type("code", code());
    press("token.confirm");
    says("codes.title");
    codes =
        screen().driver().findElements(By.cssSelector(".codes li")).stream()
            .map(WebElement::getText)
            .toList();
    assertThat(codes).hasSize(10).doesNotHaveDuplicates();
    look("codes");
  }

  /** The file says what the page says, and so does the page on paper. */
  private void theCodesAreKept() {
    var driver = screen().driver();
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", "" + downloads));
    driver.findElement(By.partialLinkText(words.of("codes.download"))).click();
    var file = downloads.resolve("recovery-codes.txt");
    screen().patiently().until(d -> Files.exists(file));
    try {
      assertThat(Files.readAllLines(file))
          .hasSize(12)
          .startsWith("Recovery codes for Example Hosting, Joan Clarke. Each works once.", "")
          .endsWith(codes.toArray(String[]::new));
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "print"));
    assertThat(screen().text())
        .contains(codes)
        .contains(words.of("codes.title"))
        .doesNotContain(words.of("nav.security"));
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", ""));
    follow("codes.done");
  }

  private void addAKey() {
    screen().open("/security");
    follow("security.yubikeys.add");
    screen().type("name", "Blue");
    field("code").sendKeys(KEY.touch(), Keys.ENTER);
    says("done.factor-added");
    assertThat(screen().text()).contains("Pixel 9", "Blue");
    look("security-on");
  }

  private void signInByEachFactor() {
    for (var typed : List.of(nextCode(), codes.get(0))) {
      signOut();
      signIn();
      says("code.title");
      screen().type("code", typed);
      press("signin.button");
      says("nav.details");
    }
    signOut();
    signIn();
    look("code");
    touch();
    screen().open("/security");
    assertThat(screen().text()).contains(words.of("security.codes.left", 9));
  }

  private void linkBoth() {
    screen().open("/security");
    press("security.linked.add", "Facebook");
    says("done.account-linked");
    PROVIDER.server().reply(StandInProvider.AUTHORIZE, Loopback.json(204, "")); // stay
    press("security.linked.add", "Example ID");
    says("leave.title");
    look("leave");
    PROVIDER.behave();
    follow("leave.button");
    says("done.account-linked");
    look("security-linked");
  }

  private void signInByEachLink() {
    for (var label : List.of("Example ID", "Facebook")) {
      signOut();
      press("signin.with", label);
      says("code.title"); // the second factor is asked for all the same
      touch();
    }
  }

  private void unlinkOnceItIsProved() {
    screen().open("/security");
    follow("security.linked.remove");
    says("prove.title");
    look("prove");
    screen().type("password", InMemoryHoldfast.PASSWORD).type("code", nextCode());
    press("prove.button");
    says("unlink.title", "Facebook");
    press("unlink.button");
    says("done.account-unlinked");
    assertThat(
            screen().driver().findElements(By.partialLinkText(words.of("security.linked.remove"))))
        .hasSize(1);
  }

  private void proveItElsewhere(Account account) {
    PORTAL.forgetPassword(account.holder());
    MEMORY.clock.pass(Duration.ofMinutes(11));
    screen().open("/security/recovery-codes");
    says("prove.title");
    screen().type("code", nextCode());
    press("prove.with", "Example ID");
    says("codes.make.title");
    press("codes.make.button");
    says("codes.title");
    assertThat(screen().text()).doesNotContain(codes.get(1));
  }

  private void demandOfEverybody() {
    screen().open("/security");
    press("security.demand.start");
    says("done.factor-demanded");
    look("demanded");
  }

  private void freezeAndThaw() {
    var letters = MEMORY.letters(Letter.Kind.NEW_DEVICE);
    screen().open("" + letters.get(letters.size() - 1).words().get("freezeLink"));
    assertThat(screen().text()).contains(email);
    look("freeze");
    press("freeze.button");
    says("frozen.title");
    screen().open("/security");
    says("signin.title");
    press("signin.with", "Example ID");
    says("no.not_linked"); // any more
    look("frozen-refused");

    screen().open("/frozen");
    follow("frozen.button");
    screen().type("email", email);
    press("forgot.button");
    MEMORY.clock.pass(Duration.ofSeconds(1));
    MEMORY.runErrands();
    var reset = MEMORY.letters(Letter.Kind.RESET_LINK);
    screen().open("" + reset.get(reset.size() - 1).words().get("link"));
    screen().type("newPassword", "orbits of friendly comets");
    press("choose.button");
    screen().type("email", email).type("password", "orbits of friendly comets");
    press("signin.button");
    says("code.title");
    touch();
    assertThat(MEMORY.letters(Letter.Kind.THAWED))
        .extracting(letter -> letter.to().value())
        .contains(email);
  }

  private void theOpenTabIsSeenOnAPhone() {
    var driver = screen().driver();
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 1, "mobile", true));
    screen().open("/security");
    var seen = element(".tabs [aria-current]").getRect();
    assertThat(seen.x).isNotNegative();
    assertThat(seen.x + seen.width).isLessThanOrEqualTo(390);
  }

  private void signIn() {
    screen().open("/sign-in").type("email", email).type("password", InMemoryHoldfast.PASSWORD);
    press("signin.button");
  }

  private void signOut() {
    element(".menu summary").click();
    press("nav.sign-out");
  }

  /** The key types into whatever has the cursor, which the page has put where it belongs. */
  private void touch() {
    screen().driver().switchTo().activeElement().sendKeys(KEY.touch(), Keys.ENTER);
    says("nav.details");
  }

  private String nextCode() {
    MEMORY.clock.pass(Duration.ofSeconds(30));
    return code();
  }

  /** What an authenticator app shows (oathtool), which was told no more than the page tells. */
  private String code() {
    try {
      var process =
          new ProcessBuilder(
                  "oathtool", "--totp", "-b", secret, "--now", "@" + now().getEpochSecond())
              .redirectErrorStream(true)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      return said.strip();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError("./verify installs Debian's package oathtool", failed);
    }
  }

  /** What a QR code tells whoever sees it on the screen. */
  private static String told(WebElement picture) {
    try {
      var seen = ImageIO.read(new ByteArrayInputStream(picture.getScreenshotAs(OutputType.BYTES)));
      var pixels = seen.getRGB(0, 0, seen.getWidth(), seen.getHeight(), null, 0, seen.getWidth());
      var light = new RGBLuminanceSource(seen.getWidth(), seen.getHeight(), pixels);
      return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(light))).getText();
    } catch (IOException | ReaderException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private Screen screen() {
    return open.orElseThrow();
  }

  private void look(String name) {
    if (!pictures.isEmpty()) {
      screen().look(pictures + "-" + name);
    }
  }

  private WebElement element(String selector) {
    return screen().driver().findElement(By.cssSelector(selector));
  }

  private WebElement field(String name) {
    return screen().driver().findElement(By.name(name));
  }

  private void press(String key, Object... details) {
    screen().press(words.of(key, details));
  }

  private void follow(String key) {
    screen().follow(words.of(key));
  }

  /** Waits until the page says so, however the browser gets there. */
  private void says(String key, Object... details) {
    var text = words.of(key, details);
    screen()
        .patiently()
        .withMessage(() -> text + " on " + screen().driver().getCurrentUrl())
        .ignoring(WebDriverException.class) // what Chromium says while a page is going
        .until(d -> screen().text().contains(text));
  }
}
