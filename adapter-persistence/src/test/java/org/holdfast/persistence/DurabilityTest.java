package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Random;
import java.util.UUID;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An H2 file, which runs in the process that is killed; servers outlive it. */
class DurabilityTest {

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final int ENOUGH = 40;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"our own pool", "a host's pool"})
  void what_was_acknowledged_outlives_a_kill(String pool) throws Exception {
    var url = "jdbc:h2:file:" + folder.resolve("data");
    try (var source = source(url, "our own pool")) {
      Databases.H2.migrate(source);
    }
    var acknowledged = new ArrayList<String>();
    var writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                url,
                pool)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while (acknowledged.size() < ENOUGH && (line = lines.readLine()) != null) {
        if (line.startsWith("kept ")) {
          acknowledged.add(line.substring("kept ".length()));
        }
      }
    } finally {
      writer.destroyForcibly().waitFor(); // SIGKILL
    }
    assertThat(acknowledged).hasSize(ENOUGH);

    try (var source = source(url, "our own pool")) {
      var store = store(source);
      var found = new ArrayList<String>();
      for (var next = store.errands().take(); next.isPresent(); next = store.errands().take()) {
        found.add(next.get().id().toString());
      }
      assertThat(found).containsAll(acknowledged);
    }
  }

  private static HikariDataSource source(String url, String pool) {
    if (pool.equals("our own pool")) {
      return Databases.pool(url, "sa", "", 2);
    }
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername("sa");
    config.setPassword("");
    config.setMaximumPoolSize(2);
    return new HikariDataSource(config);
  }

  private static Store store(HikariDataSource source) {
    return Databases.H2.store(
        source, InMemoryHoldfast.SEALER, Ids.timeOrdered(InstantSource.system(), new Random(1)));
  }

  /** Says of each errand that it is kept, as soon as that is promised, until it is killed. */
  static final class Writer {
    public static void main(String[] args) {
      var store = store(source(args[0], args[1]));
      for (var i = 0L; ; i++) {
        var id = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | i);
        store
            .transactions()
            .inOne(
                () ->
                    store
                        .errands()
                        .add(new Errand(id, Errand.Kind.REGISTER, ImmutableMap.of("a", "b"), NOW)));
        System.out.println("kept " + id);
      }
    }
  }
}
