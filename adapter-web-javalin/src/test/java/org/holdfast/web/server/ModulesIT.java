package org.holdfast.web.server;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars as others get them: on a module path, with a program of theirs. */
class ModulesIT {

  private static final Path PORTAL = Path.of("target/holdfast-portal.jar");
  private static final Path LIBRARIES = Path.of("target/lib");

  @TempDir private Path folder;

  @Test
  void real_modules_export_what_is_documented_and_nothing_else() {
    for (var module :
        List.of("account-domain", "account-application", "adapter-auth", "adapter-mail")) {
      var descriptor = descriptor(jar(module));
      assertThat(descriptor.isAutomatic()).as(module).isFalse();
      assertThat(descriptor.name()).isEqualTo("org.holdfast." + module.split("-")[1]);
      assertThat(descriptor.exports()).as(module).allMatch(exports -> !exports.isQualified());
      assertThat(descriptor.exports().stream().map(ModuleDescriptor.Exports::source))
          .as(module)
          .containsExactlyInAnyOrderElementsOf(documented(jar(module)));
      assertThat(descriptor.opens()).as(module).allMatch(ModuleDescriptor.Opens::isQualified);
      assertThat(descriptor.requires().stream().map(ModuleDescriptor.Requires::name))
          .as(module)
          .doesNotContain("java.desktop", "java.sql");
    }
  }

