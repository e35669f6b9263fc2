package org.holdfast.application.testkit;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.holdfast.application.factor.Factors;
import org.holdfast.application.freeze.Freezes;
import org.holdfast.application.linkedaccount.AuthorizationRequests;
import org.holdfast.application.linkedaccount.LinkedIdentities;
import org.holdfast.application.signin.PendingSignIns;
import org.holdfast.domain.UserId;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.TotpSecret;

/** The part of {@link InMemoryStore} that second factors and linked accounts are kept in. */
final class InMemorySecurity {

  private final Kept kept;

  InMemorySecurity(Kept kept) {
    this.kept = kept;
  }

  /** The state as it is now, nobody else touching it. */
  interface Kept {
    <T> T locked(Function<State, T> work);
  }

  private record Held(
      Factor factor, Optional<TotpSecret> secret, String publicId, boolean counts, long lastStep) {}

  private record Code(UserId user, String fingerprint) {}

  private record Linked(LinkedIdentities.LinkedIdentity identity, String key) {}

  /** All that is kept; its values are immutable. */
  static final class State {
    final Map<Factor.Id, Held> factors = new LinkedHashMap<>();
    final Map<Code, Boolean> codes = new LinkedHashMap<>();
    final Map<String, Instant> spent = new LinkedHashMap<>();
    final Map<String, PendingSignIns.PendingSignIn> pending = new LinkedHashMap<>();
    final List<Linked> linked = new ArrayList<>();
    final Map<String, AuthorizationRequests.AuthorizationRequest> requests = new LinkedHashMap<>();
    final Map<UserId, Instant> frozen = new LinkedHashMap<>();

    State copy() {
      var copy = new State();
      copy.factors.putAll(factors);
      copy.codes.putAll(codes);
      copy.spent.putAll(spent);
      copy.pending.putAll(pending);
      copy.linked.addAll(linked);
      copy.requests.putAll(requests);
      copy.frozen.putAll(frozen);
      return copy;
    }

    boolean has(UserId user, Factor.Kind kind) {
      return counting(user).anyMatch(held -> held.factor().kind() == kind);
    }

    int codesLeft(UserId user) {
      return (int)
          codes.entrySet().stream()
              .filter(e -> e.getKey().user().equals(user) && !e.getValue())
              .count();
    }

    private Stream<Held> counting(UserId user) {
      return factors.values().stream()
          .filter(held -> held.counts() && held.factor().user().equals(user));
    }
  }

