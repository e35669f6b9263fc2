package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.auth.MadeUpServer.API_KEY;
import static org.holdfast.auth.MadeUpServer.lines;
import static org.holdfast.auth.MadeUpServer.say;
import static org.holdfast.auth.MadeUpServer.send;
import static org.holdfast.auth.MadeUpServer.signature;
import static org.holdfast.auth.MadeUpServer.signed;
import static org.holdfast.auth.MadeUpServer.unsigned;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.testkit.Race;
import org.holdfast.auth.MadeUpServer.Conduct;
import org.holdfast.auth.testkit.SoftYubiKey;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/** Against servers that lie, stall and break off. */
class YubicoServersTest {

  private static final SoftYubiKey KEY = new SoftYubiKey(1);
  private static final String OTP = KEY.touch();
  private static final String OTHER = KEY.touch();
  private static final String OTHER_KEY = "b3RoZXIgb2YgdHdlbnR5IGJ5dGU=";
  private static final Duration LONG = Duration.ofSeconds(20); // never needed
  private static final Duration SHORT = Duration.ofSeconds(1); // for who does not answer
  private static final Duration IN_TIME = Duration.ofSeconds(3); // on a busy machine
  private static final Conduct YES = (question, to) -> send(to, "200 OK", signed(yes(question)));

