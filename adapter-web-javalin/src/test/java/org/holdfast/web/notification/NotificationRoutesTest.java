package org.holdfast.web.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NotificationRoutesTest {

  private final Running portal = Running.portal();
  private final Account account = portal.memory.customer("ada@example.com");
  private final Browser ada = portal.signedIn("ada@example.com");

  @AfterEach
  void stop() {
    portal.close();
  }

  private void announce() {
    var notifications = portal.memory.holdfast.notifications();
    notifications.announce(new MessageInput("k", "News", "Text", null));
    while (notifications.continueAnnouncement()) {
      // until everybody has it
    }
    portal.memory.deliver();
  }

  private String unsubscribeLink() {
    announce();
    URI link =
        portal.memory.mailer.sent.stream()
            .flatMap(sent -> sent.unsubscribe().stream())
            .findFirst()
            .orElseThrow();
    return link.toString().substring(portal.url().length());
  }

  private boolean hears() {
    return portal
        .memory
        .holdfast
        .editAccount()
        .find(account.number())
        .holderCategories()
        .contains(Category.ANNOUNCEMENTS);
  }

  @Test
  void who_would_get_it_is_shown_and_nothing_is_sent() {
    portal.memory.deliver();
    var before = portal.memory.mailer.sent.size();
    var page = ada.open("/accounts/" + account.number() + "/recipients?category=support");
    assertThat(page.body()).contains("Ada Lovelace", "ada@example.com");
    portal.memory.deliver();
    assertThat(portal.memory.mailer.sent).hasSize(before);
    assertThat(ada.open("/accounts/" + account.number() + "/recipients?category=x").status())
        .isEqualTo(200);
  }

  @Test
  void the_log_shows_every_letter_page_by_page() {
    for (var i = 0; i < 30; i++) {
      portal.memory.clock.pass(java.time.Duration.ofSeconds(1));
      portal
          .memory
          .holdfast
          .notifications()
          .notify(
              account.number(),
              Category.INVOICES,
              new MessageInput("key-" + i, "Invoice number " + i + ".", "Text", null));
    }
    portal.memory.deliver();
    var path = "/accounts/" + account.number() + "/deliveries";
    var first = ada.open(path);
    assertThat(first.body()).contains("Invoice number 29.", "Sent").doesNotContain("number 3.");
    var older = java.util.regex.Pattern.compile("before=([0-9a-f-]{36})").matcher(first.body());
    assertThat(older.find()).isTrue();
    assertThat(ada.open(path + "?before=" + older.group(1)).body())
        .contains("Invoice number 3.", "Newest")
        .doesNotContain("number 29.");
    assertThat(ada.open(path + "?before=nonsense").status()).isEqualTo(200);
  }

  @Test
  void opening_the_unsubscribe_link_changes_nothing_and_pressing_the_button_does() {
    var link = unsubscribeLink();
    var somebody = portal.browser();
    assertThat(somebody.get(link).body()).contains("No more announcements?");
    assertThat(hears()).isTrue();
    assertThat(somebody.post("/unsubscribe", "token", link.split("=", 2)[1]).location())
        .isEqualTo("/unsubscribed");
    assertThat(hears()).isFalse();
  }

  @Test
  void a_mail_program_unsubscribes_with_one_click_in_either_kind_of_form() {
    var link = unsubscribeLink();
    var program = portal.browser();
    assertThat(program.postBody(link, "application/x-www-form-urlencoded", "").status())
        .isEqualTo(400);
    assertThat(hears()).isTrue();
    var multipart =
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--";
    assertThat(program.postBody(link, "multipart/form-data; boundary=b", multipart).status())
        .isEqualTo(303);
    assertThat(hears()).isFalse();
    assertThat(program.post(link, "List-Unsubscribe", "One-Click").status()).isEqualTo(303);
    assertThat(program.post("/unsubscribe?token=x", "List-Unsubscribe", "One-Click").status())
        .isEqualTo(410);
  }
}
