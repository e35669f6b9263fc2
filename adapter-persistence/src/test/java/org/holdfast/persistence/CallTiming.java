package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.supportpin.SupportPin;
import org.holdfast.persistence.testkit.TestDatabases;
import org.junit.jupiter.api.Test;

/**
 * How long it takes to refuse a support PIN that is wrong, too old, guessed at too often, of an
 * account without one, and of no account. Run by name ({@code -Dtest=CallTiming}); it prints the
 * medians and, of each pair, how often the one was quicker than the other (0.5 tells nothing).
 */
class CallTiming {

  private static final int ACCOUNTS = 80;
  private static final int TRIES = 4; // of each account, or it would be locked
  private static final String WRONG = "000000";

  private enum Kind {
    WRONG,
    OLD,
    LOCKED,
    WITHOUT,
    UNKNOWN
  }

  @Test
  void refusals_of_a_pin() {
    try (var source = TestDatabases.POSTGRESQL.fresh(8)) {
      var ids = Ids.timeOrdered(java.time.InstantSource.system(), new java.security.SecureRandom());
      var store = Databases.of(source).store(source, InMemoryHoldfast.SEALER, ids);
      var uri = URI.create("https://portal.example");
      var often = new Rate(1_000_000, Duration.ofMillis(1));
      var limits = new Session.Limits(Duration.ofDays(900), Duration.ofDays(900));
      var policy =
          Policy.of("Example Hosting", uri)
              .withSupportPins(new SupportPin.Rules(6, Optional.of(Duration.ofDays(30)), false))
              .withDesk(new Policy.Desk(uri, limits, Duration.ofHours(72), often, often));
      var all = new InMemoryHoldfast(policy, store);
      var staff = new StaffAtWork(all);
      var who = staff.check(staff.administrator("ann@example.com"));
      Map<Kind, List<String>> numbers = new EnumMap<>(Kind.class);
      numbers.put(Kind.OLD, customers(all, "old", true));
      all.clock.pass(Duration.ofDays(31));
      numbers.put(Kind.WRONG, customers(all, "wrong", true));
      numbers.put(Kind.LOCKED, customers(all, "locked", true));
      numbers.put(Kind.WITHOUT, customers(all, "without", false));
      numbers.put(Kind.UNKNOWN, unknown());
      of(numbers, Kind.LOCKED).forEach(number -> repeat(5, () -> refuse(all, who, number)));
      repeat(200, () -> refuse(all, who, "warm")); // and the errands of it are not run
      Map<Kind, List<Long>> took = new EnumMap<>(Kind.class);
      for (var kind : Kind.values()) {
        took.put(kind, new ArrayList<>());
      }
      for (var i = 0; i < ACCOUNTS * TRIES; i++) {
        for (var kind : Kind.values()) {
          var number = of(numbers, kind).get(i % ACCOUNTS);
          var before = System.nanoTime();
          refuse(all, who, number);
          of(took, kind).add(System.nanoTime() - before);
        }
      }
      print(took);
    }
  }

  private static void print(Map<Kind, List<Long>> took) {
    for (var kind : Kind.values()) {
      var sorted = of(took, kind).stream().sorted().toList();
      System.out.printf("%-8s median %6d µs%n", kind, sorted.get(sorted.size() / 2) / 1000);
    }
    for (var one : Kind.values()) {
      for (var other : Arrays.copyOfRange(Kind.values(), one.ordinal() + 1, Kind.values().length)) {
        var quicker = 0;
        var pairs = 0;
        for (var a : of(took, one)) {
          for (var b : of(took, other)) {
            quicker += a < b ? 1 : 0;
            pairs++;
          }
        }
        System.out.printf("%s quicker than %s: %.3f%n", one, other, (double) quicker / pairs);
      }
    }
  }

  private static void refuse(InMemoryHoldfast all, SignedInStaff who, String number) {
    try {
      all.holdfast.answerCall().byPin(who, number, WRONG);
    } catch (Refusal no) {
      assertThat(no.reason()).isEqualTo(Refusal.Reason.CALLER_NOT_VERIFIED);
    }
  }

  private static List<String> customers(InMemoryHoldfast all, String name, boolean withPin) {
    var found = new ArrayList<String>();
    for (var i = 0; i < ACCOUNTS; i++) {
      var email = name + i + "@example.com";
      var account = all.customer(email);
      if (withPin) {
        all.holdfast.supportPin().replace(all.signIn(email), account.number());
      }
      found.add(account.number());
    }
    return found;
  }

  private static List<String> unknown() {
    var found = new ArrayList<String>();
    for (var i = 0; i < ACCOUNTS; i++) {
      found.add("%08d".formatted(i));
    }
    return found;
  }

  private static void repeat(int times, Runnable work) {
    for (var i = 0; i < times; i++) {
      work.run();
    }
  }

  private static <T> T of(Map<Kind, T> map, Kind kind) {
    return Optional.ofNullable(map.get(kind)).orElseThrow();
  }
}
