package org.holdfast.web.attacks;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.javalin.Javalin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.domain.support.RecoveryCase.State;
import org.holdfast.web.Browser;
import org.holdfast.web.console.Console;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Other people's things, staff who are not what they should be, and people who talk well. */
class SupportAttacksTest extends Attack {

  private static final String ADDRESS =
      "{'line1':'Weg 1','line2':'','city':'Wien','region':'','postcode':'1010','country':'AT'}";
  private static final String DETAILS =
      "'firstName':'Eve','lastName':'Evans','company':'','phone':'','taxId':'','language':'en',"
          + "'address':"
          + ADDRESS;
  private static final String CONTACT = "{'name':'Eve','email':'eves@example.com'}";
  private static final String STRONG = "'posted_code','invoices_known'";

  /** What an operation is sent, where it takes something. */
  private static final ImmutableMap<String, String> INPUTS =
      ImmutableMap.<String, String>builder()
          .put("PUT /api/v1/accounts/{number}/details", "{'version':0," + DETAILS + "}")
          .put("PUT /api/v1/accounts/{number}/billing", "{'contact':'{contact}'}")
          .put("PUT /api/v1/accounts/{number}/holder-categories", "{'categories':['invoices']}")
          .put("POST /api/v1/accounts/{number}/email-change", "{'email':'thief@example.net'}")
          .put("POST /api/v1/accounts/{number}/contacts", CONTACT)
          .put("PUT /api/v1/accounts/{number}/contacts/{contact}", CONTACT)
          .put("PUT /api/v1/accounts/{number}/factor-demand", "{'demanded':true}")
          .put("POST /api/v1/factors/totp/{factor}/confirm", "{'code':'123456'}")
          .put("PUT /api/v1/factors/{factor}", "{'name':'Mine'}")
          .buildOrThrow();

  private final StaffAtWork staff = new StaffAtWork(memory);
  private final Worker ann = staff.administrator("ann@example.com");
  private final Worker bob = staff.hire(ann, "bob@example.com", Role.AGENT);
  private final Worker sue = staff.hire(ann, "sue@example.com", Role.SUPERVISOR);
  private final Javalin console =
      Javalin.create(
              config -> {
                config.jetty.host = "127.0.0.1";
                config.jetty.port = 0;
                new Console(memory.holdfast, memory.clock, proxy -> false).configure(config);
              })
          .start();

  @AfterEach
  void close() {
    console.stop();
  }

  /** Somebody at the console, by a program, having just proved who they are. */
  private Browser at(Worker worker) {
    var token = staff.again(worker).session().value();
    return new Browser("http://127.0.0.1:" + console.port())
        .with("Authorization", "Bearer " + token);
  }

  /**
   * CVE-2026-55610 (InvoiceShelf), CVE-2017-6513 (the WHMCS module of Virtualizor): who named what
   * was another customer's got it.
   */
  @Test
  void what_is_another_customers_is_answered_like_what_there_never_was() {
    var hers = hers();
    var eves = memory.customer(EVE);
    var eve = with(memory.begin(EVE).token().value());
    var before = adasThings();
    var differing = new ArrayList<String>();
    var compared = new ArrayList<String>();
    for (var route : operations()) {
      for (var own : List.of(false, true)) {
        if (own && namesAnAccountOnly(route)) {
          continue; // which is Eve's
        }
        var asHers = answer(eve, route, hers, own ? eves.number() : ada.number());
        var asNobodys = answer(eve, route, nobodys(), own ? eves.number() : "99999999");
        compared.add(route);
        if (!asHers.equals(asNobodys) || !asHers.startsWith("404")) {
          differing.add(route + "\n" + asHers + "\n" + asNobodys);
        }
      }
    }
    assertThat(differing).isEmpty();
    assertThat(compared).hasSizeGreaterThan(30);
    assertThat(adasThings()).isEqualTo(before);
  }

  private static boolean namesAnAccountOnly(String route) {
    return !(route + INPUTS.getOrDefault(route, "")).matches("(?s).*\\{(?!number)\\w+}.*");
  }

  /** Every operation of the portal's API that names something which is somebody's. */
  private List<String> operations() {
    return portal.routes().stream()
        .filter(route -> route.matches("[A-Z]+ /api/v1/.*\\{.*"))
        .filter(route -> !route.contains("/host/") && !route.contains("{provider}"))
        .filter(route -> !route.contains("/sessions/set-up/")) // of who is half signed in
        .sorted()
        .toList();
  }