  final Factors factors =
      new Factors() {
        @Override
        public ImmutableList<Factor> of(UserId user) {
          return kept.locked(s -> s.counting(user).map(Held::factor).collect(toImmutableList()));
        }

        @Override
        public ImmutableList<Token> tokens(UserId user) {
          return kept.locked(
              s ->
                  s.counting(user)
                      .filter(held -> held.secret().isPresent())
                      .map(InMemorySecurity::token)
                      .collect(toImmutableList()));
        }

        @Override
        public Optional<Token> unconfirmed(UserId user, Factor.Id id) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.factors.get(id))
                      .filter(held -> !held.counts() && held.factor().user().equals(user))
                      .map(InMemorySecurity::token));
        }

        @Override
        public void addUnconfirmed(Factor token, TotpSecret secret) {
          kept.locked(
              s -> {
                s.factors
                    .values()
                    .removeIf(h -> !h.counts() && h.factor().user().equals(token.user()));
                s.factors.put(token.id(), new Held(token, Optional.of(secret), "", false, 0));
                return true;
              });
        }

        @Override
        public boolean confirm(Factor.Id id, long step, Instant now) {
          return replace(
              id, held -> !held.counts(), h -> new Held(h.factor(), h.secret(), "", true, step));
        }

        @Override
        public boolean accept(Factor.Id id, long step, Instant now) {
          return replace(
              id,
              held -> held.counts() && held.lastStep() < step,
              h -> new Held(used(h.factor(), now), h.secret(), "", true, step));
        }

        @Override
        public boolean addYubiKey(Factor key, String publicId) {
          return kept.locked(
              s -> {
                if (s.counting(key.user()).anyMatch(h -> h.publicId().equals(publicId))) {
                  return false;
                }
                s.factors.put(key.id(), new Held(key, Optional.empty(), publicId, true, 0));
                return true;
              });
        }

        @Override
        public Optional<Factor> yubiKey(UserId user, String publicId) {
          return kept.locked(
              s ->
                  s.counting(user)
                      .filter(held -> held.publicId().equals(publicId))
                      .map(Held::factor)
                      .findFirst());
        }

        @Override
        public void touch(Factor.Id id, Instant now) {
          replace(
              id,
              held -> true,
              h ->
                  new Held(
                      used(h.factor(), now), h.secret(), h.publicId(), h.counts(), h.lastStep()));
        }

        @Override
        public boolean spend(String otpFingerprint, Instant now) {
          return kept.locked(s -> s.spent.putIfAbsent(otpFingerprint, now) == null);
        }

        @Override
        public boolean rename(UserId user, Factor.Id id, String name) {
          return replace(
              id,
              held -> held.counts() && held.factor().user().equals(user),
              h ->
                  new Held(
                      new Factor(
                          id,
                          user,
                          h.factor().kind(),
                          name,
                          h.factor().addedAt(),
                          h.factor().lastUsedAt()),
                      h.secret(),
                      h.publicId(),
                      true,
                      h.lastStep()));
        }

        @Override
        public boolean remove(UserId user, Factor.Id id) {
          return kept.locked(
              s ->
                  s.counting(user).anyMatch(held -> held.factor().id().equals(id))
                      && s.factors.remove(id) != null);
        }

        @Override
        public void removeAll(UserId user) {
          kept.locked(
              s -> {
                s.factors.values().removeIf(held -> held.factor().user().equals(user));
                return s.codes.keySet().removeIf(code -> code.user().equals(user));
              });
        }

        @Override
        public void replaceCodes(UserId user, Collection<String> fingerprints) {
          kept.locked(
              s -> {
                s.codes.keySet().removeIf(code -> code.user().equals(user));
                fingerprints.forEach(f -> s.codes.put(new Code(user, f), false));
                return true;
              });
        }

        @Override
        public boolean useCode(UserId user, String fingerprint, Instant now) {
          return kept.locked(s -> s.codes.replace(new Code(user, fingerprint), false, true));
        }

        @Override
        public int codesLeft(UserId user) {
          return kept.locked(s -> s.codesLeft(user));
        }

        @Override
        public int sweep(Instant before) {
          return kept.locked(
              s -> {
                var size = s.spent.size();
                s.spent.values().removeIf(at -> at.isBefore(before));
                return size - s.spent.size();
              });
        }

        private boolean replace(Factor.Id id, Predicate<Held> when, Function<Held, Held> next) {
          return kept.locked(
              s -> {
                var held = s.factors.get(id);
                if (held == null || !when.test(held)) {
                  return false;
                }
                s.factors.put(id, next.apply(held));
                return true;
              });
        }
      };

  final PendingSignIns pendingSignIns =
      new PendingSignIns() {
        @Override
        public void add(PendingSignIn pending, String fingerprint) {
          kept.locked(s -> Optional.ofNullable(s.pending.put(fingerprint, pending)));
        }

        @Override
        public Optional<PendingSignIn> find(String fingerprint, Instant now) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.pending.get(fingerprint))
                      .filter(pending -> now.isBefore(pending.expiresAt())));
        }

        @Override
        public boolean take(String fingerprint, Instant now) {
          return kept.locked(
              s -> find(fingerprint, now).isPresent() && s.pending.remove(fingerprint) != null);
        }

        @Override
        public void endAll(UserId user) {
          kept.locked(s -> s.pending.values().removeIf(pending -> pending.user().equals(user)));
        }

        @Override
        public int sweep(Instant before) {
          return kept.locked(
              s -> {
                var size = s.pending.size();
                s.pending.values().removeIf(pending -> pending.expiresAt().isBefore(before));
                return size - s.pending.size();
              });
        }
      };

  final LinkedIdentities linkedIdentities =
      new LinkedIdentities() {
        @Override
        public boolean add(LinkedIdentity identity, String identityKey) {
          return kept.locked(
              s ->
                  s.linked.stream().noneMatch(linked -> linked.key().equals(identityKey))
                      && s.linked.add(new Linked(identity, identityKey)));
        }

        @Override
        public Optional<LinkedIdentity> find(String identityKey) {
          return kept.locked(
              s ->
                  s.linked.stream()
                      .filter(linked -> linked.key().equals(identityKey))
                      .map(Linked::identity)
                      .findFirst());
        }

        @Override
        public ImmutableList<LinkedIdentity> of(UserId user) {
          return kept.locked(
              s ->
                  s.linked.stream()
                      .map(Linked::identity)
                      .filter(identity -> identity.user().equals(user))
                      .collect(toImmutableList()));
        }

        @Override
        public void touch(UUID id, Instant now) {
          kept.locked(
              s -> {
                s.linked.replaceAll(
                    linked ->
                        linked.identity().id().equals(id)
                            ? new Linked(used(linked.identity(), now), linked.key())
                            : linked);
                return true;
              });
        }

        @Override
        public boolean remove(UserId user, UUID id) {
          return kept.locked(
              s ->
                  s.linked.removeIf(
                      linked ->
                          linked.identity().id().equals(id)
                              && linked.identity().user().equals(user)));
        }

        @Override
        public void removeAll(UserId user) {
          kept.locked(s -> s.linked.removeIf(linked -> linked.identity().user().equals(user)));
        }

        private LinkedIdentity used(LinkedIdentity i, Instant now) {
          return new LinkedIdentity(i.id(), i.user(), i.provider(), i.linkedAt(), Optional.of(now));
        }
      };

  final AuthorizationRequests authorizationRequests =
      new AuthorizationRequests() {
        @Override
        public void add(AuthorizationRequest request) {
          kept.locked(
              s -> Optional.ofNullable(s.requests.put(request.stateFingerprint(), request)));
        }

        @Override
        public Optional<AuthorizationRequest> take(
            String provider, String stateFingerprint, String browserFingerprint, Instant now) {
          return kept.locked(
              s ->
                  Optional.ofNullable(s.requests.get(stateFingerprint))
                      .filter(r -> r.browserFingerprint().equals(browserFingerprint))
                      .filter(r -> r.provider().equals(provider))
                      .filter(r -> now.isBefore(r.expiresAt()))
                      .map(r -> s.requests.remove(stateFingerprint)));
        }

        @Override
        public int sweep(Instant before) {
          return kept.locked(
              s -> {
                var size = s.requests.size();
                s.requests.values().removeIf(request -> request.expiresAt().isBefore(before));
                return size - s.requests.size();
              });
        }
      };

  final Freezes freezes =
      new Freezes() {
        @Override
        public void freeze(UserId user, Instant now) {
          kept.locked(s -> Optional.ofNullable(s.frozen.put(user, now)));
        }

        @Override
        public boolean thaw(UserId user) {
          return kept.locked(s -> s.frozen.remove(user) != null);
        }
      };

  private static Factors.Token token(Held held) {
    return new Factors.Token(held.factor(), held.secret().orElseThrow(), held.lastStep());
  }

  private static Factor used(Factor f, Instant now) {
    return new Factor(f.id(), f.user(), f.kind(), f.name(), f.addedAt(), Optional.of(now));
  }
}
