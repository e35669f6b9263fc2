package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.servicekey.KeepServiceKeys;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.factor.TotpSecret;
import org.junit.jupiter.api.Test;

/** The part of {@link ApiContract} about second factors, linked accounts and freezing. */
abstract class SecurityApiContract {

  private static final String KEY = "ccccccbcgujh";

  final Running portal;
  final InMemoryHoldfast memory;
  final Program stranger;
  final Account account;
  final KeepServiceKeys.Made key;
  final Program host;
  final Program ada;
  final String here;
  final String hosted;

  SecurityApiContract(Running portal) {
    this.portal = portal;
    memory = portal.memory;
    stranger = Program.of(portal);
    account = memory.customer("ada@example.com");
    key = memory.holdfast.serviceKeys().make("billing");
    host = stranger.with(key.secret());
    ada = stranger.with(memory.begin("ada@example.com").token());
    here = "/api/v1/accounts/" + account.number();
    hosted = "/api/v1/host/accounts/" + account.number();
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }

  String link(Letter.Kind kind) {
    return memory.lastLink(kind).orElseThrow().value();
  }

  static String credentials(String password) {
    return json("{'email': 'ada@example.com', 'password': '%s'}".formatted(password));
  }

  @Test
  void a_token_is_added_and_asked_for_from_then_on() {
    assertThat(ada.get("/api/v1/factors").json().path("factors")).isEmpty();
    var begun = ada.post("/api/v1/factors/totp", json("{'name': 'My phone'}"));
    assertThat(begun.status()).isEqualTo(201);
    assertThat(begun.text("/uri"))
        .startsWith("otpauth://totp/Example%20Hosting:ada%40example.com?");
    var secret = new TotpSecret(begun.text("/secret"));
    var confirm = "/api/v1/factors/totp/" + begun.text("/id") + "/confirm";
    assertThat(ada.post(confirm, json("{'code': '12'}")).faults())
        .containsExactly("code factor_code");
    assertThat(ada.post(confirm, code("000000")).reason()).isEqualTo("code_wrong");
    var codes = ada.post(confirm, code(memory.codeNow(secret)));
    assertThat(codes.json().path("recoveryCodes")).hasSize(10);
    assertThat(ada.post(confirm, code(memory.nextCode(secret))).reason())
        .isEqualTo("no_such_factor");
    var all = ada.get("/api/v1/factors").json();
    assertThat(all.path("factors")).hasSize(1);
    assertThat(all.path("recoveryCodesLeft").asInt()).isEqualTo(10);
    assertThat(all.path("hasPassword").asBoolean()).isTrue();

    var pending = stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD));
    assertThat(pending.status()).isEqualTo(202);
    assertThat(pending.text("/needs")).isEqualTo("factor");
    assertThat(pending.json().path("accepts"))
        .extracting(com.fasterxml.jackson.databind.JsonNode::asText)
        .containsExactly("totp", "recovery_code");
    assertThat(stranger.with(new Secret(pending.text("/pending"))).get("/api/v1/profile").status())
        .isEqualTo(401);
    var half = pending.text("/pending");
    assertThat(stranger.post("/api/v1/sessions/factor", shown(half, "000000")).reason())
        .isEqualTo("code_wrong");
    var recovery = codes.json().path("recoveryCodes").path(0).asText();
    var session = stranger.post("/api/v1/sessions/factor", shown(half, recovery));
    assertThat(session.status()).isEqualTo(201);
    assertThat(stranger.post("/api/v1/sessions/factor", shown(half, recovery)).reason())
        .isEqualTo("sign_in_expired");
    var here = stranger.with(new Secret(session.text("/token")));
    assertThat(here.get("/api/v1/factors").json().path("recoveryCodesLeft").asInt()).isEqualTo(9);
  }

  @Test
  void factors_are_renamed_replaced_and_removed() {
    var id = token().text("/id");
    assertThat(ada.put("/api/v1/factors/" + id, json("{'name': 'Old phone'}")).status())
        .isEqualTo(204);
    assertThat(ada.put("/api/v1/factors/" + id, json("{'name': ''}")).faults())
        .containsExactly("name required");
    var codes = ada.post("/api/v1/factors/recovery-codes", "");
    assertThat(codes.json().path("recoveryCodes")).hasSize(10);
    assertThat(ada.put(here + "/factor-demand", json("{'demanded': true}")).status())
        .isEqualTo(204);
    assertThat(ada.get(here + "/factor-demand").json().path("demanded").asBoolean()).isTrue();
    assertThat(ada.delete("/api/v1/factors/" + id).reason()).isEqualTo("factor_required");
    ada.put(here + "/factor-demand", json("{'demanded': false}"));
    assertThat(ada.delete("/api/v1/factors/" + id).status()).isEqualTo(204);
    assertThat(ada.delete("/api/v1/factors/" + id).reason()).isEqualTo("no_such_factor");
    assertThat(ada.post("/api/v1/factors/recovery-codes", "").reason()).isEqualTo("no_factor");
  }

  @Test
  void a_yubikey_is_added_by_a_touch() {
    var touch = json("{'name': 'Blue', 'code': '%s'}".formatted(KEY + "c".repeat(32)));
    assertThat(ada.post("/api/v1/factors/yubikeys", touch).status()).isEqualTo(201);
    assertThat(ada.post("/api/v1/factors/yubikeys", touch).reason()).isEqualTo("code_wrong");
    var again = touch.replace("c".repeat(32), "d".repeat(32));
    assertThat(ada.post("/api/v1/factors/yubikeys", again).reason()).isEqualTo("factor_taken");
    memory.yubico.answer = Verdict.UNREACHABLE;
    assertThat(ada.post("/api/v1/factors/yubikeys", again).reason())
        .isEqualTo("yubikey_unreachable");
    memory.yubico.answer = Verdict.NOT_CONFIGURED;
    assertThat(ada.post("/api/v1/factors/yubikeys", again).reason())
        .isEqualTo("yubikey_not_configured");
  }

  @Test
  void what_could_lock_one_out_is_found() {
    assertThat(ada.get(here + "/lock-out").json().path("findings")).isEmpty();
    var domains = hosted + "/domains";
    assertThat(host.put(domains, json("{'domains': ['example.com']}")).status()).isEqualTo(204);
    assertThat(host.put(domains, json("{'domains': ['no domain']}")).faults())
        .containsExactly("domains domains");
    assertThat(host.put(domains, json("{'domains': null}")).faults())
        .containsExactly("domains required");
    var found = ada.get(here + "/lock-out").json().path("findings");
    assertThat(found).hasSize(1);
    assertThat(found.at("/0/kind").asText()).isEqualTo("address_on_own_domain");
    assertThat(found.at("/0/about").asText()).isEqualTo("ada@example.com");
  }

  @Test
  void a_support_pin_is_made_seen_and_replaced() {
    var pin = here + "/support-pin";
    assertThat(ada.get(pin).json().path("pin").isNull()).isTrue();
    var made = ada.post(pin, "");
    assertThat(made.status()).isEqualTo(201);
    assertThat(ada.get(pin).text("/pin")).isEqualTo(made.text("/pin")).hasSize(6);
    var letters = memory.letters(Letter.Kind.SUPPORT_PIN_REPLACED);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).words()).doesNotContainValue(made.text("/pin"));
    assertThat(ada.post(pin, "").text("/pin")).isNotEqualTo(made.text("/pin"));
    memory.clock.pass(java.time.Duration.ofMinutes(11));
    assertThat(ada.get(pin).reason()).isEqualTo("step_up_needed");
    assertThat(ada.post(pin, "").reason()).isEqualTo("step_up_needed");
  }

  @Test
  void a_support_pin_that_was_guessed_at_says_so() {
    var pin = here + "/support-pin";
    assertThat(ada.get(pin).json().path("locked").asBoolean()).isFalse();
    var right = ada.post(pin, "").text("/pin");
    var wrong = right.startsWith("1") ? "222222" : "111111";
    var desk = new Desk(memory);
    for (var i = 0; i < 5; i++) {
      assertThatThrownBy(() -> desk.call(account, wrong)).isInstanceOf(Refusal.class);
    }
    var locked = ada.get(pin).json();
    assertThat(locked.path("locked").asBoolean()).isTrue();
    assertThat(locked.path("pin").asText()).isEqualTo(right);
    assertThat(ada.post(pin, "").json().path("locked").asBoolean()).isFalse();
  }

  @Test
  void a_recovery_case_is_seen_and_stopped_by_whom_it_is_about() {
    var cases = "/api/v1/recovery-cases";
    assertThat(ada.get(cases).json().path("cases")).isEmpty();
    var desk = new Desk(memory);
    var recovery = desk.lostMailbox(account, "ada@elsewhere.example");
    var bob = stranger.with(bob().token());
    assertThat(bob.get(cases).json().path("cases")).isEmpty();
    var veto = cases + "/" + recovery.id() + "/veto";
    assertThat(bob.post(veto, "").reason()).isEqualTo("no_such_case");
    assertThat(stranger.post(veto, "").reason()).isEqualTo("not_signed_in");
    var opened = ada.get(cases);
    assertThat(opened.text("/cases/0/lost")).isEqualTo("lost_mailbox");
    assertThat(opened.text("/cases/0/newAddress")).isEqualTo("ada@elsewhere.example");
    assertThat(opened.json().at("/cases/0/dueAt").isNull()).isTrue();
    desk.approve(recovery);
    assertThat(ada.get(cases).text("/cases/0/state")).isEqualTo("approved");
    assertThat(ada.get(cases).json().at("/cases/0/dueAt").isNull()).isFalse();
    assertThat(ada.post(veto, "").status()).isEqualTo(204);
    assertThat(ada.post(veto, "").reason()).isEqualTo("case_decided");
    assertThat(ada.get(cases).json().path("cases")).isEmpty();
    assertThat(memory.letters(Letter.Kind.CASE_ENDED)).isNotEmpty();
  }

  private SignIn.Begun bob() {
    memory.customer("bob@example.com");
    return memory.begin("bob@example.com");
  }

  @Test
  void a_recovery_case_is_stopped_and_furthered_by_mailed_links() {
    var cases = "/api/v1/recovery-cases";
    var desk = new Desk(memory);
    desk.lostMailbox(account, "ada@elsewhere.example");
    var proof = clicked(desk.link(Letter.Kind.CONFIRM_CASE_ADDRESS, "link"));
    var no = clicked(desk.link(Letter.Kind.CASE_OPENED, "vetoLink"));
    assertThat(stranger.post(cases + "/confirm", no).reason()).isEqualTo("link_not_valid");
    assertThat(ada.get(cases).json().at("/cases/0/addressProved").asBoolean()).isFalse();
    assertThat(stranger.post(cases + "/confirm", proof).status()).isEqualTo(204);
    assertThat(stranger.post(cases + "/confirm", proof).reason()).isEqualTo("link_not_valid");
    assertThat(ada.get(cases).json().at("/cases/0/addressProved").asBoolean()).isTrue();
    assertThat(stranger.post(cases + "/veto", proof).reason()).isEqualTo("link_not_valid");
    assertThat(stranger.post(cases + "/veto", no).status()).isEqualTo(204);
    assertThat(stranger.post(cases + "/veto", no).reason()).isEqualTo("link_not_valid");
    assertThat(stranger.post(cases + "/veto", json("{'link': null}")).reason())
        .isEqualTo("link_not_valid");
    assertThat(ada.get(cases).json().path("cases")).isEmpty();
  }

  private static String clicked(Secret link) {
    return json("{'link': '%s'}".formatted(link.value()));
  }

  @Test
  void what_is_sensitive_is_proved_again() {
    memory.clock.pass(java.time.Duration.ofMinutes(11));
    var id = java.util.UUID.randomUUID();
    for (var no :
        List.of(
            ada.post("/api/v1/factors/totp", json("{'name': 'x'}")),
            ada.post("/api/v1/factors/totp/" + id + "/confirm", code("000000")),
            ada.post("/api/v1/factors/yubikeys", json("{'name': 'x', 'code': 'x'}")),
            ada.post("/api/v1/factors/recovery-codes", ""),
            ada.delete("/api/v1/factors/" + id),
            ada.put(here + "/factor-demand", json("{'demanded': true}")),
            ada.post("/api/v1/providers/example/link", ""),
            ada.delete("/api/v1/links/" + id))) {
      assertThat(no.reason()).isEqualTo("step_up_needed");
    }
    var proof = json("{'password': '%s'}".formatted(InMemoryHoldfast.PASSWORD));
    var renewed = ada.post("/api/v1/sessions/current/step-up", proof);
    var proved = stranger.with(new Secret(renewed.text("/token")));
    assertThat(proved.post("/api/v1/factors/totp", json("{'name': 'x'}")).status()).isEqualTo(201);
  }

  @Test
  void whoever_must_have_a_factor_sets_one_up() {
    var pending = pendingOf("carol@example.com");
    assertThat(pending.text("/needs")).isEqualTo("set_up");
    var half = pending.text("/pending");
    var name = json("{'pending': '%s', 'name': 'Phone'}".formatted(half));
    var begun = stranger.post("/api/v1/sessions/set-up/totp", name);
    var secret = new TotpSecret(begun.text("/secret"));
    var finish = "/api/v1/sessions/set-up/totp/" + begun.text("/id");
    assertThat(stranger.post(finish, shown(half, "000000")).reason()).isEqualTo("code_wrong");
    var done = stranger.post(finish, shown(half, memory.codeNow(secret)));
    assertThat(done.status()).isEqualTo(201);
    assertThat(done.json().path("recoveryCodes")).hasSize(10);
    var carol = stranger.with(new Secret(done.text("/token")));
    assertThat(carol.get("/api/v1/factors").json().path("required").asBoolean()).isTrue();
    assertThat(stranger.post("/api/v1/sessions/set-up/totp", name).reason())
        .isEqualTo("sign_in_expired");

    var other = pendingOf("dora@example.com").text("/pending");
    var touch =
        json(
            "{'pending': '%s', 'name': 'Blue', 'code': '%s'}"
                .formatted(other, KEY + "d".repeat(32)));
    assertThat(stranger.post("/api/v1/sessions/set-up/yubikey", touch).status()).isEqualTo(201);
  }

  /** Somebody whose account has demanded a factor, and who has lost the only one. */
  private Program.Answer pendingOf(String email) {
    var theirs = memory.customer(email);
    memory
        .store
        .transactions()
        .inOne(() -> memory.store.accounts().demandFactor(theirs.id(), true));
    return stranger.post(
        "/api/v1/sessions",
        credentials(InMemoryHoldfast.PASSWORD).replace("ada@example.com", email));
  }

  @Test
  void an_account_elsewhere_is_linked_signs_in_and_is_unlinked() {
    assertThat(stranger.get("/api/v1/providers").json().at("/providers/0/key").asText())
        .isEqualTo("example");
    var leaving = ada.post("/api/v1/providers/example/link", "");
    assertThat(leaving.status()).isEqualTo(201);
    var back = back(leaving, "is-ada-there");
    assertThat(stranger.post("/api/v1/providers/example/return", back).reason())
        .isEqualTo("not_vouched"); // it is ada's session that left
    leaving = ada.post("/api/v1/providers/example/link", "");
    var linked = ada.post("/api/v1/providers/example/return", back(leaving, "is-ada-there"));
    assertThat(linked.text("/linked")).isEqualTo("Example ID");
    var again = ada.post("/api/v1/providers/example/link", "");
    assertThat(ada.post("/api/v1/providers/example/return", back(again, "is-ada-there")).reason())
        .isEqualTo("already_linked");
    var all = ada.get("/api/v1/links").json();
    assertThat(all.path("links")).hasSize(1);

    var signIn = stranger.post("/api/v1/providers/example/sign-in", "");
    var session = stranger.post("/api/v1/providers/example/return", back(signIn, "is-ada-there"));
    assertThat(session.status()).isEqualTo(201);
    assertThat(
            stranger
                .post("/api/v1/providers/example/return", back(signIn, "is-ada-there"))
                .reason())
        .isEqualTo("not_vouched");
    var byLink = stranger.with(new Secret(session.text("/token")));
    assertThat(byLink.post("/api/v1/factors/totp", json("{'name': 'x'}")).reason())
        .isEqualTo("step_up_needed"); // a provider may not have asked
    var id = all.at("/links/0/id").asText();
    assertThat(ada.delete("/api/v1/links/" + id).status()).isEqualTo(204);
    assertThat(ada.delete("/api/v1/links/" + id).reason()).isEqualTo("no_such_link");
    assertThat(byLink.get("/api/v1/profile").status()).isEqualTo(401);
    signIn = stranger.post("/api/v1/providers/example/sign-in", "");
    assertThat(
            stranger
                .post("/api/v1/providers/example/return", back(signIn, "is-ada-there"))
                .reason())
        .isEqualTo("not_linked");
  }

  @Test
  void a_provider_that_says_no_or_nothing_lets_nobody_in() {
    var away = stranger.post("/api/v1/providers/example/sign-in", "");
    assertThat(stranger.post("/api/v1/providers/example/return", back(away, "away")).reason())
        .isEqualTo("provider_unavailable");
    var no = stranger.post("/api/v1/providers/example/sign-in", "");
    assertThat(stranger.post("/api/v1/providers/example/return", back(no, "other")).reason())
        .isEqualTo("not_vouched");
    assertThat(stranger.post("/api/v1/providers/other/sign-in", "").reason())
        .isEqualTo("no_such_provider");
    assertThat(ada.post("/api/v1/providers/example/step-up", "{}").reason())
        .isEqualTo("current_password_wrong"); // she has a password
  }

  @Test
  void whoever_has_no_password_proves_it_at_the_provider() {
    var leaving = ada.post("/api/v1/providers/example/link", "");
    ada.post("/api/v1/providers/example/return", back(leaving, "is-ada-there"));
    portal.forgetPassword(account.holder());
    var id = ada.get("/api/v1/links").json().at("/links/0/id").asText();
    assertThat(ada.delete("/api/v1/links/" + id).reason()).isEqualTo("last_way_in");
    memory.clock.pass(java.time.Duration.ofMinutes(11));
    assertThat(ada.delete("/api/v1/links/" + id).reason()).isEqualTo("step_up_needed");
    var proving = ada.post("/api/v1/providers/example/step-up", "{}");
    assertThat(proving.text("/authorizationUri")).contains("prompt=login");
    assertThat(ada.post("/api/v1/providers/example/return", back(proving, "is-bob-there")).reason())
        .isEqualTo("not_linked");
    proving = ada.post("/api/v1/providers/example/step-up", "{}");
    var renewed = ada.post("/api/v1/providers/example/return", back(proving, "is-ada-there"));
    var proved = stranger.with(new Secret(renewed.text("/token")));
    assertThat(proved.delete("/api/v1/links/" + id).reason()).isEqualTo("last_way_in");
  }

  @Test
  void this_was_not_me_ends_everything_until_a_new_password_is_used() {
    var letters = memory.letters(Letter.Kind.NEW_DEVICE);
    var link = letters.get(letters.size() - 1).words().get("freezeLink");
    var secret = ("" + link).substring(("" + link).indexOf("token=") + 6);
    var body = json("{'link': '%s'}".formatted(secret));
    assertThat(stranger.post("/api/v1/freeze", body).status()).isEqualTo(204);
    assertThat(stranger.post("/api/v1/freeze", body).reason()).isEqualTo("link_not_valid");
    assertThat(ada.get("/api/v1/profile").status()).isEqualTo(401);
    assertThat(stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD)).reason())
        .isEqualTo("sign_in_failed");
    memory.clock.pass(java.time.Duration.ofSeconds(1));
    stranger.post("/api/v1/password/forgot", json("{'email': 'ada@example.com'}"));
    memory.runErrands();
    var chosen =
        json(
            "{'token': '%s', 'newPassword': 'nine herons count pebbles'}"
                .formatted(link(Letter.Kind.RESET_LINK)));
    stranger.post("/api/v1/password/reset", chosen);
    assertThat(stranger.post("/api/v1/sessions", credentials("nine herons count pebbles")).status())
        .isEqualTo(201);
    assertThat(memory.letters(Letter.Kind.FROZEN)).hasSize(1);
    assertThat(memory.letters(Letter.Kind.THAWED)).hasSize(1);
  }

  private Program.Answer token() {
    var begun = ada.post("/api/v1/factors/totp", json("{'name': 'My phone'}"));
    var secret = new TotpSecret(begun.text("/secret"));
    ada.post(
        "/api/v1/factors/totp/" + begun.text("/id") + "/confirm", code(memory.codeNow(secret)));
    return begun;
  }

  private static String back(Program.Answer leaving, String code) {
    var uri = leaving.text("/authorizationUri");
    var state = uri.substring(uri.indexOf("state=") + 6, uri.indexOf("&nonce"));
    return json(
        "{'browser': '%s', 'state': '%s', 'code': '%s'}"
            .formatted(leaving.text("/browser"), state, code));
  }

  private static String code(String code) {
    return json("{'code': '%s'}".formatted(code));
  }

  private static String shown(String pending, String code) {
    return json("{'pending': '%s', 'code': '%s'}".formatted(pending, code));
  }
}