  private String answer(Browser who, String route, Map<String, String> ids, String number) {
    var input = INPUTS.getOrDefault(route, "");
    var line = (route + "\n" + input).replace("{number}", number);
    for (var id : ids.entrySet()) {
      line = line.replace("{" + id.getKey() + "}", id.getValue());
    }
    var method = line.substring(0, line.indexOf(' '));
    var path = line.substring(method.length() + 1, line.indexOf('\n'));
    var query = path.endsWith("/recipients") ? "?category=invoices" : "";
    var answer = call(who, method, path + query, line.substring(line.indexOf('\n') + 1));
    var body = answer.body();
    for (var id : ids.values()) {
      body = body.replace(id, "…");
    }
    return answer.status() + " " + answer.raw().headers().map().keySet() + " " + body;
  }

  /** The id of everything Ada has, by what routes call it. */
  private ImmutableMap<String, String> hers() {
    link("of Ada");
    var who = memory.signIn(ADA);
    var added =
        call(
            with(memory.begin(ADA).token().value()),
            "POST",
            "/api/v1/accounts/" + ada.number() + "/contacts",
            "{'name':'Books','email':'books@example.com','address':" + ADDRESS + "}");
    memory.holdfast.supportPin().replace(who, ada.number());
    var token = memory.addToken(who);
    return ImmutableMap.of(
        "contact",
        text(added, "id"),
        "session",
        memory.holdfast.sessions().list(who).get(0).id().toString(),
        "factor",
        token.id().toString(),
        "link",
        memory.store.linkedIdentities().of(ada.holder()).get(0).id().toString(),
        "case",
        open(STRONG).id().toString());
  }

  private static ImmutableMap<String, String> nobodys() {
    var ids = ImmutableMap.<String, String>builder();
    for (var what : List.of("contact", "session", "factor", "link", "case")) {
      ids.put(what, new UUID(0x0197000000007000L, 0x8000000000000001L).toString());
    }
    return ids.buildOrThrow();
  }

  private String adasThings() {
    var store = memory.store;
    return String.join(
        "\n",
        "" + store.accounts().find(ada.id()),
        "" + store.users().find(ada.holder()),
        "" + store.contacts().of(ada.id()),
        "" + store.sessions().of(ada.holder()).stream().map(Session::id).collect(toSet()),
        "" + store.factors().of(ada.holder()),
        "" + store.linkedIdentities().of(ada.holder()),
        "" + store.recoveryCases().of(ada.id(), 10),
        "" + store.emailChanges().anyConfirmed(ada.id().value(), java.time.Instant.EPOCH),
        "" + store.supportPins().find(ada.id(), ada.holder()).map(pin -> pin.id()));
  }

  /**
   * CVE-2026-94000 and CVE-2026-94001 (Keycloak), CVE-2025-23391 (Rancher): who was let do a little
   * gave themselves the rest, or took the password of somebody stronger.
   */
  @Test
  void nobody_at_the_console_raises_themselves_or_touches_who_is_above_them() {
    var before = memory.store.staff().all();
    var invited = memory.letters(Letter.Kind.STAFF_INVITATION).size();
    for (var worker : List.of(bob, sue)) {
      var who = at(worker);
      for (var whom : List.of(bob, sue, ann)) {
        var path = "/api/v1/staff/" + whom.id();
        for (var role : Role.values()) {
          mustNotBeAllowed(call(who, "PUT", path + "/role", "{'role':'%s'}".formatted(role.key())));
        }
        for (var act : List.of("/disable", "/enable", "/invite-anew")) {
          mustNotBeAllowed(call(who, "POST", path + act, ""));
        }
        mustNotBeAllowed(call(who, "GET", path, ""));
      }
      for (var role : Role.values()) {
        var puppet =
            "{'name':'Puppet','email':'puppet@example.com','role':'%s','language':'en'}"
                .formatted(role.key());
        mustNotBeAllowed(call(who, "POST", "/api/v1/staff", puppet));
      }
      mustNotBeAllowed(call(who, "GET", "/api/v1/staff", ""));
    }
    var boss = at(ann);
    for (var act : List.of("/disable", "/enable", "/invite-anew")) {
      assertThat(reason(call(boss, "POST", "/api/v1/staff/" + ann.id() + act, "")))
          .isEqualTo("not_yourself");
    }
    assertThat(memory.store.staff().all()).isEqualTo(before);
    assertThat(memory.letters(Letter.Kind.STAFF_INVITATION)).hasSize(invited);
    for (var session : List.of(bob, sue, ann)) {
      assertThat(memory.holdfast.sessions().check(session.session())).as("a customer's").isEmpty();
      assertThat(with(session.session().value()).get("/api/v1/profile").status()).isEqualTo(401);
    }
  }

