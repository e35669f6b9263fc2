package org.holdfast.web.walk;

import java.util.Map;
import java.util.TreeMap;
import org.holdfast.web.walk.Oracle.Judgement;
import org.holdfast.web.walk.Oracle.May;

/** What was seen on the way, of all rounds together. */
final class Tally {

  /** How often each route answered well, and how often it refused. */
  final Map<String, int[]> routes = new TreeMap<>();

  /** How often something was judged, by what was judged; a plus where it then happened. */
  final Map<String, Integer> judged = new TreeMap<>();

  /** How often a session began, by how. */
  final Map<String, Integer> begun = new TreeMap<>();

  final Map<String, Integer> acts = new TreeMap<>();

  synchronized void walked(String route, boolean isRefused) {
    routes.computeIfAbsent(route, any -> new int[2])[isRefused ? 1 : 0]++;
    act("request");
  }

  synchronized void judged(Judgement judgement, boolean isDone) {
    if (judgement != Judgement.NONE) {
      judged.merge(judgement.why() + (isDone ? " +" : ""), 1, Integer::sum);
    }
    if (isDone && judgement.may() == May.BEGIN) {
      begun.merge(judgement.why(), 1, Integer::sum);
    }
  }

  void act(String what) {
    act(what, 1);
  }

  synchronized void act(String what, int times) {
    acts.merge(what, times, Integer::sum);
  }

  synchronized int sessions() {
    return begun.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How often something was judged so, whatever came of it. */
  synchronized int judged(String why) {
    return judged.getOrDefault(why, 0) + judged.getOrDefault(why + " +", 0);
  }
}
