package org.holdfast.web;

import io.javalin.http.Context;
import org.holdfast.domain.session.Origin;

/** Finds out who is asking: at the portal a customer, at the console a staff member. */
public interface Visitors {

  /** Who is asking; found out once per request. */
  Visit of(Context ctx);

  /** Where the request comes from; reads nothing. */
  Origin origin(Context ctx);

  /** Did the browser send a session's cookie, whether or not it opens anything? */
  boolean hasSessionCookie(Context ctx);

  /** Takes the session's cookie back. */
  void end(Context ctx);
}
