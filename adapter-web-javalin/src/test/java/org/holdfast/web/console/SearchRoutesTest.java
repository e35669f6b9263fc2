package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.domain.staff.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SearchRoutesTest {

  private final RunningConsole console = RunningConsole.console();

  @AfterEach
  void stop() {
    console.close();
  }

  @Test
  void an_account_is_found_and_shown_masked() {
    var account = console.customer("ada@example.com");
    var sam = console.signedIn(console.staff(Role.AGENT));
    for (var query : new String[] {account.number(), "ada@example.com", "lovel", "Ada+Love"}) {
      assertThat(sam.get("/?q=" + query).body())
          .as(query)
          .contains(account.number(), "/accounts/" + account.number() + "/call", "A••• L•••")
          .doesNotContain("Ada Lovelace", "Berlin", ">ada@example.com");
    }
    assertThat(sam.get("/?q=nobody").body()).contains("Nothing found");
  }

  @Test
  void too_little_is_told_beside_the_field() {
    var sam = console.signedIn(console.staff(Role.AGENT));
    var answer = sam.get("/?q=a");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body()).contains("aria-invalid=\"true\"");
  }

  @Test
  void a_link_on_another_site_searches_nothing() {
    var account = console.customer("ada@example.com");
    var member = console.staff(Role.AGENT);
    var sam = console.signedIn(member);
    var answer = sam.with("Sec-Fetch-Site", "cross-site").get("/?q=" + account.number());
    assertThat(answer.body()).doesNotContain("/call\"").contains("value=\"" + account.number());
    var who = console.at(member);
    assertThat(console.memory.holdfast.readStaffLog().own(who, java.util.Optional.empty(), 50))
        .noneMatch(told -> told.entry().did() == Did.SEARCHED);
  }
}
