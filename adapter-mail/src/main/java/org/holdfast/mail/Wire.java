package org.holdfast.mail;

import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * The connections of one delivery, which can be cut from outside: a read that a server keeps alive
 * with a byte now and then, or a write it never takes, ends with the connection. TLS is laid over
 * them, so that cutting never waits for its good manners.
 */
final class Wire {

  private static final long MOST_BYTES = 1 << 20; // of replies: more is no conversation

  private final List<Socket> made = new ArrayList<>();
  private boolean cut;

  /** Ends every connection there is and every one that is still asked for. */
  synchronized void cut() {
    cut = true;
    for (var socket : made) {
      try {
        socket.close();
      } catch (IOException alreadyGone) {
        continue; // and gone is what it should be
      }
    }
  }

  /** Makes connections in the open. */
  SocketFactory open() {
    return new Open();
  }

  /** Makes connections that TLS is laid over once they are there. */
  SSLSocketFactory secured(SSLSocketFactory tls) {
    return new Secured(tls);
  }

  private synchronized void keep(Socket socket) throws IOException {
    if (cut) {
      socket.close();
      throw new IOException("out of time");
    }
    made.add(socket);
  }

  private static IOException inTwoSteps() {
    return new IOException("a connection is made first and opened then");
  }

  private final class Open extends SocketFactory {
    @Override
    public Socket createSocket() throws IOException {
      var socket = new Counted();
      keep(socket);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw inTwoSteps();
    }
  }

  private final class Secured extends SSLSocketFactory {
    private final SSLSocketFactory tls;

    Secured(SSLSocketFactory tls) {
      this.tls = tls;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      keep(socket);
      return tls.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw inTwoSteps();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw inTwoSteps();
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return tls.getSupportedCipherSuites();
    }
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