  private static void mustNotBeAllowed(Browser.Answer answer) {
    assertThat(answer.status() + " " + reason(answer)).isEqualTo("403 not_allowed");
  }

  /**
   * WHMCS, 2012: who knew what was known of the owner had the address changed on the phone, and the
   * keys mailed there.
   */
  @Test
  void who_knows_what_can_be_known_moves_nobodys_address() {
    var agent = at(bob);
    var call = withoutProof(agent, ada);
    var known = "'invoices_known','identity_document','payment_method_known'";
    assertThat(moveTo(agent, call, known).status()).isEqualTo(422);
    assertThat(moveTo(agent, call, known + ",'caller_verified'").status()).isEqualTo(422);
    assertThat(memory.letters(Letter.Kind.CASE_OPENED)).isEmpty();
    assertThat(moveTo(agent, call, STRONG).status()).isEqualTo(201); // they talk really well
    assertThat(memory.letters(Letter.Kind.CASE_OPENED))
        .extracting(letter -> letter.to().value())
        .contains(ADA);
    var opened = memory.store.recoveryCases().openOf(ada.holder()).orElseThrow();
    memory.holdfast.recoverAccess().prove(memory.lastLink(Letter.Kind.CONFIRM_CASE_ADDRESS).get());
    assertThat(reason(decide(at(bob), opened, "approve"))).isEqualTo("not_allowed");
    assertThat(decide(at(sue), opened, "approve").status()).isEqualTo(204);
    memory.clock.pass(memory.policy.desk().hold().minusSeconds(1));
    assertThat(memory.holdfast.recoverAccess().runDue()).as("within the hold").isFalse();
    assertThat(veto(memory.letters(Letter.Kind.CASE_APPROVED)).status()).isEqualTo(204);
    memory.clock.pass(Duration.ofDays(1));
    assertThat(memory.holdfast.recoverAccess().runDue()).isFalse();
    assertThat(memory.store.users().find(ada.holder()).orElseThrow().email().value())
        .isEqualTo(ADA);
    assertThat(memory.letters(Letter.Kind.RESET_LINK)).isEmpty();
  }

  private Browser.Answer moveTo(Browser agent, String call, String evidence) {
    return call(
        agent,
        "POST",
        call + "/recovery-case",
        "{'kind':'lost_mailbox','newAddress':'thief@example.net','evidence':[%s],'note':''}"
            .formatted(evidence));
  }

  /**
   * Namecheap: an agent did not ask for the PIN, and mailed the keys to a mailbox that was already
   * somebody else's.
   */
  @Test
  void nothing_is_done_for_who_said_no_pin_and_nothing_is_mailed_to_a_new_mailbox() {
    var pin = memory.holdfast.supportPin().replace(memory.signIn(ADA), ada.number()).pin();
    var agent = at(bob);
    var nothing = withoutProof(agent, ada);
    var acts = List.of("/reset-link", "/unlock", "/advice", "/support-pin", "/support-pin/replace");
    for (var act : acts) {
      assertThat(reason(call(agent, "POST", "/api/v1/calls/" + UUID.randomUUID() + act, "")))
          .as(act)
          .isEqualTo("no_grant");
      assertThat(reason(call(agent, "POST", nothing + act, "")))
          .as(act)
          .isEqualTo("not_by_this_method");
    }
    assertThat(reason(agent.get(nothing + "/customer"))).isEqualTo("not_by_this_method");
    assertThat(agent.get(nothing).body()).doesNotContain("Ada", "Lovelace", ADA);
    var change = memory.holdfast.changeEmail();
    change.request(memory.signIn(ADA), "thief@example.net");
    memory.runErrands();
    change.confirm(memory.lastLink(Letter.Kind.CONFIRM_EMAIL_CHANGE).orElseThrow());
    var number = "{'number':'%s'}".formatted(ada.number());
    assertThat(reason(call(agent, "POST", "/api/v1/call-codes", number)))
        .isEqualTo("address_changed_lately");
    var said = "{'number':'%s','pin':'%s'}".formatted(ada.number(), pin.digits());
    var verified = "/api/v1/calls/" + text(call(agent, "POST", "/api/v1/calls", said), "id");
    assertThat(reason(call(agent, "POST", verified + "/reset-link", "")))
        .isEqualTo("address_changed_lately");
    for (var kind :
        List.of(
            Letter.Kind.RESET_LINK,
            Letter.Kind.SUPPORT_CODE,
            Letter.Kind.SIGN_IN_UNLOCKED,
            Letter.Kind.SUPPORT_PIN_GIVEN,
            Letter.Kind.SUPPORT_PIN_REPLACED_BY_STAFF)) {
      assertThat(memory.letters(kind)).as(kind.name()).isEmpty();
    }
  }

