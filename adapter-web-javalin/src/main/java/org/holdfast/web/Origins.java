package org.holdfast.web;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.function.Predicate;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from: the socket's address, or what a trusted proxy says of it, and the
 * browser in a few words. No other header is believed.
 */
public final class Origins {

  private static final int MOST_HOPS = 20;

  // The first that fits names it: browsers name those they descend from as well.
  private static final ImmutableMap<String, String> BROWSERS =
      ImmutableMap.<String, String>builder()
          .put("Edg", "Edge")
          .put("OPR/", "Opera")
          .put("SamsungBrowser", "Samsung Internet")
          .put("Vivaldi", "Vivaldi")
          .put("FxiOS", "Firefox")
          .put("Firefox/", "Firefox")
          .put("CriOS", "Chrome")
          .put("HeadlessChrome", "Chrome")
          .put("Chrome/", "Chrome")
          .put("Safari/", "Safari")
          .put("curl/", "curl")
          .buildOrThrow();

  private static final ImmutableMap<String, String> SYSTEMS =
      ImmutableMap.<String, String>builder()
          .put("iPhone", "iPhone")
          .put("iPad", "iPad")
          .put("Android", "Android")
          .put("CrOS", "ChromeOS")
          .put("Windows", "Windows")
          .put("Macintosh", "Mac")
          .put("Linux", "Linux")
          .buildOrThrow();

  private final Predicate<String> isTrustedProxy;

  public Origins(Predicate<String> isTrustedProxy) {
    this.isTrustedProxy = isTrustedProxy;
  }

  /** Where this request comes from. */
  public Origin of(Context ctx) {
    return new Origin(address(ctx), device(ctx.userAgent()));
  }

  private String address(Context ctx) {
    var address = plain(ctx.req().getRemoteAddr());
    if (!isTrustedProxy.test(address)) {
      return address;
    }
    // From the right: each trusted proxy vouches for the hop before it, and for nothing further.
    for (var hop : hops(ctx)) {
      if (!InetAddresses.isInetAddress(hop)) {
        return address;
      }
      address = plain(hop);
      if (!isTrustedProxy.test(address)) {
        return address;
      }
    }
    return address;
  }

  private static ImmutableList<String> hops(Context ctx) {
    var lines = Collections.list(ctx.req().getHeaders("X-Forwarded-For"));
    var hops = Splitter.on(',').trimResults().splitToList(String.join(",", lines));
    return ImmutableList.copyOf(hops.subList(Math.max(0, hops.size() - MOST_HOPS), hops.size()))
        .reverse();
  }

  private static String plain(String address) {
    var bare = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    var zone = bare.indexOf('%');
    bare = zone < 0 ? bare : bare.substring(0, zone);
    return InetAddresses.isInetAddress(bare)
        ? InetAddresses.toAddrString(InetAddresses.forString(bare))
        : bare;
  }

  /** A browser and its system, such as "Firefox on Linux". */
  static String device(@Nullable String userAgent) {
    if (userAgent == null) {
      return "";
    }
    var browser = first(BROWSERS, userAgent);
    var system = first(SYSTEMS, userAgent);
    return browser.isEmpty() || system.isEmpty() ? browser + system : browser + " on " + system;
  }

  private static String first(ImmutableMap<String, String> names, String userAgent) {
    return names.entrySet().stream()
        .filter(entry -> userAgent.contains(entry.getKey()))
        .map(java.util.Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }
}
