package org.holdfast.web.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.auth.Argon2Hasher;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.Web;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What docs/performance.md reports: the server beside a bare handler that does no more than it
 * must, in rounds that take turns, and the same work on few and on many accounts. It runs only when
 * it is named, and judges nothing: whoever reads the figures does. The servers are processes of
 * their own, so what the load costs is not counted as theirs.
 */
final class Performance {

  private static final int ROUNDS = 7;

  /** As ./portal has them: without, one process in two takes a fifth longer for each hash. */
  private static final List<String> FAST_HASHES =
      List.of(
          "-XX:+UseTransparentHugePages",
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=inline,org.bouncycastle.crypto.generators.Argon2BytesGenerator*::*");

  private static final int FEW = 1_000;
  private static final int MANY = 1_000_000;
  private static final String PASSWORD = "seven otters juggle plums";
  private static final Origin ORIGIN = new Origin("192.0.2.7", "");
  private static final Ids IDS = Ids.timeOrdered(Installation.CLOCK, new SecureRandom());

  /** As it is run for customers: what is committed is on disk, and it has memory to work with. */
  @BeforeAll
  static void setUpPostgresql() {
    System.setProperty(
        TestDatabases.POSTGRESQL_OPTIONS,
        "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=4GB");
  }

  /** What the children do. */
  public static void main(String... args) throws IOException {
    serve(args[0], args[1], args[2]);
  }

  // --- the server beside a bare handler

  @Test
  void the_server_beside_a_bare_handler() throws Exception {
    var url = TestDatabases.POSTGRESQL.url();
    var user = TestDatabases.POSTGRESQL.user();
    prepare(url, user);
    var data = Files.createTempDirectory("holdfast-performance");
    try (var whole = Child.ofServer(data, url, user);
        var bare = Child.of("bare", url, user)) {
      System.out.println("sign-ins at 8 connections: POST /api/v1/sessions, known devices");
      compare(new Load(8, Performance::signIn), 60, 8, whole, bare);
      System.out.println("session checks at 16 connections: GET /sign-in with a session's cookie");
      compare(new Load(16, Performance::check), 20, 4, whole, bare);
      System.out.printf("resident: %d MB after all this%n", whole.residentMegabytes());
    }
  }

  /** With a hasher that takes no time, all the processor does is what is beside the hash. */
  @Test
  void a_sign_in_beside_its_hash() throws Exception {
    var url = TestDatabases.POSTGRESQL.url();
    var user = TestDatabases.POSTGRESQL.user();
    prepare(url, user);
    try (var quick = Child.of("quick", url, user)) {
      var signIns = new Load(8, Performance::signIn);
      signIns.run(quick, 90);
      var millis = new double[ROUNDS];
      for (var round = 0; round < ROUNDS; round++) {
        millis[round] = signIns.run(quick, 8).processorMillis();
      }
      System.out.printf(
          "processor beside the hash: median %.3f ms a sign-in (%s)%n",
          median(millis), Arrays.toString(millis));
    }
  }

  private static void prepare(String url, String user) throws SQLException {
    try (var pool = Databases.pool(url, user, "", 4)) {
      Databases.of(url).migrate(pool);
      fill(pool, FEW, new Argon2Hasher(new SecureRandom()).hash(new Password(PASSWORD)));
      execute(
          pool,
          "CREATE TABLE bare (fingerprint VARCHAR(64) PRIMARY KEY, user_id UUID, at TIMESTAMP(3))");
      execute(pool, "INSERT INTO bare SELECT fingerprint, user_id, created_at FROM sessions");
    }
  }

  private static void compare(Load load, int secondsToWarm, int seconds, Child whole, Child bare) {
    load.run(whole, secondsToWarm); // a sign-in's hash leaves time for few of them
    load.run(bare, secondsToWarm);
    var ratios = new double[ROUNDS];
    for (var round = 0; round < ROUNDS; round++) {
      var ours = load.run(whole, seconds);
      var theirs = load.run(bare, seconds);
      ratios[round] = ours.perSecond() / theirs.perSecond();
      System.out.printf(
          "  %8.1f/s beside %8.1f/s = %.3f   (processor %.2f ms beside %.2f ms each)%n",
          ours.perSecond(),
          theirs.perSecond(),
          ratios[round],
          ours.processorMillis(),
          theirs.processorMillis());
    }
    System.out.printf("  median ratio %.3f%n", median(ratios));
  }

  /** One connection's work: the first call prepares it. */
  private interface Caller {
    void call() throws IOException;
  }

  private interface Preparing {
    Caller prepare(Wire wire, int number) throws IOException;
  }

  private static Caller signIn(Wire wire, int number) {
    var requests = new ArrayList<byte[]>();
    for (var i = number; i <= FEW; i += 8) {
      var body =
          "{\"email\":\"%s\",\"password\":\"%s\",\"device\":\"%s\"}"
              .formatted(email(i), PASSWORD, device(i).value());
      requests.add(post("/api/v1/sessions", body));
    }
    var next = new AtomicInteger();
    return () -> wire.exchange(requests.get(next.getAndIncrement() % requests.size()));
  }

  private static Caller check(Wire wire, int number) {
    var request =
        ("GET /sign-in HTTP/1.1\r\nHost: x\r\nCookie: session="
                + token(number).value()
                + "\r\n\r\n")
            .getBytes(US_ASCII);
    return () -> wire.exchange(request);
  }

  private static byte[] post(String path, String body) {
    return ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length(), body))
        .getBytes(US_ASCII);
  }

  private record Figure(double perSecond, double processorMillis) {}

  /** Callers who each have a connection and call as soon as they are answered. */
  private record Load(int callers, Preparing preparing) {

    Figure run(Child child, int seconds) {
      var threads = Executors.newFixedThreadPool(callers);
      try {
        var prepared = new ArrayList<Future<Caller>>();
        for (var i = 0; i < callers; i++) {
          var number = i + 1;
          prepared.add(threads.submit(() -> preparing.prepare(new Wire(child.port), number)));
        }
        var ready = new ArrayList<Caller>();
        for (var one : prepared) {
          ready.add(one.get());
        }
        var processor = child.processorNanos();
        var begin = System.nanoTime();
        var end = begin + seconds * 1_000_000_000L;
        var counts = new ArrayList<Future<Integer>>();
        for (var caller : ready) {
          counts.add(
              threads.submit(
                  () -> {
                    var count = 0;
                    while (System.nanoTime() < end) {
                      caller.call();
                      count++;
                    }
                    return count;
                  }));
        }
        var total = 0;
        for (var count : counts) {
          total += count.get();
        }
        var took = System.nanoTime() - begin;
        return new Figure(total * 1e9 / took, (child.processorNanos() - processor) / 1e6 / total);
      } catch (ExecutionException | InterruptedException failed) {
        throw new IllegalStateException(failed);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** As little of an HTTP client as does, so that it takes little from the server it measures. */
  private static final class Wire {
    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }

    String exchange(byte[] request) throws IOException {
      socket.getOutputStream().write(request);
      var status = line();
      var length = 0;
      for (var header = line(); !header.isEmpty(); header = line()) {
        if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          length = Integer.parseInt(header.substring(15).strip());
        }
      }
      var body = new String(in.readNBytes(length), US_ASCII);
      if (!status.startsWith("HTTP/1.1 2") && !status.startsWith("HTTP/1.1 303")) {
        throw new IOException(status + " " + body);
      }
      return body;
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (var c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("closed");
        }
        line.append((char) c);
      }
      return line.toString().strip();
    }
  }

  /** A server in a process of its own. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final int port;

    private Child(List<String> command, String portal) throws IOException {
      command.remove("-XX:TieredStopAtLevel=1");
      command.addAll(1, FAST_HASHES);
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      var out = process.inputReader();
      var line = out.readLine();
      while (line != null && !line.startsWith(portal)) {
        line = out.readLine();
      }
      if (line == null) {
        throw new IOException("did not start: " + command);
      }
      port = URI.create(line.substring(portal.length()).strip()).getPort();
    }

    static Child of(String what, String url, String user) throws IOException {
      var command = ServerProcess.command(Performance.class);
      command.addAll(List.of(what, url, user));
      return new Child(command, "serving");
    }

    static Child ofServer(Path data, String url, String user) throws IOException {
      var command = ServerProcess.command(Main.class);
      command.addAll(List.of("--data", data.toString(), "--port", "" + FreePort.on("127.0.0.1")));
      command.addAll(List.of("--database.url", url, "--database.user", user));
      return new Child(command, "portal");
    }

    long processorNanos() {
      return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    long residentMegabytes() throws IOException {
      return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  // --- what the children serve

  private static void serve(String what, String url, String user) throws IOException {
    var pool = Databases.pool(url, user, "", 10);
    var server = Javalin.create(config -> configure(config, what, url, pool)).start("127.0.0.1", 0);
    System.out.println("serving http://127.0.0.1:" + server.port() + "/");
    System.in.read(); // until it is killed
  }

  private static void configure(
      JavalinConfig config, String what, String url, HikariDataSource pool) {
    config.startup.showJavalinBanner = false;
    config.jetty.threadPool = new QueuedThreadPool(40, 8);
    if (what.equals("quick")) {
      new Web(holdfast(url, pool, new NoHasher()), Installation.CLOCK, proxy -> false)
          .configure(config);
      return;
    }
    var hasher = new Argon2Hasher(new SecureRandom());
    var random = new SecureRandom();
    var json = new ObjectMapper();
    config.routes.post("/api/v1/sessions", ctx -> bareSignIn(ctx, pool, hasher, random, json));
    config.routes.get("/sign-in", ctx -> bareCheck(ctx, pool));
  }

  /** One SELECT, one verification, one INSERT. */
  private static void bareSignIn(
      Context ctx,
      HikariDataSource pool,
      Argon2Hasher hasher,
      SecureRandom random,
      ObjectMapper json)
      throws Exception {
    var typed = json.readTree(ctx.bodyAsBytes());
    Object user;
    String hash;
    try (var connection = pool.getConnection();
        var select =
            connection.prepareStatement(
                "SELECT a.user_id, p.hash FROM user_addresses a"
                    + " JOIN passwords p ON p.user_id = a.user_id WHERE a.address = ?")) {
      select.setString(1, typed.path("email").asText());
      try (var found = select.executeQuery()) {
        found.next();
        user = found.getObject(1);
        hash = found.getString(2);
      }
    }
    if (!hasher.matches(new Password(typed.path("password").asText()), hash)) {
      throw new IllegalStateException("wrong");
    }
    var token = Secret.generate(random);
    try (var connection = pool.getConnection();
        var insert = connection.prepareStatement("INSERT INTO bare VALUES (?, ?, ?)")) {
      insert.setString(1, token.fingerprint());
      insert.setObject(2, user);
      insert.setObject(3, java.time.LocalDateTime.now(java.time.ZoneOffset.UTC));
      insert.executeUpdate();
    }
    ctx.status(201).contentType("application/json").result("{\"token\":\"" + token.value() + "\"}");
  }

  /** One SELECT by primary key. */
  private static void bareCheck(Context ctx, HikariDataSource pool) throws SQLException {
    var token = Secret.parse(ctx.cookie("session")).orElseThrow();
    try (var connection = pool.getConnection();
        var select =
            connection.prepareStatement("SELECT user_id, at FROM bare WHERE fingerprint = ?")) {
      select.setString(1, token.fingerprint());
      try (var found = select.executeQuery()) {
        if (!found.next()) {
          throw new IllegalStateException("none");
        }
        ctx.result(found.getString(1));
      }
    }
  }

  /** Takes no time, and every password is right. */
  private static final class NoHasher implements PasswordHasher {
    @Override
    public String hash(Password password) {
      return "";
    }

    @Override
    public boolean matches(Password password, String hash) {
      return true;
    }

    @Override
    public void matchNothing(Password password) {
      // takes no time either
    }

    @Override
    public boolean isOutdated(String hash) {
      return false;
    }
  }

  private static Holdfast holdfast(String url, HikariDataSource pool, PasswordHasher hasher) {
    var store = Databases.of(url).store(pool, InMemoryHoldfast.SEALER, IDS);
    return new Holdfast(
        store,
        Policy.of("Example Hosting", URI.create("http://127.0.0.1:1")).withDesk(OPEN_DESK),
        Holdfast.Parts.of(
            hasher,
            new org.holdfast.auth.ShippedPasswordLists(),
            new org.holdfast.auth.ZxcvbnMeter(),
            InMemoryHoldfast.SEALER,
            new InMemoryHoldfast.KeepingMailer(),
            new org.holdfast.auth.OtpJavaCodes(),
            Installation.CLOCK,
            new SecureRandom()));
  }

  private static final Policy.Desk OPEN_DESK =
      new Policy.Desk(
          URI.create("http://127.0.0.1:2"),
          new Session.Limits(Duration.ofHours(1), Duration.ofHours(8)),
          Duration.ofHours(72),
          new Rate(1_000_000, Duration.ofMillis(1)),
          new Rate(1_000_000, Duration.ofMillis(1)));

  // --- few accounts and many

  @Test
  void many_accounts_beside_few() throws SQLException {
    var fewUrl = TestDatabases.POSTGRESQL.url();
    var manyUrl = TestDatabases.POSTGRESQL.url();
    var user = TestDatabases.POSTGRESQL.user();
    try (var few = Databases.pool(fewUrl, user, "", 2);
        var many = Databases.pool(manyUrl, user, "", 2)) {
      Databases.of(fewUrl).migrate(few);
      Databases.of(manyUrl).migrate(many);
      var hasher = new Argon2Hasher(new SecureRandom());
      var hash = hasher.hash(any());
      fill(few, FEW, hash);
      fill(many, MANY, hash);
      var onFew = holdfast(fewUrl, few, new NoHasher());
      var onMany = holdfast(manyUrl, many, new NoHasher());
      System.out.printf("at %,d and at %,d accounts, one caller, microseconds each%n", FEW, MANY);
      grow("sign-in without hash", 1_000, signIn(FEW, onFew), signIn(MANY, onMany));
      grow(
          "sign-in",
          100,
          signIn(FEW, holdfast(fewUrl, few, hasher)),
          signIn(MANY, holdfast(manyUrl, many, hasher)));
      grow(
          "session check",
          4_000,
          random(FEW, i -> must(onFew.sessions().check(token(i)).isPresent())),
          random(MANY, i -> must(onMany.sessions().check(token(i)).isPresent())));
      grow(
          "who would get this?",
          2_000,
          random(FEW, i -> onFew.notifications().recipients(number(i), Category.INVOICES)),
          random(MANY, i -> onMany.notifications().recipients(number(i), Category.INVOICES)));
      var byFew = staff(onFew);
      var byMany = staff(onMany);
      grow(
          "staff find by name",
          500,
          random(FEW, i -> must(!onFew.answerCall().find(byFew, "Ada Nr " + i).isEmpty())),
          random(MANY, i -> must(!onMany.answerCall().find(byMany, "Ada Nr " + i).isEmpty())));
    }
  }

  private static SignedInStaff staff(Holdfast holdfast) {
    var link = holdfast.keepStaff().inviteFromCommandLine("Ann", "ann@example.com");
    var secret = InMemoryHoldfast.secretIn(link).orElseThrow();
    var token = holdfast.signInStaff().invitation(secret).orElseThrow().token();
    var code =
        new org.holdfast.auth.OtpJavaCodes().at(token, Totp.step(Installation.CLOCK.instant()));
    var session = holdfast.signInStaff().accept(secret, any(), code, ORIGIN);
    return holdfast.signInStaff().check(session).orElseThrow();
  }

  private static Runnable signIn(int accounts, Holdfast holdfast) {
    return random(
        accounts, i -> holdfast.signIn().signIn(email(i), any(), Optional.of(device(i)), ORIGIN));
  }

  private static Runnable random(int accounts, IntConsumer work) {
    var random = new Random(7);
    return () -> work.accept(1 + random.nextInt(accounts));
  }

  private static void grow(String what, int times, Runnable few, Runnable many) {
    for (var i = 0; i < 3 * times; i++) { // warm
      few.run();
      many.run();
    }
    var ratios = new double[ROUNDS];
    var lines = new ArrayList<String>();
    for (var round = 0; round < ROUNDS; round++) {
      var onFew = micros(times, few);
      var onMany = micros(times, many);
      ratios[round] = onMany / onFew;
      lines.add("%.0f/%.0f".formatted(onMany, onFew));
    }
    System.out.printf("  %-20s median ratio %.2f   %s%n", what, median(ratios), lines);
  }

  private static double micros(int times, Runnable work) {
    var begin = System.nanoTime();
    for (var i = 0; i < times; i++) {
      work.run();
    }
    return (System.nanoTime() - begin) / 1e3 / times;
  }

  private static void must(boolean right) {
    if (!right) {
      throw new IllegalStateException("this should have been found");
    }
  }

  // --- what is in the database

  private static void fill(HikariDataSource pool, int accounts, String hash) throws SQLException {
    for (var sql :
        ImmutableList.of(
            "INSERT INTO users SELECT gen_random_uuid(), 'Ada', 'Nr ' || i, 'u' || i ||"
                + " '@example.com', 'en', 'UTC', now(), NULL FROM generate_series(1, "
                + accounts
                + ") i",
            "INSERT INTO user_addresses SELECT email, id, NULL FROM users",
            "INSERT INTO accounts SELECT gen_random_uuid(), (10000000 + substr(last_name,"
                + " 4)::int)::text, id, first_name, last_name, '', email, true, '', '', 'en',"
                + " 'Weg 1', '', 'Berlin', '', '10117', 'DE', 'announcements invoices', NULL,"
                + " now(), 0, false, lower(last_name), lower(first_name || ' ' || last_name), '' FROM users",
            "INSERT INTO contacts SELECT gen_random_uuid(), a.id, 'Contact ' || i, 'c' || i ||"
                + " a.email, '', '', NULL, NULL, NULL, NULL, NULL, NULL, 'invoices', now(), i"
                + " FROM accounts a, generate_series(1, 2) i",
            "INSERT INTO passwords SELECT id, '" + hash + "', 1, now() FROM users",
            "INSERT INTO sessions SELECT encode(sha256(lpad('s' || substr(last_name, 4), 43,"
                + " '0')::bytea), 'hex'), gen_random_uuid(), id, '', '', now() AT TIME ZONE 'UTC',"
                // as if just used, or the first check of each would write that down
                + " now() AT TIME ZONE 'UTC' + interval '40 minutes', now() AT TIME ZONE 'UTC'"
                + " FROM users",
            "INSERT INTO devices SELECT id, encode(sha256(lpad('d' || substr(last_name, 4), 43,"
                + " '0')::bytea), 'hex'), now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                + " FROM users")) {
      execute(pool, sql);
    }
    execute(pool, "ANALYZE");
  }

  private static void execute(HikariDataSource pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String email(int i) {
    return "u" + i + "@example.com";
  }

  private static String number(int i) {
    return "" + (10_000_000 + i);
  }

  private static Secret token(int i) {
    return new Secret(padded("s" + i));
  }

  private static Secret device(int i) {
    return new Secret(padded("d" + i));
  }

  private static String padded(String text) {
    return "0".repeat(43 - text.length()) + text;
  }

  private static Password any() {
    return new Password(PASSWORD);
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
