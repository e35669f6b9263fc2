package org.holdfast.auth.testkit;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Debian's yubiserver on a free loopback port, in a folder of its own, knowing some {@link
 * SoftYubiKey}s and one client. What is not installed is a failure that says so.
 *
 * <p>It mixes up questions that are asked at the same time: ask it one after the other. It runs as
 * the user {@code yubiserver} when root starts it.
 */
public final class YubiServer implements AutoCloseable {

  private static final String FIRST_DATABASE = "/etc/yubiserver/yubiserver.sqlite.init";
  private static final String API_KEY = "twenty bytes exactly"; // of which it makes Base64
  private static final Pattern STARTED = Pattern.compile("starting:\\d+:(\\d+)");
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  private final Path folder;
  private final int port = freePort();
  private Optional<ProcessHandle> process = Optional.empty();

  /** Starts it. */
  public YubiServer(SoftYubiKey... keys) {
    requireInstalled();
    try {
      folder = Files.createTempDirectory("holdfast-yubiserver");
      Files.copy(Path.of(FIRST_DATABASE), database());
      var shim = folder.resolve("loopback.c");
      Resources.asByteSource(Resources.getResource(YubiServer.class, "loopback.c"))
          .copyTo(MoreFiles.asByteSink(shim));
      run("gcc", "-shared", "-fPIC", "-nostdlib", "-o", library().toString(), shim.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (var key : keys) {
      admin("-y", "-a", key.publicId(), key.publicId(), key.privateId(), key.key());
    }
    admin("-p", "-a", "holdfast", API_KEY);
    if (System.getProperty("user.name").equals("root")) {
      run("chown", "-R", "yubiserver", folder.toString()); // as whom it goes on
    }
    start();
  }

  /** Where it is asked. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/wsapi/2.0/verify");
  }

  /** The client it knows. */
  public int clientId() {
    return 1;
  }

  /** That client's key, in Base64. */
  public String apiKey() {
    return Base64.getEncoder().encodeToString(API_KEY.getBytes(StandardCharsets.US_ASCII));
  }

  /** Starts it again, where it stopped, with all that it knew. */
  public void start() {
    try {
      Files.deleteIfExists(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(
        Map.of("LD_PRELOAD", library().toString()),
        "yubiserver",
        "-d",
        database().toString(),
        "-p",
        "" + port,
        "-l",
        log().toString());
    var began = System.nanoTime(); // it has gone into the background and may not listen yet
    while (!isListening() || pid().isEmpty()) {
      if (System.nanoTime() - began > PATIENCE) {
        throw new IllegalStateException("yubiserver does not start");
      }
      Thread.onSpinWait();
    }
    process = pid().flatMap(ProcessHandle::of);
  }

  /** Stops it; nobody answers at its address any more. */
  public void stop() {
    process.ifPresent(
        running -> {
          running.destroy();
          try {
            running.onExit().get(30, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException("yubiserver does not stop", e);
          }
        });
    process = Optional.empty();
  }

  @Override
  public void close() {
    stop();
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path database() {
    return folder.resolve("sqlite");
  }

  private Path log() {
    return folder.resolve("log");
  }

  private Path library() {
    return folder.resolve("loopback.so");
  }

  private boolean isListening() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private Optional<Long> pid() {
    try {
      var started = STARTED.matcher(Files.exists(log()) ? Files.readString(log()) : "");
      return started.find() ? Optional.of(Long.parseLong(started.group(1))) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void admin(String... what) {
    var command = new ArrayList<>(List.of("yubiserver-admin", "-b", database().toString()));
    command.addAll(List.of(what));
    run(command.toArray(String[]::new));
  }

  private static void requireInstalled() {
    if (!Files.exists(Path.of(FIRST_DATABASE))) {
      throw new IllegalStateException(
          "yubiserver is not installed: ./verify installs Debian's packages yubiserver and gcc");
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String... command) {
    run(Map.of(), command);
  }

  private static void run(Map<String, String> environment, String... command) {
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(environment);
      var process = builder.start();
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException("failed: " + command[0]);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot run " + command[0], e);
    }
  }
}
