package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.junit.jupiter.api.Test;

class OriginsTest {

  private static String seenAs(Set<String> trusted, String... headers) {
    try (var portal = Running.behindProxy("https://portal.example", trusted)) {
      portal.memory.customer("ada@example.com");
      portal
          .browser()
          .with(headers)
          .post("/sign-in", "email", "ada@example.com", "password", InMemoryHoldfast.PASSWORD);
      var who = portal.memory.signIn("ada@example.com");
      return portal.memory.holdfast.sessions().list(who).stream()
          .map(session -> session.origin().address())
          .filter(address -> !address.equals(InMemoryHoldfast.HOME.address()))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void without_a_trusted_proxy_only_the_socket_counts() {
    assertThat(
            seenAs(
                Set.of(),
                "X-Forwarded-For",
                "203.0.113.9",
                "X-Real-IP",
                "203.0.113.9",
                "Forwarded",
                "for=203.0.113.9",
                "Client-IP",
                "203.0.113.9"))
        .isEqualTo("127.0.0.1");
  }

  @Test
  void behind_proxies_the_rightmost_that_is_not_one_counts() {
    var proxies = Set.of("127.0.0.1", "10.0.0.5");
    assertThat(seenAs(proxies, "X-Forwarded-For", "1.1.1.1, 203.0.113.9, 10.0.0.5"))
        .isEqualTo("203.0.113.9");
    assertThat(seenAs(proxies, "X-Forwarded-For", "203.0.113.9, nonsense, 10.0.0.5"))
        .isEqualTo("10.0.0.5");
    assertThat(seenAs(proxies, "X-Forwarded-For", "2001:DB8::1")).isEqualTo("2001:db8::1");
    assertThat(seenAs(proxies)).isEqualTo("127.0.0.1");
    assertThat(seenAs(proxies, "X-Forwarded-For", "1.2.3.4,".repeat(500) + "10.0.0.5"))
        .isEqualTo("1.2.3.4");
  }

  @Test
  void browsers_are_named_in_a_few_words() {
    assertThat(
            Origins.device(
                "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"))
        .isEqualTo("Firefox on Linux");
    assertThat(
            Origins.device(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                    + " Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"))
        .isEqualTo("Edge on Windows");
    assertThat(
            Origins.device(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
                    + " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"))
        .isEqualTo("Safari on iPhone");
    assertThat(
            Origins.device(
                "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko)"
                    + " Chrome/150.0.0.0 Mobile Safari/537.36"))
        .isEqualTo("Chrome on Android");
    assertThat(Origins.device("curl/8.5.0")).isEqualTo("curl");
    assertThat(Origins.device("<script>")).isEmpty();
    assertThat(Origins.device(null)).isEmpty();
  }
}
