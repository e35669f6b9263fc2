package org.holdfast.mail;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.net.InetAddresses;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How the mail server is reached. {@link #of} gives the defaults: encrypted by STARTTLS or not at
 * all, the server's name and certificate checked against what Java trusts.
 *
 * @param mode how the way there is encrypted
 * @param login who we are to the server, where it wants to know
 * @param trust another trust than Java's own
 */
public record SmtpSettings(
    String host,
    int port,
    Mode mode,
    Optional<Login> login,
    Sender sender,
    Optional<SSLContext> trust) {

  /** How the way to the server is encrypted. */
  public enum Mode {
    /** It begins in the open and must turn to TLS before anything is said (587). */
    STARTTLS,
    /** TLS from the first byte (465). */
    SMTPS,
    /** In the open: only to this very machine. */
    PLAIN
  }

  /**
   * Who we are to the server.
   *
   * @param password asked anew at each connection, so that it may change meanwhile
   */
  public record Login(String user, Supplier<String> password) {
    @Override
    public String toString() {
      return "Login[…]";
    }
  }

  /**
   * @throws IllegalArgumentException saying which setting cannot be
   */
  public SmtpSettings {
    checkArgument(!host.isBlank(), "the mail server needs a host");
    checkArgument(port > 0 && port < 65_536, "the mail server's port must be 1 to 65535");
    checkArgument(
        mode != Mode.PLAIN || isLoopback(host),
        "mail may leave unencrypted only to a server on this machine, not to %s",
        host);
  }

  /** A server that asks for no sign-in, by STARTTLS. */
  public static SmtpSettings of(String host, int port, Sender sender) {
    return new SmtpSettings(host, port, Mode.STARTTLS, Optional.empty(), sender, Optional.empty());
  }

  public SmtpSettings withMode(Mode other) {
    return new SmtpSettings(host, port, other, login, sender, trust);
  }

  public SmtpSettings withLogin(String user, Supplier<String> password) {
    return new SmtpSettings(
        host, port, mode, Optional.of(new Login(user, password)), sender, trust);
  }

  public SmtpSettings withTrust(SSLContext other) {
    return new SmtpSettings(host, port, mode, login, sender, Optional.of(other));
  }

  private static boolean isLoopback(String host) {
    return InetAddresses.isInetAddress(host)
        ? InetAddresses.forString(host).isLoopbackAddress()
        : host.equalsIgnoreCase("localhost");
  }
}
