package org.holdfast.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.Race;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Role;
import org.holdfast.web.Assets;
import org.holdfast.web.Program;
import org.holdfast.web.Program.Answer;
import org.holdfast.web.console.RunningConsole.Member;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The console's JSON API, through HTTP, held against its own description, wherever things are kept.
 */
abstract class ConsoleApiContract {

  private static final List<String> OPERATIONS = operations();
  private static final int CALLERS = 64;

  /** What a stranger may ask for. */
  private static final Set<String> OPEN =
      Set.of(
          "POST /api/v1/sessions", "POST /api/v1/invitations", "POST /api/v1/invitations/accept");

  /** From which role on an operation does anything; all others are an agent's. */
  private static final Map<String, Role> FROM =
      Map.ofEntries(
          Map.entry("POST /api/v1/recovery-cases/{case}/approve", Role.SUPERVISOR),
          Map.entry("POST /api/v1/recovery-cases/{case}/refuse", Role.SUPERVISOR),
          Map.entry("GET /api/v1/numbers", Role.SUPERVISOR),
          Map.entry("GET /api/v1/staff", Role.ADMINISTRATOR),
          Map.entry("POST /api/v1/staff", Role.ADMINISTRATOR),
          Map.entry("GET /api/v1/staff/{staff}", Role.ADMINISTRATOR),
          Map.entry("PUT /api/v1/staff/{staff}/role", Role.ADMINISTRATOR),
          Map.entry("POST /api/v1/staff/{staff}/disable", Role.ADMINISTRATOR),
          Map.entry("POST /api/v1/staff/{staff}/enable", Role.ADMINISTRATOR),
          Map.entry("POST /api/v1/staff/{staff}/invite-anew", Role.ADMINISTRATOR));

  private final RunningConsole console;
  private final InMemoryHoldfast memory;
  private final Program stranger;
  private final Map<Role, Member> members = new EnumMap<>(Role.class);
  private final Account account;
  private final String pin;

  ConsoleApiContract(RunningConsole console) {
    this.console = console;
    memory = console.memory;
    stranger = Program.at(console.url());
    for (var role : Role.values()) {
      members.put(role, console.staff(role));
    }
    account = memory.customer("ada@example.com");
    pin = console.pinOf(account);
  }

  @AfterEach
  void stop() {
    console.close();
  }

  @AfterAll
  static void every_operation_was_seen_to_answer_well() {
    var seen =
        OPERATIONS.stream()
            .filter(
                operation ->
                    Program.DONE.stream()
                        .anyMatch(done -> done.matches(operation.replaceAll("\\{\\w+}", "[^/]+"))))
            .toList();
    assertThat(seen).containsExactlyElementsOf(OPERATIONS);
  }

  @Test
  void every_route_is_described_and_every_description_has_a_route() {
    assertThat(
            console.routes().stream()
                .filter(route -> route.matches("(GET|POST|PUT|DELETE) /api/v1/.*"))
                .collect(Collectors.toSet()))
        .isEqualTo(Set.copyOf(OPERATIONS));
  }

