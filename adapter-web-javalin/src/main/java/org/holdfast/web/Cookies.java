package org.holdfast.web;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.time.Duration;
import java.util.Optional;
import org.holdfast.domain.Secret;

/**
 * The cookies of portal and console. Over https each is a {@code __Host-} cookie (RFC 6265bis
 * §4.1.3.2): no other host can set it, and it never leaves over http. Over http, which is for
 * loopback only, browsers would drop such cookies, so they have plain names, which portal and
 * console share no one of: a browser tells ports of one host not apart.
 */
public final class Cookies {

  /** What a cookie is for. */
  public enum Kind {
    /** Opens the session; gone with the browser. */
    SESSION(Duration.ZERO),
    /** Tells a device that has signed in before from others. */
    DEVICE(Duration.ofDays(400)),
    /** The language a stranger has chosen. */
    LANGUAGE(Duration.ofDays(400)),
    /** The secrets of mailed links, once they are out of the address bar. */
    WELCOME(Duration.ofMinutes(30)),
    RESET(Duration.ofMinutes(30)),
    CONFIRM_EMAIL(Duration.ofMinutes(30)),
    UNDO_EMAIL(Duration.ofMinutes(30)),
    CONFIRM_CONTACT(Duration.ofMinutes(30)),
    FREEZE(Duration.ofMinutes(30)),
    VETO_CASE(Duration.ofMinutes(30)),
    CONFIRM_CASE(Duration.ofMinutes(30)),
    /** Tells who has shown the first factor; opens nothing by itself. */
    PENDING(Duration.ofMinutes(10)),
    /** Tells the browser that was sent to a provider of identities from others. */
    LINKING(Duration.ofMinutes(10)),
    /** Opens a staff member's session at the console; gone with the browser. */
    STAFF_SESSION(Duration.ZERO),
    /** The secret of a staff member's invitation. */
    STAFF_INVITATION(Duration.ofMinutes(30));

    private final Duration age;

    Kind(Duration age) {
      this.age = age;
    }

    private String plainName() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private final boolean https;

  public Cookies(boolean https) {
    this.https = https;
  }

  /** What the browser sent. */
  public Optional<String> get(Context ctx, Kind kind) {
    return Optional.ofNullable(ctx.cookie(name(kind)));
  }

  /** The secret the browser sent; what cannot be one is none. */
  public Optional<Secret> secret(Context ctx, Kind kind) {
    return get(ctx, kind).flatMap(Secret::parse);
  }

  /** Gives the browser a cookie. */
  public void put(Context ctx, Kind kind, String value) {
    set(ctx, kind, value, kind.age.isZero() ? -1 : (int) kind.age.toSeconds());
  }

  /** Takes a cookie back. */
  public void drop(Context ctx, Kind kind) {
    set(ctx, kind, "", 0);
  }

  private void set(Context ctx, Kind kind, String value, int maxAge) {
    ctx.cookie(new Cookie(name(kind), value, "/", maxAge, https, true, null, SameSite.LAX));
  }

  private String name(Kind kind) {
    return (https ? "__Host-" : "") + kind.plainName();
  }
}
