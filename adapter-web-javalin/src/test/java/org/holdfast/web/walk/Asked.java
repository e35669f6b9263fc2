package org.holdfast.web.walk;

import com.google.common.collect.ImmutableMap;

/**
 * A request as it is going to be sent.
 *
 * @param route as "METHOD /path", with the names of its parameters
 * @param isHonest does everything in it stand where it belongs?
 * @param path the parameters of the path
 * @param fields of the body, or of the query of what has none
 * @param token of the session, which pages take from a cookie and programs send as bearer
 */
record Asked(
    String route,
    boolean isHonest,
    ImmutableMap<String, String> path,
    ImmutableMap<String, String> fields,
    ImmutableMap<String, String> cookies,
    String token,
    String formToken) {

  boolean isApi() {
    return route.contains(" /api/");
  }

  boolean isForHost() {
    return route.contains(" /api/v1/host/");
  }

  /** What stands in a field; empty where there is none. */
  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /** What pages keep in a cookie and programs send in a field. */
  String kept(String cookie, String field) {
    return isApi() ? field(field) : cookies.getOrDefault(cookie, "");
  }

  /** The secret that says who is half signed in. */
  String pending() {
    return kept("pending", "pending");
  }

  /** Does it bring this secret along by itself? */
  boolean brings(String secret) {
    return token.equals(secret)
        || fields.containsValue(secret)
        || cookies.containsValue(secret)
        || path.containsValue(secret);
  }
}
