package org.holdfast.mail;

import com.google.common.collect.ImmutableList;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A mail server that behaves until it is told otherwise, and writes down every line it hears. What
 * it answers a command, or {@code .} at the end of the letter, or {@code connect} at the very
 * start, is a script: a reply, or one of the misdeeds.
 */
final class ScriptedServer implements AutoCloseable {

  /** Closes the connection instead of an answer. */
  static final String DROP = "drop";

  /** Never answers, and keeps the connection. */
  static final String STALL = "stall";

  /** Answers a byte now and then, and never a whole line. */
  static final String DRIP = "drip";

  /** Answers as fast as it can, and never a whole line. */
  static final String FLOOD = "flood";

  /** Takes no more bytes from here on. */
  static final String DEAF = "deaf";

  private final ServerSocket server;
  private final Map<String, String> script = new HashMap<>();
  private final List<String> commands = new ArrayList<>();
  private final List<String> data = new ArrayList<>();
  private final CountDownLatch gone = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);

  ScriptedServer() {
    try {
      server = new ServerSocket();
      server.setReceiveBufferSize(4_096); // so that a deaf one is soon noticed
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    script.put("connect", "220 scripted.example ESMTP");
    script.put("EHLO", "250-scripted.example\r\n250 SIZE 1000000");
    script.put("HELO", "250 scripted.example");
    script.put("MAIL", "250 2.1.0 Ok");
    script.put("RCPT", "250 2.1.5 Ok");
    script.put("DATA", "354 Go on");
    script.put(".", "250 2.0.0 Ok: queued as 4711");
    script.put("RSET", "250 2.0.0 Ok");
    script.put("QUIT", "221 2.0.0 Bye");
    var thread = new Thread(this::serve, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  ScriptedServer answering(String command, String reply) {
    script.put(command, reply);
    return this;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Every command line that was heard, whatever it said. */
  synchronized ImmutableList<String> commands() {
    return ImmutableList.copyOf(commands);
  }

  /** Every line of every letter, as it came. */
  synchronized ImmutableList<String> data() {
    return ImmutableList.copyOf(data);
  }

  /** Waits until the client has left. */
  void awaitGone() throws InterruptedException {
    gone.await();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (var socket = server.accept()) {
        converse(socket);
      } catch (IOException | InterruptedException over) {
        gone.countDown();
        continue;
      }
      gone.countDown();
    }
  }

  private void converse(Socket socket) throws IOException, InterruptedException {
    var in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    var out = socket.getOutputStream();
    if (!answer("connect", socket, out)) {
      return;
    }
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      hear(line);
      var command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
      var reply = script.getOrDefault(command, "500 5.5.1 What?");
      if (!answer(command, socket, out)) {
        return;
      }
      if (command.equals("DATA") && reply.startsWith("354")) {
        for (var text = in.readLine(); text != null && !text.equals("."); text = in.readLine()) {
          hearData(text);
        }
        if (!answer(".", socket, out)) {
          return;
        }
      }
      if (command.equals("QUIT")) {
        return;
      }
    }
  }

  /** Says what the script says; false where the conversation ends with it. */
  private boolean answer(String command, Socket socket, OutputStream out)
      throws IOException, InterruptedException {
    var reply = script.getOrDefault(command, "500 5.5.1 What?");
    switch (reply) {
      case DROP -> {
        return false;
      }
      case STALL -> {
        awaitEnd(socket);
        return false;
      }
      case DEAF -> {
        out.write("354 Go on\r\n".getBytes(StandardCharsets.ISO_8859_1));
        closing.await();
        return false;
      }
      case DRIP -> {
        while (!closing.await(20, TimeUnit.MILLISECONDS)) {
          out.write('2'); // ends with an exception once the client has left
        }
        return false;
      }
      case FLOOD -> {
        while (closing.getCount() > 0) {
          out.write(new byte[8_192]);
        }
        return false;
      }
      default -> {
        out.write((reply + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return true;
      }
    }
  }

  private static void awaitEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      Thread.onSpinWait();
    }
  }

  private synchronized void hear(String line) {
    commands.add(line);
  }

  private synchronized void hearData(String line) {
    data.add(line);
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
  }
}
