package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.holdfast.persistence.testkit.TestDatabases;
import org.holdfast.web.Browser;

/**
 * The reference server as a process of its own, started as {@code ./portal} does and killed as
 * nobody should. {@code -Dholdfast.java=/path/to/java} runs it on another Java than the tests'.
 */
final class ServerProcess implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;
  private static final String JAVA =
      System.getProperty(
          "holdfast.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());

  private final Process process;
  private final Path log;
  private final BufferedReader out;
  private ImmutableList<String> lines = ImmutableList.of();

  private ServerProcess(Path data, String... settings) {
    var command = command(Main.class);
    command.addAll(List.of("--data", data.toString()));
    command.addAll(List.of(settings));
    try {
      log = Files.createTempFile("holdfast-server", ".log");
      process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** How it ended. */
  record Ended(int code, String out, String err) {}

  /** Settings of a node on this database, which all nodes with this folder share. */
  static ImmutableMap<String, String> settings(
      TestDatabases database, Path folder, MailServer mail) {
    return ImmutableMap.of(
        "database.url",
        database.url(),
        "database.user",
        database.user(),
        "keys-file",
        folder.resolve("keys.json").toString(),
        "smtp.host",
        "127.0.0.1",
        "smtp.port",
        "" + mail.port(),
        "smtp.security",
        "none",
        "smtp.from",
        "portal@example.com");
  }

  /** What runs a class of ours, with what the server is made of and nothing that only tests use. */
  static List<String> command(Class<?> main) {
    var path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> main != Main.class || !isOfTests(entry))
            .collect(Collectors.joining(File.pathSeparator));
    return new ArrayList<>(
        List.of(
            JAVA,
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:TieredStopAtLevel=1", // a test is over before more would pay
            "-cp",
            path,
            main.getName()));
  }

  private static boolean isOfTests(String entry) {
    return entry.contains("test-classes") || entry.endsWith("-tests.jar");
  }

  /** Starts a server and waits until it serves. */
  static ServerProcess start(Path data, String... settings) {
    var server = new ServerProcess(data, settings);
    var printed = List.of(settings).contains("--smtp.host") ? 2 : 4;
    server.lines = within(() -> server.read(printed));
    if (server.lines.size() < printed) {
      throw new AssertionError("did not start: " + server.end());
    }
    return server;
  }

  /** Starts a server that is not able to, and says how it ended. */
  static Ended refused(Path data, String... settings) {
    return new ServerProcess(data, settings).end();
  }

  /** Does a command on this data, beside a server or without one. */
  static Ended command(Path data, String... words) {
    return new ServerProcess(data, words).end();
  }

  /** What it printed once it served. */
  ImmutableList<String> lines() {
    return lines;
  }

  /** What stands behind a word on those lines. */
  List<String> line(String word) {
    return lines.stream()
        .map(line -> Arrays.asList(line.split("\t")))
        .filter(parts -> parts.get(0).equals(word))
        .findFirst()
        .orElseThrow()
        .subList(1, word.equals("customer") ? 3 : word.equals("staff") ? 5 : 2);
  }

  /** A browser that has not been here before. */
  Browser browser() {
    return new Browser(line("portal").get(0));
  }

  /** Asks it to end (SIGTERM) and waits for that. */
  Ended stop() {
    process.destroy();
    return end();
  }

  /** Ends it where it stands (SIGKILL). */
  void kill() {
    process.destroyForcibly();
    end();
  }

  private Ended end() {
    var rest = within(() -> read(Integer.MAX_VALUE));
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + Files.readString(log));
      }
      var err = Files.readString(log);
      Files.delete(log);
      return new Ended(process.exitValue(), String.join("\n", rest), err);
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  private ImmutableList<String> read(int most) {
    var read = ImmutableList.<String>builder();
    try {
      for (var i = 0; i < most; i++) {
        var line = out.readLine();
        if (line == null) {
          break;
        }
        read.add(line);
      }
    } catch (IOException killed) {
      // then that was all it said
    }
    return read.build();
  }

  private static <T> T within(Supplier<T> reading) {
    try {
      return CompletableFuture.supplyAsync(reading).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException failed) {
      throw new AssertionError("the server says nothing", failed);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
