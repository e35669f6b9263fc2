package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackTest {

  @Test
  void our_own_pages_are_gone_back_to() {
    for (var path : List.of("/profile", "/accounts/12345678/contacts", "/profile/email")) {
      assertThat(Back.to(path)).isEqualTo(path);
    }
    assertThat(Back.to(null)).isEqualTo("/");
    assertThat(Back.to("")).isEqualTo("/");
  }

  @Test
  void every_spelling_of_another_site_leads_to_the_front_page() {
    var spellings = new ArrayList<String>();
    for (var before :
        List.of(
            "",
            "/",
            "//",
            "///",
            "/////",
            "\\",
            "/\\",
            "\\\\",
            "http:",
            "http:\\\\\\",
            "https://",
            "javascript:",
            "data:",
            " ",
            "\t//",
            "/\t/",
            "/%2f",
            "/%5c",
            "/.",
            "/..//",
            "/@",
            "/;",
            "/?",
            "/#",
            "\u0000//",
            "/\r\n/")) {
      for (var host :
          List.of("evil.example", "evil.example/x", "a@evil.example", "evil.example:80")) {
        spellings.add(before + host);
      }
    }
    assertThat(spellings).hasSizeGreaterThan(100);
    for (var spelling : spellings) {
      assertThat(Back.to(spelling)).as(spelling).isEqualTo("/");
    }
    var own = URI.create("https://portal.example/");
    assertThat(own.resolve(Back.to("/evil")).getHost()).isEqualTo("portal.example");
  }
}