  /**
   * GoDaddy, 2015 and 2020: one employee's session, or one good forgery, was enough for many
   * customers.
   */
  @Test
  void one_stolen_session_at_the_console_takes_nobodys_factor() {
    var thief = at(sue);
    var opened = 0;
    for (var i = 0; i < 50; i++) {
      var email = "victim" + i + "@example.com";
      var victim = memory.customer(email);
      memory.addToken(memory.signIn(email));
      var started = call(thief, "POST", "/api/v1/calls/without-proof", number(victim));
      if (started.status() == 201) {
        var call = "/api/v1/calls/" + text(started, "id");
        opened += loseFactor(thief, call, STRONG).status() == 201 ? 1 : 0;
      }
    }
    assertThat(opened).isBetween(1, 10);
    assertThat(memory.letters(Letter.Kind.STAFF_LIMIT_ALERT))
        .extracting(letter -> letter.to().value())
        .contains("ann@example.com");
    assertThat(memory.letters(Letter.Kind.CASE_OPENED)).as("each is told").hasSize(opened);
    var cases = memory.store.recoveryCases().newest(true, java.util.Optional.empty(), 50);
    for (var one : cases) {
      assertThat(reason(decide(thief, one, "approve")))
          .isIn("another_person_needed", "too_many_tries");
    }
    memory.addToken(memory.signIn(ADA));
    var byBob = open(STRONG);
    var stale = at(sue);
    memory.clock.pass(Duration.ofMinutes(11));
    assertThat(reason(decide(stale, byBob, "approve"))).isEqualTo("step_up_needed");
    for (var code : List.of("", "000000")) {
      var proof = "{'password':'%s','code':'%s'}".formatted(PASSWORD, code);
      assertThat(call(stale, "POST", "/api/v1/sessions/current/step-up", proof).status())
          .isEqualTo(422);
    }
    memory.clock.pass(Duration.ofHours(2)); // what the thief's tries cost
    assertThat(decide(at(sue), byBob, "approve").status()).isEqualTo(204);
    assertThat(veto(memory.letters(Letter.Kind.CASE_OPENED)).status())
        .as("one click")
        .isEqualTo(204);
    memory.clock.pass(memory.policy.desk().hold());
    assertThat(memory.holdfast.recoverAccess().runDue()).isFalse();
    assertThat(memory.store.recoveryCases().find(byBob.id()).orElseThrow().state())
        .isEqualTo(State.VETOED);
    assertThat(memory.store.factors().of(ada.holder())).isNotEmpty();
  }

  private String withoutProof(Browser agent, Account account) {
    var started = call(agent, "POST", "/api/v1/calls/without-proof", number(account));
    return "/api/v1/calls/" + text(started, "id");
  }

  private static String number(Account account) {
    return "{'number':'%s'}".formatted(account.number());
  }

  private Browser.Answer loseFactor(Browser agent, String call, String evidence) {
    return call(
        agent,
        "POST",
        call + "/recovery-case",
        "{'kind':'lost_factor','newAddress':null,'evidence':[%s],'note':''}".formatted(evidence));
  }

  /** A case for Ada's factor, which Bob opens. */
  private RecoveryCase open(String evidence) {
    var agent = at(bob);
    assertThat(loseFactor(agent, withoutProof(agent, ada), evidence).status()).isEqualTo(201);
    return memory.store.recoveryCases().openOf(ada.holder()).orElseThrow();
  }

  private Browser.Answer decide(Browser who, RecoveryCase recovery, String how) {
    return call(who, "POST", "/api/v1/recovery-cases/" + recovery.id() + "/" + how, "");
  }

  /** Clicks the newest letter to Ada of these. */
  private Browser.Answer veto(List<Letter> letters) {
    var newest =
        letters.stream()
            .filter(letter -> letter.to().value().equals(ADA))
            .reduce((first, second) -> second)
            .orElseThrow();
    var link = "" + newest.words().get("vetoLink");
    var secret = link.substring(link.indexOf("token=") + "token=".length());
    return call("POST", "/api/v1/recovery-cases/veto", "{'link':'%s'}".formatted(secret));
  }
}
