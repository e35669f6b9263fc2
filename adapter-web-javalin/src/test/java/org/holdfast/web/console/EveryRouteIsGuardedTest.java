package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may come through which door: every route there is stands here, or the test fails. */
class EveryRouteIsGuardedTest {

  private final RunningConsole console = RunningConsole.console();

  /** Who is let in. */
  private enum Door {
    /** Whoever comes. */
    OPEN,
    /** Whoever is signed in: it only leads to another page. */
    LEADS_ON,
    AGENT,
    SUPERVISOR,
    ADMINISTRATOR;

    boolean isOf(Role role) {
      return compareTo(valueOf(role.name())) <= 0;
    }
  }

  private static final ImmutableMap<String, Door> DOORS =
      ImmutableMap.<String, Door>builder()
          .put("GET /assets/{file}", Door.OPEN)
          .put("GET /openapi.yaml", Door.OPEN)
          .put("GET /sign-in", Door.OPEN)
          .put("POST /sign-in", Door.OPEN)
          .put("GET /invitation", Door.OPEN)
          .put("POST /invitation", Door.OPEN)
          .put("GET /sign-out", Door.LEADS_ON)
          .put("GET /prove", Door.AGENT)
          .put("POST /prove", Door.AGENT)
          .put("GET /password", Door.AGENT)
          .put("POST /password", Door.AGENT)
          .put("GET /", Door.AGENT)
          .put("GET /accounts/{number}/call", Door.AGENT)
          .put("POST /accounts/{number}/call", Door.AGENT)
          .put("GET /accounts/{number}/call/code", Door.LEADS_ON)
          .put("POST /accounts/{number}/call/code", Door.AGENT)
          .put("GET /accounts/{number}/call/code/{mailed}", Door.AGENT)
          .put("POST /accounts/{number}/call/code/{mailed}", Door.AGENT)
          .put("GET /accounts/{number}/call/without-proof", Door.LEADS_ON)
          .put("POST /accounts/{number}/call/without-proof", Door.AGENT)
          .put("GET /calls/{call}", Door.AGENT)
          .put("GET /calls/{call}/reset-link", Door.LEADS_ON)
          .put("POST /calls/{call}/reset-link", Door.AGENT)
          .put("GET /calls/{call}/unlock", Door.LEADS_ON)
          .put("POST /calls/{call}/unlock", Door.AGENT)
          .put("GET /calls/{call}/advice", Door.LEADS_ON)
          .put("POST /calls/{call}/advice", Door.AGENT)
          .put("GET /calls/{call}/pin", Door.LEADS_ON)
          .put("POST /calls/{call}/pin", Door.AGENT)
          .put("GET /calls/{call}/pin/replace", Door.LEADS_ON)
          .put("POST /calls/{call}/pin/replace", Door.AGENT)
          .put("GET /calls/{call}/customer", Door.AGENT)
          .put("GET /calls/{call}/case", Door.AGENT)
          .put("POST /calls/{call}/case", Door.AGENT)
          .put("GET /calls/{call}/end", Door.LEADS_ON)
          .put("POST /calls/{call}/end", Door.AGENT)
          .put("GET /cases", Door.AGENT)
          .put("GET /cases/{case}", Door.AGENT)
          .put("GET /cases/{case}/approve", Door.LEADS_ON)
          .put("POST /cases/{case}/approve", Door.SUPERVISOR)
          .put("GET /cases/{case}/refuse", Door.LEADS_ON)
          .put("POST /cases/{case}/refuse", Door.SUPERVISOR)
          .put("GET /cases/{case}/withdraw", Door.LEADS_ON)
          .put("POST /cases/{case}/withdraw", Door.AGENT)
          .put("GET /log", Door.AGENT)
          .put("GET /numbers", Door.SUPERVISOR)
          .put("GET /staff", Door.ADMINISTRATOR)
          .put("GET /staff/invite", Door.ADMINISTRATOR)
          .put("POST /staff/invite", Door.ADMINISTRATOR)
          .put("GET /staff/{staff}", Door.ADMINISTRATOR)
          .put("GET /staff/{staff}/role", Door.LEADS_ON)
          .put("POST /staff/{staff}/role", Door.ADMINISTRATOR)
          .put("GET /staff/{staff}/disable", Door.LEADS_ON)
          .put("POST /staff/{staff}/disable", Door.ADMINISTRATOR)
          .put("GET /staff/{staff}/enable", Door.LEADS_ON)
          .put("POST /staff/{staff}/enable", Door.ADMINISTRATOR)
          .put("GET /staff/{staff}/invite-anew", Door.LEADS_ON)
          .put("POST /staff/{staff}/invite-anew", Door.ADMINISTRATOR)
          .put("POST /sign-out", Door.AGENT)
          .buildOrThrow();

