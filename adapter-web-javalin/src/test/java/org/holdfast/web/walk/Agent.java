package org.holdfast.web.walk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A browser and a program in one hand: somebody's own, or an attacker's. Pages live by cookies, the
 * API by what the program keeps.
 */
final class Agent {

  final Optional<Person> owner;
  final String address;
  final Map<String, String> cookies = new LinkedHashMap<>();

  /** What the program keeps: token, device, pending, browser, state. */
  final Map<String, String> kept = new LinkedHashMap<>();

  String formToken = "";
  String formOf = "";
  String begun = "";
  String state = "";

  Agent(Optional<Person> owner, String address) {
    this.owner = owner;
    this.address = address;
  }

  String cookie(String name) {
    return cookies.getOrDefault(name, "");
  }

  String kept(String name) {
    return kept.getOrDefault(name, "");
  }
}