  private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    root.setLevel(Level.INFO);
    root.addAppender(log);
  }

  @AfterEach
  void nothing_secret_was_logged() {
    root.detachAppender(log);
    root.setLevel(Level.ERROR);
    for (var event : List.copyOf(log.list)) {
      assertThat(event.getFormattedMessage())
          .doesNotContain(OTP.substring(12), OTHER.substring(12), API_KEY, "\n");
      assertThat(event.getThrowableProxy()).isNull();
    }
  }

  @Test
  void a_signed_yes_about_this_otp_is_good() {
    try (var server = new MadeUpServer(YES)) {
      assertThat(ask(server)).isEqualTo(Verdict.VALID);
      var question = new TreeMap<>(server.questions.remove());
      assertThat(question.remove("h")).isEqualTo(signature(question, API_KEY));
      assertThat(question).containsOnlyKeys("id", "nonce", "otp").containsEntry("id", "7");
      assertThat(question.get("nonce")).matches("[0-9a-f]{32}");
      assertThat(ask(server)).isEqualTo(Verdict.VALID);
      assertThat(server.questions.remove().get("nonce")).isNotEqualTo(question.get("nonce"));
    }
    assertThat(warnings()).isEmpty();
  }

  @Test
  void a_no_is_told_without_a_word_in_the_log() {
    for (var status : List.of("BAD_OTP", "REPLAYED_OTP", "REPLAYED_REQUEST")) {
      try (var server = new MadeUpServer((q, to) -> send(to, "200 OK", signed(lines(q, status))))) {
        assertThat(ask(server)).as(status).isEqualTo(Verdict.REFUSED);
      }
    }
    assertThat(warnings()).isEmpty();
  }

  /** What must be done about each of these is in its name: nobody's answer counts as a yes. */
  @TestFactory
  Stream<DynamicTest> no_yes_is_heard_from_a_server_that() {
    var refused = new ImmutableMap.Builder<String, Conduct>();
    refused.put("speaks of another OTP", body(q -> signed(with(yes(q), "otp", OTHER))));
    refused.put("speaks of no OTP", body(q -> signed(without(yes(q), "otp"))));
    refused.put("answers another question", body(q -> signed(with(yes(q), "nonce", "0123456789"))));
    refused.put("answers no question", body(q -> signed(without(yes(q), "nonce"))));
    refused.put(
        "signs with another key",
        body(q -> "h=" + signature(yes(q), OTHER_KEY) + "\r\n" + unsigned(yes(q))));
    refused.put(
        "signs something else",
        body(q -> "h=" + signature(lines(q, "BAD_OTP"), API_KEY) + "\r\n" + unsigned(yes(q))));
    refused.put("does not sign", body(q -> unsigned(yes(q))));
    refused.put("signs with nothing", body(q -> "h=\r\n" + unsigned(yes(q))));
    refused.put(
        "says no, then yes",
        body(q -> "status=BAD_OTP\r\n" + signed(yes(q)))); // as a reader of last lines sees it
    refused.put("says yes twice", body(q -> "status=OK\r\n" + signed(yes(q))));
    refused.put("signs twice", body(q -> "h=AAAA\r\n" + signed(yes(q))));
    refused.put("hides one line in another", body(q -> signed(with(yes(q), "t", "0&u=1"))));
    refused.put("whispers", body(q -> signed(lines(q, "ok"))));
    refused.put("adds a space", body(q -> signed(lines(q, "OK "))));
    refused.put("says what nobody knows", body(q -> signed(lines(q, "DELAYED_OTP"))));
    refused.put(
        "repeats the OTP as status", body(q -> signed(lines(q, q.getOrDefault("otp", "")))));
    refused.put("has no status", body(q -> signed(without(yes(q), "status"))));
    refused.put("says nothing", body(q -> ""));
    refused.put("shows a page", body(q -> "<html>status=OK</html>"));
    refused.put("answers with 10 MB", body(q -> signed(yes(q)) + "x=y\r\n".repeat(2_000_000)));
    refused.put("answers without end", YubicoServersTest::withoutEnd);
    refused.put("has no end in one line", YubicoServersTest::inOneLine);

    var unreachable = new ImmutableMap.Builder<String, Conduct>();
    for (var status :
        List.of(
            "BACKEND_ERROR",
            "NOT_ENOUGH_ANSWERS",
            "BAD_SIGNATURE",
            "MISSING_PARAMETER",
            "NO_SUCH_CLIENT",
            "OPERATION_NOT_ALLOWED")) {
      unreachable.put("says " + status, body(q -> unsigned(lines(q, status))));
    }
    unreachable.put("fails", (q, to) -> send(to, "500 Oops", signed(yes(q))));
    unreachable.put("forbids", (q, to) -> send(to, "403 No", signed(yes(q))));
    unreachable.put("stalls", (q, to) -> awaitEnd(to));
    unreachable.put("stalls after its head", YubicoServersTest::stallAfterHead);
    unreachable.put("stalls at the end", YubicoServersTest::stallAtTheEnd);
    unreachable.put("drips", YubicoServersTest::drip);
    unreachable.put("has a head without end", YubicoServersTest::headWithoutEnd);
    unreachable.put("fails without end", YubicoServersTest::failWithoutEnd);
    unreachable.put("hangs up", (q, to) -> {});
    unreachable.put("resets", (q, to) -> to.setSoLinger(true, 0));
    unreachable.put("breaks off", YubicoServersTest::breakOff);
    unreachable.put("speaks another language", (q, to) -> say(to, "220 Welcome\r\n"));
    return Stream.concat(
        refused.build().entrySet().stream().map(each -> test(each, Verdict.REFUSED)),
        unreachable.build().entrySet().stream().map(each -> test(each, Verdict.UNREACHABLE)));
  }

  private DynamicTest test(Map.Entry<String, Conduct> each, Verdict verdict) {
    return DynamicTest.dynamicTest(
        each.getKey(),
        () -> {
          try (var server = new MadeUpServer(each.getValue())) {
            var before = warnings().size();
            var began = System.nanoTime();
            var patience = verdict == Verdict.REFUSED ? LONG : SHORT;
            var servers = servers(settings(server.uri()).withPatience(patience));
            assertThat(servers.ask(otp(OTP))).isEqualTo(verdict);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isLessThan(verdict == Verdict.REFUSED ? LONG : IN_TIME);
            assertThat(warnings()).hasSize(before + 1);
          }
        });
  }

  @Test
  void nobody_is_sent_elsewhere() {
    try (var elsewhere = new MadeUpServer(YES)) {
      for (var status : List.of(301, 302, 303, 307, 308)) {
        Conduct redirect =
            (question, to) ->
                say(
                    to,
                    "HTTP/1.1 %d Moved\r\nLocation: %s?otp=%s&nonce=%s\r\nContent-Length: 0\r\n\r\n"
                        .formatted(
                            status, elsewhere.uri(), question.get("otp"), question.get("nonce")));
        try (var server = new MadeUpServer(redirect)) {
          assertThat(ask(server)).as("" + status).isEqualTo(Verdict.UNREACHABLE);
        }
      }
      assertThat(elsewhere.questions).isEmpty();
    }
  }

  @Test
  void a_server_in_trouble_leaves_the_next_one_its_time() throws Exception {
    URI nobody;
    try (var gone = new ServerSocket(0)) {
      nobody = URI.create("http://127.0.0.1:" + gone.getLocalPort() + "/");
    }
    Conduct trouble = body(q -> signed(lines(q, "BACKEND_ERROR")));
    try (var stalls = new MadeUpServer((question, to) -> awaitEnd(to));
        var inTrouble = new MadeUpServer(trouble);
        var says = new MadeUpServer(YES);
        var last = new MadeUpServer(YES)) {
      var servers =
          servers(
              settings(nobody, stalls.uri(), inTrouble.uri(), says.uri(), last.uri())
                  .withPatience(Duration.ofSeconds(8)));
      assertThat(servers.ask(otp(OTP))).isEqualTo(Verdict.VALID);
      assertThat(last.questions).isEmpty();
    }
  }

  @Test
  void a_no_is_not_taken_to_another_server() {
    for (Conduct no :
        List.of(
            body(q -> signed(lines(q, "REPLAYED_OTP"))),
            body(q -> signed(lines(q, "BAD_OTP"))),
            body(q -> unsigned(yes(q))))) {
      try (var first = new MadeUpServer(no);
          var second = new MadeUpServer(YES)) {
        assertThat(servers(settings(first.uri(), second.uri())).ask(otp(OTP)))
            .isEqualTo(Verdict.REFUSED);
        assertThat(second.questions).isEmpty();
      }
    }
  }

  @Test
  void the_time_is_for_all_servers_together() {
    try (var first = new MadeUpServer((question, to) -> awaitEnd(to));
        var second = new MadeUpServer((question, to) -> awaitEnd(to));
        var third = new MadeUpServer((question, to) -> awaitEnd(to))) {
      var began = System.nanoTime();
      var servers = servers(settings(first.uri(), second.uri(), third.uri()).withPatience(SHORT));
      assertThat(servers.ask(otp(OTP))).isEqualTo(Verdict.UNREACHABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT, IN_TIME);
      assertThat(warnings()).hasSize(3);
    }
  }

  @Test
  void of_sixty_four_at_once_each_gets_the_answer_to_its_own_question() {
    var good = Stream.generate(KEY::touch).limit(32).toList();
    var bad = Stream.generate(KEY::touch).limit(32).toList();
    Conduct fair = body(q -> signed(lines(q, good.contains(q.get("otp")) ? "OK" : "BAD_OTP")));
    try (var server = new MadeUpServer(fair)) {
      var servers = servers(settings(server.uri()));
      for (var round = 0; round < 3; round++) {
        var verdicts = Race.of(64, i -> servers.ask(otp(i < 32 ? good.get(i) : bad.get(i - 32))));
        assertThat(verdicts.subList(0, 32)).containsOnly(Verdict.VALID);
        assertThat(verdicts.subList(32, 64)).containsOnly(Verdict.REFUSED);
      }
    }
  }

  @Test
  void servers_that_stall_hold_neither_threads_nor_connections() throws Exception {
    var left = new CountDownLatch(64);
    Conduct stall =
        (question, to) -> {
          awaitEnd(to);
          left.countDown();
        };
    var before = threads();
    try (var server = new MadeUpServer(stall)) {
      var servers = servers(settings(server.uri()).withPatience(Duration.ofSeconds(4)));
      assertThat(Race.of(64, i -> servers.ask(otp(OTP)))).containsOnly(Verdict.UNREACHABLE);
      assertThat(left.await(10, TimeUnit.SECONDS)).as("everybody hung up").isTrue();
      assertThat(Sets.difference(threads(), before)).hasSizeBetween(1, 8);
    }
  }

  @Test
  void who_finds_no_place_is_told_so_at_once() throws Exception {
    var asked = new CountDownLatch(1);
    var speak = new CountDownLatch(1);
    Conduct slow =
        (question, to) -> {
          asked.countDown();
          speak.await();
          YES.answer(question, to);
        };
    var callers = Executors.newSingleThreadExecutor();
    try (var server = new MadeUpServer(slow)) {
      var servers =
          servers(settings(server.uri()).withAtOnce(1).withPatience(Duration.ofMinutes(1)));
      var first = callers.submit(() -> servers.ask(otp(OTP)));
      asked.await();
      assertThat(servers.ask(otp(OTHER))).isEqualTo(Verdict.UNREACHABLE);
      assertThat(server.questions).hasSize(1);
      speak.countDown();
      assertThat(first.get()).isEqualTo(Verdict.VALID);
      assertThat(servers.ask(otp(OTHER))).as("the place is free again").isEqualTo(Verdict.VALID);
    } finally {
      speak.countDown();
      callers.shutdown();
    }
  }

  @Test
  void who_is_interrupted_stays_so_and_asks_nobody_else() throws Exception {
    var asked = new CountDownLatch(1);
    Conduct stall =
        (question, to) -> {
          asked.countDown();
          awaitEnd(to);
        };
    try (var first = new MadeUpServer(stall);
        var second = new MadeUpServer(YES)) {
      var servers =
          servers(settings(first.uri(), second.uri()).withPatience(Duration.ofMinutes(1)));
      var interrupted = new AtomicBoolean();
      var verdicts = new ArrayList<Verdict>();
      var caller =
          new Thread(
              () -> {
                verdicts.add(servers.ask(otp(OTP)));
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      asked.await();
      caller.interrupt();
      caller.join();
      assertThat(verdicts).containsExactly(Verdict.UNREACHABLE);
      assertThat(interrupted).isTrue();
      assertThat(second.questions).isEmpty();
    }
  }

  @Test
  void whatever_else_goes_wrong_is_a_verdict() {
    var random = new SecureRandom();
    var broken =
        new YubicoServers(
            settings(URI.create("http://127.0.0.1:1/")),
            () -> {
              throw new IllegalStateException("no chance of " + OTP + random);
            });
    assertThat(broken.ask(otp(OTP))).isEqualTo(Verdict.UNREACHABLE);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void without_a_key_the_rest_is_looked_at_all_the_same() {
    for (var lie :
        ImmutableMap.<Conduct, Verdict>of(
                body(q -> unsigned(yes(q))), Verdict.VALID,
                body(q -> unsigned(with(yes(q), "otp", OTHER))), Verdict.REFUSED,
                body(q -> unsigned(with(yes(q), "nonce", "0123456789"))), Verdict.REFUSED,
                body(q -> "status=BAD_OTP\r\n" + unsigned(yes(q))), Verdict.REFUSED)
            .entrySet()) {
      try (var server = new MadeUpServer(lie.getKey())) {
        var settings = YubicoSettings.of(List.of(server.uri()), 7, Optional.empty());
        assertThat(servers(settings).ask(otp(OTP))).isEqualTo(lie.getValue());
        assertThat(server.questions.remove()).containsOnlyKeys("id", "nonce", "otp");
      }
    }
  }

  @Test
  void settings_that_cannot_be_are_refused() {
    var cloud = "https://api.yubico.example/wsapi/2.0/verify";
    for (var bad :
        ImmutableMap.<String, String>builder()
            .put("api.yubico.example", "a plain https address")
            .put("//api.yubico.example/verify", "a plain https address")
            .put("ftp://api.yubico.example/verify", "a plain https address")
            .put("https://api.yubico.example", "a plain https address")
            .put("https://api.yubico.example/verify?id=1", "a plain https address")
            .put("https://api.yubico.example/verify#top", "a plain https address")
            .put("https://me:secret@api.yubico.example/verify", "a plain https address")
            .put("http://api.yubico.example/verify", "without https, not api.yubico.example")
            .put("http://127.0.0.1.example/verify", "without https, not 127.0.0.1.example")
            .put("http://192.0.2.1:8000/verify", "without https, not 192.0.2.1:8000")
            .build()
            .entrySet()) {
      assertThatThrownBy(() -> of(List.of(bad.getKey()), Optional.of(API_KEY)))
          .as(bad.getKey())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad.getValue())
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> of(List.of(cloud), Optional.empty()))
        .hasMessage(
            "only a validation server on this machine may be asked without an API key, not"
                + " api.yubico.example");
    assertThatThrownBy(() -> of(List.of("http://localhost/", cloud), Optional.empty()))
        .hasMessageContaining("without an API key");
    assertThatThrownBy(() -> of(List.of(), Optional.of(API_KEY)))
        .hasMessage("YubiKeys need a validation server");
    for (var noKey : Set.of("", "no Base64!", "c2hvcnQ=")) {
      assertThatThrownBy(() -> of(List.of(cloud), Optional.of(noKey)))
          .hasMessage("the API key of the validation servers must be Base64 of at least 16 bytes");
    }
    var good = of(List.of(cloud, "https://10.0.0.1/v"), Optional.of(API_KEY));
    assertThat(good.toString()).contains(cloud).doesNotContain(API_KEY);
    assertThatThrownBy(() -> good.withPatience(Duration.ZERO)).hasMessageContaining("waited for");
    assertThatThrownBy(() -> good.withPatience(Duration.ofSeconds(61)))
        .hasMessageContaining("waited for");
    assertThatThrownBy(() -> good.withAtOnce(0)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> YubicoSettings.of(List.of(URI.create(cloud)), 0, Optional.of(API_KEY)))
        .hasMessageContaining("client id");
    for (var here : List.of("http://localhost/v", "http://127.0.0.1:80/v", "http://[::1]:80/v")) {
      assertThat(of(List.of(here), Optional.empty()).servers()).hasSize(1);
    }
  }

  private static Conduct body(Function<Map<String, String>, String> body) {
    return (question, to) -> send(to, "200 OK", body.apply(question));
  }

  private static Map<String, String> yes(Map<String, String> question) {
    return lines(question, "OK");
  }

  private static Map<String, String> with(Map<String, String> lines, String name, String value) {
    lines.put(name, value);
    return lines;
  }

  private static Map<String, String> without(Map<String, String> lines, String name) {
    lines.remove(name);
    return lines;
  }

  private static void withoutEnd(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\n\r\n" + signed(yes(question)));
    repeat(to, "x=y\r\n");
  }

  private static void inOneLine(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\n\r\n" + signed(yes(question)) + "x=");
    repeat(to, "yyyyyyyy");
  }

  private static void headWithoutEnd(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\n");
    repeat(to, "X-Y: z\r\n");
  }

  private static void failWithoutEnd(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 500 Oops\r\n\r\n" + signed(yes(question)));
    repeat(to, "x=y\r\n");
  }

  /** Until the client has left, which is seen when nothing can be written any more. */
  private static void repeat(Socket to, String text) throws IOException {
    var much = text.repeat(1_000);
    while (true) {
      say(to, much);
    }
  }

  private static void stallAfterHead(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n");
    awaitEnd(to);
  }

  private static void stallAtTheEnd(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + signed(yes(question)));
    awaitEnd(to);
  }

  private static void breakOff(Map<String, String> question, Socket to) throws IOException {
    say(to, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + signed(yes(question)));
  }

  private static void drip(Map<String, String> question, Socket to)
      throws IOException, InterruptedException {
    say(to, "HTTP/1.1 200 OK\r\n\r\n" + signed(yes(question)) + "x=");
    var never = new CountDownLatch(1);
    while (!never.await(20, TimeUnit.MILLISECONDS)) {
      say(to, "y");
    }
  }

  private static void awaitEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      Thread.onSpinWait();
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("yubico-"))
        .collect(Collectors.toSet());
  }

  private static YubicoSettings of(List<String> servers, Optional<String> apiKey) {
    return YubicoSettings.of(servers.stream().map(URI::create).toList(), 7, apiKey);
  }

  private List<ILoggingEvent> warnings() {
    return log.list.stream().filter(e -> e.getLevel().isGreaterOrEqual(Level.WARN)).toList();
  }

  private static Verdict ask(MadeUpServer server) {
    return servers(settings(server.uri())).ask(otp(OTP));
  }

  private static YubicoServers servers(YubicoSettings settings) {
    return new YubicoServers(settings, new SecureRandom());
  }

  private static YubicoSettings settings(URI... servers) {
    return YubicoSettings.of(List.of(servers), 7, Optional.of(API_KEY)).withPatience(LONG);
  }

  private static YubiKeyOtp otp(String typed) {
    return YubiKeyOtp.parse(typed).orElseThrow();
  }
}
