package org.holdfast.web.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.application.activity.ReadActivity.Told;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.session.Origin;
import org.holdfast.web.Browser;
import org.holdfast.web.Desk;
import org.holdfast.web.Running;
import org.holdfast.web.Web;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActivityRoutesTest {

  private static final Pattern OLDER = Pattern.compile("before=([0-9a-f-]{36})");

  private final Running portal = Running.portal();
  private final Account account = portal.memory.customer("ada@example.com");
  private final Browser ada = portal.signedIn("ada@example.com");

  @AfterEach
  void stop() {
    portal.close();
  }

  @Test
  void what_staff_did_is_told_by_their_name_and_in_words() {
    var memory = portal.memory;
    var desk = new Desk(memory);
    var who = memory.signIn("ada@example.com");
    var pin = memory.holdfast.supportPin().replace(who, account.number()).pin();
    desk.look(account, pin.digits());
    desk.lostMailbox(account, "ada@elsewhere.example");
    var page = ada.open("/activity?about=support").body();
    assertThat(page)
        .contains("A caller proved to our support that it is you")
        .contains("proved by the support PIN · by Sam, our support")
        .contains("Our support looked at the account details")
        .contains("Our support took a call without any proof", "nothing proved · by Sam")
        .contains("Recovery case opened", "said to be lost: The mailbox · by Sam, our support")
        .doesNotContain("support_pin<", "lost_mailbox");
  }

  private void happen(What what, String detail) {
    portal.memory.clock.pass(Duration.ofMillis(1));
    portal.memory.memory.activity.record(
        Happening.of(what, account.id(), account.holder(), portal.memory.clock.instant())
            .from(new Origin("192.0.2.9", "=HYPERLINK(\"x\")"))
            .with("contact", detail));
  }

  @Test
  void what_happened_is_shown_with_where_from_and_to_nobody_else() {
    happen(What.CONTACT_ADDED, "<grace@example.com>");
    var page = ada.open("/activity").body();
    assertThat(page)
        .contains("Signed in", "Account opened", "Contact added", "192.0.2.9", "127.0.0.1")
        .contains("&lt;grace@example.com&gt;")
        .doesNotContain("Account " + account.number()); // the only one there is
    portal.memory.customer("bob@example.com");
    var bob = portal.signedIn("bob@example.com").open("/activity").body();
    assertThat(bob).doesNotContain("grace", "192.0.2.9");
    for (var path : new String[] {"/activity", "/activity/export.csv", "/activity/export.jsonl"}) {
      assertThat(portal.browser().get(path).location()).startsWith("/sign-in");
    }
  }

  @Test
  void one_looks_for_what_it_is_about_page_by_page() {
    for (var i = 0; i < 60; i++) {
      happen(What.CONTACT_EDITED, "number " + i + ".");
    }
    var first = ada.open("/activity?about=contacts").body();
    assertThat(first).contains("number 59.").doesNotContain("number 9.", "Signed in<", "Newest");
    var older = OLDER.matcher(first);
    assertThat(older.find()).isTrue();
    assertThat(ada.open("/activity?about=contacts&before=" + older.group(1)).body())
        .contains("number 9.", "Newest")
        .doesNotContain("number 59.", "Older", "Account opened");
    assertThat(ada.open("/activity?about=factors").body()).contains("Nothing here");
    assertThat(ada.open("/activity?about=x&before=y").body()).contains("number 59.");
  }

  @Test
  void a_spreadsheet_gets_every_cell_as_text() {
    happen(What.CONTACT_ADDED, "a \"b\", c\r\nd");
    var file = ada.get("/activity/export.csv");
    assertThat(file.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"security-activity.csv\"");
    assertThat(file.body())
        .startsWith("at,act,about,account,address,device,details,id\r\n")
        .contains(
            ",contact_added,contacts,"
                + account.number()
                + ",192.0.2.9,\"'=HYPERLINK(\"\"x\"\")\",\"contact=a \"\"b\"\", c\r\nd\",");
  }

  @Test
  void however_much_there_is_all_of_it_is_in_the_file_once() {
    for (var i = 0; i < 1100; i++) {
      happen(What.CONTACT_EDITED, "number " + i + ".");
    }
    var lines = ada.get("/activity/export.jsonl").body().lines().toList();
    assertThat(lines).doesNotHaveDuplicates().hasSize(1103);
    assertThat(lines.get(0)).contains("number 1099.");
    assertThat(lines).filteredOn(line -> line.contains("number 0.")).hasSize(1);
  }

  /** Who gets half a file must not take it for the whole. */
  @Test
  void what_breaks_off_does_not_look_complete() {
    var web = new Web(portal.memory.holdfast, portal.memory.clock, proxy -> false);
    for (var before : new int[] {0, 200, 10_000}) { // the last is more than waits to be sent
      var server =
          Javalin.create(
                  config -> {
                    config.jetty.host = "127.0.0.1";
                    config.jetty.port = 0;
                    web.configure(config);
                    config.routes.get("/half", ctx -> breakOff(ctx, before));
                  })
              .start();
      try {
        var browser = new Browser("http://127.0.0.1:" + server.port());
        if (before < 10_000) {
          var answer = browser.get("/half");
          assertThat(answer.status()).isEqualTo(500);
          assertThat(answer.header("Content-Disposition")).isEmpty();
          assertThat(answer.body()).contains("our fault").doesNotContain("at,act");
        } else {
          assertThatThrownBy(() -> browser.get("/half")).isInstanceOf(UncheckedIOException.class);
        }
      } finally {
        server.stop();
      }
    }
  }

  private void breakOff(Context ctx, int after) {
    var what = Happening.of(What.SIGNED_IN, null, account.holder(), portal.memory.clock.instant());
    var told = new Told(new Entry(new UUID(1, 2), what), Optional.empty());
    ExportFormat.CSV.send(
        ctx,
        to -> {
          for (var i = 0; i < after; i++) {
            to.accept(told);
          }
          throw new IllegalStateException("the database is away");
        });
  }
}
