package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Whom to ask about YubiKeys, and as whom. {@link #of} gives the defaults. It does not print its
 * key.
 *
 * @param servers asked in this order, the next one where those before it are in trouble
 * @param clientId who we are to them
 * @param apiKey signs questions and answers: in Base64, as the servers give it out. Servers on this
 *     machine may be asked without
 * @param patience how long an answer is waited for, from all servers together
 * @param atOnce about how many YubiKeys at once servers may be asked
 */
public record YubicoSettings(
    ImmutableList<URI> servers,
    int clientId,
    Optional<String> apiKey,
    Duration patience,
    int atOnce) {

  private static final int MIN_BYTES = 16;

  /**
   * @throws IllegalArgumentException saying which setting cannot be
   */
  public YubicoSettings {
    checkArgument(!servers.isEmpty(), "YubiKeys need a validation server");
    for (var server : servers) {
      checkArgument(
          isAddress(server),
          "a validation server's address must be a plain https address with a path");
      checkArgument(
          isHttps(server) || isLoopback(server),
          "only a validation server on this machine may be asked without https, not %s",
          server.getAuthority());
      checkArgument(
          apiKey.isPresent() || isLoopback(server),
          "only a validation server on this machine may be asked without an API key, not %s",
          server.getAuthority());
    }
    checkArgument(clientId > 0, "the client id at the validation servers must be above 0");
    checkArgument(
        apiKey.isEmpty() || isKey(apiKey.get()),
        "the API key of the validation servers must be Base64 of at least %s bytes",
        MIN_BYTES);
    checkArgument(
        patience.compareTo(Duration.ZERO) > 0 && patience.compareTo(Duration.ofMinutes(1)) <= 0,
        "validation servers must be waited for, and no longer than a minute");
    checkArgument(atOnce > 0, "at least one YubiKey at once must be asked about");
  }

  /** Waits for 5 seconds; 64 YubiKeys at once. */
  public static YubicoSettings of(List<URI> servers, int clientId, Optional<String> apiKey) {
    return new YubicoSettings(
        ImmutableList.copyOf(servers), clientId, apiKey, Duration.ofSeconds(5), 64);
  }

  public YubicoSettings withPatience(Duration other) {
    return new YubicoSettings(servers, clientId, apiKey, other, atOnce);
  }

  public YubicoSettings withAtOnce(int other) {
    return new YubicoSettings(servers, clientId, apiKey, patience, other);
  }

  /** The API key itself. */
  Optional<byte[]> key() {
    return apiKey.map(Base64.getDecoder()::decode);
  }

  private static boolean isAddress(URI server) {
    return server.getHost() != null
        && (isHttps(server) || "http".equalsIgnoreCase(server.getScheme()))
        && server.getRawUserInfo() == null
        && server.getRawQuery() == null
        && server.getRawFragment() == null
        && server.getRawPath().startsWith("/");
  }

  private static boolean isHttps(URI server) {
    return "https".equalsIgnoreCase(server.getScheme());
  }

  private static boolean isLoopback(URI server) {
    var host = server.getHost();
    return InetAddresses.isUriInetAddress(host)
        ? InetAddresses.forUriString(host).isLoopbackAddress()
        : host.equalsIgnoreCase("localhost");
  }

  private static boolean isKey(String text) {
    try {
      return Base64.getDecoder().decode(text).length >= MIN_BYTES;
    } catch (IllegalArgumentException noBase64) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "YubicoSettings" + servers;
  }
}
