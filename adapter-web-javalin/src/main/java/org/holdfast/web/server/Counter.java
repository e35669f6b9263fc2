package org.holdfast.web.server;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.holdfast.web.server.Administration.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running server takes the operator's commands: a socket in the data folder, which only the
 * folder's owner can open. An embedded database lets in one process at a time, so a command could
 * not do its work beside the server.
 */
final class Counter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Counter.class);
  private static final int MOST_BYTES = 64 * 1024;

  private final Path path;
  private final ServerSocketChannel channel;
  private final Function<List<String>, Outcome> serve;

  private Counter(Path path, ServerSocketChannel channel, Function<List<String>, Outcome> serve) {
    this.path = path;
    this.channel = channel;
    this.serve = serve;
  }

  /** Opens; nothing where this machine or the length of the path does not allow it. */
  static Optional<Counter> open(DataFolder folder, Function<List<String>, Outcome> serve) {
    var path = path(folder);
    try {
      Files.deleteIfExists(path); // of a server that was killed: the folder is ours
      var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      var counter = new Counter(path, channel, serve);
      var thread = new Thread(counter::listen, "counter");
      thread.setDaemon(true);
      thread.start();
      return Optional.of(counter);
    } catch (IOException | UnsupportedOperationException notHere) {
      LOG.warn("No commands can be taken while the server runs: {}", notHere.getMessage());
      return Optional.empty();
    }
  }

  /** Has a running server do this; nothing where none runs. */
  static Optional<Outcome> ask(DataFolder folder, List<String> words) {
    var path = path(folder);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      write(channel, String.join("\n", words));
      channel.shutdownOutput();
      var answer = Splitter.on('\n').splitToList(read(channel));
      return Optional.of(
          new Outcome(
              Integer.parseInt(answer.get(0)),
              ImmutableList.copyOf(answer.subList(1, answer.size()))));
    } catch (IOException nobodyThere) {
      return Optional.empty();
    }
  }

  private static Path path(DataFolder folder) {
    return folder.resolve("portal.sock");
  }

  private void listen() {
    while (channel.isOpen()) {
      try (var caller = channel.accept()) {
        var words = Splitter.on('\n').splitToList(read(caller));
        var outcome = Administration.knows(words) ? serve(words) : Outcome.no("no such command");
        write(caller, outcome.code() + "\n" + String.join("\n", outcome.lines()));
      } catch (ClosedChannelException stopped) {
        return;
      } catch (IOException brokenOff) {
        LOG.warn("A command broke off: {}", brokenOff.getMessage());
      }
    }
  }

  private Outcome serve(List<String> words) {
    try {
      return serve.apply(words);
    } catch (RuntimeException failed) {
      LOG.error("A command failed", failed);
      return Outcome.no("the server could not do it: see its log");
    }
  }

  private static String read(SocketChannel channel) throws IOException {
    var buffer = ByteBuffer.allocate(MOST_BYTES);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // until the other side has said all
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException leftBehind) {
      LOG.warn("{} was left behind", path);
    }
  }
}
