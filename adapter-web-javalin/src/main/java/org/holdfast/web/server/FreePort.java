package org.holdfast.web.server;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.ServerSocket;

/** A port nobody listens on. */
final class FreePort {

  private FreePort() {}

  /** Another one than this, which somebody is about to listen on. */
  static int beside(int taken, String host) {
    var port = on(host);
    return port == taken ? beside(taken, host) : port;
  }

  static int on(String host) {
    try (var probe = new ServerSocket(0, 1, InetAddresses.forString(host))) {
      return probe.getLocalPort();
    } catch (IOException noneThere) {
      throw new WrongSetting("host", "is not an address of this machine");
    }
  }
}
