package org.holdfast.application.support;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.Method;
import org.junit.jupiter.api.Test;

/** What operators read in docs/support.md is what holds. */
class SupportDocTest {

  @Test
  void the_tables_are_those_of_the_code() throws IOException {
    var doc = Files.readString(Path.of("../docs/support.md"));
    assertThat(doc).contains(acts(), evidence(), "it has to weigh " + Evidence.ENOUGH + ":");
  }

  private static String acts() {
    return Arrays.stream(Act.values()).map(SupportDocTest::row).collect(joining("\n"));
  }

  private static String row(Act act) {
    return "| %s | %s | %s | %s | %s | %s |"
        .formatted(
            words(act),
            Arrays.stream(org.holdfast.domain.staff.Role.values())
                .filter(act::isOf)
                .findFirst()
                .orElseThrow()
                .key(),
            yes(act.methods().contains(Method.SUPPORT_PIN)),
            yes(act.methods().contains(Method.MAILED_CODE)),
            yes(act.methods().contains(Method.NOTHING)),
            yes(act.needsFreshProof()));
  }

  private static String evidence() {
    return Arrays.stream(Evidence.values())
        .map(each -> "| %s | %d |".formatted(words(each), each.weight()))
        .collect(joining("\n"));
  }

  private static String yes(boolean it) {
    return it ? "yes" : "";
  }

  private static String words(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
