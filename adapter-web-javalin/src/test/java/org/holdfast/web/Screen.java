package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * A real browser. {@link #look} sees a page on a phone and on a desk, by day and by night, keeps a
 * picture of each under {@code target/screens}, and lets axe look for what keeps people out.
 */
public final class Screen implements AutoCloseable {

  private static final List<String> LEVELS =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");
  private static final Path PICTURES = Path.of("target", "screens");

  private final ChromeDriver driver;
  private final String url;
  private final boolean script;

  private Screen(String url, boolean script, String language) {
    this.url = url;
    this.script = script;
    SELENIUM.setLevel(Level.SEVERE); // it misses protocol versions that nothing here uses
    try {
      var options = new ChromeOptions();
      options.setBinary("/usr/bin/chromium");
      options.addArguments(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--hide-scrollbars",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-dev-shm-usage",
          "--user-data-dir=" + Files.createTempDirectory("screen"));
      options.setExperimentalOption(
          "prefs",
          Map.of(
              "intl.accept_languages",
              language,
              "credentials_enable_service",
              false,
              "profile.managed_default_content_settings.javascript",
              script ? 1 : 2));
      driver =
          new ChromeDriver(
              new ChromeDriverService.Builder()
                  .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                  .build(),
              options);
    } catch (IOException noFolder) {
      throw new UncheckedIOException(noFolder);
    }
  }

  /** A browser as most people have it. */
  public static Screen at(String url) {
    return new Screen(url, true, "en");
  }

  /** A browser whose user reads this language. */
  public static Screen at(String url, String language) {
    return new Screen(url, true, language);
  }

  /** A browser that runs no script. */
  public static Screen withoutScript(String url) {
    return new Screen(url, false, "en");
  }

  public ChromeDriver driver() {
    return driver;
  }

  /** Opens a page. */
  public Screen open(String path) {
    driver.get(path.startsWith("http") ? path : url + path);
    return this;
  }

  /** Types into a field. */
  public Screen type(String field, String text) {
    var control = driver.findElement(By.name(field));
    control.clear();
    control.sendKeys(text);
    return this;
  }

  /** Presses the button with this text, and waits for the page it leads to. */
  public Screen press(String text) {
    return click(
        driver.findElement(
            By.xpath("//button[starts-with(normalize-space(.), \"" + text + "\")]")));
  }

  /** Follows the link with this text. */
  public Screen follow(String text) {
    return click(driver.findElement(By.partialLinkText(text)));
  }

  private Screen click(WebElement control) {
    var leads = !"button".equals(control.getDomAttribute("type"));
    var page = driver.findElement(By.tagName("html"));
    control.click();
    if (leads) {
      patiently()
          .ignoring(WebDriverException.class) // what Chromium says while the page is going
          .until(ExpectedConditions.stalenessOf(page));
    }
    return this;
  }

  /** Waits until the browser is at this path. */
  public Screen reaches(String path) {
    patiently().until(d -> path().equals(path));
    return this;
  }

  public WebDriverWait patiently() {
    return new WebDriverWait(driver, Duration.ofSeconds(30));
  }

  public String path() {
    return driver.getCurrentUrl().substring(url.length());
  }

  public String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Sees the page that is open in every way people see it. */
  public Screen look(String name) {
    for (var dark : List.of(false, true)) {
      for (var width : List.of(390, 1280)) {
        show(width, dark);
        assertThat(metric("cssContentSize", "width"))
            .as("%s fits into %d px", name, width)
            .isEqualTo(metric("cssLayoutViewport", "clientWidth"));
        assertThat(unreadable()).as("%s at %d px, dark: %s", name, width, dark).isEqualTo("[]");
        picture(name + "-" + width + (dark ? "-dark" : ""), width);
        if (script && dark == (width > 1000)) { // each width and each palette once
          assertThat(violations()).as("axe on %s at %d px, dark: %s", name, width, dark).isEmpty();
        }
      }
    }
    show(1280, false);
    return this;
  }

  private void show(int width, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    size(width, 844);
  }

  private void size(int width, long height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private long metric(String box, String side) {
    var sizes = driver.executeCdpCommand("Page.getLayoutMetrics", Map.of());
    return sizes.get(box) instanceof Map<?, ?> found && found.get(side) instanceof Number number
        ? number.longValue()
        : -1;
  }

  private void picture(String name, int width) {
    size(width, Math.min(4000, metric("cssContentSize", "height")));
    try {
      Files.createDirectories(PICTURES);
      Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  /** What is written in its ground's own colour: axe takes that for hidden on purpose. */
  private String unreadable() {
    return ""
        + driver.executeScript(
            """
            return [...document.querySelectorAll('a, button')].filter(control => {
              const style = getComputedStyle(control);
              return control.offsetParent && style.color === style.backgroundColor;
            }).map(control => control.outerHTML)""");
  }

  private String violations() {
    return new AxeBuilder()
        .withTags(LEVELS).analyze(driver).getViolations().stream()
            .map(
                rule ->
                    rule.getId()
                        + ": "
                        + rule.getNodes().stream()
                            .map(node -> node.getHtml() + " " + node.getFailureSummary())
                            .collect(Collectors.joining("\n  ")))
            .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
