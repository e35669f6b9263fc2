package org.holdfast.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.Secret;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The JSON API, through HTTP, held against its own description, wherever things are kept. */
abstract class ApiContract extends SecurityApiContract {

  private static final List<String> OPERATIONS = operations();

  private static final String DETAILS =
      """
      "firstName": "Ada", "lastName": "King", "company": "", "phone": null, "language": "de",
      "address": {"line1": "Unter den Linden 1", "city": "Berlin", "postcode": "10117", "country": "DE"}""";

  ApiContract(Running portal) {
    super(portal);
  }

  @AfterEach
  void stop() {
    portal.close();
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

  private static String token(String token) {
    return json("{'token': '%s'}".formatted(token));
  }

  private static String chosen(String token, String password) {
    return json("{'token': '%s', 'newPassword': '%s'}".formatted(token, password));
  }

  @Test
  void one_signs_in_sees_where_one_is_signed_in_and_ends_it() {
    var begun = stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD));
    assertThat(begun.status()).isEqualTo(201);
    assertThat(begun.raw().headers().allValues("Set-Cookie")).isEmpty();
    var here = stranger.with(new Secret(begun.text("/token")));
    var all = here.get("/api/v1/sessions");
    assertThat(all.json().at("/sessions")).hasSize(2);
    var other =
        all.json()
            .at("/sessions")
            .valueStream()
            .filter(session -> !session.path("current").asBoolean())
            .map(session -> session.path("id").asText())
            .findFirst()
            .orElseThrow();
    assertThat(here.delete("/api/v1/sessions/" + other).status()).isEqualTo(204);
    assertThat(here.delete("/api/v1/sessions/" + other).reason()).isEqualTo("no_such_session");
    assertThat(ada.get("/api/v1/profile").reason()).isEqualTo("not_signed_in");
    memory.begin("ada@example.com");
    assertThat(here.delete("/api/v1/sessions/others").json().path("ended").asInt()).isEqualTo(1);
    assertThat(here.delete("/api/v1/sessions/current").status()).isEqualTo(204);
    assertThat(here.get("/api/v1/sessions").status()).isEqualTo(401);
    assertThat(here.get("/api/v1/sessions").header("WWW-Authenticate")).isEqualTo("Bearer");
  }

  @Test
  void the_device_that_is_known_hears_of_no_new_device() {
    var first = stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD));
    var letters = memory.letters(Letter.Kind.NEW_DEVICE).size();
    var again =
        json(
            "{'email': 'ADA@example.com', 'password': '%s', 'device': '%s'}"
                .formatted(InMemoryHoldfast.PASSWORD, first.text("/device")));
    assertThat(stranger.post("/api/v1/sessions", again).status()).isEqualTo(201);
    assertThat(memory.letters(Letter.Kind.NEW_DEVICE)).hasSize(letters);
    var strange = again.replace(first.text("/device"), "what ever");
    assertThat(stranger.post("/api/v1/sessions", strange).status()).isEqualTo(201);
    assertThat(memory.letters(Letter.Kind.NEW_DEVICE)).hasSize(letters + 1);
  }

  @Test
  void known_and_unknown_get_the_same_bytes_and_too_many_tries_say_when_to_come_back() {
    var wrong = stranger.post("/api/v1/sessions", credentials("wrong"));
    assertThat(wrong.status()).isEqualTo(401);
    var unknown = stranger.post("/api/v1/sessions", credentials("wrong").replace("ada@", "bob@"));
    assertThat(unknown.raw().body()).isEqualTo(wrong.raw().body());
    var last = wrong;
    for (var i = 0; i < 20 && last.status() == 401; i++) {
      last = stranger.post("/api/v1/sessions", credentials("wrong"));
    }
    assertThat(last.status()).isEqualTo(429);
    assertThat(Integer.parseInt(last.header("Retry-After"))).isPositive();
  }

  @Test
  void a_cookie_counts_for_nothing_and_neither_key_opens_the_other_door() {
    var session = memory.begin("ada@example.com").token();
    var page = stranger.with("Cookie", "session=" + session.value());
    assertThat(page.get("/api/v1/profile").status()).isEqualTo(401);
    assertThat(page.get(hosted).reason()).isEqualTo("service_key_not_valid");
    assertThat(stranger.with(session).get(hosted).reason()).isEqualTo("service_key_not_valid");
    assertThat(host.get("/api/v1/profile").reason()).isEqualTo("not_signed_in");
    assertThat(host.get(hosted).status()).isEqualTo(200);
    memory.holdfast.serviceKeys().revoke(key.key().id());
    assertThat(host.get(hosted).reason()).isEqualTo("service_key_not_valid");
    for (var odd : List.of("Bearer", "Bearer \u00e4", "Basic YTpi", "bearer  ", "Bearer a b")) {
      assertThat(stranger.with("Authorization", odd).get("/api/v1/profile").status())
          .isEqualTo(401);
    }
  }

  @Test
  void somebody_registers_and_learns_nothing_of_others() {
    var opening = "{\"email\": \"%s\", " + DETAILS + "}";
    var known = stranger.post("/api/v1/registrations", opening.formatted("ada@example.com"));
    var unknown = stranger.post("/api/v1/registrations", opening.formatted("bob@example.com"));
    assertThat(known.status()).isEqualTo(202);
    assertThat(unknown.raw().body()).isEqualTo(known.raw().body());
    memory.runErrands();
    var link = link(Letter.Kind.CONFIRM_REGISTRATION);
    var weak = stranger.post("/api/v1/registrations/confirm", chosen(link, "short"));
    assertThat(weak.status()).isEqualTo(422);
    assertThat(weak.faults()).containsExactly("newPassword password_too_short");
    var strength =
        stranger.post("/api/v1/password/strength", chosen(link, "some four quiet words"));
    assertThat(strength.json().path("score").asInt()).isBetween(0, 4);
    var good = chosen(link, InMemoryHoldfast.PASSWORD);
    assertThat(stranger.post("/api/v1/registrations/confirm", good).text("/email"))
        .isEqualTo("bob@example.com");
    assertThat(stranger.post("/api/v1/registrations/confirm", good).reason())
        .isEqualTo("link_not_valid");
    assertThat(stranger.post("/api/v1/password/strength", good).status()).isEqualTo(401);
  }

  @Test
  void one_changes_the_password_and_goes_on_with_another_token() {
    var change =
        json(
            "{'currentPassword': '%s', 'newPassword': 'nine herons count pebbles'}"
                .formatted(InMemoryHoldfast.PASSWORD));
    var wrong = change.replace("otters", "lizards");
    assertThat(ada.put("/api/v1/password", wrong).reason()).isEqualTo("current_password_wrong");
    var renewed = ada.put("/api/v1/password", change);
    assertThat(renewed.status()).isEqualTo(200);
    assertThat(ada.get("/api/v1/profile").status()).isEqualTo(401);
    var after = stranger.with(new Secret(renewed.text("/token")));
    assertThat(after.get("/api/v1/profile").text("/email")).isEqualTo("ada@example.com");
    assertThat(after.post("/api/v1/password/strength", json("{'newPassword': 'x'}")).status())
        .isEqualTo(200);
  }

  @Test
  void forgot_answers_everybody_alike_and_its_link_works_once() {
    var forgot = "/api/v1/password/forgot";
    var known = stranger.post(forgot, json("{'email': 'ada@example.com'}"));
    var unknown = stranger.post(forgot, json("{'email': 'nobody@example.com'}"));
    assertThat(known.status()).isEqualTo(202);
    assertThat(unknown.raw().body()).isEqualTo(known.raw().body());
    assertThat(stranger.post(forgot, json("{'email': 'no address'}")).faults())
        .containsExactly("email email");
    memory.runErrands();
    var link = link(Letter.Kind.RESET_LINK);
    var good = chosen(link, "nine herons count pebbles");
    assertThat(stranger.post("/api/v1/password/reset", good).text("/email"))
        .isEqualTo("ada@example.com");
    assertThat(stranger.post("/api/v1/password/reset", good).status()).isEqualTo(410);
    assertThat(ada.get("/api/v1/profile").status()).isEqualTo(401);
  }

  @Test
  void one_edits_the_profile() {
    var changed =
        json(
            "{'firstName': 'Augusta', 'lastName': 'King', 'language': 'de',"
                + " 'timeZone': 'Europe/Berlin'}");
    assertThat(ada.put("/api/v1/profile", changed).status()).isEqualTo(204);
    var after = ada.get("/api/v1/profile");
    assertThat(after.text("/firstName")).isEqualTo("Augusta");
    assertThat(ada.get(here).json().path("matchesProfile").asBoolean()).isFalse();
    var bad = ada.put("/api/v1/profile", changed.replace("Augusta", "www.evil.example"));
    assertThat(bad.faults()).containsExactly("firstName no_links");
    assertThat(bad.text("/faults/0/message")).contains("Internetadresse"); // her language
    assertThat(ada.post(here + "/align", "").json().path("matchesProfile").asBoolean()).isTrue();
  }

  @Test
  void an_address_changes_by_proof_link_and_undo() {
    memory.clock.pass(Duration.ofMinutes(11));
    var asked = json("{'email': 'ada@new.example'}");
    assertThat(ada.post("/api/v1/profile/email-change", asked).reason())
        .isEqualTo("step_up_needed");
    assertThat(ada.post(here + "/align", "").reason()).isEqualTo("step_up_needed");
    var proof = json("{'password': '%s'}".formatted(InMemoryHoldfast.PASSWORD));
    var renewed = ada.post("/api/v1/sessions/current/step-up", proof);
    var proved = stranger.with(new Secret(renewed.text("/token")));
    assertThat(proved.post("/api/v1/profile/email-change", asked).status()).isEqualTo(202);
    assertThat(proved.get("/api/v1/profile").text("/pendingEmail")).isEqualTo("ada@new.example");
    assertThat(proved.delete("/api/v1/profile/email-change").status()).isEqualTo(204);
    assertThat(proved.post("/api/v1/profile/email-change", asked).status()).isEqualTo(202);
    memory.runErrands();
    var confirmed =
        stranger.post(
            "/api/v1/email-changes/confirm", token(link(Letter.Kind.CONFIRM_EMAIL_CHANGE)));
    assertThat(confirmed.text("/to")).isEqualTo("ada@new.example");
    assertThat(proved.get("/api/v1/profile").text("/email")).isEqualTo("ada@new.example");
    assertThat(proved.post(here + "/email-change", asked).status()).isEqualTo(202);
    assertThat(proved.get(here).text("/pendingEmail")).isEqualTo("ada@new.example");
    assertThat(proved.delete(here + "/email-change").status()).isEqualTo(204);
    var undo = token(link(Letter.Kind.EMAIL_CHANGED));
    assertThat(stranger.post("/api/v1/email-changes/undo", undo).text("/target")).isEqualTo("user");
    assertThat(stranger.post("/api/v1/email-changes/undo", undo).status()).isEqualTo(410);
    assertThat(proved.get("/api/v1/profile").status()).isEqualTo(401);
  }

  @Test
  void one_edits_the_account_and_nobody_overwrites_unseen() {
    assertThat(ada.get("/api/v1/accounts").json().at("/accounts")).hasSize(1);
    var version = ada.get(here).text("/account/version");
    var change = "{\"version\": " + version + ", " + DETAILS + "}";
    var after = ada.put(here + "/details", change);
    assertThat(after.text("/account/lastName")).isEqualTo("King");
    assertThat(after.text("/account/phone")).isEmpty();
    assertThat(ada.put(here + "/details", change).reason()).isEqualTo("changed_meanwhile");
    var bad =
        ada.wrong(
            "PUT",
            here + "/details",
            json("{'phone': 'x', 'address': {'country': 'DE', 'postcode': '1'}}"));
    assertThat(bad.status()).isEqualTo(422);
    assertThat(bad.faults())
        .containsExactlyInAnyOrder(
            "firstName required",
            "lastName required",
            "language language",
            "phone phone",
            "address.line1 required",
            "address.city required",
            "address.postcode postcode_of_country",
            "version required");
  }

  @Test
  void what_is_another_s_looks_like_what_does_not_exist() {
    memory.customer("bob@example.com");
    var bob = stranger.with(memory.begin("bob@example.com").token());
    var nowhere = "/api/v1/accounts/99999999";
    for (var path : List.of("", "/contacts", "/recipients?category=invoices", "/deliveries")) {
      assertThat(bob.get(here + path).raw().body()).isEqualTo(bob.get(nowhere + path).raw().body());
      assertThat(bob.get(here + path).reason()).isEqualTo("no_such_account");
      assertThat(stranger.get(here + path).status()).isEqualTo(401);
    }
  }

  @Test
  void contacts_are_added_confirmed_edited_and_removed() {
    var contact =
        json(
            "{'name': 'Books', 'email': 'books@example.com', 'categories': ['invoices'],"
                + " 'address': null}");
    var added = ada.post(here + "/contacts", contact);
    assertThat(added.status()).isEqualTo(201);
    var path = added.header("Location");
    assertThat(ada.get(path).json()).isEqualTo(added.json());
    assertThat(ada.post(here + "/contacts", contact).reason()).isEqualTo("contact_address_taken");
    assertThat(ada.post(path + "/resend", "").status()).isEqualTo(202);
    var link = token(link(Letter.Kind.CONFIRM_CONTACT));
    assertThat(stranger.post("/api/v1/contacts/confirm", link).text("/name")).isEqualTo("Books");
    assertThat(stranger.post("/api/v1/contacts/confirm", link).status()).isEqualTo(410);
    assertThat(ada.get(here + "/contacts").text("/contacts/0/confirmedAt")).isNotEmpty();
    assertThat(ada.get(here + "/recipients?category=invoices").json().at("/recipients")).hasSize(2);
    var id = added.text("/id");
    var billed = json("{'contact': '%s'}".formatted(id));
    assertThat(ada.put(here + "/billing", billed).reason()).isEqualTo("contact_has_no_address");
    var address =
        "{'line1': 'Weg 1', 'line2': '', 'city': 'Wien', 'region': '', 'postcode': '1010',"
            + " 'country': 'AT'}";
    var moved = contact.replace("null", json(address));
    assertThat(ada.put(path, moved).text("/address/city")).isEqualTo("Wien");
    assertThat(ada.put(here + "/billing", billed).status()).isEqualTo(204);
    assertThat(ada.get(here).text("/account/billedContact")).isEqualTo(id);
    assertThat(ada.put(here + "/billing", json("{'contact': null}")).status()).isEqualTo(204);
    assertThat(ada.put(here + "/holder-categories", json("{'categories': ['support']}")).status())
        .isEqualTo(204);
    assertThat(ada.delete(path).reason()).isEqualTo("only_invoice_recipient");
    var all = json("{'categories': ['support', 'invoices']}");
    assertThat(ada.put(here + "/holder-categories", all).status()).isEqualTo(204);
    assertThat(ada.delete(path).status()).isEqualTo(204);
    assertThat(ada.get(path).reason()).isEqualTo("no_such_contact");
    assertThat(
            ada.wrong("PUT", here + "/holder-categories", json("{'categories': ['x']}")).faults())
        .containsExactly("categories category");
  }

  @Test
  void a_host_opens_an_account_and_finds_what_to_print() {
    var opened =
        host.post("/api/v1/host/accounts", "{\"email\": \"eve@example.com\", " + DETAILS + "}");
    assertThat(opened.status()).isEqualTo(201);
    var path = opened.header("Location");
    assertThat(host.get(path).json()).isEqualTo(opened.json());
    var before = memory.clock.instant();
    memory.clock.pass(Duration.ofDays(1));
    var moved = host.put(path + "/details", "{" + DETAILS.replace("Berlin", "Potsdam") + "}");
    assertThat(moved.text("/address/city")).isEqualTo("Potsdam");
    assertThat(host.get(path + "/invoice-party?at=" + before).text("/party/address/city"))
        .isEqualTo("Berlin");
    var now = memory.clock.instant();
    assertThat(host.get(path + "/invoice-party?at=" + now).text("/party/address/city"))
        .isEqualTo("Potsdam");
    assertThat(
            host.get(path + "/invoice-party?at=2001-01-01T00:00:00Z").json().at("/party").isNull())
        .isTrue();
    assertThat(host.wrong("GET", path + "/invoice-party?at=today", "").faults())
        .containsExactly("at instant");
    assertThat(host.wrong("GET", path + "/invoice-party", "").faults())
        .containsExactly("at required");
  }

  @Test
  void a_host_notifies_once_per_key_and_sees_what_became_of_it() {
    var notice =
        json(
            "{'category': 'invoices', 'idempotencyKey': 'inv-1', 'subject': 'Invoice 1',"
                + " 'text': 'Please pay.', 'html': '<p>Please pay.</p>'}");
    var first = host.post(hosted + "/notifications", notice);
    assertThat(first.json().path("recipients").asInt()).isEqualTo(1);
    assertThat(host.post(hosted + "/notifications", notice).json().path("id"))
        .isEqualTo(first.json().path("id"));
    assertThat(host.post(hosted + "/notifications", notice.replace("pay", "wait")).reason())
        .isEqualTo("idempotency_key_reused");
    memory.deliver();
    var log = host.get(hosted + "/deliveries?limit=1");
    assertThat(log.text("/deliveries/0/subject")).isEqualTo("Invoice 1");
    assertThat(log.text("/deliveries/0/state")).isEqualTo("sent");
    assertThat(ada.get(here + "/deliveries").json().at("/deliveries/0"))
        .isEqualTo(log.json().at("/deliveries/0"));
    for (var i = 2; i < 5; i++) {
      memory.clock.pass(Duration.ofSeconds(1));
      host.post(hosted + "/notifications", notice.replace("inv-1", "inv-" + i));
    }
    var subjects = new ArrayList<String>();
    var page = host.get(hosted + "/deliveries?limit=2");
    while (!page.json().at("/next").isNull()) {
      subjects.add(page.text("/deliveries/0/subject"));
      page = host.get(hosted + "/deliveries?limit=2&before=" + page.text("/next"));
    }
    assertThat(subjects).isNotEmpty();
    assertThat(host.get(hosted + "/recipients?category=support").text("/recipients/0/email"))
        .isEqualTo("ada@example.com");
    var bad = host.wrong("POST", hosted + "/notifications", json("{'idempotencyKey': 'a b'}"));
    assertThat(bad.faults())
        .containsExactly(
            "idempotencyKey idempotency_key",
            "subject required",
            "text required",
            "category category");
    assertThat(host.wrong("GET", hosted + "/deliveries?limit=101", "").faults())
        .containsExactly("limit number");
    assertThat(host.wrong("GET", hosted + "/deliveries?before=x", "").faults())
        .containsExactly("before identifier");
    assertThat(host.wrong("GET", hosted + "/recipients", "").faults())
        .containsExactly("category required");
  }

  @Test
  void a_host_announces_and_whoever_is_tired_of_it_unsubscribes() {
    var message = json("{'idempotencyKey': 'news', 'subject': 'News', 'text': 'Good news.'}");
    var begun = host.post("/api/v1/host/announcements", message);
    assertThat(begun.status()).isEqualTo(202);
    assertThat(begun.json().at("/finishedAt").isNull()).isTrue();
    while (memory.holdfast.notifications().continueAnnouncement()) {
      // until everybody has it
    }
    var done = host.get(begun.header("Location"));
    assertThat(done.json().path("letters").asInt()).isEqualTo(1);
    assertThat(done.json().at("/finishedAt").isNull()).isFalse();
    assertThat(host.post("/api/v1/host/announcements", message).json()).isEqualTo(done.json());
    assertThat(host.post("/api/v1/host/announcements", message.replace("Good", "Bad")).status())
        .isEqualTo(409);
    memory.deliver();
    var link =
        memory.mailer.sent.stream()
            .flatMap(sent -> sent.unsubscribe().stream())
            .findFirst()
            .orElseThrow()
            .toString();
    var token = token(link.substring(link.indexOf("token=") + 6));
    assertThat(stranger.post("/api/v1/unsubscribe", token).status()).isEqualTo(204);
    assertThat(ada.get(here).json().at("/account/holderCategories").toString())
        .doesNotContain("announcements");
    assertThat(stranger.post("/api/v1/unsubscribe", token("x")).status()).isEqualTo(410);
    assertThat(host.get("/api/v1/host/announcements/" + account.id().value()).reason())
        .isEqualTo("no_such_announcement");
  }

  @Test
  void a_host_shuts_a_person_out_and_lets_them_in_again() {
    var found = host.get("/api/v1/host/users?email=ADA@example.com");
    var path = "/api/v1/host/users/" + found.text("/id");
    assertThat(host.post(path + "/disable", "").status()).isEqualTo(204);
    assertThat(host.get("/api/v1/host/users?email=ada@example.com").text("/disabledAt"))
        .isNotEmpty();
    assertThat(ada.get("/api/v1/profile").status()).isEqualTo(401);
    assertThat(stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD)).status())
        .isEqualTo(401);
    assertThat(host.post(path + "/enable", "").status()).isEqualTo(204);
    assertThat(stranger.post("/api/v1/sessions", credentials(InMemoryHoldfast.PASSWORD)).status())
        .isEqualTo(201);
    assertThat(host.get("/api/v1/host/users?email=nobody@example.com").reason())
        .isEqualTo("no_such_user");
    assertThat(host.wrong("POST", "/api/v1/host/users/1/enable", "").reason())
        .isEqualTo("no_such_user");
  }

  @Test
  void what_happened_is_read_page_by_page_and_taken_home() {
    var changed =
        json("{'firstName': 'A', 'lastName': 'B', 'language': 'en', 'timeZone': 'Europe/Berlin'}");
    assertThat(ada.put("/api/v1/profile", changed).status()).isEqualTo(204);
    var contact = json("{'name': 'Grace', 'email': 'grace@example.com'}");
    assertThat(ada.post(here + "/contacts", contact).status()).isEqualTo(201);
    var acts = new ArrayList<String>();
    var page = ada.get("/api/v1/activity?limit=1");
    while (true) {
      acts.add(page.text("/activity/0/act"));
      if (page.json().at("/next").isNull()) {
        break;
      }
      page = ada.get("/api/v1/activity?limit=1&before=" + page.text("/next"));
    }
    assertThat(acts)
        .containsExactlyInAnyOrder(
            "contact_added", "profile_changed", "signed_in", "address_confirmed", "account_opened");
    var one = ada.get("/api/v1/activity?about=contacts");
    assertThat(one.json().at("/activity")).hasSize(1);
    assertThat(one.text("/activity/0/account")).isEqualTo(account.number());
    assertThat(one.text("/activity/0/address")).isEqualTo(InMemoryHoldfast.HOME.address());
    assertThat(one.text("/activity/0/device")).isEqualTo(InMemoryHoldfast.HOME.device());
    assertThat(one.text("/activity/0/details/contact")).isEqualTo("grace@example.com");
    assertThat(host.get(hosted + "/activity?about=contacts").json()).isEqualTo(one.json());
    assertThat(host.get(hosted + "/activity").json().toString()).doesNotContain("signed_in");
    assertThat(host.get("/api/v1/host/accounts/99999999/activity").reason())
        .isEqualTo("no_such_account");

    var csv = ada.get("/api/v1/activity/export?format=csv");
    assertThat(csv.header("Content-Type")).isEqualTo("text/csv; charset=utf-8; header=present");
    assertThat(csv.raw().body().lines()).hasSize(1 + acts.size());
    var jsonl = ada.get("/api/v1/activity/export?format=jsonl");
    assertThat(jsonl.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"security-activity.jsonl\"");
    assertThat(jsonl.raw().body().lines())
        .hasSize(acts.size())
        .contains(one.json().at("/activity/0").toString());
    for (var file : List.of(csv, jsonl)) {
      assertThat(file.raw().body()).doesNotContain(InMemoryHoldfast.PASSWORD);
    }

    assertThat(ada.wrong("GET", "/api/v1/activity?about=x", "").faults())
        .containsExactly("about choice");
    assertThat(ada.wrong("GET", "/api/v1/activity?limit=101", "").faults())
        .containsExactly("limit number");
    assertThat(ada.wrong("GET", "/api/v1/activity/export?format=xls", "").faults())
        .containsExactly("format choice");
    assertThat(ada.wrong("GET", "/api/v1/activity/export", "").faults())
        .containsExactly("format required");
    assertThat(stranger.get("/api/v1/activity/export?format=csv").status()).isEqualTo(401);
  }

  @Test
  void messages_may_be_longer_than_other_input() {
    var long64 = "x".repeat(90_000);
    var notice =
        json(
            "{'category': 'invoices', 'idempotencyKey': 'k', 'subject': 'S', 'text': '%s'}"
                .formatted(long64));
    assertThat(host.post(hosted + "/notifications", notice).status()).isEqualTo(200);
    var longer = notice.replace(long64, "x".repeat(600_000));
    assertThat(host.wrong("POST", hosted + "/notifications", longer).status()).isEqualTo(413);
    assertThat(
            ada.wrong("PUT", "/api/v1/profile", json("{'firstName': '" + long64 + "'}")).status())
        .isEqualTo(413);
  }

  /** One request of each kind that its description forbids, at every operation that reads. */
  @Test
  void what_is_not_understood_is_named_and_nothing_changes() {
    var before = memory.letters().size();
    for (var operation : OPERATIONS) {
      var method = operation.split(" ")[0];
      var path = operation.split(" ")[1].replace("{number}", account.number());
      path = path.replaceAll("\\{\\w+}", "00000000-0000-4000-8000-000000000000");
      var caller = path.contains("/host/") ? host : ada;
      var extra = caller.wrong(method, path + "?colour=mauve", "{}");
      assertThat(extra.faults()).as(operation).containsExactly("colour unknown_field");
      if (method.equals("POST") || method.equals("PUT")) {
        var unknown = caller.wrong(method, path, json("{'colour': 'mauve'}"));
        assertThat(unknown.status()).as(operation).isEqualTo(400);
        assertThat(unknown.faults()).as(operation).containsExactly("colour unknown_field");
        for (var broken : List.of("[]", "null", "1", "{", "{} {}", "'x'", "{'a': 1, 'a': 2}")) {
          assertThat(caller.wrong(method, path, json(broken)).status())
              .as(operation + " " + broken)
              .isEqualTo(400);
        }
      }
      if (path.contains("/host/")) {
        assertThat(stranger.wrong(method, path, "{}").status()).as(operation).isEqualTo(401);
        assertThat(ada.wrong(method, path, "{}").status()).as(operation).isEqualTo(401);
      }
    }
    assertThat(memory.letters()).hasSize(before);
    assertThat(host.get(hosted).json().path("version").asLong()).isEqualTo(account.version());
  }

  /** Every text field of every input, with what must never come out as a fault of ours. */
  @Test
  void any_unicode_is_taken_or_refused_and_never_breaks_anything() {
    for (var odd :
        List.of(
            "\\u0000",
            "a\\r\\nBcc: x@y.example",
            "\\u202Eevil",
            "\\uD800",
            "\\uDBFF\\uDFFF",
            "\\u200B",
            "\\u0130\\u0131\\u00DF\\uFB03",
            "\\uD83D\\uDC69\\u200D\\uD83D\\uDE80",
            "e\\u0301".repeat(300),
            "'; DROP TABLE users; --",
            "<script>alert(1)</script>")) {
      for (var field : List.of("name", "email", "company", "phone")) {
        var contact =
            "{\"name\": \"N\", \"email\": \"n@example.com\", \"company\": \"\", \"phone\": \"\"}"
                .replaceFirst(
                    "\"" + field + "\": \"[^\"]*\"",
                    ("\"" + field + "\": \"" + odd + "\"").replace("\\", "\\\\"));
        var answer = ada.wrong("POST", here + "/contacts", contact);
        assertThat(answer.status()).as(contact).isIn(201, 400, 409, 422, 429);
        if (answer.status() == 422) {
          assertThat(answer.faults()).as(contact).hasSize(1).first().asString().startsWith(field);
        }
      }
      var signIn = json("{'email': '" + odd.replace("'", "") + "', 'password': 'x'}");
      assertThat(stranger.wrong("POST", "/api/v1/sessions", signIn).status())
          .as(signIn)
          .isIn(400, 401, 429);
    }
  }

  /** Every operation of the description, as "METHOD /path". */
  private static List<String> operations() {
    var found = new ArrayList<String>();
    var path = "";
    for (var line : new String(Assets.load("openapi.yaml"), StandardCharsets.UTF_8).split("\n")) {
      if (line.matches("  /.*:")) {
        path = line.strip().replace(":", "");
      } else if (line.matches("    (get|put|post|delete):")) {
        found.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    return found;
  }

  @Test
  void every_route_is_described_and_every_description_has_a_route() {
    assertThat(
            portal.routes().stream()
                .filter(route -> route.matches("(GET|POST|PUT|DELETE) /api/v1/.*"))
                .collect(Collectors.toSet()))
        .isEqualTo(Set.copyOf(OPERATIONS));
  }
}