  @Test
  void the_others_have_a_name_that_stays() throws IOException {
    var names =
        Map.of("org.holdfast.persistence", jar("adapter-persistence"), "org.holdfast.web", PORTAL);
    for (var named : names.entrySet()) {
      try (var opened = new JarFile(named.getValue().toFile())) {
        assertThat(opened.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
            .isEqualTo(named.getKey());
      }
      assertThat(descriptor(named.getValue()).name()).isEqualTo(named.getKey());
    }
  }

  @Test
  void a_program_that_is_a_module_embeds_it() throws Exception {
    write(
        "module-info.java",
        """
        module consumer {
          requires org.holdfast.auth;
          requires org.holdfast.mail;
          requires org.holdfast.persistence;
          requires java.sql;
          requires com.zaxxer.hikari;
          requires org.jooq;
          requires tools.jackson.databind;
        }
        """);
    write(
        "consumer/Main.java",
        """
        package consumer;

        import java.net.URI;
        import java.nio.file.Path;
        import java.util.List;
        import org.holdfast.application.Holdfast;
        import org.holdfast.application.Policy;
        import org.holdfast.application.Words;
        import org.holdfast.application.account.OpeningInput;
        import org.holdfast.application.input.AddressInput;
        import org.holdfast.auth.Defaults;
        import org.holdfast.auth.KeySet;
        import org.holdfast.auth.OidcProvider;
        import org.holdfast.auth.YubicoServers;
        import org.holdfast.auth.YubicoSettings;
        import org.holdfast.application.linkedaccount.IdentityProvider;
        import org.holdfast.domain.EmailAddress;
        import org.holdfast.domain.factor.TotpSecret;
        import org.holdfast.domain.factor.YubiKeyOtp;
        import java.security.SecureRandom;
        import java.util.Optional;
        import org.holdfast.domain.InvalidInput;
        import org.holdfast.domain.Language;
        import org.holdfast.domain.credential.Password;
        import org.holdfast.mail.Brand;
        import org.holdfast.mail.FolderMailer;
        import org.holdfast.mail.Sender;
        import org.holdfast.persistence.Databases;

        public class Main {
          public static void main(String[] args) {
            var folder = Path.of(args[0]);
            var brand = new Brand("Example", "+49 30 1", URI.create("https://my.example"));
            var sender = Sender.of(new EmailAddress("portal@example.com"), "Example");
            var mailer = new FolderMailer(folder.resolve("mail"), sender, brand);
            var parts = Defaults.parts(KeySet.create(folder.resolve("keys.json")), mailer);
            try (var source = Databases.pool("jdbc:h2:mem:consumer", "sa", "", 4)) {
              var store =
                  Databases.of(source)
                      .migrate(source)
                      .store(source, parts.sealer(), parts.ids());
              var policy = Policy.of(brand.name(), brand.portal());
              var holdfast = new Holdfast(store, policy, parts);
              try {
                holdfast.openAccount().open(input("not an address"));
              } catch (InvalidInput told) {
                System.out.println(Words.of(told.faults().get(0), Language.DE));
              }
              holdfast.openAccount().open(input("ada@example.com"));
              holdfast.deliveries().deliverDue(1);
              System.out.println(mailer.list(1).get(0).to());
              System.out.println(parts.lists().isCommon("password"));
              System.out.println(parts.lists().isBreached("correct horse battery staple"));
              var weak = new Password("password");
              System.out.println(parts.meter().measure(weak, List.of(), Language.DE).advice());
              System.out.println(parts.hasher().matches(weak, parts.hasher().hash(weak)));
              var secret = TotpSecret.of(new byte[20]);
              System.out.println(parts.totpCodes().at(secret, 1));
              var server = List.of(URI.create("http://127.0.0.1:1/v"));
              var key = Optional.of("MDEyMzQ1Njc4OWFiY2RlZg==");
              var yubico =
                  new YubicoServers(YubicoSettings.of(server, 1, key), new SecureRandom());
              System.out.println(yubico.ask(new YubiKeyOtp("c".repeat(44))));
              var settings =
                  new OidcProvider.Settings("id", "Id", "http://127.0.0.1:1", "x", "y", false);
              var id = new OidcProvider(settings, parts.clock());
              try {
                id.authorizationUri(
                    new IdentityProvider.Exchange("s", "n", "v".repeat(43), brand.portal()),
                    false);
              } catch (IdentityProvider.Unavailable nobodyThere) {
                System.out.println("nobody there");
              }
              System.out.println(Main.class.getModule() + " and " + Holdfast.class.getModule());
            }
          }

          private static OpeningInput input(String email) {
            return new OpeningInput(
                email, "Ada", "Lovelace", "", "", "", "en",
                new AddressInput("Unter den Linden 1", "", "Berlin", "", "10117", "DE"));
          }
        }
        """);
    var modules = modulePath();
    compile(modules);
    assertThat(run(modules))
        .containsSubsequence(
            "Die Adresse muss aussehen wie name@example.com.",
            "ada@example.com",
            "true",
            "true",
            "[Das ist eines der zehn häufigsten Passwörter., Fügen Sie ein oder zwei Wörter hinzu."
                + " Seltene Wörter sind besser.]",
            "true",
            "812658",
            "UNREACHABLE",
            "nobody there",
            "module consumer and module org.holdfast.application");
  }

  /** The packages that say in a package-info what they are for. */
  private static Iterable<String> documented(Path jar) {
    try (var opened = new JarFile(jar.toFile())) {
      return opened.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith("/package-info.class"))
          .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
          .collect(toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModuleDescriptor descriptor(Path jar) {
    return ModuleFinder.of(jar).findAll().iterator().next().descriptor();
  }

  private static Path jar(String artifact) {
    try (var jars = Files.list(LIBRARIES)) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith(artifact + "-"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + artifact + " in " + LIBRARIES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String modulePath() {
    return LIBRARIES.toAbsolutePath().toString();
  }

  private void write(String name, String text) throws IOException {
    var file = folder.resolve("src").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void compile(String modules) throws IOException {
    var said = new java.io.ByteArrayOutputStream();
    var code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                said,
                said,
                "--release",
                "17",
                "--module-path",
                modules,
                "-d",
                folder.resolve("classes").toString(),
                folder.resolve("src/module-info.java").toString(),
                folder.resolve("src/consumer/Main.java").toString());
    assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }

  private List<String> run(String modules) throws IOException, InterruptedException {
    var output = folder.resolve("output");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Dstdout.encoding=UTF-8", // of 19 and later
                "-Dsun.stdout.encoding=UTF-8", // of 17
                "--module-path",
                folder.resolve("classes") + File.pathSeparator + modules,
                "--module",
                "consumer/consumer.Main",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    var ended = process.waitFor(1, TimeUnit.MINUTES);
    process.destroyForcibly();
    var said = Files.readAllLines(output);
    assertThat(ended).as("ended, having said %s", said).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", said)).isZero();
    return said;
  }
}
