package org.holdfast.auth;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Sets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.credential.Password;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes passwords with Argon2id (RFC 9106).
 *
 * <p>A hash needs megabytes of memory, so only so many are computed at once: each permit owns its
 * memory for good and lends it to one hash after the other. Some callers more may wait a while; to
 * everybody else the answer is {@link org.holdfast.domain.Refusal.Reason#BUSY}, at once. However
 * many sign in together, the memory is therefore that of the permits.
 */
public final class Argon2Hasher implements PasswordHasher {

  private static final Logger LOG = LoggerFactory.getLogger(Argon2Hasher.class);
  private static final int SALT_BYTES = 16; // RFC 9106 §3.1
  private static final int HASH_BYTES = 32;

  private final Cost cost;
  private final Peppers peppers;
  private final Load load;
  private final RandomGenerator random;
  private final BlockingQueue<BlockPool> permits;
  private final Semaphore seats;
  private final PhcString nobodys;
  private final Set<String> missing = Sets.newConcurrentHashSet();

  /**
   * Hashes at the default cost, without a pepper, as many at once as there are processors.
   *
   * @param random what salts are drawn from; must be a cryptographic generator
   */
  public Argon2Hasher(RandomGenerator random) {
    this(Cost.DEFAULT, Peppers.none(), Load.ofThisMachine(), random);
  }

  /**
   * Hashes with everything chosen.
   *
   * @param random what salts are drawn from; must be a cryptographic generator
   */
  public Argon2Hasher(Cost cost, Peppers peppers, Load load, RandomGenerator random) {
    this(cost, peppers, load, random, FixedBlockPool::new);
  }

  /** For tests, which look at how memory is lent. */
  Argon2Hasher(
      Cost cost,
      Peppers peppers,
      Load load,
      RandomGenerator random,
      IntFunction<? extends BlockPool> pools) {
    this.cost = cost;
    this.peppers = peppers;
    this.load = load;
    this.random = random;
    this.permits = new ArrayBlockingQueue<>(load.atOnce(), true);
    for (var permit = 0; permit < load.atOnce(); permit++) {
      permits.add(pools.apply(Argon2BytesGenerator.getBlockCount(cost.memoryKib(), cost.lanes())));
    }
    this.seats = new Semaphore(load.waiting());
    this.nobodys =
        new PhcString(cost, peppers.current(), new byte[SALT_BYTES], new byte[HASH_BYTES]);
  }

  @Override
  public String hash(Password password) {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    var blank = new PhcString(cost, peppers.current(), salt, new byte[HASH_BYTES]);
    var hash = compute(password, blank);
    return new PhcString(cost, peppers.current(), salt, hash).format();
  }

  @Override
  public boolean matches(Password password, String hash) {
    var ours = PhcString.parse(hash).filter(this::hasPepper);
    var stored = ours.orElse(nobodys); // so that a broken row takes as long as any other
    var computed = compute(password, stored);
    try {
      return MessageDigest.isEqual(computed, stored.hash()) && ours.isPresent();
    } finally {
      Arrays.fill(computed, (byte) 0);
    }
  }

  @Override
  public void matchNothing(Password password) {
    matches(password, "");
  }

  @Override
  public boolean isOutdated(String hash) {
    return PhcString.parse(hash)
        .map(
            stored ->
                !stored.cost().equals(cost)
                    || !stored.pepper().equals(peppers.current())
                    || stored.salt().length != SALT_BYTES
                    || stored.hash().length != HASH_BYTES)
        .orElse(true);
  }

  private boolean hasPepper(PhcString stored) {
    var found = stored.pepper().map(peppers::has).orElse(true);
    if (!found && missing.add(stored.pepper().orElseThrow())) { // told once, not at every sign-in
      LOG.error(
          "Passwords were hashed with pepper {}, which is not configured: they match nothing",
          stored.pepper().orElseThrow());
    }
    return found;
  }

  private byte[] compute(Password password, PhcString like) {
    var memory = permit();
    try {
      return compute(password, like, memory);
    } finally {
      permits.add(memory);
    }
  }

  private byte[] compute(Password password, PhcString like, BlockPool memory) {
    var parameters =
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(like.cost().memoryKib())
            .withIterations(like.cost().passes())
            .withParallelism(like.cost().lanes())
            .withSalt(like.salt())
            .withSecret(like.pepper().map(peppers::key).orElseGet(() -> new byte[0]))
            .withBlockPool(memory)
            .build();
    var bytes = password.bytes();
    try {
      var generator = new Argon2BytesGenerator();
      generator.init(parameters);
      var hash = new byte[like.hash().length];
      generator.generateBytes(bytes, hash);
      return hash;
    } finally {
      Arrays.fill(bytes, (byte) 0);
      parameters.clear();
    }
  }

  private BlockPool permit() {
    return Optional.ofNullable(permits.poll())
        .or(this::waitForPermit)
        .orElseThrow(() -> new Refusal(Refusal.Reason.BUSY, load.retryAfter()));
  }

  private Optional<BlockPool> waitForPermit() {
    if (!seats.tryAcquire()) {
      return Optional.empty();
    }
    try {
      @Nullable BlockPool permit = permits.poll(load.longestWait().toNanos(), TimeUnit.NANOSECONDS);
      return Optional.ofNullable(permit);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      seats.release();
    }
  }

  /**
   * What one hash costs, us and a guesser alike.
   *
   * @param memoryKib memory in KiB
   * @param passes how often the memory is gone over
   * @param lanes into how many parts the memory is cut; they are computed one after the other
   */
  public record Cost(int memoryKib, int passes, int lanes) {

    /** 19 MiB, 2 passes, 1 lane: the least that OWASP advises. */
    public static final Cost DEFAULT = new Cost(19_456, 2, 1);

    private static final int MOST_MEMORY_KIB = 1 << 20; // 1 GiB
    private static final int MOST_LANES = 16;
    private static final int MOST_PASSES = 100;

    /**
     * @throws IllegalArgumentException when Argon2 forbids it or no machine could bear it
     */
    public Cost {
      checkArgument(lanes >= 1 && lanes <= MOST_LANES, "1 to %s lanes", MOST_LANES);
      checkArgument(passes >= 1 && passes <= MOST_PASSES, "1 to %s passes", MOST_PASSES);
      checkArgument(
          memoryKib >= 8 * lanes && memoryKib <= MOST_MEMORY_KIB,
          "8 KiB a lane to %s KiB of memory",
          MOST_MEMORY_KIB);
    }
  }

  /**
   * How much is computed at once.
   *
   * @param atOnce how many hashes; each keeps its memory for good
   * @param waiting how many callers more may wait for their turn
   * @param longestWait how long they wait, and how long a refused caller is told to stay away, a
   *     second at least
   */
  public record Load(int atOnce, int waiting, Duration longestWait) {

    private static final int WAITING_EACH = 16; // about half a second's work
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final Duration SHORTEST_ABSENCE = Duration.ofSeconds(1); // Retry-After's unit

    public Load {
      checkArgument(atOnce >= 1, "at least one hash at once");
      checkArgument(waiting >= 0, "no fewer than none can wait");
      checkArgument(!longestWait.isNegative(), "a wait cannot be negative");
    }

    Duration retryAfter() {
      return longestWait.compareTo(SHORTEST_ABSENCE) < 0 ? SHORTEST_ABSENCE : longestWait;
    }

    /** One hash a processor: more at once would only make each slower. */
    public static Load ofThisMachine() {
      var processors = Runtime.getRuntime().availableProcessors();
      return new Load(processors, WAITING_EACH * processors, LONGEST_WAIT);
    }
  }
}
