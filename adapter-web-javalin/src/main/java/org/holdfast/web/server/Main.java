package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.auth.ShippedPasswordLists;
import org.holdfast.web.server.Administration.Outcome;

/** The command line. */
public final class Main {

  /** Said with a wrong command line or setting. */
  private static final int MISUSED = 2;

  private static final String HELP =
      """
      portal [--data DIR] [--settings FILE] [--KEY VALUE ...]
          starts the server; the portal is at http://127.0.0.1:8080 unless --port N says otherwise,
          and the console of its staff at the port after that
      portal service-key create NAME    makes a key for a host that calls the API; shows it once
      portal service-key list           shows the keys' ids and names
      portal service-key revoke ID      makes a key worthless
      portal staff invite-administrator EMAIL NAME
                                        prints a link by which somebody becomes administrator at the console
      portal staff list                 shows who works at the console
      portal keys list                  shows the keys that things are sealed with, and how many
      portal keys rotate                adds a key that new seals take
      portal keys add                   adds a key that is only to be known on every node, before
      portal keys promote               has new seals take it
      portal keys retire [--now]        re-encrypts all for the newest key and removes the old ones
      portal activity verify [FILE]     looks whether security activity was changed; ends with 1 if so.
                                        With FILE also whether any was taken back since checkpoint FILE
      portal activity checkpoint FILE   the same as verify, and writes FILE, to be kept elsewhere
      portal breach-list check FILE     looks at a list of breached passwords before it is used
      portal help | --version

      DIR is ./data unless said otherwise. Settings are read from FILE, or DIR/holdfast.properties
      where there is one, from HOLDFAST_… in the environment, and from the command line.
      Without smtp.host letters are kept on a mailbox page, and a customer and an administrator are
      made to sign in as.
      A server ends cleanly on SIGTERM or Ctrl-C: with 0, once requests and letters in hand are done.
      """;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  Main(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs one command and ends with its code. A server runs until the process is told to end. */
  public static void main(String[] args) {
    Logging.start(Settings.LogFormat.PLAIN); // until the settings say how
    var code = new Main(System.getenv(), System.out, System.err).run(List.of(args));
    if (code != 0) {
      System.exit(code);
    }
  }

  /** What is on the command line: words, and what stands behind each {@code --key}. */
  private record Line(ImmutableList<String> words, Map<String, String> options) {

    static Line of(List<String> args) {
      var words = new ArrayList<String>();
      var options = new HashMap<String, String>();
      for (var i = 0; i < args.size(); i++) {
        var arg = args.get(i);
        if (!arg.startsWith("--") || arg.equals("--now")) { // the one that stands alone
          words.add(arg);
          continue;
        }
        var equals = arg.indexOf('=');
        if (equals < 0 && i + 1 == args.size()) {
          throw new WrongSetting(arg, "needs a value behind it");
        }
        var key = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
        var value = equals < 0 ? args.get(++i) : arg.substring(equals + 1);
        if (options.put(key, value) != null) {
          throw new WrongSetting(arg, "stands twice on the command line");
        }
      }
      return new Line(ImmutableList.copyOf(words), options);
    }
  }

  int run(List<String> args) {
    try {
      if (List.of("help", "--help", "-h").contains(args.isEmpty() ? "" : args.get(0))) {
        out.print(HELP);
        return 0;
      }
      if (args.equals(List.of("--version"))) {
        out.println("holdfast " + version());
        return 0;
      }
      return run(Line.of(args));
    } catch (WrongSetting wrong) {
      err.println("portal: " + wrong.getMessage());
      return MISUSED;
    } catch (CannotStart reason) {
      err.println("portal: " + reason.getMessage());
      return 1;
    }
  }

  private int run(Line line) {
    var words = line.words();
    if (words.isEmpty()) {
      return serve(settings(line));
    }
    if (Administration.knows(words)) {
      return print(administer(settings(line), Administration.anywhere(words)));
    }
    if (words.size() == 3 && words.subList(0, 2).equals(List.of("breach-list", "check"))) {
      return print(check(Path.of(words.get(2))));
    }
    if (words.equals(List.of("rehearse"))) {
      return rehearse();
    }
    err.println("portal: there is no such command; see portal help");
    return MISUSED;
  }

  private int serve(Settings settings) {
    var server = PortalServer.start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
    server.lines().forEach(out::println);
    out.flush();
    return 0;
  }

  /** Java would end with the signal's number however well it went. */
  private static void stop(PortalServer server) {
    server.close();
    Runtime.getRuntime().halt(0);
  }

  private static Outcome administer(Settings settings, List<String> words) {
    var folder = DataFolder.at(settings.data());
    return Counter.ask(folder, words).orElseGet(() -> administerAlone(settings, words));
  }

  private static Outcome administerAlone(Settings settings, List<String> words) {
    var meters = new Meters(Installation.CLOCK);
    try (var installation =
        Installation.open(settings, () -> Letters.of(settings).mailer(), meters)) {
      return installation.administration().run(words);
    }
  }

  private static Outcome check(Path file) {
    try {
      new ShippedPasswordLists(file).close();
      return Outcome.done("usable\t" + file + "\t" + Files.size(file) + " bytes");
    } catch (IllegalArgumentException unusable) {
      return Outcome.no("" + unusable.getMessage());
    } catch (IOException unreadable) {
      return Outcome.no("breach list " + file + " cannot be read");
    }
  }

  private int print(Outcome outcome) {
    var done = outcome.lines().size() - (outcome.code() == 0 ? 0 : 1);
    outcome.lines().subList(0, done).forEach(out::println);
    outcome.lines().stream().skip(done).forEach(why -> err.println("portal: " + why));
    return outcome.code();
  }

  /** Starts once and stops, so that the classes a start needs can be archived for the next ones. */
  private int rehearse() {
    try {
      var data = Files.createTempDirectory("portal-rehearsal");
      var settings = Settings.read(data, Optional.empty(), Map.of(), Map.of("port", "0"));
      try (var server = PortalServer.start(settings)) {
        Rehearsal.visit(server.url());
      } finally {
        Rehearsal.clear(data);
      }
      return 0;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Settings settings(Line line) {
    var options = new HashMap<>(line.options());
    var variables = new HashMap<>(environment);
    var data = Path.of(take("data", options, variables).orElse("data"));
    var named = take("settings", options, variables).map(Path::of);
    var usual = Optional.of(data.resolve("holdfast.properties")).filter(Files::exists);
    var settings = Settings.read(data, named.or(() -> usual), variables, options);
    Logging.start(settings.log());
    return settings;
  }

  /** Where settings are found is no setting itself. */
  private static Optional<String> take(
      String key, Map<String, String> options, Map<String, String> variables) {
    var variable = Optional.ofNullable(variables.remove(Given.variable(key)));
    return Optional.ofNullable(options.remove(key)).or(() -> variable);
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("(not built)");
  }
}
