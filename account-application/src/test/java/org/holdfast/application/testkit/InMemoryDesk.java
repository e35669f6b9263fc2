package org.holdfast.application.testkit;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.staff.StaffLog;
import org.holdfast.application.staff.StaffMembers;
import org.holdfast.application.staff.StaffSessions;
import org.holdfast.application.support.Grants;
import org.holdfast.application.support.MailedCodes;
import org.holdfast.application.support.RecoveryCases;
import org.holdfast.application.supportpin.SupportPins;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.supportpin.SupportPin;

/** The part of {@link InMemoryStore} that staff, calls and recovery cases are kept in. */
final class InMemoryDesk {

  private final Kept kept;
  private final Map<UUID, Guessed> guesses = new ConcurrentHashMap<>(); // outside transactions
  private final Map<UUID, Integer> codeGuesses = new ConcurrentHashMap<>();

  InMemoryDesk(Kept kept) {
    this.kept = kept;
  }

  /** The state as it is now, nobody else touching it. */
  interface Kept {
    <T> T locked(Function<State, T> work);
  }

  private record Guessed(int times, Instant since) {
    Guessed forgiven() {
      return new Guessed(Math.max(0, times - 1), since);
    }
  }

  private record Worker(
      Staff staff, long version, Optional<String> hash, Optional<TotpSecret> token, long lastStep) {

    Worker with(Staff other) {
      return new Worker(other, version, hash, token, lastStep);
    }
  }

  private record Mark(Grant.Id grant, Act act) {}

  /** All that is kept; its values are immutable. */
  static final class State {
    final Map<Staff.Id, Worker> staff = new LinkedHashMap<>();
    final Map<String, StaffSession> sessions = new LinkedHashMap<>();
    final List<StaffLog.Entry> log = new ArrayList<>();
    final Map<Grant.Id, Grant> grants = new LinkedHashMap<>();
    final Set<Mark> marks = new LinkedHashSet<>();
    final Map<UUID, MailedCodes.Mailed> codes = new LinkedHashMap<>();
    final Map<RecoveryCase.Id, RecoveryCase> cases = new LinkedHashMap<>();
    final Map<UUID, SupportPins.Kept> pins = new LinkedHashMap<>();

    State copy() {
      var copy = new State();
      copy.staff.putAll(staff);
      copy.sessions.putAll(sessions);
      copy.log.addAll(log);
      copy.grants.putAll(grants);
      copy.marks.addAll(marks);
      copy.codes.putAll(codes);
      copy.cases.putAll(cases);
      copy.pins.putAll(pins);
      return copy;
    }
  }

