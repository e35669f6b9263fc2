package org.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.BaseEncoding;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.Block;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.holdfast.auth.Argon2Hasher.Cost;
import org.holdfast.auth.Argon2Hasher.Load;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

class Argon2HasherTest {

  private static final Password PASSWORD = new Password("a much better passphrase");
  private static final Cost CHEAP = new Cost(64, 1, 1);
  private static final Load ROOMY = new Load(2, 8, Duration.ofMinutes(1));
  private static final byte[] FIRST_KEY =
      "first key, of which nobody knows".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SECOND_KEY =
      "other key, of which nobody knows".getBytes(StandardCharsets.US_ASCII);

  @Test
  void a_password_matches_its_own_hash_only() {
    var hasher = hasher(Peppers.none());
    var hash = hasher.hash(PASSWORD);
    assertThat(hasher.matches(PASSWORD, hash)).isTrue();
    assertThat(hasher.matches(new Password("a much better passphrasf"), hash)).isFalse();
    assertThat(hasher.matches(new Password("a much better passphrase "), hash)).isFalse();
    assertThat(hasher.matches(new Password(""), hash)).isFalse();
  }

  @Test
  void every_hash_has_a_salt_of_its_own() {
    var hasher = hasher(Peppers.none());
    assertThat(hasher.hash(PASSWORD)).isNotEqualTo(hasher.hash(PASSWORD));
  }

  @Test
  void the_default_cost_stands_in_the_hash() {
    assertThat(new Argon2Hasher(new SecureRandom()).hash(PASSWORD))
        .matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
  }

  /** From src/test.c of the reference implementation, github.com/P-H-C/phc-winner-argon2. */
  @Test
  void hashes_of_the_reference_implementation_are_understood() {
    var hasher = hasher(Peppers.none());
    var published =
        ImmutableMap.of(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "password",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ"
                + "$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                + "$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
            "differentpassword");
    published.forEach(
        (hash, password) -> {
          assertThat(hasher.matches(new Password(password), hash)).isTrue();
          assertThat(hasher.matches(new Password(password + "x"), hash)).isFalse();
        });
  }

