package org.holdfast.web.server;

import static com.google.common.base.Throwables.throwIfUnchecked;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.mail.Mailer;
import org.holdfast.auth.Argon2Hasher;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.auth.Peppers;
import org.holdfast.auth.ShippedPasswordLists;
import org.holdfast.auth.ZxcvbnMeter;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.JooqTransactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One database with every adapter around it: what the server and the commands both stand on. */
final class Installation implements AutoCloseable {

  /** Milliseconds and no less, as the databases keep them. */
  static final InstantSource CLOCK = Clock.tickMillis(java.time.ZoneOffset.UTC);

  private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

  private final HikariDataSource pool;
  private final ShippedPasswordLists lists;
  private final Administration administration;
  private final Store store;
  private final Holdfast holdfast;
  private final Ids ids;
  private final SecureRandom random;

  private Installation(
      HikariDataSource pool,
      ShippedPasswordLists lists,
      Administration administration,
      Store store,
      Holdfast holdfast,
      Ids ids,
      SecureRandom random) {
    this.pool = pool;
    this.lists = lists;
    this.administration = administration;
    this.store = store;
    this.holdfast = holdfast;
    this.ids = ids;
    this.random = random;
  }

  /**
   * Opens the database, brings its schema up to date and wires everything to it.
   *
   * @throws CannotStart in one line
   */
  static Installation open(Settings settings, Supplier<Mailer> mailer, Meters meters) {
    var sealer = sealer(settings);
    var random = new SecureRandom();
    var load = Argon2Hasher.Load.ofThisMachine();
    var hasher = // its library is signed and takes a while to be checked: as long as the database
        beside(
            () ->
                new Argon2Hasher(
                    Argon2Hasher.Cost.DEFAULT, peppers(settings.password()), load, random));
    var pool = pool(settings.database());
    try {
      var database = Databases.of(settings.database().url());
      database.migrate(pool);
      var ids = Ids.timeOrdered(CLOCK, random);
      var store = watched(database.store(pool, sealer, ids), meters);
      var lists = lists(settings.password());
      var holdfast =
          new Holdfast(
              store,
              settings.policy(),
              new Holdfast.Parts(
                  meters.watch(hasher.get(), load.atOnce()),
                  lists,
                  new ZxcvbnMeter(),
                  sealer,
                  mailer.get(),
                  new OtpJavaCodes(),
                  settings.vouching().yubicoValidation(random),
                  settings.vouching().providers(CLOCK),
                  trouble -> LOG.warn("{}", trouble),
                  CLOCK,
                  random));
      var rows = database.sealedRows((JooqTransactions) store.transactions(), sealer);
      var administration = new Administration(holdfast, store, new KeepKeys(sealer, rows, CLOCK));
      return new Installation(pool, lists, administration, store, holdfast, ids, random);
    } catch (IllegalStateException oneLine) {
      pool.close();
      throw new CannotStart("" + oneLine.getMessage());
    } catch (RuntimeException | Error failed) {
      pool.close();
      throw failed;
    }
  }

  /** Begins this work while the start goes on; what it throws is thrown at whoever asks for it. */
  static <T> Supplier<T> beside(Supplier<T> work) {
    var begun = CompletableFuture.supplyAsync(work);
    return () -> {
      try {
        return begun.join();
      } catch (CompletionException failed) {
        throwIfUnchecked(requireNonNull(failed.getCause()));
        throw failed;
      }
    };
  }

  HikariDataSource pool() {
    return pool;
  }

  Store store() {
    return store;
  }

  Holdfast holdfast() {
    return holdfast;
  }

  Administration administration() {
    return administration;
  }

  Ids ids() {
    return ids;
  }

  SecureRandom random() {
    return random;
  }

  private static FreshSealer sealer(Settings settings) {
    try {
      return FreshSealer.at(settings.keysFile());
    } catch (IllegalStateException unusable) {
      throw new CannotStart("" + unusable.getMessage());
    } catch (UncheckedIOException unwritable) {
      throw new CannotStart("key set " + settings.keysFile() + " cannot be written");
    }
  }

  private static HikariDataSource pool(Settings.Database database) {
    try {
      return Databases.pool(
          database.url(), database.user(), database.password().value(), database.poolSize());
    } catch (HikariPool.PoolInitializationException unreachable) {
      throw CannotStart.because("the database cannot be opened", unreachable);
    }
  }

  private static Store watched(Store store, Meters meters) {
    return store.with(store.transactions(), new WatchedOutbox(store.outbox(), meters::letter));
  }

  private static Peppers peppers(Settings.Passwords password) {
    var keys = ImmutableMap.<String, byte[]>builder();
    password
        .peppers()
        .forEach((id, word) -> keys.put(id, Base64.getDecoder().decode(word.value())));
    var all = keys.buildOrThrow();
    return all.isEmpty() ? Peppers.none() : Peppers.of(all.keySet().iterator().next(), all);
  }

  private static ShippedPasswordLists lists(Settings.Passwords password) {
    try {
      return password
          .breachList()
          .map(ShippedPasswordLists::new)
          .orElseGet(ShippedPasswordLists::new);
    } catch (IllegalArgumentException unusable) {
      throw new CannotStart("" + unusable.getMessage());
    }
  }

  /** Closes the database last: with it H2 writes its file out. */
  @Override
  public void close() {
    try {
      lists.close();
    } catch (IOException goneAnyway) {
      // it was only read
    }
    pool.close();
  }
}
