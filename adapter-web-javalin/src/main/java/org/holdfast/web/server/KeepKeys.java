package org.holdfast.web.server;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.holdfast.application.mail.UnsubscribeTokens;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.KeySet.Key;
import org.holdfast.auth.KeySet.Role;
import org.holdfast.auth.TinkSealer;
import org.holdfast.persistence.SealedRows;
import org.holdfast.persistence.SealedRows.Resealed;
import org.holdfast.web.server.Administration.Outcome;

/**
 * The life of the keys that things are sealed with: added, promoted, replaced and, once nothing is
 * sealed with them any more, retired. An old key is kept for as long as the unsubscribe links that
 * it sealed should work, as those are in letters and cannot be sealed anew.
 */
final class KeepKeys {

  /** What was begun before a rotation is in the database by then, on whichever node. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  private final FreshSealer sealer;
  private final SealedRows rows;
  private final InstantSource clock;

  KeepKeys(FreshSealer sealer, SealedRows rows, InstantSource clock) {
    this.sealer = sealer;
    this.rows = rows;
    this.clock = clock;
  }

  /** Every key, what it is there for, and how many values in the database it has sealed. */
  Outcome list() {
    return orNo(
        () -> {
          var keys = KeySet.load(sealer.file()).keys();
          var count = rows.count(TinkSealer::keyOf);
          var known = keys.stream().map(Key::id).collect(toImmutableSet());
          var strange =
              count.elementSet().stream()
                  .filter(id -> !known.contains(id))
                  .map(id -> line(id.isEmpty() ? "none" : id, "not in the set", count.count(id)));
          var ours = keys.stream().map(key -> line(key.id(), role(key), count.count(key.id())));
          return new Outcome(0, Stream.concat(ours, strange).collect(toImmutableList()));
        });
  }

  private static String line(String id, String role, int values) {
    return String.join("\t", "key", id, role, values + " sealed");
  }

  private static String role(Key key) {
    return switch (key.role()) {
      case PRIMARY -> "primary";
      case NEXT -> "next";
      case OLD -> "replaced " + key.replacedAt().map(Instant::toString).orElse("at some time");
    };
  }

  Outcome add() {
    return orNo(() -> changed("added", KeySet.add(sealer.file())));
  }

  Outcome promote() {
    return orNo(() -> changed("promoted", KeySet.promote(sealer.file(), clock.instant())));
  }

  Outcome rotate() {
    return orNo(() -> changed("rotated", KeySet.rotate(sealer.file(), clock.instant())));
  }

  private static Outcome changed(String how, KeySet keys) {
    return Outcome.done(how + "\t" + keys.size() + " keys in the set");
  }

  /**
   * Seals everything anew with the primary key and removes the old ones that have had their time.
   *
   * @param atOnce whatever becomes of unsubscribe links in letters that have been sent
   */
  Outcome retire(boolean atOnce) {
    return orNo(
        () -> {
          var keys = KeySet.load(sealer.file());
          var resealed = rows.reseal();
          var done = resealed.stream().map(KeepKeys::line).collect(toImmutableList());
          return whyNot(keys, resealed)
              .map(reason -> Outcome.no(done, reason + " The key set stays as it was"))
              .orElseGet(() -> remove(keys, atOnce, done));
        });
  }

  private static String line(Resealed column) {
    return String.join(
        "\t",
        column.column(),
        column.resealed() + " re-encrypted",
        column.current() + " with the primary key already");
  }

  /** What keeps all keys: something is not sealed with the primary one. */
  private Optional<String> whyNot(KeySet keys, List<Resealed> resealed) {
    var stuck = resealed.stream().filter(column -> column.stuck() > 0).toList();
    if (!stuck.isEmpty()) {
      return Optional.of(
          stuck.stream()
              .map(column -> column.stuck() + " in " + column.column())
              .collect(joining(", ", "what is sealed does not open: ", ".")));
    }
    var count = rows.count(TinkSealer::keyOf);
    var left = count.size() - count.count(keys.primaryId());
    return left == 0
        ? Optional.empty()
        : Optional.of(
            "another key than the primary sealed %d more meanwhile: has every node the same key set?"
                .formatted(left));
  }

  private Outcome remove(KeySet keys, boolean atOnce, ImmutableList<String> done) {
    var old = keys.keys().stream().filter(key -> key.role() == Role.OLD).toList();
    var now = clock.instant();
    var going =
        old.stream()
            .filter(key -> !now.isBefore(end(key, atOnce)))
            .map(Key::id)
            .collect(toImmutableSet());
    if (going.isEmpty() && !old.isEmpty()) {
      return Outcome.no(done, tooEarly(old, atOnce));
    }
    if (!going.isEmpty()) {
      KeySet.retire(sealer.file(), keys.primaryId(), going);
    }
    var lines = ImmutableList.<String>builder().addAll(done);
    old.forEach(
        key ->
            lines.add(
                going.contains(key.id())
                    ? "retired\t" + key.id()
                    : "kept\t" + key.id() + "\t" + until(end(key, atOnce))));
    lines.add("keys\t" + (keys.size() - going.size()) + " in the set");
    return new Outcome(0, lines.build());
  }

  /** From when on an old key may go. */
  private static Instant end(Key key, boolean atOnce) {
    return key.replacedAt()
        .map(at -> at.plus(atOnce ? SETTLED : UnsubscribeTokens.LEAST_LIFE))
        .orElse(atOnce ? Instant.MIN : Instant.MAX);
  }

  private static String tooEarly(List<Key> old, boolean atOnce) {
    var first =
        old.stream().map(key -> end(key, atOnce)).min(Comparator.naturalOrder()).orElseThrow();
    return "no old key was retired: the first is kept "
        + until(first)
        + (atOnce
            ? ", as what was begun before the rotation may be sealed with it"
            : ", as unsubscribe links in letters need it; with --now it goes and they stop working");
  }

  private static String until(Instant end) {
    return end.equals(Instant.MAX) ? "as nobody noted when it was replaced" : "until " + end;
  }

  private static Outcome orNo(Supplier<Outcome> work) {
    try {
      return work.get();
    } catch (IllegalStateException oneLine) {
      return Outcome.no("" + oneLine.getMessage());
    }
  }
}
