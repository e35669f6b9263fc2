package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.servicekey.KeepServiceKeys;
import org.holdfast.application.servicekey.ServiceKey;
import org.holdfast.application.staff.KeepStaff;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.staff.Staff;

/**
 * What an operator does from the command line to an installation, whether a server runs on it or
 * not.
 */
final class Administration {

  private static final List<String> NOW = List.of("--now");

  private final KeepServiceKeys serviceKeys;
  private final ActivityCheck activity;
  private final KeepKeys keys;
  private final KeepStaff keepStaff;
  private final Store store;
  private final Policy policy;

  Administration(Holdfast holdfast, Store store, KeepKeys keys) {
    this.serviceKeys = holdfast.serviceKeys();
    this.keepStaff = holdfast.keepStaff();
    this.store = store;
    this.policy = holdfast.policy();
    this.activity = new ActivityCheck(holdfast.verifyActivity());
    this.keys = keys;
  }

  /**
   * What came of a command.
   *
   * @param code 0 where it was done
   * @param lines what was done; where that is not all, the last one says why
   */
  record Outcome(int code, ImmutableList<String> lines) {
    static Outcome done(String... lines) {
      return new Outcome(0, ImmutableList.copyOf(lines));
    }

    static Outcome no(String line) {
      return no(ImmutableList.of(), line);
    }

    static Outcome no(List<String> done, String why) {
      return new Outcome(1, ImmutableList.<String>builder().addAll(done).add(why).build());
    }
  }

  /** Is this a command of this kind, rightly put? */
  static boolean knows(List<String> words) {
    return switch (String.join(" ", words.subList(0, Math.min(2, words.size())))) {
      case "service-key create", "service-key revoke", "activity checkpoint" -> words.size() == 3;
      case "staff invite-administrator" -> words.size() > 3; // a name may be several words
      case "service-key list",
          "staff list",
          "keys list",
          "keys add",
          "keys promote",
          "keys rotate" ->
          words.size() == 2;
      case "activity verify" -> words.size() == 2 || words.size() == 3;
      case "keys retire" -> words.size() == 2 || words.subList(2, words.size()).equals(NOW);
      default -> false;
    };
  }

  /** The same words for whoever works in another folder: a file has its whole path. */
  static ImmutableList<String> anywhere(List<String> words) {
    return words.get(0).equals("activity") && words.size() == 3
        ? ImmutableList.of(
            words.get(0), words.get(1), Path.of(words.get(2)).toAbsolutePath().toString())
        : ImmutableList.copyOf(words);
  }

  Outcome run(List<String> words) {
    return switch (words.get(0) + " " + words.get(1)) {
      case "service-key create" -> create(words.get(2));
      case "service-key list" -> list();
      case "service-key revoke" -> revoke(words.get(2));
      case "staff invite-administrator" ->
          inviteAdministrator(words.get(2), String.join(" ", words.subList(3, words.size())));
      case "staff list" -> staff();
      case "activity verify" ->
          words.size() == 2 ? activity.verify() : activity.verify(Path.of(words.get(2)));
      case "activity checkpoint" -> activity.checkpoint(Path.of(words.get(2)));
      case "keys list" -> keys.list();
      case "keys add" -> keys.add();
      case "keys promote" -> keys.promote();
      case "keys rotate" -> keys.rotate();
      case "keys retire" -> keys.retire(words.size() == 3);
      default -> throw new IllegalArgumentException("no such command");
    };
  }

  private Outcome create(String name) {
    try {
      var made = serviceKeys.make(name);
      return Outcome.done(
          "service-key\t" + made.key().id() + "\t" + made.key().name(),
          "secret\t" + made.secret().value());
    } catch (InvalidInput bad) {
      return Outcome.no("the name must be 1 to 80 characters on one line");
    }
  }

  private Outcome list() {
    return new Outcome(
        0,
        serviceKeys.all().stream()
            .map(Administration::line)
            .collect(ImmutableList.toImmutableList()));
  }

  private static String line(ServiceKey key) {
    return String.join(
        "\t",
        "service-key",
        key.id().toString(),
        key.name(),
        key.createdAt().toString(),
        key.lastUsedAt().map(Object::toString).orElse("never used"));
  }

  private Outcome revoke(String id) {
    return parse(id).filter(serviceKeys::revoke).isPresent()
        ? Outcome.done("revoked\t" + id)
        : Outcome.no("there is no service key " + (parse(id).isPresent() ? id : "of that id"));
  }

  private Outcome inviteAdministrator(String email, String name) {
    if (policy.desk().uri().equals(policy.baseUri())) {
      return Outcome.no("there is no console to invite to: set console.url");
    }
    try {
      return Outcome.done("invitation\t" + keepStaff.inviteFromCommandLine(name, email));
    } catch (InvalidInput bad) {
      return Outcome.no(
          bad.faults().get(0).field().equals("name")
              ? "the name must be 1 to 80 characters on one line, and no web address"
              : "the address must look like name@example.com");
    }
  }

  private Outcome staff() {
    return new Outcome(
        0,
        store.transactions().inOne(() -> store.staff().all()).stream()
            .map(Administration::line)
            .collect(ImmutableList.toImmutableList()));
  }

  private static String line(Staff staff) {
    return String.join(
        "\t",
        "staff",
        staff.id().toString(),
        staff.name(),
        staff.email().value(),
        staff.role().key(),
        staff.isDisabled() ? "disabled" : staff.isActive() ? "active" : "invited");
  }

  private static Optional<UUID> parse(String id) {
    try {
      return Optional.of(UUID.fromString(id));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }
}
