package org.holdfast.web.walk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.UserId;

/** Somebody with an account, and all that is secret of them: they know it, others may. */
final class Person {

  private static final int KEPT = 30;

  final String name;
  final UserId user;
  final String key; // the public id of the YubiKey they carry
  final List<String> recoveryCodes = new ArrayList<>();
  final Deque<String> usedCodes = new ArrayDeque<>();
  private final Map<String, Deque<String>> seen = new HashMap<>();

  Person(String name, UserId user, String key) {
    this.name = name;
    this.user = user;
    this.key = key;
  }

  /** Who they are at the provider. */
  String identity() {
    return "is-" + name;
  }

  /** Secrets of theirs of this kind that were seen, the newest first. */
  Deque<String> seen(String kind) {
    return seen.computeIfAbsent(kind, any -> new ArrayDeque<>());
  }

  /** Remembers a secret of theirs. */
  void saw(String kind, String secret) {
    keep(seen(kind), secret);
  }

  static void keep(Deque<String> all, String one) {
    if (one.isEmpty() || one.equals(all.peekFirst())) {
      return;
    }
    all.addFirst(one);
    if (all.size() > KEPT) {
      all.removeLast();
    }
  }
}
