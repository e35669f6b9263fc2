package org.holdfast.application.servicekey;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.domain.Secret;
import org.holdfast.domain.Text;

/** Service keys: made by an operator, shown once, good until revoked. */
public final class KeepServiceKeys {

  private static final Duration TOUCH_EVERY = Duration.ofMinutes(10);

  private final Store store;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public KeepServiceKeys(Store store, Ids ids, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /** A key just made; its secret is never seen again. */
  public record Made(ServiceKey key, Secret secret) {}

  /** Makes a key. */
  public Made make(String name) {
    var secret = Secret.generate(random);
    var key =
        new ServiceKey(ids.next(), Text.LABEL.of("name", name), clock.instant(), Optional.empty());
    store.transactions().inOne(() -> store.serviceKeys().add(key, secret.fingerprint()));
    return new Made(key, secret);
  }

  /** The key that this secret is; nothing where it is none, or revoked. */
  public Optional<ServiceKey> check(Secret secret) {
    var now = clock.instant();
    return store
        .transactions()
        .inOne(
            () -> {
              var key = store.serviceKeys().find(secret.fingerprint());
              key.filter(
                      k ->
                          k.lastUsedAt().filter(at -> now.isBefore(at.plus(TOUCH_EVERY))).isEmpty())
                  .ifPresent(k -> store.serviceKeys().touch(k.id(), now));
              return key;
            });
  }

  /** The keys that are good. */
  public ImmutableList<ServiceKey> all() {
    return store.transactions().inOne(() -> store.serviceKeys().all());
  }

  /** Makes a key worthless at the next request; says whether it was good. */
  public boolean revoke(UUID id) {
    return store.transactions().inOne(() -> store.serviceKeys().revoke(id));
  }
}