  @Test
  void staff_sign_in_with_both_at_once_and_prove_it_again() {
    var agent = member(Role.AGENT);
    for (var wrong :
        List.of(
            signIn(agent.email(), "wrong", memory.codeNow(agent.token())),
            signIn(agent.email(), RunningConsole.PASSWORD, "000000"),
            signIn("nobody@example.com", RunningConsole.PASSWORD, "000000"))) {
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.reason()).isEqualTo("sign_in_failed");
      assertThat(wrong.raw().headers().allValues("Set-Cookie")).isEmpty();
    }
    var bob = at(Role.AGENT);
    assertThat(bob.get("/api/v1/sessions/current").text("/role")).isEqualTo("agent");
    var proof = json("{'password': '%s', 'code': '%s'}");
    assertThat(
            bob.post("/api/v1/sessions/current/step-up", proof.formatted("wrong", "000000"))
                .reason())
        .isEqualTo("current_password_wrong");
    var renewed =
        bob.post(
            "/api/v1/sessions/current/step-up",
            proof.formatted(RunningConsole.PASSWORD, memory.nextCode(agent.token())));
    assertThat(bob.get("/api/v1/sessions/current").status()).isEqualTo(401);
    var again = stranger.with(new Secret(renewed.text("/token")));
    var change = json("{'currentPassword': '%s', 'code': '%s', 'newPassword': '%s'}");
    var short1 = change.formatted(RunningConsole.PASSWORD, "000000", "short");
    assertThat(again.put("/api/v1/password", short1).faults())
        .containsExactly("newPassword password_too_short");
    var changed =
        again.put(
            "/api/v1/password",
            change.formatted(
                RunningConsole.PASSWORD,
                memory.nextCode(agent.token()),
                "ten walruses weigh a plum"));
    assertThat(again.get("/api/v1/sessions/current").status()).isEqualTo(401);
    again = stranger.with(new Secret(changed.text("/token")));
    assertThat(again.delete("/api/v1/sessions/current").status()).isEqualTo(204);
    assertThat(again.get("/api/v1/sessions/current").status()).isEqualTo(401);
  }

  @Test
  void a_call_from_the_search_to_its_end() {
    memory.holdfast.checkLockOut().hostDomains(account.number(), List.of("example.com"));
    var bob = at(Role.AGENT);
    var found = bob.get("/api/v1/accounts?q=lovelace").json().at("/accounts/0");
    assertThat(found.path("number").asText()).isEqualTo(account.number());
    assertThat(found.path("email").asText()).isEqualTo("a•••@e•••.com");
    assertThat(bob.get("/api/v1/accounts?q=a").faults()).containsExactly("q too_short");
    var call = verified(bob);
    assertThat(bob.get("/api/v1/calls").json().at("/calls/0/number").asText())
        .isEqualTo(account.number());
    var beside = bob.get(call);
    assertThat(beside.text("/account/lastName")).isEqualTo("Lovelace");
    assertThat(beside.text("/caller/email")).isEqualTo("ada@example.com");
    assertThat(beside.text("/supportPin")).isEqualTo("good");
    assertThat(beside.json().at("/findings/0/kind").asText()).isEqualTo("address_on_own_domain");
    assertThat(bob.post(call + "/reset-link", "").status()).isEqualTo(204);
    assertThat(bob.post(call + "/unlock", "").status()).isEqualTo(204);
    assertThat(bob.post(call + "/advice", "").status()).isEqualTo(204);
    assertThat(bob.post(call + "/support-pin", "").text("/pin")).isEqualTo(pin);
    var fresh = bob.post(call + "/support-pin/replace", "").text("/pin");
    assertThat(fresh).isNotEqualTo(pin);
    var seen = bob.get(call + "/customer");
    assertThat(seen.text("/account/company")).isEqualTo("Engines Ltd");
    assertThat(bob.delete(call).status()).isEqualTo(204);
    assertThat(bob.get(call).reason()).isEqualTo("no_grant");
    assertThat(bob.post(call + "/reset-link", "").reason()).isEqualTo("no_grant");
    for (var kind :
        List.of(
            Letter.Kind.RESET_LINK,
            Letter.Kind.SIGN_IN_UNLOCKED,
            Letter.Kind.LOCK_OUT_ADVICE,
            Letter.Kind.SUPPORT_PIN_GIVEN,
            Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF,
            Letter.Kind.SEEN_AS_CUSTOMER)) {
      assertThat(memory.letters(kind))
          .as(kind.name())
          .extracting(letter -> letter.to().value())
          .containsExactly("ada@example.com");
    }
    var log = bob.get("/api/v1/log?limit=3");
    assertThat(log.json().at("/log")).hasSize(3);
    assertThat(bob.get("/api/v1/log?before=" + log.text("/next")).json().at("/log")).isNotEmpty();
    var numbers = at(Role.SUPERVISOR).get("/api/v1/numbers?days=1").json().at("/numbers");
    assertThat(numbers.toString()).contains("call_verified");
  }

  @Test
  void a_call_without_a_pin_at_hand() {
    var bob = at(Role.AGENT);
    var mailed = bob.post("/api/v1/call-codes", number());
    assertThat(mailed.status()).isEqualTo(201);
    assertThat(mailed.text("/address")).isEqualTo("a•••@e•••.com");
    var place = "/api/v1/call-codes/" + mailed.text("/id");
    assertThat(bob.post(place, json("{'code': 'no code'}")).faults())
        .containsExactly("code mailed_code");
    assertThat(at(Role.SUPERVISOR).post(place, code()).reason()).isEqualTo("caller_not_verified");
    var call = bob.post(place, code());
    assertThat(call.text("/method")).isEqualTo("mailed_code");
    assertThat(bob.post(place, code()).reason()).isEqualTo("caller_not_verified");
  }

  @Test
  void what_staff_cannot_do_without_proof_they_cannot() {
    var bob = at(Role.AGENT);
    var call = "/api/v1/calls/" + bob.post("/api/v1/calls/without-proof", number()).text("/id");
    var beside = bob.get(call);
    assertThat(beside.json().at("/account").isNull()).isTrue();
    assertThat(beside.json().at("/caller").isNull()).isTrue();
    for (var act :
        List.of("reset-link", "unlock", "advice", "support-pin", "support-pin/replace")) {
      assertThat(bob.post(call + "/" + act, "").reason()).as(act).isEqualTo("not_by_this_method");
    }
    assertThat(bob.get(call + "/customer").reason()).isEqualTo("not_by_this_method");
  }

  @Test
  void a_recovery_case_goes_through_two_hands() {
    memory.addToken(memory.signIn("ada@example.com"));
    var bob = at(Role.AGENT);
    var weak = opened(bob, "lost_factor", "'invoices_known'");
    assertThat(weak.faults()).containsExactly("evidence evidence_weak");
    var opened = opened(bob, "lost_factor", "'posted_code', 'called_back'");
    assertThat(opened.status()).isEqualTo(201);
    assertThat(opened.json().path("weight").asInt()).isEqualTo(8);
    var place = "/api/v1/recovery-cases/" + opened.text("/id");
    assertThat(bob.get("/api/v1/recovery-cases?open=true&limit=1").text("/cases/0/id"))
        .isEqualTo(opened.text("/id"));
    assertThat(bob.post(place + "/approve", "").reason()).isEqualTo("not_allowed");
    assertThat(bob.post(place + "/withdraw", "").status()).isEqualTo(204);
    var sue = at(Role.SUPERVISOR);
    assertThat(sue.post(place + "/approve", "").reason()).isEqualTo("case_decided");
    var second = opened(bob, "lost_factor", "'posted_code', 'called_back'").text("/id");
    assertThat(sue.post("/api/v1/recovery-cases/" + second + "/refuse", "").status())
        .isEqualTo(204);
    var third = opened(bob, "lost_factor", "'posted_code', 'called_back'").text("/id");
    assertThat(sue.post("/api/v1/recovery-cases/" + third + "/approve", "").status())
        .isEqualTo(204);
    var approved = sue.get("/api/v1/recovery-cases/" + third);
    assertThat(approved.text("/state")).isEqualTo("approved");
    assertThat(approved.text("/decidedBy")).isEqualTo("Sam supervisor");
    memory.clock.pass(Duration.ofHours(72));
    assertThat(memory.holdfast.recoverAccess().runDue()).isTrue();
    assertThat(at(Role.AGENT).get("/api/v1/recovery-cases/" + third).text("/state"))
        .isEqualTo("done");
  }

  @Test
  void an_administrator_keeps_the_staff() {
    var ann = at(Role.ADMINISTRATOR);
    var asked = json("{'name': 'Eve Adams', 'email': 'eve@example.com', 'role': 'agent'}");
    var eve = ann.post("/api/v1/staff", asked);
    assertThat(eve.status()).isEqualTo(201);
    assertThat(ann.post("/api/v1/staff", asked).reason()).isEqualTo("staff_address_taken");
    assertThat(
            ann.wrong("POST", "/api/v1/staff", json("{'name': '', 'email': 'x', 'role': 'boss'}"))
                .faults())
        .containsExactlyInAnyOrder("name required", "email email", "role choice");
    var link = memory.lastLink(Letter.Kind.STAFF_INVITATION).orElseThrow().value();
    var shown = stranger.post("/api/v1/invitations", json("{'token': '%s'}".formatted(link)));
    assertThat(shown.text("/name")).isEqualTo("Eve Adams");
    var token = new TotpSecret(shown.text("/secret"));
    var accept = json("{'token': '%s', 'password': '%s', 'code': '%s'}");
    assertThat(
            stranger
                .post(
                    "/api/v1/invitations/accept",
                    accept.formatted(link, "short", memory.codeNow(token)))
                .status())
        .isEqualTo(422);
    var begun =
        stranger.post(
            "/api/v1/invitations/accept",
            accept.formatted(link, RunningConsole.PASSWORD, memory.codeNow(token)));
    assertThat(begun.status()).isEqualTo(201);
    assertThat(
            stranger.post("/api/v1/invitations", json("{'token': '%s'}".formatted(link))).status())
        .isEqualTo(410);
    var there = stranger.with(new Secret(begun.text("/token")));
    assertThat(there.get("/api/v1/sessions/current").text("/name")).isEqualTo("Eve Adams");
    var place = "/api/v1/staff/" + eve.text("/id");
    assertThat(ann.get(place).text("/role")).isEqualTo("agent");
    assertThat(ann.put(place + "/role", json("{'role': 'supervisor'}")).status()).isEqualTo(204);
    assertThat(there.get("/api/v1/sessions/current").text("/role")).isEqualTo("supervisor");
    assertThat(ann.post(place + "/disable", "").status()).isEqualTo(204);
    assertThat(there.get("/api/v1/sessions/current").status()).isEqualTo(401);
    assertThat(ann.post(place + "/enable", "").status()).isEqualTo(204);
    assertThat(ann.post(place + "/invite-anew", "").status()).isEqualTo(204);
    assertThat(ann.get("/api/v1/staff").json().path("staff")).hasSize(4);
    assertThat(ann.get("/api/v1/staff/" + UUID.randomUUID()).reason()).isEqualTo("no_such_staff");
  }

  @Test
  void no_stranger_customer_or_host_and_nobody_in_a_lower_role_gets_anything() {
    var customer = stranger.with(memory.begin("ada@example.com").token());
    var host = stranger.with(memory.holdfast.serviceKeys().make("billing").secret());
    for (var operation : OPERATIONS) {
      if (OPEN.contains(operation)) {
        continue;
      }
      for (var nobody : List.of(stranger, customer, host)) {
        assertThat(asked(nobody, operation).status()).as(operation).isEqualTo(401);
      }
      var from = FROM.getOrDefault(operation, Role.AGENT);
      for (var role : Role.values()) {
        if (role.compareTo(from) < 0) {
          assertThat(asked(at(role), operation).reason())
              .as("%s as %s", operation, role)
              .isEqualTo("not_allowed");
        }
      }
    }
  }

  @Test
  void of_sixty_four_wrong_pins_five_are_looked_at_and_the_right_one_is_refused() {
    var agents = List.of(at(Role.AGENT), at(Role.SUPERVISOR), at(Role.ADMINISTRATOR));
    var wrong = (pin.charAt(0) == '0' ? "1" : "0") + pin.substring(1);
    var said = race(i -> agents.get(i % 3).post("/api/v1/calls", said(wrong)));
    assertThat(said).doesNotContain("201").contains("422");
    assertThat(
            memory.store.supportPins().find(account.id(), account.holder()).orElseThrow().guesses())
        .isEqualTo(5);
    assertThat(at(Role.AGENT).post("/api/v1/calls", said(pin)).reason())
        .isEqualTo("caller_not_verified");
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.SUPPORT_PIN_LOCKED)).hasSize(1);
  }

  @Test
  void a_mailed_code_opens_one_call() {
    var bob = at(Role.AGENT);
    var place = "/api/v1/call-codes/" + bob.post("/api/v1/call-codes", number()).text("/id");
    var code = code();
    assertThat(race(i -> bob.post(place, code))).containsOnlyOnce("201");
  }

  @Test
  void a_case_is_approved_once_and_a_veto_has_the_last_word() {
    memory.addToken(memory.signIn("ada@example.com"));
    var id = opened(at(Role.AGENT), "lost_factor", "'posted_code', 'called_back'").text("/id");
    var deciders = List.of(at(Role.SUPERVISOR), at(Role.ADMINISTRATOR));
    var place = "/api/v1/recovery-cases/" + id + "/approve";
    assertThat(race(i -> deciders.get(i % 2).post(place, ""))).containsOnlyOnce("204");
    var letters = memory.letters(Letter.Kind.CASE_APPROVED);
    var link = letters.get(0).words().getOrDefault("vetoLink", "");
    var vetoed =
        Race.of(
            CALLERS,
            i -> {
              try {
                memory.holdfast.recoverAccess().veto(InMemoryHoldfast.secretIn(link).orElseThrow());
                return true;
              } catch (org.holdfast.domain.Refusal no) {
                return false;
              }
            });
    assertThat(vetoed).containsOnlyOnce(true);
    assertThat(at(Role.AGENT).get("/api/v1/recovery-cases/" + id).text("/state"))
        .isEqualTo("vetoed");
  }

  private static List<String> race(IntFunction<Answer> call) {
    return Race.of(CALLERS, i -> "" + call.apply(i).status());
  }

  private Answer asked(Program program, String operation) {
    var parts = operation.split(" ");
    var path = parts[1].replaceAll("\\{\\w+}", UUID.randomUUID().toString());
    var query = parts[1].equals("/api/v1/accounts") ? "?q=lovelace" : "";
    var body =
        parts[1].endsWith("/role")
            ? "{\"role\": \"agent\"}"
            : operation.equals("POST /api/v1/staff")
                ? "{\"name\": \"Eve\", \"email\": \"eve@example.com\", \"role\": \"agent\"}"
                : "";
    return program.wrong(parts[0], path + query, body);
  }

  private Member member(Role role) {
    return Optional.ofNullable(members.get(role)).orElseThrow();
  }

  /** Signed in anew in this role. */
  private Program at(Role role) {
    var member = member(role);
    var begun = signIn(member.email(), RunningConsole.PASSWORD, memory.nextCode(member.token()));
    assertThat(begun.status()).isEqualTo(201);
    return stranger.with(new Secret(begun.text("/token")));
  }

  private Answer signIn(String email, String password, String code) {
    return stranger.post(
        "/api/v1/sessions",
        json("{'email': '%s', 'password': '%s', 'code': '%s'}".formatted(email, password, code)));
  }

  private String verified(Program agent) {
    var call = agent.post("/api/v1/calls", said(pin));
    assertThat(call.status()).isEqualTo(201);
    return "/api/v1/calls/" + call.text("/id");
  }

  private Answer opened(Program agent, String kind, String evidence) {
    var call = agent.post("/api/v1/calls/without-proof", number()).text("/id");
    return agent.post(
        "/api/v1/calls/" + call + "/recovery-case",
        json("{'kind': '%s', 'evidence': [%s], 'note': 'on Monday'}".formatted(kind, evidence)));
  }

  private String said(String digits) {
    return json("{'number': '%s', 'pin': '%s'}".formatted(account.number(), digits));
  }

  private String number() {
    return json("{'number': '%s'}".formatted(account.number()));
  }

  private String code() {
    var letters = memory.letters(Letter.Kind.SUPPORT_CODE);
    var code = letters.get(letters.size() - 1).words().getOrDefault("code", "");
    return json("{'code': '%s'}".formatted(code));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static List<String> operations() {
    var found = new ArrayList<String>();
    var path = "";
    var yaml = new String(Assets.load("console-openapi.yaml"), StandardCharsets.UTF_8);
    for (var line : yaml.split("\n")) {
      if (line.matches("  /.*:")) {
        path = line.strip().replace(":", "");
      } else if (line.matches("    (get|put|post|delete):")) {
        found.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    return found;
  }
}
