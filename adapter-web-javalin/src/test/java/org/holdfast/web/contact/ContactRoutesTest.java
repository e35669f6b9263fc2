package org.holdfast.web.contact;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.application.mail.Letter;
import org.holdfast.domain.account.Account;
import org.holdfast.web.Browser;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContactRoutesTest {

  private final Running portal = Running.portal();
  private final Account account = portal.memory.customer("ada@example.com");
  private final String list = "/accounts/" + account.number() + "/contacts";
  private final Browser ada = portal.signedIn("ada@example.com");

  @BeforeEach
  void look() {
    ada.open(list);
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  private Browser.Answer add(String name, String email) {
    return ada.postBody(
        list + "/new",
        "application/x-www-form-urlencoded",
        "name="
            + name
            + "&email="
            + email
            + "&company=&phone=&address.country=DE&categories=invoices&categories=domains&formToken="
            + ada.formToken());
  }

  private String id() {
    var who = portal.memory.signIn("ada@example.com");
    return portal.memory.holdfast.editContacts().page(who, account.number()).contacts().get(0).id()
        + "";
  }

  @Test
  void a_contact_is_added_confirmed_edited_and_removed() {
    assertThat(add("Charles", "charles%40example.com").location())
        .isEqualTo(list + "?done=contact-added");
    assertThat(ada.open(list).body()).contains("Charles", "Not confirmed", "Domains");
    var letters = portal.memory.letters(Letter.Kind.CONFIRM_CONTACT);
    var charles = portal.browser();
    var link = ("" + letters.get(0).words().get("link")).substring(portal.url().length());
    assertThat(charles.open(link).body()).contains("charles@example.com");
    assertThat(charles.post("/contacts/confirm").location()).isEqualTo("/contacts/confirmed");
    assertThat(ada.open(list).body()).contains("Confirmed").doesNotContain("Not confirmed");
    var edited = ada.post(list + "/" + id(), "name", "C. Babbage", "email", "charles@example.com");
    assertThat(edited.location()).isEqualTo(list + "?done=contact-saved");
    var moved = ada.post(list + "/" + id(), "name", "C. Babbage", "email", "cb@example.com");
    assertThat(moved.location()).isEqualTo(list + "?done=contact-moved");
    assertThat(ada.get(list + "/" + id() + "/remove").body()).contains("Remove C. Babbage?");
    assertThat(ada.post(list + "/" + id() + "/remove").location())
        .isEqualTo(list + "?done=contact-removed");
    assertThat(ada.open(list).body()).contains("Only you so far");
  }

  @Test
  void faults_and_refusals_keep_what_was_typed() {
    assertThat(add("", "charles").body()).contains("2 things", "value=\"charles\"", "checked");
    add("Charles", "charles%40example.com");
    var twice = add("Charles+again", "charles%40example.com");
    assertThat(twice.status()).isEqualTo(409);
    assertThat(twice.body()).contains("Another contact", "value=\"Charles again\"");
    var partly =
        ada.post(
            list + "/new",
            "name",
            "Mary",
            "email",
            "mary@example.com",
            "address.line1",
            "High Street",
            "address.country",
            "GB");
    assertThat(partly.status()).isEqualTo(422);
    assertThat(partly.body()).contains("f-address-city-error");
  }

  @Test
  void somebody_always_hears_about_invoices() {
    var refused = ada.post(list + "/holder", "categories", "domains");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("nobody with a confirmed address");
    var saved = ada.post(list + "/holder", "categories", "invoices");
    assertThat(saved.location()).isEqualTo(list + "?done=ticks-saved");
    assertThat(ada.post(list + "/holder", "categories", "nonsense").status()).isEqualTo(422);
  }

  @Test
  void a_letter_is_written_again_only_where_it_helps() {
    add("Charles", "charles%40example.com");
    assertThat(ada.post(list + "/" + id() + "/resend").location())
        .isEqualTo(list + "?done=contact-written");
    portal
        .memory
        .holdfast
        .editContacts()
        .confirm(portal.memory.lastLink(Letter.Kind.CONFIRM_CONTACT));
    var confirmed = ada.post(list + "/" + id() + "/resend");
    assertThat(confirmed.status()).isEqualTo(409);
    assertThat(confirmed.body()).contains("has confirmed its address already");
  }

  @Test
  void the_contact_of_somebody_else_is_none() {
    add("Charles", "charles%40example.com");
    var bobs = portal.memory.customer("bob@example.com");
    var bob = portal.signedIn("bob@example.com");
    bob.open("/account/contacts");
    var path = "/accounts/" + bobs.number() + "/contacts/";
    var invented = "" + new java.util.UUID(1, 2);
    for (var page : new String[] {"", "/remove"}) {
      assertThat(bob.get(path + id() + page).status()).isEqualTo(404);
      assertThat(bob.get(path + id() + page).body())
          .isEqualTo(bob.get(path + invented + page).body());
    }
    assertThat(bob.post(path + id() + "/remove").status()).isEqualTo(404);
    assertThat(bob.post(path + id(), "name", "x", "email", "x@example.com").status())
        .isEqualTo(404);
    assertThat(bob.get(path + "nonsense").status()).isEqualTo(404);
  }
}
