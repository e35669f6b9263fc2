package org.holdfast.web.server;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.holdfast.application.Workers;
import org.holdfast.web.Web;
import org.holdfast.web.console.Console;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference server at work: one database, the portal's pages and API, the console beside it,
 * and what goes on in the background. Closing it lets requests and letters in hand end; being
 * killed loses nothing that was acknowledged, because nothing is kept anywhere but in the database.
 */
final class PortalServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PortalServer.class);
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(20); // once it is to stop
  private static final int THREADS_OF_JETTY = 8; // it keeps some for itself
  private static final int THREADS_OF_CONSOLE = 8; // staff wait for nobody but staff
  private static final Set<String> SIGN_INS = Set.of("/sign-in", "/api/v1/sessions");

  private final Settings settings;
  private final DataFolder folder;
  private final Letters letters;
  private final Installation installation;
  private final Meters meters = new Meters(Installation.CLOCK);
  private final Probes probes;
  private final Optional<MailboxRoutes> mailbox;
  private final Optional<String> firstPassword;
  private final Optional<FirstStaff.Keys> firstStaff;
  private final Javalin javalin;
  private final Optional<Javalin> console;
  private final Workers workers;
  private final Optional<Counter> counter;

  private PortalServer(Settings settings, DataFolder folder) {
    this.settings = settings;
    this.folder = folder;
    var begun = Installation.beside(() -> Letters.of(settings));
    installation = Installation.open(settings, () -> begun.get().mailer(), meters);
    letters = begun.get();
    try {
      var holdfast = installation.holdfast();
      var web = new Web(holdfast, Installation.CLOCK, settings::isTrustedProxy);
      probes = new Probes(installation.pool(), meters, settings.metricsToken());
      mailbox =
          letters
              .mailbox()
              .map(kept -> MailboxRoutes.of(kept, web.portal(), folder, installation.random()));
      firstPassword =
          settings.isTrial() ? new FirstCustomer(installation, folder).ready() : Optional.empty();
      firstStaff =
          settings.isTrial() && settings.console().url().isPresent()
              ? new FirstStaff(installation, folder).ready()
              : Optional.empty();
      javalin = Javalin.create(config -> configure(config, web));
      console =
          settings
              .console()
              .url()
              .map(url -> new Console(holdfast, Installation.CLOCK, settings::isTrustedProxy))
              .map(desk -> Javalin.create(config -> configure(config, desk)));
      listen();
      meters.watchProcess();
      meters.watch(holdfast);
      workers = Workers.start(holdfast, settings.relays(), PortalServer::tellTrouble);
      counter = Counter.open(folder, installation.administration()::run);
    } catch (RuntimeException | Error failed) {
      installation.close();
      throw failed;
    }
  }

  /**
   * Starts to serve.
   *
   * @throws CannotStart in one line
   */
  static PortalServer start(Settings settings) {
    var folder = DataFolder.at(settings.data()).hold();
    try {
      return new PortalServer(settings, folder);
    } catch (RuntimeException | Error failed) {
      folder.close();
      throw failed;
    }
  }

  /** Where the portal is reached. */
  URI url() {
    return settings.publicUrl();
  }

  /** What the operator is told once it serves, one thing a line, its parts set apart by tabs. */
  List<String> lines() {
    var url = settings.publicUrl().toString();
    var lines = new java.util.ArrayList<String>();
    lines.add("portal\t" + url);
    mailbox.ifPresent(pages -> lines.add("mailbox\t" + url + pages.path()));
    firstPassword.ifPresent(word -> lines.add("customer\t" + FirstCustomer.EMAIL + "\t" + word));
    settings.console().url().ifPresent(desk -> lines.add(line(desk)));
    return lines;
  }

  private String line(URI desk) {
    return firstStaff
        .map(
            keys ->
                String.join(
                    "\t",
                    "staff",
                    desk.toString(),
                    FirstStaff.EMAIL,
                    keys.password(),
                    keys.token().base32()))
        .orElse("console\t" + desk);
  }

  private void configure(JavalinConfig config, Web web) {
    prepare(config, "request", settings.threads());
    web.configure(config);
    probes.register(config.routes);
    mailbox.ifPresent(pages -> pages.register(config.routes));
    config.requestLogger.http((ctx, took) -> measure(ctx, "", took));
  }

  private void configure(JavalinConfig config, Console desk) {
    prepare(config, "console", THREADS_OF_CONSOLE);
    desk.configure(config);
    config.requestLogger.http((ctx, took) -> measure(ctx, "console:", took));
  }

  private static void prepare(JavalinConfig config, String name, int most) {
    config.startup.startupWatcherEnabled = false;
    var threads = new QueuedThreadPool(most + THREADS_OF_JETTY, THREADS_OF_JETTY);
    threads.setName(name);
    config.jetty.threadPool = threads;
    config.jetty.modifyServer(PortalServer::endRequestsBeforeStopping);
  }

  private static void endRequestsBeforeStopping(Server server) {
    server.setHandler(new GracefulHandler());
    server.setStopTimeout(LONGEST_REQUEST.toMillis());
  }

  private void measure(Context ctx, String site, float milliseconds) {
    var endpoint = ctx.endpoints().matchedHttpEndpoint();
    var route = site + (endpoint == null ? "none" : endpoint.path);
    var method = ctx.req().getMethod();
    var known = endpoint == null ? "none" : method; // whoever asks may make methods up
    meters.answered(
        known, route, ctx.statusCode(), Duration.ofNanos((long) (milliseconds * 1_000_000)));
    if ("POST".equals(method) && SIGN_INS.contains(route)) {
      meters.signIn(outcome(ctx.statusCode()));
    }
  }

  private static String outcome(int status) {
    return switch (status) {
      case 200, 201, 204, 303 -> "signed_in";
      case 401 -> "failed";
      case 429 -> "too_many_tries";
      case 503 -> "busy";
      default -> "refused";
    };
  }

  private void listen() {
    JavalinLogger.enabled = false; // it would tell of a failure before we do, and in other words
    try {
      listen(javalin, settings.host(), settings.port());
      console.ifPresent(desk -> listen(desk, settings.console().host(), settings.console().port()));
    } finally {
      JavalinLogger.enabled = true;
    }
  }

  private void listen(Javalin server, String host, int port) {
    try {
      server.start(host, port);
    } catch (JavalinBindException taken) {
      stop();
      throw new CannotStart("port %d of %s is taken or not allowed".formatted(port, host));
    }
  }

  /** Both at once, as each lets its requests in hand end. */
  private void stop() {
    var desk = CompletableFuture.runAsync(() -> console.ifPresent(Javalin::stop));
    javalin.stop();
    desk.join();
  }

  private static void tellTrouble(Throwable trouble) {
    LOG.warn("Work in the background failed and will be tried again", trouble);
  }

  @Override
  public void close() {
    probes.stopping();
    stop();
    counter.ifPresent(Counter::close);
    workers.close();
    letters.closing().run();
    installation.close();
    folder.close();
  }
}