  /** RFC 9106 §5.3, through memory that was lent before. */
  @Test
  void the_generator_computes_the_vector_of_rfc_9106() {
    var pool = new FixedBlockPool(Argon2BytesGenerator.getBlockCount(32, 4));
    for (var time = 0; time < 2; time++) {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(32)
              .withIterations(3)
              .withParallelism(4)
              .withSalt(filled(16, 2))
              .withSecret(filled(8, 3))
              .withAdditional(filled(12, 4))
              .withBlockPool(pool)
              .build());
      var tag = new byte[32];
      generator.generateBytes(filled(32, 1), tag);
      assertThat(BaseEncoding.base16().lowerCase().encode(tag))
          .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }
  }

  @Test
  void a_pepper_is_the_secret_input_and_its_id_stands_in_the_hash() {
    var hash = hasher(Peppers.of("k1", ImmutableMap.of("k1", FIRST_KEY))).hash(PASSWORD);
    assertThat(hash).contains(",keyid=azE$");
    var parsed = PhcString.parse(hash).orElseThrow();
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(CHEAP.memoryKib())
            .withIterations(CHEAP.passes())
            .withParallelism(CHEAP.lanes())
            .withSalt(parsed.salt())
            .withSecret(FIRST_KEY)
            .build());
    var expected = new byte[32];
    generator.generateBytes(PASSWORD.bytes(), expected);
    assertThat(parsed.hash()).isEqualTo(expected);
  }

  @Test
  void the_same_hash_opens_with_its_own_pepper_only() {
    var hash = hasher(Peppers.of("k1", ImmutableMap.of("k1", FIRST_KEY))).hash(PASSWORD);
    var forged = hasher(Peppers.of("k1", ImmutableMap.of("k1", SECOND_KEY)));
    var rotated = hasher(Peppers.of("k2", ImmutableMap.of("k1", FIRST_KEY, "k2", SECOND_KEY)));
    assertThat(forged.matches(PASSWORD, hash)).isFalse();
    assertThat(hasher(Peppers.none()).matches(PASSWORD, hash)).isFalse();
    assertThat(rotated.matches(PASSWORD, hash)).isTrue();
    assertThat(rotated.matches(PASSWORD, hash.replace(",keyid=azE", ""))).isFalse();
  }

  @Test
  void other_costs_or_another_pepper_are_outdated() {
    var plain = hasher(Peppers.none());
    var first = hasher(Peppers.of("k1", ImmutableMap.of("k1", FIRST_KEY)));
    var second = hasher(Peppers.of("k2", ImmutableMap.of("k1", FIRST_KEY, "k2", SECOND_KEY)));
    var retired = hasher(Peppers.retired(ImmutableMap.of("k1", FIRST_KEY)));
    assertThat(plain.isOutdated(plain.hash(PASSWORD))).isFalse();
    assertThat(first.isOutdated(first.hash(PASSWORD))).isFalse();
    assertThat(first.isOutdated(plain.hash(PASSWORD))).isTrue();
    assertThat(second.isOutdated(first.hash(PASSWORD))).isTrue();
    assertThat(retired.isOutdated(first.hash(PASSWORD))).isTrue();
    assertThat(retired.matches(PASSWORD, first.hash(PASSWORD))).isTrue();
    assertThat(hasher(new Cost(64, 2, 1)).isOutdated(plain.hash(PASSWORD))).isTrue();
    assertThat(hasher(new Cost(128, 1, 1)).isOutdated(plain.hash(PASSWORD))).isTrue();
    assertThat(hasher(new Cost(64, 1, 2)).isOutdated(plain.hash(PASSWORD))).isTrue();
    assertThat(plain.isOutdated("{bcrypt}no hash of ours")).isTrue();
  }

  @Test
  void peppers_that_cannot_be_used_are_told_by_id_and_never_by_key() {
    assertThatThrownBy(() -> Peppers.of("k3", ImmutableMap.of("k1", FIRST_KEY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pepper k3 is to be current but is not among the keys");
    assertThatThrownBy(() -> Peppers.of("k1", ImmutableMap.of("k1", new byte[15])))
        .hasMessage("pepper k1 is shorter than 16 bytes");
    assertThatThrownBy(() -> Peppers.of("ninechars", ImmutableMap.of("ninechars", FIRST_KEY)))
        .hasMessage("pepper id must be 1 to 8 of A-Z a-z 0-9 . _ -: ninechars");
    assertThat(Peppers.of("k1", ImmutableMap.of("k1", FIRST_KEY))).hasToString("Peppers[k1]");
  }

  @Test
  void what_is_no_hash_of_ours_matches_nothing() {
    var hasher = hasher(Peppers.none());
    var good = hasher.hash(PASSWORD);
    for (var bad :
        List.of(
            "",
            "password",
            good.replace("argon2id", "argon2i"),
            good.replace("v=19", "v=16"),
            good.replace("m=64", "m=0"),
            good.replace("m=64", "m=7"),
            good.replace("m=64", "m=99999999"),
            good.replace("t=1", "t=999"),
            good.replace("p=1", "p=99"),
            good.replace("p=1", "p=1,keyid=A"),
            good.substring(0, good.length() - 1),
            good + " ",
            good + "\u0000",
            "$2b$12$abcdefghijklmnopqrstuuZJdZ4bQm5K8PTWuM7Q3HP0e2aYw6uXW")) {
      assertThat(hasher.matches(PASSWORD, bad)).as(bad).isFalse();
    }
  }

  @Test
  void matching_nothing_is_the_same_work_as_matching() {
    for (var peppers :
        List.of(Peppers.none(), Peppers.of("k1", ImmutableMap.of("k1", FIRST_KEY)))) {
      var memory = new Memory();
      var hasher = new Argon2Hasher(CHEAP, peppers, ROOMY, new SecureRandom(), memory::pool);
      var hash = hasher.hash(PASSWORD);
      var forHash = memory.lent.getAndSet(0);
      hasher.matches(PASSWORD, hash);
      var forMatch = memory.lent.getAndSet(0);
      hasher.matchNothing(PASSWORD);
      var forNothing = memory.lent.getAndSet(0);
      hasher.matches(PASSWORD, "no hash");
      var forNoHash = memory.lent.getAndSet(0);
      assertThat(List.of(forMatch, forNothing, forNoHash)).containsOnly(forHash);
    }
  }

  @Test
  void however_many_hash_at_once_the_memory_is_that_of_the_permits() throws Exception {
    var memory = new Memory();
    var load = new Load(2, 100, Duration.ofMinutes(1));
    var hasher = new Argon2Hasher(CHEAP, Peppers.none(), load, new SecureRandom(), memory::pool);
    var hash = hasher.hash(PASSWORD);
    var callers = Executors.newFixedThreadPool(32);
    try {
      var gate = new CountDownLatch(1);
      var answers = new ArrayList<Future<Boolean>>();
      for (var caller = 0; caller < 32; caller++) {
        answers.add(
            callers.submit(
                () -> {
                  gate.await();
                  return hasher.matches(PASSWORD, hash);
                }));
      }
      gate.countDown();
      for (var answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    } finally {
      callers.shutdown();
    }
    var blocksOfOneHash = Argon2BytesGenerator.getBlockCount(CHEAP.memoryKib(), CHEAP.lanes());
    assertThat(memory.pools).hasValue(2);
    assertThat(memory.mostOut).hasValueLessThanOrEqualTo(2 * blocksOfOneHash);
    assertThat(memory.made).hasValueLessThanOrEqualTo(2 * blocksOfOneHash);
  }

  @Test
  void when_every_permit_is_held_the_surplus_is_refused_at_once() throws Exception {
    var held = new CountDownLatch(2);
    var letGo = new CountDownLatch(1);
    var load = new Load(2, 0, Duration.ofSeconds(3));
    var hasher =
        new Argon2Hasher(
            CHEAP, Peppers.none(), load, new SecureRandom(), blocks -> new Stuck(held, letGo));
    var callers = Executors.newFixedThreadPool(2);
    try {
      var first = callers.submit(() -> hasher.hash(PASSWORD));
      var second = callers.submit(() -> hasher.hash(PASSWORD));
      held.await();
      for (Callable<?> surplus :
          List.<Callable<?>>of(
              () -> hasher.hash(PASSWORD),
              () -> hasher.matches(PASSWORD, "no hash"),
              () -> {
                hasher.matchNothing(PASSWORD);
                return true;
              })) {
        var refusal = (Refusal) catchThrowable(surplus::call);
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.BUSY);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(3));
      }
      letGo.countDown();
      assertThat(first.get()).isNotEqualTo(second.get());
      assertThat(hasher.hash(PASSWORD)).startsWith("$argon2id$");
    } finally {
      letGo.countDown();
      callers.shutdown();
    }
  }

  @Test
  void only_so_many_wait_and_they_are_served() throws Exception {
    var held = new CountDownLatch(1);
    var letGo = new CountDownLatch(1);
    var load = new Load(1, 1, Duration.ofMinutes(1));
    var hasher =
        new Argon2Hasher(
            CHEAP, Peppers.none(), load, new SecureRandom(), blocks -> new Stuck(held, letGo));
    ExecutorService holder = Executors.newSingleThreadExecutor();
    try {
      var first = holder.submit(() -> hasher.hash(PASSWORD));
      held.await();
      var second = new FutureTask<>(() -> hasher.hash(PASSWORD));
      var waiting = new Thread(second);
      waiting.start();
      while (waiting.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> hasher.hash(PASSWORD))
          .isInstanceOf(Refusal.class)
          .hasMessage("BUSY");
      letGo.countDown();
      assertThat(first.get()).startsWith("$argon2id$");
      assertThat(second.get()).startsWith("$argon2id$");
    } finally {
      letGo.countDown();
      holder.shutdown();
    }
  }

  @Test
  void a_wait_ends_with_a_refusal_and_gives_the_seat_back() throws Exception {
    var held = new CountDownLatch(1);
    var letGo = new CountDownLatch(1);
    var load = new Load(1, 1, Duration.ZERO);
    var hasher =
        new Argon2Hasher(
            CHEAP, Peppers.none(), load, new SecureRandom(), blocks -> new Stuck(held, letGo));
    ExecutorService holder = Executors.newSingleThreadExecutor();
    try {
      holder.submit(() -> hasher.hash(PASSWORD));
      held.await();
      for (var time = 0; time < 3; time++) {
        var refusal = (Refusal) catchThrowable(() -> hasher.hash(PASSWORD));
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
      }
    } finally {
      letGo.countDown();
      holder.shutdown();
    }
  }

  @Test
  void a_hash_that_fails_gives_its_permit_back() {
    var load = new Load(1, 0, Duration.ZERO);
    var failures = new AtomicInteger(1);
    var hasher =
        new Argon2Hasher(
            CHEAP,
            Peppers.none(),
            load,
            new SecureRandom(),
            blocks ->
                new Lent(new FixedBlockPool(blocks)) {
                  @Override
                  public Block allocate() {
                    if (failures.getAndDecrement() > 0) {
                      throw new IllegalStateException("no memory");
                    }
                    return super.allocate();
                  }
                });
    assertThatThrownBy(() -> hasher.hash(PASSWORD)).hasMessage("no memory");
    assertThat(hasher.hash(PASSWORD)).startsWith("$argon2id$");
  }

  private static Argon2Hasher hasher(Peppers peppers) {
    return new Argon2Hasher(CHEAP, peppers, ROOMY, new SecureRandom());
  }

  private static Argon2Hasher hasher(Cost cost) {
    return new Argon2Hasher(cost, Peppers.none(), ROOMY, new SecureRandom());
  }

  private static byte[] filled(int length, int value) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Passes blocks on. */
  private static class Lent implements BlockPool {
    private final BlockPool pool;

    Lent(BlockPool pool) {
      this.pool = pool;
    }

    @Override
    public Block allocate() {
      return pool.allocate();
    }

    @Override
    public void deallocate(Block block) {
      pool.deallocate(block);
    }
  }

  /** Lends once every permit's holder has come and the test lets go. */
  private static final class Stuck extends Lent {
    private final CountDownLatch held;
    private final CountDownLatch letGo;

    Stuck(CountDownLatch held, CountDownLatch letGo) {
      super(new FixedBlockPool(128));
      this.held = held;
      this.letGo = letGo;
    }

    @Override
    public Block allocate() {
      if (letGo.getCount() > 0) {
        held.countDown();
        try {
          letGo.await();
        } catch (InterruptedException stopping) {
          throw new IllegalStateException(stopping);
        }
      }
      return super.allocate();
    }
  }

  /** Counts what is lent. */
  private static final class Memory {
    final AtomicInteger pools = new AtomicInteger();
    final AtomicInteger lent = new AtomicInteger();
    final AtomicInteger made = new AtomicInteger();
    final AtomicInteger mostOut = new AtomicInteger();
    private final AtomicInteger out = new AtomicInteger();
    private final java.util.Set<Block> seen =
        java.util.Collections.synchronizedSet(
            java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>()));

    BlockPool pool(int blocks) {
      pools.incrementAndGet();
      return new Lent(new FixedBlockPool(blocks)) {
        @Override
        public Block allocate() {
          lent.incrementAndGet();
          var now = out.incrementAndGet();
          mostOut.accumulateAndGet(now, Math::max);
          var block = super.allocate();
          if (seen.add(block)) {
            made.incrementAndGet();
          }
          return block;
        }

        @Override
        public void deallocate(Block block) {
          out.decrementAndGet();
          super.deallocate(block);
        }
      };
    }
  }
}