  final StaffMembers staff =
      new StaffMembers() {
        @Override
        public boolean add(Staff staff) {
          return kept.locked(
              s -> {
                if (findByAddress(staff.email()).isPresent()) {
                  return false;
                }
                s.staff.put(
                    staff.id(), new Worker(staff, 0, Optional.empty(), Optional.empty(), 0));
                return true;
              });
        }

        @Override
        public Optional<Staff> find(Staff.Id id) {
          return kept.locked(s -> Optional.ofNullable(s.staff.get(id)).map(Worker::staff));
        }

        @Override
        public Optional<Staff> findByAddress(EmailAddress address) {
          return kept.locked(
              s ->
                  s.staff.values().stream()
                      .map(Worker::staff)
                      .filter(known -> known.email().equals(address))
                      .findFirst());
        }

        @Override
        public ImmutableList<Staff> all() {
          return kept.locked(
              s ->
                  s.staff.values().stream()
                      .map(Worker::staff)
                      .sorted(
                          Comparator.comparing(Staff::name)
                              .thenComparing(known -> known.email().value()))
                      .collect(toImmutableList()));
        }

        @Override
        public Optional<Staff> lock(Staff.Id id) {
          return find(id);
        }

        @Override
        public ImmutableList<Staff> lockAll() {
          return all();
        }

        @Override
        public void save(Staff changed) {
          kept.locked(
              s ->
                  s.staff.computeIfPresent(
                      changed.id(),
                      (id, worker) ->
                          worker.with(
                              new Staff(
                                  id,
                                  changed.name(),
                                  worker.staff().email(),
                                  worker.staff().language(),
                                  changed.role(),
                                  changed.roleSince(),
                                  worker.staff().readyAt(),
                                  changed.disabledAt()))));
        }

        @Override
        public Optional<Credentials> credentials(EmailAddress address) {
          return findByAddress(address).map(Staff::id).flatMap(this::credentials);
        }

        @Override
        public Optional<Credentials> credentials(Staff.Id id) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.staff.get(id))
                      .map(
                          w ->
                              new Credentials(
                                  w.staff(), w.version(), w.hash(), w.token(), w.lastStep())));
        }

        @Override
        public boolean equip(
            Staff.Id id, long seen, String hash, TotpSecret token, long step, Instant now) {
          return kept.locked(
              s -> {
                var worker = s.staff.get(id);
                if (worker == null || worker.version() != seen) {
                  return false;
                }
                s.staff.put(
                    id,
                    new Worker(
                        ready(worker.staff(), Optional.of(now)),
                        seen + 1,
                        Optional.of(hash),
                        Optional.of(token),
                        step));
                return true;
              });
        }

        @Override
        public void strip(Staff.Id id) {
          kept.locked(
              s ->
                  s.staff.computeIfPresent(
                      id,
                      (any, w) ->
                          new Worker(
                              ready(w.staff(), Optional.empty()),
                              w.version() + 1,
                              Optional.empty(),
                              Optional.empty(),
                              0)));
        }

        @Override
        public boolean accept(Staff.Id id, long version, long step) {
          return kept.locked(
              s -> {
                var w = s.staff.get(id);
                if (w == null || w.version() != version || w.lastStep() >= step) {
                  return false;
                }
                s.staff.put(id, new Worker(w.staff(), version, w.hash(), w.token(), step));
                return true;
              });
        }

        private Staff ready(Staff s, Optional<Instant> since) {
          return new Staff(
              s.id(),
              s.name(),
              s.email(),
              s.language(),
              s.role(),
              s.roleSince(),
              since,
              s.disabledAt());
        }
      };

  final StaffSessions sessions =
      new StaffSessions() {
        @Override
        public void add(StaffSession session, String fingerprint) {
          kept.locked(s -> Optional.ofNullable(s.sessions.put(fingerprint, session)));
        }

        @Override
        public Optional<SignedInStaff> find(String fingerprint) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.sessions.get(fingerprint))
                      .flatMap(
                          session ->
                              Optional.ofNullable(s.staff.get(session.staff()))
                                  .map(w -> new SignedInStaff(w.staff(), session))));
        }

        @Override
        public void touch(StaffSession.Id id, Instant now) {
          kept.locked(
              s -> {
                s.sessions.replaceAll(
                    (any, x) -> x.id().equals(id) ? used(x, now, x.provedAt()) : x);
                return true;
              });
        }

        @Override
        public boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt) {
          return kept.locked(
              s -> {
                var session = s.sessions.remove(oldFingerprint);
                if (session == null) {
                  return false;
                }
                s.sessions.put(newFingerprint, used(session, session.lastUsedAt(), provedAt));
                return true;
              });
        }

        @Override
        public boolean end(Staff.Id staff, StaffSession.Id id) {
          return kept.locked(
              s -> s.sessions.values().removeIf(x -> x.staff().equals(staff) && x.id().equals(id)));
        }

        @Override
        public int endAll(Staff.Id staff) {
          return kept.locked(
              s -> {
                var before = s.sessions.size();
                s.sessions.values().removeIf(x -> x.staff().equals(staff));
                return before - s.sessions.size();
              });
        }

        @Override
        public int sweep(Instant lastUsedBefore, Instant createdBefore) {
          return kept.locked(
              s -> {
                var before = s.sessions.size();
                s.sessions
                    .values()
                    .removeIf(
                        x ->
                            x.lastUsedAt().isBefore(lastUsedBefore)
                                || x.createdAt().isBefore(createdBefore));
                return before - s.sessions.size();
              });
        }

        private StaffSession used(StaffSession x, Instant lastUsedAt, Instant provedAt) {
          return new StaffSession(
              x.id(), x.staff(), x.origin(), x.createdAt(), lastUsedAt, provedAt);
        }
      };

  final StaffLog log =
      new StaffLog() {
        @Override
        public void record(Entry entry) {
          kept.locked(s -> s.log.add(entry));
        }

        @Override
        public ImmutableList<Entry> newest(Staff.Id staff, Optional<UUID> before, int most) {
          return kept.locked(
              s ->
                  s.log.stream()
                      .filter(entry -> entry.staff().equals(staff))
                      .filter(e -> before.isEmpty() || e.id().compareTo(before.get()) < 0)
                      .sorted(Comparator.comparing(Entry::id).reversed())
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public boolean hasSignedIn(Staff.Id staff, String address, Instant since) {
          return kept.locked(
              s ->
                  s.log.stream()
                      .filter(entry -> entry.staff().equals(staff) && !entry.at().isBefore(since))
                      .filter(entry -> entry.origin().address().equals(address))
                      .anyMatch(entry -> entry.did() == Did.SIGNED_IN));
        }

        @Override
        public ImmutableList<Count> counts(Instant since) {
          return kept.locked(
              s ->
                  s.log.stream()
                      .filter(entry -> !entry.at().isBefore(since))
                      .collect(
                          Collectors.groupingBy(
                              e -> new Count(e.staff(), e.did(), 0),
                              LinkedHashMap::new,
                              Collectors.counting()))
                      .entrySet()
                      .stream()
                      .map(
                          e ->
                              new Count(
                                  e.getKey().staff(), e.getKey().did(), e.getValue().intValue()))
                      .collect(toImmutableList()));
        }
      };

  final Grants grants =
      new Grants() {
        @Override
        public void open(Grant grant) {
          kept.locked(s -> Optional.ofNullable(s.grants.put(grant.id(), grant)));
        }

        @Override
        public Optional<Grant> find(Grant.Id id) {
          return kept.locked(s -> Optional.ofNullable(s.grants.get(id)));
        }

        @Override
        public ImmutableList<Grant> openOf(Staff.Id staff, Instant now) {
          return kept.locked(
              s ->
                  s.grants.values().stream()
                      .filter(grant -> grant.staff().equals(staff) && grant.isOpenAt(now))
                      .sorted(
                          Comparator.comparing(Grant::openedAt)
                              .thenComparing(grant -> grant.id().value())
                              .reversed())
                      .collect(toImmutableList()));
        }

        @Override
        public boolean end(Grant.Id id, Instant now) {
          return kept.locked(
              s -> {
                var grant = s.grants.get(id);
                if (grant == null || !grant.isOpenAt(now)) {
                  return false;
                }
                s.grants.put(id, ended(grant, now));
                return true;
              });
        }

        @Override
        public void endAllOf(UserId caller, Instant now) {
          kept.locked(
              s -> {
                s.grants.replaceAll(
                    (id, grant) ->
                        grant.caller().equals(caller) && grant.isOpenAt(now)
                            ? ended(grant, now)
                            : grant);
                return true;
              });
        }

        @Override
        public boolean mark(Grant.Id id, Act act) {
          return kept.locked(s -> s.marks.add(new Mark(id, act)));
        }

        @Override
        public int sweep(Instant before) {
          return kept.locked(
              s -> {
                var size = s.grants.size();
                s.grants.values().removeIf(grant -> grant.openedAt().isBefore(before));
                s.marks.removeIf(mark -> !s.grants.containsKey(mark.grant()));
                return size - s.grants.size();
              });
        }

        private Grant ended(Grant g, Instant now) {
          return new Grant(
              g.id(),
              g.staff(),
              g.account(),
              g.caller(),
              g.method(),
              g.openedAt(),
              Optional.of(now));
        }
      };

  final MailedCodes codes =
      new MailedCodes() {
        @Override
        public void add(Mailed code) {
          kept.locked(s -> Optional.ofNullable(s.codes.put(code.id(), code)));
        }

        @Override
        public Optional<Mailed> countGuess(UUID id, Staff.Id staff, Instant now, int most) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.codes.get(id))
                      .filter(code -> code.staff().equals(staff))
                      .filter(code -> now.isBefore(code.expiresAt()))
                      .filter(code -> codeGuesses.merge(id, 1, Integer::sum) <= most));
        }

        @Override
        public boolean take(UUID id) {
          return kept.locked(s -> Optional.ofNullable(s.codes.remove(id))).isPresent();
        }

        @Override
        public void withdraw(UserId user) {
          kept.locked(s -> s.codes.values().removeIf(code -> code.user().equals(user)));
        }

        @Override
        public int sweep(Instant before) {
          return kept.locked(
              s -> {
                var size = s.codes.size();
                s.codes.values().removeIf(code -> code.expiresAt().isBefore(before));
                return size - s.codes.size();
              });
        }
      };

  final RecoveryCases cases =
      new RecoveryCases() {
        @Override
        public void add(RecoveryCase opened) {
          kept.locked(s -> Optional.ofNullable(s.cases.put(opened.id(), opened)));
        }

        @Override
        public Optional<RecoveryCase> find(RecoveryCase.Id id) {
          return kept.locked(s -> Optional.ofNullable(s.cases.get(id)));
        }

        @Override
        public Optional<RecoveryCase> openOf(UserId user) {
          return kept.locked(
              s ->
                  s.cases.values().stream()
                      .filter(each -> each.user().equals(user) && each.state().isOpen())
                      .findFirst());
        }

        @Override
        public ImmutableList<RecoveryCase> of(AccountId account, int most) {
          return kept.locked(
              s ->
                  newestFirst(s)
                      .filter(each -> each.account().equals(account))
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableList<RecoveryCase> newest(
            boolean openOnly, Optional<UUID> before, int most) {
          return kept.locked(
              s ->
                  newestFirst(s)
                      .filter(each -> !openOnly || each.state().isOpen())
                      .filter(
                          each -> before.isEmpty() || each.id().value().compareTo(before.get()) < 0)
                      .limit(most)
                      .collect(toImmutableList()));
        }

        private java.util.stream.Stream<RecoveryCase> newestFirst(State s) {
          return s.cases.values().stream()
              .sorted(Comparator.comparing((RecoveryCase each) -> each.id().value()).reversed());
        }

        @Override
        public boolean approve(RecoveryCase.Id id, Staff.Id by, Instant dueAt) {
          return decide(id, RecoveryCase.State.APPROVED, by, Optional.of(dueAt));
        }

        @Override
        public boolean refuse(RecoveryCase.Id id, Staff.Id by) {
          return decide(id, RecoveryCase.State.REFUSED, by, Optional.empty());
        }

        private boolean decide(
            RecoveryCase.Id id, RecoveryCase.State to, Staff.Id by, Optional<Instant> dueAt) {
          return kept.locked(
              s -> {
                var old = s.cases.get(id);
                if (old == null || old.state() != RecoveryCase.State.OPENED) {
                  return false;
                }
                s.cases.put(id, changed(old, old.addressProvedAt(), to, Optional.of(by), dueAt));
                return true;
              });
        }

        @Override
        public boolean move(RecoveryCase.Id id, RecoveryCase.State from, RecoveryCase.State to) {
          return kept.locked(
              s -> {
                var old = s.cases.get(id);
                if (old == null || old.state() != from) {
                  return false;
                }
                s.cases.put(
                    id, changed(old, old.addressProvedAt(), to, old.decidedBy(), old.dueAt()));
                return true;
              });
        }

        @Override
        public void prove(RecoveryCase.Id id, Instant now) {
          kept.locked(
              s ->
                  s.cases.computeIfPresent(
                      id,
                      (any, old) ->
                          changed(
                              old, Optional.of(now), old.state(), old.decidedBy(), old.dueAt())));
        }

        @Override
        public ImmutableList<RecoveryCase> due(Instant now, int most) {
          return kept.locked(
              s ->
                  s.cases.values().stream()
                      .filter(each -> each.state() == RecoveryCase.State.APPROVED)
                      .filter(RecoveryCase::isProved)
                      .filter(each -> !now.isBefore(each.dueAt().orElseThrow()))
                      .sorted(Comparator.comparing((RecoveryCase c) -> c.dueAt().orElseThrow()))
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableList<RecoveryCase> stale(
            Instant openedBefore, Instant dueBefore, int most) {
          return kept.locked(
              s ->
                  s.cases.values().stream()
                      .filter(
                          each ->
                              each.state() == RecoveryCase.State.OPENED
                                      && each.openedAt().isBefore(openedBefore)
                                  || each.state() == RecoveryCase.State.APPROVED
                                      && !each.isProved()
                                      && each.dueAt().orElseThrow().isBefore(dueBefore))
                      .limit(most)
                      .collect(toImmutableList()));
        }

        private RecoveryCase changed(
            RecoveryCase c,
            Optional<Instant> proved,
            RecoveryCase.State state,
            Optional<Staff.Id> by,
            Optional<Instant> due) {
          return new RecoveryCase(
              c.id(),
              c.account(),
              c.user(),
              c.kind(),
              c.newAddress(),
              proved,
              c.evidence(),
              c.note(),
              c.openedBy(),
              c.openedAt(),
              state,
              by,
              due);
        }
      };

  final SupportPins supportPins =
      new SupportPins() {
        @Override
        public Optional<Kept> find(AccountId account, UserId user) {
          return kept.locked(
              s ->
                  s.pins.values().stream()
                      .filter(pin -> pin.account().equals(account) && pin.user().equals(user))
                      .findFirst()
                      .map(pin -> counted(pin)));
        }

        @Override
        public boolean put(Kept pin, Optional<UUID> seen) {
          return kept.locked(
              s -> {
                if (!find(pin.account(), pin.user()).map(Kept::id).equals(seen)) {
                  return false;
                }
                seen.ifPresent(s.pins::remove);
                s.pins.put(pin.id(), pin);
                return true;
              });
        }

        @Override
        public ImmutableList<Kept> countGuess(AccountId account, Instant now) {
          return kept.locked(
              s ->
                  s.pins.values().stream()
                      .filter(pin -> pin.account().equals(account))
                      .filter(pin -> count(pin.id(), now))
                      .map(pin -> counted(pin))
                      .collect(toImmutableList()));
        }

        private boolean count(UUID pin, Instant now) {
          var seen = guesses.getOrDefault(pin, new Guessed(0, now));
          if (seen.times() >= SupportPin.MOST_GUESSES) {
            return false;
          }
          var old = !now.isBefore(seen.since().plus(Duration.ofDays(1)));
          guesses.put(
              pin,
              old || seen.times() == 0
                  ? new Guessed(1, now)
                  : new Guessed(seen.times() + 1, seen.since()));
          return true;
        }

        @Override
        public void forgive(Collection<UUID> pins) {
          kept.locked(
              s -> {
                pins.forEach(pin -> guesses.computeIfPresent(pin, (id, seen) -> seen.forgiven()));
                return true;
              });
        }

        @Override
        public boolean take(UUID id) {
          return kept.locked(s -> Optional.ofNullable(s.pins.remove(id))).isPresent();
        }

        private Kept counted(Kept pin) {
          var times = guesses.getOrDefault(pin.id(), new Guessed(0, Instant.EPOCH)).times();
          return new Kept(pin.id(), pin.account(), pin.user(), pin.pin(), pin.madeAt(), times);
        }
      };
}
