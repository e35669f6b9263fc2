package org.holdfast.mail;

import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * The connections of one delivery, which can be cut from outside: a read that a server keeps alive
 * with a byte now and then, or a write it never takes, ends with the connection. TLS is laid over
 * them, so that cutting never waits for its good manners.
 */
final class Wire extends SSLSocketFactory {

  private static final long MOST_BYTES = 1 << 20; // of replies: more is no conversation

  private final SSLSocketFactory tls;
  private final List<Socket> open = new ArrayList<>();
  private boolean cut;

  Wire(SSLSocketFactory tls) {
    this.tls = tls;
  }

  /** Ends every connection there is and every one that is still asked for. */
  synchronized void cut() {
    cut = true;
    for (var socket : open) {
      try {
        socket.close();
      } catch (IOException alreadyGone) {
        continue; // and gone is what it should be
      }
    }
  }

  /** A connection in the open, not yet made. */
  @Override
  public synchronized Socket createSocket() throws IOException {
    if (cut) {
      throw new IOException("out of time");
    }
    var socket = new Counted();
    open.add(socket);
    return socket;
  }

  /** Lays TLS over a connection. */
  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new IOException("connections are made in two steps");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  private static final class Counted extends Socket {
    private InputStream counted = InputStream.nullInputStream();
    private boolean asked;

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      if (!asked) { // one count, also where TLS is laid over it later
        counted = ByteStreams.limit(super.getInputStream(), MOST_BYTES);
        asked = true;
      }
      return counted;
    }
  }
}
