package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import jakarta.validation.TraversableResolver;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.holdfast.application.Policy;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.supportpin.SupportPin;
import org.jspecify.annotations.Nullable;

/**
 * What the operator decided, checked. A component's name with hyphens is its key: {@code
 * database.poolSize} is {@code database.pool-size}. Secrets are read from files and never print.
 *
 * @param data the folder for what the server keeps itself
 * @param support where customers reach the company's support: an address, a page or a number
 * @param publicUrl where customers reach the portal; links in letters begin with it
 * @param trustedProxies whose {@code X-Forwarded-For} is believed
 * @param threads how many requests are answered at once
 * @param relays how many letters are on their way at once
 * @param console where staff work
 * @param smtp where letters leave; without it they are kept on a mailbox page
 */
public record Settings(
    Path data,
    String host,
    @Min(value = 1, message = PORT) @Max(value = 65_535, message = PORT) int port,
    URI publicUrl,
    ImmutableList<Network> trustedProxies,
    @Min(value = 8, message = THREADS) @Max(value = 1_000, message = THREADS) int threads,
    @Min(value = 1, message = RELAYS) @Max(value = 32, message = RELAYS) int relays,
    @Size(min = 1, max = 60, message = BRAND) @Pattern(regexp = "\\P{Cntrl}*", message = BRAND)
        String brand,
    @Size(min = 1, max = 100, message = SUPPORT) @Pattern(regexp = "\\P{Cntrl}*", message = SUPPORT)
        String support,
    boolean registration,
    boolean contactsMustConfirm,
    ImmutableSet<DetailsField> lockedFields,
    @Valid Console console,
    @Valid Staff staff,
    @Valid Recovery recovery,
    @Valid Database database,
    Optional<@Valid Smtp> smtp,
    @Valid Sessions session,
    @Valid Guesses guesses,
    @Valid Passwords password,
    boolean secondFactorRequired,
    Vouching vouching,
    SupportPin.Rules supportPins,
    Path keysFile,
    Optional<Secret> metricsToken,
    LogFormat log) {

  private static final String PORT = "must be from 0 (any free one) to 65535";
  private static final String THREADS = "must be from 8 to 1000";
  private static final String RELAYS = "must be from 1 to 32";
  private static final String BRAND = "must be 1 to 60 letters on one line";
  private static final String SUPPORT = "must be 1 to 100 letters on one line";
  private static final String POOL = "must be from 4 to 200";
  private static final String PROVIDED = "must be from 1 to 65535";
  private static final String IDLE = "must be from 1m to 30d";
  private static final String BURST = "must be from 5 to 1000000";
  private static final String INTERVAL = "must be from 1ms to 1h";
  private static final String CALLS = "must be from 1 to 3600";
  private static final String HOLD = "must be from 1m to 30d";

  /** Every key there is. */
  static final ImmutableSet<String> KEYS =
      ImmutableSet.of(
          "host",
          "port",
          "public-url",
          "trusted-proxies",
          "threads",
          "relays",
          "brand",
          "support",
          "registration",
          "contacts-must-confirm",
          "locked-fields",
          "console.host",
          "console.port",
          "console.url",
          "console.session.idle",
          "console.session.absolute",
          "staff.calls-per-hour",
          "recovery.hold",
          "database.url",
          "database.user",
          "database.password-file",
          "database.pool-size",
          "smtp.host",
          "smtp.port",
          "smtp.security",
          "smtp.user",
          "smtp.password-file",
          "smtp.from",
          "session.idle",
          "session.absolute",
          "guesses.per-address",
          "guesses.per-address-interval",
          "guesses.overall",
          "guesses.overall-interval",
          "password.pepper-files",
          "password.breach-list-file",
          "second-factor",
          "yubico.client-id",
          "yubico.key-file",
          "yubico.servers",
          "google.client-id",
          "google.client-secret-file",
          "facebook.app-id",
          "facebook.app-secret-file",
          "provider-files",
          "support-pin.length",
          "support-pin.max-age",
          "support-pin.single-use",
          "keys-file",
          "metrics.token-file",
          "log");

  /** Where everything is kept. */
  public record Database(
      String url,
      String user,
      Secret password,
      @Min(value = 4, message = POOL) @Max(value = 200, message = POOL) int poolSize) {}

  /**
   * Where staff work.
   *
   * @param url where they reach it; nothing where there is no console
   */
  public record Console(
      String host,
      @Min(value = 1, message = PORT) @Max(value = 65_535, message = PORT) int port,
      Optional<URI> url,
      @Valid Sessions session) {}

  /** What one staff member may do. */
  public record Staff(
      @Min(value = 1, message = CALLS) @Max(value = 3_600, message = CALLS) int callsPerHour) {}

  /** How recovery cases go. */
  public record Recovery(
      @DurationMin(minutes = 1, message = HOLD) @DurationMax(days = 30, message = HOLD)
          Duration hold) {}

  /** Where letters leave. */
  public record Smtp(
      String host,
      @Min(value = 1, message = PROVIDED) @Max(value = 65_535, message = PROVIDED) int port,
      Security security,
      Optional<Login> login,
      EmailAddress from) {

    /** How the way to the mail server is protected. */
    public enum Security {
      STARTTLS(587),
      SMTPS(465),
      NONE(25);

      private final int port;

      Security(int port) {
        this.port = port;
      }
    }

    /** Who we are to the mail server. */
    public record Login(String user, Secret password) {}
  }

  /** How long a session lasts. */
  public record Sessions(
      @DurationMin(minutes = 1, message = IDLE) @DurationMax(days = 30, message = IDLE)
          Duration idle,
      @DurationMin(minutes = 1, message = IDLE) @DurationMax(days = 30, message = IDLE)
          Duration absolute) {}

  /** How many wrong passwords are looked at. */
  public record Guesses(
      @Min(value = 5, message = BURST) @Max(value = 1_000_000, message = BURST) int perAddress,
      @DurationMin(millis = 1, message = INTERVAL) @DurationMax(hours = 1, message = INTERVAL)
          Duration perAddressInterval,
      @Min(value = 5, message = BURST) @Max(value = 1_000_000, message = BURST) int overall,
      @DurationMin(millis = 1, message = INTERVAL) @DurationMax(hours = 1, message = INTERVAL)
          Duration overallInterval) {}

  /**
   * What goes into and against passwords.
   *
   * @param peppers by id; new hashes take the first
   * @param breachList the operator's list of breached passwords
   */
  public record Passwords(ImmutableMap<String, Secret> peppers, Optional<Path> breachList) {}

  /** Nothing here is loaded later: looking for who could do so takes half a second. */
  private enum Everything implements TraversableResolver {
    INSTANCE;

    @Override
    public boolean isReachable(
        @Nullable Object owner,
        jakarta.validation.Path.Node property,
        Class<?> root,
        jakarta.validation.Path to,
        ElementType type) {
      return true;
    }

    @Override
    public boolean isCascadable(
        @Nullable Object owner,
        jakarta.validation.Path.Node property,
        Class<?> root,
        jakarta.validation.Path to,
        ElementType type) {
      return true;
    }
  }

  /** How log lines look. */
  public enum LogFormat {
    PLAIN,
    JSON
  }

  /** Something that must not be seen. */
  public record Secret(String value) {
    @Override
    public String toString() {
      return "Secret[…]";
    }
  }

  /**
   * Reads and checks everything.
   *
   * @param data where the embedded database and the server's own files are
   * @throws WrongSetting in one line
   */
  static Settings read(Path data, Given given) {
    var folder = data.toAbsolutePath().normalize();
    var host = given.parsed("host", Settings::host, "must be an IP address").orElse("127.0.0.1");
    var wanted = given.number("port", 8080);
    var port = wanted == 0 ? FreePort.on(host) : wanted;
    var publicUrl =
        given.parsed("public-url", Settings::url, "must look like https://portal.example");
    var session =
        new Sessions(
            given.duration("session.idle", Duration.ofHours(1)),
            given.duration("session.absolute", Duration.ofHours(24)));
    var settings =
        new Settings(
            folder,
            host,
            port,
            publicUrl.orElseGet(
                () ->
                    listening(
                        "public-url", "where customers reach the portal when host", host, port)),
            proxies(given),
            given.number("threads", 64),
            given.number("relays", 2),
            given.text("brand").orElse("Holdfast"),
            given.text("support").or(() -> given.text("smtp.from")).orElse("support@example.com"),
            given.choice("registration", ImmutableMap.of("open", true, "closed", false), true),
            given.yes("contacts-must-confirm", true),
            lockedFields(given),
            console(given, host, port, wanted != 0, publicUrl.isPresent(), session),
            new Staff(given.number("staff.calls-per-hour", 30)),
            new Recovery(given.duration("recovery.hold", Duration.ofHours(72))),
            database(given, folder),
            smtp(given),
            session,
            new Guesses(
                given.number("guesses.per-address", 30),
                given.duration("guesses.per-address-interval", Duration.ofSeconds(10)),
                given.number("guesses.overall", 3_000),
                given.duration("guesses.overall-interval", Duration.ofMillis(100))),
            new Passwords(peppers(given), given.file("password.breach-list-file")),
            given.choice(
                "second-factor", ImmutableMap.of("optional", false, "required", true), false),
            Vouching.read(given),
            supportPins(given),
            given
                .parsed("keys-file", Path::of, "must name a file")
                .map(Path::toAbsolutePath)
                .orElse(folder.resolve("keys.json")),
            given.secret("metrics.token-file").map(Secret::new),
            given.choice(
                "log",
                ImmutableMap.of("plain", LogFormat.PLAIN, "json", LogFormat.JSON),
                LogFormat.PLAIN));
    settings.mustKeepEachRule();
    return settings.mustFitTogether();
  }

  /** What the use cases need to know of it. */
  public Policy policy() {
    return Policy.of(brand, publicUrl)
        .withRegistrationOpen(registration)
        .withContactsMustConfirm(contactsMustConfirm)
        .withLockedFields(lockedFields)
        .withSecondFactorRequired(secondFactorRequired)
        .withSupportPins(supportPins)
        .withSessions(new Session.Limits(session.idle, session.absolute))
        .withDesk(desk())
        .withGuesses(
            new Rate(guesses.perAddress, guesses.perAddressInterval),
            new Rate(guesses.overall, guesses.overallInterval));
  }

  private Policy.Desk desk() {
    var calls = staff.callsPerHour;
    return new Policy.Desk(
        console.url.orElse(publicUrl),
        new Session.Limits(console.session.idle, console.session.absolute),
        recovery.hold,
        new Rate(calls, Duration.ofHours(1).dividedBy(calls)),
        Policy.Desk.at(publicUrl).searches());
  }

  /** Is this a try-out: nothing leaves the machine, and a customer is made to sign in as? */
  public boolean isTrial() {
    return smtp.isEmpty();
  }

  /** Is X-Forwarded-For from this address believed? */
  boolean isTrustedProxy(String address) {
    return trustedProxies.stream().anyMatch(network -> network.contains(address));
  }

  private void mustKeepEachRule() {
    try (var factory =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            .ignoreXmlConfiguration()
            .traversableResolver(Everything.INSTANCE)
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()) {
      factory.getValidator().validate(this).stream()
          .map(broken -> new WrongSetting(key("" + broken.getPropertyPath()), broken.getMessage()))
          .min(Comparator.comparing(Throwable::getMessage))
          .ifPresent(
              first -> {
                throw first;
              });
    }
  }

  private Settings mustFitTogether() {
    mustBeSafe("public-url", publicUrl, host);
    if (session.absolute.compareTo(session.idle) < 0) {
      throw new WrongSetting("session.absolute", "must not be shorter than session.idle");
    }
    if (console.url.isPresent()) {
      mustFit(console.url.get());
    }
    return this;
  }

  private void mustFit(URI consoleUrl) {
    mustBeSafe("console.url", consoleUrl, console.host);
    if (console.host.equals(host) && console.port == port) {
      throw new WrongSetting("console.port", "must not be the portal's port");
    }
    if (consoleUrl.equals(publicUrl)) {
      throw new WrongSetting("console.url", "must not be the portal's address");
    }
    if (console.session.absolute.compareTo(console.session.idle) < 0) {
      throw new WrongSetting(
          "console.session.absolute", "must not be shorter than console.session.idle");
    }
    if (console.session.idle.compareTo(session.idle) > 0) {
      throw new WrongSetting(
          "console.session.idle", "must not be longer than customers' session.idle");
    }
    if (console.session.absolute.compareTo(session.absolute) > 0) {
      throw new WrongSetting(
          "console.session.absolute", "must not be longer than customers' session.absolute");
    }
  }

  private static void mustBeSafe(String key, URI url, String host) {
    if ("http".equals(url.getScheme()) && !(isLoopback(host) && isLoopback(url.getHost()))) {
      throw new WrongSetting(
          key, "must be https, in front of a server that others than this machine reach");
    }
  }

  /** The address it listens on, where none was set for those who reach it from elsewhere. */
  private static URI listening(String key, String rule, String host, int port) {
    if (!isLoopback(host)) {
      throw new WrongSetting(key, "must say " + rule + " is not loopback");
    }
    var name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + port);
  }

  /** Where the portal is published and the console is not, there is none. */
  private static Console console(
      Given given,
      String host,
      int portal,
      boolean isFixed,
      boolean published,
      Sessions customers) {
    var at = given.parsed("console.host", Settings::host, "must be an IP address").orElse(host);
    var wanted = given.number("console.port", isFixed && portal < 65_535 ? portal + 1 : 0);
    var port = wanted == 0 ? FreePort.beside(portal, at) : wanted;
    var url = given.parsed("console.url", Settings::url, "must look like https://console.example");
    return new Console(
        at,
        port,
        published
            ? url
            : url.or(
                () ->
                    Optional.of(
                        listening(
                            "console.url",
                            "where staff reach the console when console.host",
                            at,
                            port))),
        new Sessions(
            given.duration(
                "console.session.idle", shorter(Duration.ofMinutes(15), customers.idle())),
            given.duration(
                "console.session.absolute", shorter(Duration.ofHours(8), customers.absolute()))));
  }

  /**
   * The usual time, unless customers' sessions are shorter; what is wrong with theirs is theirs.
   */
  private static Duration shorter(Duration usual, Duration customers) {
    var shortest = Duration.ofMinutes(1);
    return customers.compareTo(usual) >= 0
        ? usual
        : customers.compareTo(shortest) >= 0 ? customers : shortest;
  }

  private static String host(String text) {
    return InetAddresses.toAddrString(InetAddresses.forString(text));
  }

  private static URI url(String text) {
    var url = URI.create(text);
    var path = url.getRawPath();
    if (url.getHost() == null
        || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null
        || !(path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException();
    }
    return URI.create(url.getScheme() + "://" + url.getRawAuthority().toLowerCase(Locale.ROOT));
  }

  private static boolean isLoopback(String host) {
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return bare.equals("localhost")
        || (InetAddresses.isInetAddress(bare) && InetAddresses.forString(bare).isLoopbackAddress());
  }

  private static ImmutableList<Network> proxies(Given given) {
    return given
        .parsed(
            "trusted-proxies",
            text ->
                given.list("trusted-proxies").stream()
                    .map(Network::new)
                    .collect(ImmutableList.toImmutableList()),
            "must list networks such as 10.0.0.0/8, 192.0.2.7")
        .orElse(ImmutableList.of());
  }

  private static Optional<EmailAddress> email(Given given, String key) {
    return given.parsed(
        key,
        text -> EmailAddress.parse(text).orElseThrow(IllegalArgumentException::new),
        "must look like name@example.com");
  }

  private static ImmutableSet<DetailsField> lockedFields(Given given) {
    var known = Arrays.stream(DetailsField.values()).map(DetailsField::key).toList();
    return given.list("locked-fields").stream()
        .map(
            name ->
                Arrays.stream(DetailsField.values())
                    .filter(field -> field.key().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new WrongSetting(
                                "locked-fields", "must list some of " + String.join(", ", known))))
        .collect(ImmutableSet.toImmutableSet());
  }

  private static Database database(Given given, Path folder) {
    var url =
        given
            .parsed(
                "database.url",
                Settings::jdbcUrl,
                "must be a JDBC URL of H2, PostgreSQL or MariaDB")
            .orElse("jdbc:h2:file:" + folder.resolve("holdfast"));
    if (url.toLowerCase(Locale.ROOT).contains("password=")) {
      throw new WrongSetting(
          "database.url", "must not hold a password: it is read from database.password-file");
    }
    return new Database(
        url,
        given.text("database.user").orElse(""),
        new Secret(given.secret("database.password-file").orElse("")),
        given.number("database.pool-size", 12));
  }

  private static SupportPin.Rules supportPins(Given given) {
    try {
      return new SupportPin.Rules(
          given.number("support-pin.length", SupportPin.MIN_LENGTH),
          given.has("support-pin.max-age")
              ? Optional.of(given.duration("support-pin.max-age", Duration.ZERO))
              : Optional.empty(),
          given.yes("support-pin.single-use", false));
    } catch (IllegalArgumentException outOfBounds) {
      throw new WrongSetting("support-pin.length", "must be from 6 to 12");
    }
  }

  private static String jdbcUrl(String text) {
    if (!text.startsWith("jdbc:h2:")
        && !text.startsWith("jdbc:postgresql:")
        && !text.startsWith("jdbc:mariadb:")) {
      throw new IllegalArgumentException();
    }
    return text;
  }

  private static Optional<Smtp> smtp(Given given) {
    if (!given.has("smtp.host")) {
      KEYS.stream()
          .filter(key -> key.startsWith("smtp.") && given.has(key))
          .findFirst()
          .ifPresent(
              key -> {
                throw new WrongSetting("smtp.host", "must be set where " + key + " is");
              });
      return Optional.empty();
    }
    var security =
        given.choice(
            "smtp.security",
            ImmutableMap.of(
                "starttls", Smtp.Security.STARTTLS,
                "smtps", Smtp.Security.SMTPS,
                "none", Smtp.Security.NONE),
            Smtp.Security.STARTTLS);
    var host =
        given
            .parsed("smtp.host", Settings::serverName, "must be the name of a server")
            .orElseThrow();
    if (security == Smtp.Security.NONE && !isLoopback(host)) {
      throw new WrongSetting(
          "smtp.security", "must be starttls or smtps, except to a server on this machine");
    }
    if (given.has("smtp.user") != given.has("smtp.password-file")) {
      throw new WrongSetting(
          given.has("smtp.user") ? "smtp.password-file" : "smtp.user",
          "must be set where the other of smtp.user and smtp.password-file is");
    }
    return Optional.of(
        new Smtp(
            host,
            given.number("smtp.port", security.port),
            security,
            given
                .secret("smtp.password-file")
                .map(
                    word ->
                        new Smtp.Login(given.text("smtp.user").orElseThrow(), new Secret(word))),
            email(given, "smtp.from")
                .orElseThrow(
                    () ->
                        new WrongSetting(
                            "smtp.from", "must be set: the address that letters come from"))));
  }

  private static String serverName(String text) {
    if (!text.matches("[A-Za-z0-9._:-]{1,253}")) {
      throw new IllegalArgumentException();
    }
    return text;
  }

  private static ImmutableMap<String, Secret> peppers(Given given) {
    var key = "password.pepper-files";
    var peppers = ImmutableMap.<String, Secret>builder();
    for (var entry : given.list(key)) {
      var parts = entry.split(":", 2);
      if (parts.length != 2 || !parts[0].matches("[A-Za-z0-9._-]{1,8}")) {
        throw new WrongSetting(key, "must list id:file, the id of 1 to 8 letters or digits");
      }
      var word = Given.secret(key, Path.of(parts[1]));
      if (!isBase64OfAKey(word)) {
        throw new WrongSetting(
            key, "must name files with at least 16 random bytes in base64 (" + parts[0] + ")");
      }
      peppers.put(parts[0], new Secret(word));
    }
    try {
      return peppers.buildOrThrow();
    } catch (IllegalArgumentException twice) {
      throw new WrongSetting(key, "must name each id once");
    }
  }

  private static boolean isBase64OfAKey(String word) {
    try {
      return Base64.getDecoder().decode(word).length >= 16;
    } catch (IllegalArgumentException otherwise) {
      return false;
    }
  }

  /** The key of a component, {@code database.poolSize} being {@code database.pool-size}. */
  private static String key(String path) {
    return path.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The settings as given on the command line, in the environment and in a file. */
  static Settings read(
      Path data,
      Optional<Path> file,
      Map<String, String> environment,
      Map<String, String> commandLine) {
    return read(data, Given.of(KEYS, file, environment, commandLine));
  }
}
