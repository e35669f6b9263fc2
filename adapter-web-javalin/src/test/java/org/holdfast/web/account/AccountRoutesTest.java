package org.holdfast.web.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ObjectArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.contact.ContactInput;
import org.holdfast.application.input.AddressInput;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccountRoutesTest {

  private static final String[] FIELDS = {
    "firstName", "Ada",
    "lastName", "Lovelace",
    "company", "Engines Ltd",
    "phone", "+49 30 1234567",
    "taxId", "DE123456789",
    "language", "en",
    "address.line1", "Unter den Linden 1",
    "address.line2", "",
    "address.city", "Berlin",
    "address.region", "",
    "address.postcode", "10117",
    "address.country", "DE"
  };

  private Running portal = Running.portal();

  @AfterEach
  void stop() {
    portal.close();
  }

  private static String[] fields(String... changed) {
    var all = new ArrayList<>(List.of(FIELDS));
    for (var i = 0; i < changed.length; i += 2) {
      var at = all.indexOf(changed[i]);
      if (at < 0) {
        all.addAll(Arrays.asList(changed[i], changed[i + 1]));
      } else {
        all.set(at + 1, changed[i + 1]);
      }
    }
    return all.toArray(String[]::new);
  }

  @Test
  void details_are_changed_and_invoices_follow() {
    var account = portal.memory.customer("ada@example.com");
    var path = "/accounts/" + account.number() + "/details";
    var ada = portal.signedIn("ada@example.com");
    ada.open(path);
    var saved =
        ada.post(path, fields("company", "Analytical Engines", "version", "" + account.version()));
    assertThat(saved.location()).isEqualTo(path + "?done=details-saved");
    assertThat(
            portal
                .memory
                .holdfast
                .editAccount()
                .invoiceParty(account.number(), portal.memory.clock.instant())
                .orElseThrow()
                .company())
        .isEqualTo("Analytical Engines");
  }

  @Test
  void a_change_made_meanwhile_is_not_overwritten_unseen() {
    var account = portal.memory.customer("ada@example.com");
    var path = "/accounts/" + account.number() + "/details";
    var ada = portal.signedIn("ada@example.com");
    ada.open(path);
    var seen = "" + account.version();
    ada.post(path, fields("company", "First", "version", seen));
    var second = ada.post(path, fields("company", "Second", "version", seen));
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.body()).contains("at the same time", "value=\"Second\"");
    assertThat(ada.post(path, fields("version", "x")).status()).isEqualTo(400);
    assertThat(ada.post(path, fields()).status()).isEqualTo(400);
  }

  @Test
  void locked_fields_are_shown_and_cannot_be_changed() {
    portal.close();
    portal =
        Running.portal(
            policy ->
                policy.withLockedFields(
                    ImmutableSet.of(
                        DetailsField.COMPANY, DetailsField.ADDRESS, DetailsField.EMAIL)));
    var account = portal.memory.customer("ada@example.com");
    var path = "/accounts/" + account.number() + "/details";
    var ada = portal.signedIn("ada@example.com");
    assertThat(ada.open(path).body())
        .contains("Engines Ltd", "Only our support can change this")
        .doesNotContain("name=\"company\"", "name=\"address.line1\"", "/email\"");
    var seen = "" + account.version();
    var saved =
        ada.post(
            path,
            "firstName",
            "Ada",
            "lastName",
            "King",
            "phone",
            "",
            "taxId",
            "",
            "language",
            "de",
            "version",
            seen);
    assertThat(saved.location()).isEqualTo(path + "?done=details-saved");
    var now = portal.memory.holdfast.editAccount().find(account.number());
    assertThat(now.details().company()).isEqualTo("Engines Ltd");
    assertThat(now.details().name().last()).isEqualTo("King");
    var forced = ada.post(path, fields("company", "Mine", "version", "" + now.version()));
    assertThat(forced.status()).isEqualTo(422);
    assertThat(forced.body()).contains("f-company-error");
  }

  @Test
  void a_holder_who_differs_from_the_account_sees_it_and_aligns_in_one_step() {
    var account = portal.memory.customer("ada@example.com");
    var path = "/accounts/" + account.number();
    var ada = portal.signedIn("ada@example.com");
    assertThat(ada.open(path + "/details").body()).doesNotContain("profile differ");
    portal
        .memory
        .holdfast
        .editProfile()
        .change(
            portal.memory.signIn("ada@example.com"),
            new ProfileInput("Augusta", "King", "en", "UTC"));
    assertThat(ada.open(path + "/details").body()).contains("This account and your profile differ");
    assertThat(ada.post(path + "/align").location()).isEqualTo(path + "/details?done=aligned");
    assertThat(portal.memory.holdfast.editAccount().find(account.number()).details().name().full())
        .isEqualTo("Augusta King");
    portal.memory.clock.pass(java.time.Duration.ofMinutes(30));
    assertThat(ada.post(path + "/align").location())
        .isEqualTo("/prove-it-is-you?next=" + path + "/align");
  }

  @Test
  void a_contact_with_an_address_can_be_billed() {
    var account = portal.memory.customer("ada@example.com");
    var who = portal.memory.signIn("ada@example.com");
    var contact =
        portal
            .memory
            .holdfast
            .editContacts()
            .add(
                who,
                account.number(),
                new ContactInput(
                    "Charles Babbage",
                    "charles@example.com",
                    "",
                    "",
                    new AddressInput("Dorset Street 1", "", "London", "", "W1U 4EG", "GB"),
                    Set.of()));
    var path = "/accounts/" + account.number();
    var ada = portal.signedIn("ada@example.com");
    assertThat(ada.open(path + "/details").body()).contains("Charles Babbage");
    assertThat(ada.post(path + "/billing", "contact", "" + contact.id()).location())
        .isEqualTo(path + "/details?done=billing-saved");
    assertThat(
            portal
                .memory
                .holdfast
                .editAccount()
                .invoiceParty(account.number(), portal.memory.clock.instant())
                .orElseThrow()
                .name())
        .isEqualTo("Charles Babbage");
    assertThat(ada.post(path + "/billing", "contact", "nonsense").status()).isEqualTo(404);
    assertThat(ada.post(path + "/billing", "contact", "").status()).isEqualTo(303);
  }

  @Test
  void the_account_of_somebody_else_is_none() {
    var account = portal.memory.customer("ada@example.com");
    portal.memory.customer("bob@example.com");
    var bob = portal.signedIn("bob@example.com");
    bob.open("/account/details");
    for (var page :
        List.of(
            "details",
            "contacts",
            "contacts/new",
            "recipients",
            "deliveries",
            "align",
            "email",
            "contacts/holder")) {
      var foreign = bob.get("/accounts/" + account.number() + "/" + page);
      var invented = bob.get("/accounts/00000000/" + page);
      assertThat(foreign.status()).as(page).isEqualTo(invented.status()).isEqualTo(404);
      assertThat(foreign.body()).as(page).isEqualTo(invented.body());
    }
    var posted =
        bob.post(
            "/accounts/" + account.number() + "/details",
            ObjectArrays.concat(FIELDS, new String[] {"version", "0"}, String.class));
    assertThat(posted.status()).isEqualTo(404);
    assertThat(bob.get("/accounts/nonsense/details").status()).isEqualTo(404);
  }
}
