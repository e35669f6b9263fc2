package org.holdfast.web;

import com.google.common.collect.ImmutableMap;
import io.javalin.http.Context;
import io.javalin.http.Handler;

/**
 * What browsers are told with every answer (OWASP ASVS 5.0, V3.4): run only our own script, be
 * framed by nobody, keep nothing, tell other sites nothing.
 */
final class Headers implements Handler {

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
          + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final ImmutableMap<String, String> headers;

  Headers(boolean https) {
    var all = ImmutableMap.<String, String>builder();
    all.put("Cache-Control", "no-store");
    all.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    all.put("X-Content-Type-Options", "nosniff");
    // With no-referrer browsers would send "Origin: null" with our own forms.
    all.put("Referrer-Policy", "same-origin");
    all.put("Cross-Origin-Opener-Policy", "same-origin");
    all.put("Cross-Origin-Resource-Policy", "same-origin");
    all.put(
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=(), serial=(),"
            + " bluetooth=(), display-capture=(), browsing-topics=()");
    if (https) {
      all.put("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
    headers = all.buildOrThrow();
  }

  @Override
  public void handle(Context ctx) {
    headers.forEach(ctx::header);
  }

  /** The same for answers that come from before the first route. */
  ImmutableMap<String, String> all() {
    return headers;
  }
}
