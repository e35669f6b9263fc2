package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.account.DetailsField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @TempDir Path folder;

  @Test
  void nothing_has_to_be_set() {
    var settings = read(Map.of());

    assertThat(settings.host()).isEqualTo("127.0.0.1");
    assertThat(settings.publicUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(settings.database().url()).isEqualTo("jdbc:h2:file:" + folder + "/holdfast");
    assertThat(settings.isTrial()).isTrue();
    assertThat(settings.policy().sessions().idle()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.policy().perAddress().burst()).isEqualTo(30);
    assertThat(settings.console().url()).contains(URI.create("http://127.0.0.1:8081"));
    assertThat(settings.console().port()).isEqualTo(8081);
    var desk = settings.policy().desk();
    assertThat(desk).isEqualTo(org.holdfast.application.Policy.Desk.at(desk.uri()));
    assertThat(desk.uri()).isEqualTo(URI.create("http://127.0.0.1:8081"));
  }

  @Test
  void a_published_portal_has_a_console_where_that_is_published_too() {
    var portal = Map.of("public-url", "https://portal.example");
    assertThat(read(portal).console().url()).isEmpty();
    var both = new HashMap<>(portal);
    both.put("console.url", "https://Console.example/");
    both.put("console.host", "0.0.0.0");
    both.put("console.port", "9443");
    both.put("console.session.idle", "5m");
    both.put("recovery.hold", "24h");
    both.put("staff.calls-per-hour", "60");
    var settings = read(both);
    assertThat(settings.console().url()).contains(URI.create("https://console.example"));
    assertThat(settings.console().host()).isEqualTo("0.0.0.0");
    assertThat(settings.console().port()).isEqualTo(9443);
    var desk = settings.policy().desk();
    assertThat(desk.uri()).isEqualTo(URI.create("https://console.example"));
    assertThat(desk.sessions().idle()).isEqualTo(Duration.ofMinutes(5));
    assertThat(desk.hold()).isEqualTo(Duration.ofHours(24));
    assertThat(desk.calls().burst()).isEqualTo(60);
    assertThat(desk.calls().interval()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void staff_are_signed_out_no_later_than_customers() {
    var desk = read(Map.of("session.idle", "5m", "session.absolute", "1h")).policy().desk();
    assertThat(desk.sessions().idle()).isEqualTo(Duration.ofMinutes(5));
    assertThat(desk.sessions().absolute()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void a_whole_file_is_read() throws IOException {
    write("db", "geheim\n");
    write("mail", "auch geheim\n");
    write("k1", "MDEyMzQ1Njc4OWFiY2RlZg==\n");
    write("list", "00\n");
    write("token", "abc\n");
    write(
        "provider",
        """
        key = example
        label = Example ID
        issuer = https://id.example
        client-id = portal
        client-secret-file = %s/db
        """
            .formatted(folder));
    var file =
        write(
            "holdfast.properties",
            """
            host = 0.0.0.0
            port = 9000
            public-url = https://Portal.Example/
            trusted-proxies = 10.0.0.0/8, 2001:db8::/32
            brand = Beispiel & Söhne
            support = help@example.com
            registration = closed
            contacts-must-confirm = no
            locked-fields = company, taxId
            database.url = jdbc:postgresql://db/holdfast
            database.user = holdfast
            database.password-file = %1$s/db
            smtp.host = mail.example
            smtp.user = portal
            smtp.password-file = %1$s/mail
            smtp.from = portal@example.com
            session.idle = 30m
            session.absolute = 12h
            guesses.per-address = 10
            guesses.per-address-interval = 1m
            password.pepper-files = k1:%1$s/k1
            password.breach-list-file = %1$s/list
            second-factor = required
            yubico.client-id = 87
            yubico.key-file = %1$s/k1
            google.client-id = portal.apps
            google.client-secret-file = %1$s/db
            facebook.app-id = 12345
            facebook.app-secret-file = %1$s/db
            provider-files = %1$s/provider
            metrics.token-file = %1$s/token
            log = json
            """
                .formatted(folder));

    var settings = Settings.read(folder, Optional.of(file), Map.of(), Map.of());

    assertThat(settings.publicUrl()).isEqualTo(URI.create("https://portal.example"));
    assertThat(settings.trustedProxies()).hasSize(2);
    assertThat(settings.brand()).isEqualTo("Beispiel & Söhne");
    assertThat(settings.lockedFields()).containsExactly(DetailsField.COMPANY, DetailsField.TAX_ID);
    assertThat(settings.database().password().value()).isEqualTo("geheim");
    var smtp = settings.smtp().orElseThrow();
    assertThat(smtp.port()).isEqualTo(587);
    assertThat(smtp.security()).isEqualTo(Settings.Smtp.Security.STARTTLS);
    assertThat(smtp.from()).isEqualTo(new EmailAddress("portal@example.com"));
    assertThat(settings.password().peppers()).containsOnlyKeys("k1");
    assertThat(settings.policy().secondFactorRequired()).isTrue();
    assertThat(settings.vouching().yubico().orElseThrow().clientId()).isEqualTo(87);
    assertThat(settings.vouching().providers(java.time.InstantSource.system()))
        .extracting(provider -> provider.key())
        .containsExactly("google", "example", "facebook");
    assertThat(settings.log()).isEqualTo(Settings.LogFormat.JSON);
    assertThat(settings.policy().registrationOpen()).isFalse();
    assertThat(settings.policy().perAddress().interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings).asString().doesNotContain("geheim", "MDEyMzQ1", "abc");
  }

  @Test
  void the_command_line_is_above_the_environment_and_that_above_the_file() throws IOException {
    var file = Optional.of(write("f", "port = 1001\nbrand = From file\nthreads = 10\n"));
    var environment = Map.of("HOLDFAST_PORT", "1002", "HOLDFAST_BRAND", "From env", "PATH", "/");

    var settings = Settings.read(folder, file, environment, Map.of("port", "1003"));

    assertThat(settings.port()).isEqualTo(1003);
    assertThat(settings.brand()).isEqualTo("From env");
    assertThat(settings.threads()).isEqualTo(10);
  }

  @Test
  void port_0_is_any_free_one() {
    var settings = read(Map.of("port", "0"));

    assertThat(settings.port()).isPositive();
    assertThat(settings.publicUrl().getPort()).isEqualTo(settings.port());
    assertThat(settings.console().port()).isPositive().isNotEqualTo(settings.port());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host=example.com | host must be an IP address
          port=http | port must be a whole number
          port=-1 | port must be from 0 (any free one) to 65535
          port=65536 | port must be from 0 (any free one) to 65535
          public-url=portal.example | public-url must look like https://portal.example
          public-url=https://portal.example/shop | public-url must look like https://portal.example
          public-url=https://a@portal.example | public-url must look like https://portal.example
          public-url=http://portal.example | public-url must be https, in front of a server that others than this machine reach
          host=0.0.0.0 | public-url must say where customers reach the portal when host is not loopback
          trusted-proxies=proxy | trusted-proxies must list networks such as 10.0.0.0/8, 192.0.2.7
          trusted-proxies=10.0.0.0/33 | trusted-proxies must list networks such as 10.0.0.0/8, 192.0.2.7
          threads=4 | threads must be from 8 to 1000
          relays=0 | relays must be from 1 to 32
          registration=maybe | registration must be open or closed
          contacts-must-confirm=1 | contacts-must-confirm must be yes or no
          locked-fields=shoeSize | locked-fields must list some of firstName, lastName, company, email, phone, taxId, language, address
          database.url=jdbc:oracle:thin | database.url must be a JDBC URL of H2, PostgreSQL or MariaDB
          database.url=jdbc:postgresql://db/x?password=p | database.url must not hold a password: it is read from database.password-file
          database.password-file=/none | database.password-file names a file that cannot be read
          database.pool-size=1 | database.pool-size must be from 4 to 200
          smtp.host=mail example | smtp.host must be the name of a server
          smtp.from=a@example.com | smtp.host must be set where smtp.from is
          smtp.host=mail.example | smtp.from must be set: the address that letters come from
          smtp.host=mail.example;smtp.security=tls | smtp.security must be starttls or smtps or none
          smtp.host=mail.example;smtp.from=a@example.com;smtp.port=0 | smtp.port must be from 1 to 65535
          smtp.host=mail.example;smtp.user=x | smtp.password-file must be set where the other of smtp.user and smtp.password-file is
          smtp.host=mail.example;smtp.security=none | smtp.security must be starttls or smtps, except to a server on this machine
          yubico.servers=https://y.example/v | yubico.client-id must be set where yubico.servers is
          yubico.client-id=1 | yubico.servers cannot be: only a validation server on this machine may be asked without an API key, not api.yubico.com
          yubico.key-file=/none | yubico.client-id must be set where yubico.key-file is
          yubico.client-id=many | yubico.client-id must be a whole number
          yubico.client-id=1;yubico.key-file=/none | yubico.key-file names a file that cannot be read
          yubico.client-id=0;yubico.servers=http://127.0.0.1/v | yubico.servers cannot be: the client id at the validation servers must be above 0
          yubico.client-id=1;yubico.servers=y example | yubico.servers must list addresses such as https://api.yubico.com/wsapi/2.0/verify
          yubico.client-id=1;yubico.servers=y.example | yubico.servers cannot be: a validation server's address must be a plain https address with a path
          yubico.client-id=1;yubico.servers=http://y.example/v | yubico.servers cannot be: only a validation server on this machine may be asked without https, not y.example
          google.client-id=x;google.client-secret-file=/none | google.client-secret-file names a file that cannot be read
          google.client-secret-file=x | google.client-id must be set where google.client-secret-file is
          facebook.app-id=1 | facebook.app-secret-file must be set where facebook.app-id is
          facebook.app-id=1;facebook.app-secret-file=/none | facebook.app-secret-file names a file that cannot be read
          provider-files=/ | provider-files names a file that cannot be read: /
          google.client-id=x | google.client-secret-file must be set where google.client-id is
          facebook.app-secret-file=x | facebook.app-id must be set where facebook.app-secret-file is
          provider-files=/nowhere | provider-files names a file that cannot be read: /nowhere
          support-pin.length=5 | support-pin.length must be from 6 to 12
          second-factor=maybe | second-factor must be optional or required
          session.idle=60 | session.idle must be a duration such as 100ms, 90s, 30m, 24h or 7d
          session.idle=1s | session.idle must be from 1m to 30d
          session.idle=2h;session.absolute=1h | session.absolute must not be shorter than session.idle
          console.host=desk | console.host must be an IP address
          console.host=0.0.0.0 | console.url must say where staff reach the console when console.host is not loopback
          console.port=70000 | console.port must be from 0 (any free one) to 65535
          console.port=8080 | console.port must not be the portal's port
          console.url=desk.example | console.url must look like https://console.example
          console.url=http://desk.example | console.url must be https, in front of a server that others than this machine reach
          console.url=http://127.0.0.1:8080 | console.url must not be the portal's address
          console.session.idle=2h | console.session.idle must not be longer than customers' session.idle
          console.session.absolute=25h | console.session.absolute must not be longer than customers' session.absolute
          console.session.absolute=5m | console.session.absolute must not be shorter than console.session.idle
          staff.calls-per-hour=0 | staff.calls-per-hour must be from 1 to 3600
          recovery.hold=59s | recovery.hold must be from 1m to 30d
          guesses.per-address=1 | guesses.per-address must be from 5 to 1000000
          guesses.overall-interval=2h | guesses.overall-interval must be from 1ms to 1h
          password.pepper-files=/etc/pepper | password.pepper-files must list id:file, the id of 1 to 8 letters or digits
          password.breach-list-file=/none | password.breach-list-file names a file that cannot be read
          metrics.token-file=/none | metrics.token-file names a file that cannot be read
          log=xml | log must be plain or json
          prot=80 | --prot is not a setting: did you mean port?
          database.password=x | --database.password is not a setting: a secret is read from a file, see database.password-file
          colour=blue | --colour is not a setting
          """)
  void a_wrong_setting_is_one_line_that_names_key_and_rule(String given, String line) {
    assertThatThrownBy(() -> read(pairs(given))).isInstanceOf(WrongSetting.class).hasMessage(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          yubico.client-id=1;yubico.key-file=secret | yubico.servers cannot be: the API key of the validation servers must be Base64 of at least 16 bytes
          yubico.client-id=1;yubico.key-file=empty | yubico.key-file names an empty file
          google.client-id=x;google.client-secret-file=empty | google.client-secret-file names an empty file
          facebook.app-id=x;facebook.app-secret-file=secret | facebook.app-id cannot be: Facebook's app id must be a number
          facebook.app-id=1;facebook.app-secret-file=spaced | facebook.app-id cannot be: Facebook's app needs its secret
          """)
  void a_secret_that_cannot_be_one_is_told_without_showing_it(String given, String line)
      throws IOException {
    write("secret", "geheim");
    write("empty", "\n");
    write("spaced", "ge heim");

    assertThatThrownBy(() -> read(inFolder(given)))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(line)
        .hasMessageNotContaining("heim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          isuer=https://id.example | names FILE, where isuer is not a setting: did you mean issuer?
          label= | names FILE, where label is missing
          client-secret-file= | names FILE, where client-secret-file is missing
          client-secret-file=/none | names FILE, where client-secret-file names a file that cannot be read
          proves-freshness=often | names FILE, where proves-freshness must be yes or no
          issuer=http://id.example | names FILE, where provider example needs an issuer that is an https address
          key=Example | names FILE, where a provider's key must be up to 32 small letters, digits and dashes, not Example
          key=google | name the key google twice
          key=facebook | name the key facebook twice
          """)
  void a_wrong_line_of_a_provider_is_told_with_its_file(String line, String told)
      throws IOException {
    var secret = write("secret", "geheim");
    var right =
        new HashMap<>(
            Map.of(
                "key",
                "example",
                "label",
                "Example ID",
                "issuer",
                "https://id.example",
                "client-id",
                "portal",
                "client-secret-file",
                "" + secret));
    var equals = line.indexOf('=');
    right.put(line.substring(0, equals), line.substring(equals + 1));
    var text = new StringBuilder();
    right.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
    var file = write("provider", text.toString());

    assertThatThrownBy(
            () ->
                read(
                    inFolder(
                        "google.client-id=x;google.client-secret-file=secret;provider-files=provider")))
        .isInstanceOf(WrongSetting.class)
        .hasMessage("provider-files " + told.replace("FILE", "" + file));
  }

  @Test
  void a_pepper_that_is_too_short_is_told_without_showing_it() throws IOException {
    var pepper = write("k1", "c2hvcnQ=");

    assertThatThrownBy(() -> read(Map.of("password.pepper-files", "k1:" + pepper)))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("at least 16 random bytes")
        .hasMessageNotContaining("c2hvcnQ");
  }

  @Test
  void a_doubled_key_is_told() throws IOException {
    var file = Optional.of(write("f", "port = 1\nport = 2\n"));

    assertThatThrownBy(() -> Settings.read(folder, file, Map.of(), Map.of()))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("port stands twice");
  }

  @Test
  void an_unknown_variable_of_ours_is_told_and_others_are_left_alone() {
    var environment = ImmutableMap.of("HOME", "/root", "HOLDFAST_PROT", "80");

    assertThatThrownBy(() -> Settings.read(folder, Optional.empty(), environment, Map.of()))
        .isInstanceOf(WrongSetting.class)
        .hasMessage("HOLDFAST_PROT is not a setting: did you mean HOLDFAST_PORT?");
  }

  @Test
  void a_file_that_is_named_has_to_be_there() {
    var file = Optional.of(folder.resolve("none"));

    assertThatThrownBy(() -> Settings.read(folder, file, Map.of(), Map.of()))
        .isInstanceOf(WrongSetting.class)
        .hasMessageStartingWith("settings names a file that cannot be read");
  }

  @Test
  void networks_hold_their_own_addresses_only() {
    assertThat(new Network("10.0.0.0/8").contains("10.200.1.1")).isTrue();
    assertThat(new Network("10.0.0.0/8").contains("11.0.0.1")).isFalse();
    assertThat(new Network("192.0.2.128/25").contains("192.0.2.127")).isFalse();
    assertThat(new Network("2001:db8::/32").contains("2001:db8:1::7")).isTrue();
    assertThat(new Network("192.0.2.7").contains("192.0.2.7")).isTrue();
    assertThat(new Network("0.0.0.0/0").contains("::1")).isFalse();
    assertThat(new Network("0.0.0.0/0").contains("no address")).isFalse();
  }

  private static Map<String, String> pairs(String given) {
    var pairs = new HashMap<String, String>();
    for (var pair : given.split(";")) {
      pairs.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    return pairs;
  }

  /** The same, where files are those of this test. */
  private Map<String, String> inFolder(String given) {
    var pairs = pairs(given);
    pairs.replaceAll((key, value) -> key.contains("file") ? "" + folder.resolve(value) : value);
    return pairs;
  }

  private Settings read(Map<String, String> commandLine) {
    return Settings.read(folder, Optional.empty(), Map.of(), commandLine);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