  @AfterEach
  void stop() {
    console.close();
  }

  private Map<String, String> places() {
    var id = new UUID(7, 7).toString();
    return Map.of(
        "{file}",
        "x",
        "{number}",
        console.customer("ada@example.com").number(),
        "{mailed}",
        id,
        "{call}",
        id,
        "{case}",
        id,
        "{staff}",
        id);
  }

  private static Browser.Answer knock(Browser who, String route, Map<String, String> places) {
    var path = route.substring(route.indexOf(' ') + 1);
    for (var place : places.entrySet()) {
      path = path.replace(place.getKey(), place.getValue());
    }
    return route.startsWith("GET") ? who.get(path) : who.post(path);
  }

  /** The pages; how the JSON API is guarded is its own test's matter. */
  @Test
  void every_route_is_listed() {
    assertThat(console.routes().stream().filter(route -> !route.contains(" /api/")))
        .containsExactlyInAnyOrderElementsOf(DOORS.keySet());
  }

  @Test
  void a_stranger_is_asked_to_sign_in_whatever_they_try() {
    var places = places();
    DOORS.forEach(
        (route, door) -> {
          var answer = knock(console.browser(), route, places);
          if (door == Door.OPEN) {
            assertThat(answer.location()).as(route).doesNotStartWith("/sign-in");
          } else {
            assertThat(answer.status()).as(route).isEqualTo(303);
            assertThat(answer.location()).as(route).startsWith("/sign-in");
          }
        });
    assertThat(console.browser().get("/nothing/here").location()).startsWith("/sign-in");
  }

  @Test
  void each_role_comes_through_its_doors_and_through_no_other() {
    var places = places();
    for (var role : Role.values()) {
      var who = console.signedIn(console.staff(role));
      DOORS.forEach(
          (route, door) -> {
            if (door == Door.OPEN || route.equals("POST /sign-out")) {
              return;
            }
            var answer = knock(who, route, places);
            if (door == Door.LEADS_ON) {
              assertThat(answer.status()).as(role + " " + route).isEqualTo(303);
            } else if (door.isOf(role)) {
              assertThat(answer.body()).as(role + " " + route).doesNotContain("Not for your role");
              assertThat(answer.status()).as(role + " " + route).isNotIn(500, 401, 405);
            } else {
              assertThat(answer.status()).as(role + " " + route).isEqualTo(403);
              assertThat(answer.body()).as(role + " " + route).contains("Not for your role");
            }
          });
    }
  }

  @Test
  void the_menu_shows_what_the_role_allows() {
    for (var role : Role.values()) {
      var body = console.signedIn(console.staff(role)).get("/").body();
      assertThat(body).contains("href=\"/cases\"", "href=\"/log\"");
      assertThat(body.contains("href=\"/numbers\"")).isEqualTo(role != Role.AGENT);
      assertThat(body.contains("href=\"/staff\"")).isEqualTo(role == Role.ADMINISTRATOR);
    }
  }

  @Test
  void whoever_is_shut_out_is_out_at_the_next_click() {
    var boss = console.at(console.staff(Role.ADMINISTRATOR));
    var member = console.staff(Role.AGENT);
    var browser = console.signedIn(member);
    var who = console.at(member);
    console.memory.holdfast.keepStaff().disable(boss, who.staff().id(), true);
    assertThat(browser.get("/").location()).startsWith("/sign-in");
  }
}
