package org.holdfast.application.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.account.Recipient;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;
import org.junit.jupiter.api.Test;

class EditContactsTest {

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final String number = memory.customer("ada@example.com").number();
  private final EditContacts contacts = memory.holdfast.editContacts();

  @Test
  void a_contact_hears_nothing_before_its_address_is_confirmed() {
    add("bob@example.com", "invoices");
    assertThat(whoGets()).containsExactly("ada@example.com");
    contacts.confirm(memory.lastLink(Letter.Kind.CONFIRM_CONTACT));
    assertThat(whoGets()).containsExactly("ada@example.com", "bob@example.com");
  }

  @Test
  void the_last_who_receives_invoices_stays() {
    var edit = memory.holdfast.editAccount();
    var who = memory.signIn("ada@example.com");
    assertThatThrownBy(() -> edit.hearAbout(who, number, List.of("support")))
        .hasMessage("ONLY_INVOICE_RECIPIENT");
    var bob = add("bob@example.com", "invoices");
    contacts.confirm(memory.lastLink(Letter.Kind.CONFIRM_CONTACT));
    edit.hearAbout(who, number, List.of("support"));
    assertThatThrownBy(() -> contacts.remove(who, number, bob.id()))
        .hasMessage("ONLY_INVOICE_RECIPIENT");
    assertThatThrownBy(
            () -> contacts.edit(who, number, bob.id(), input("new@example.com", "invoices")))
        .hasMessage("ONLY_INVOICE_RECIPIENT");
  }

  @Test
  void every_fault_is_told_at_once() {
    var who = memory.signIn("ada@example.com");
    var input =
        new ContactInput(
            "a\r\nBcc: x",
            "nowhere",
            "",
            "call me",
            new AddressInput("Main St 1", "", "", "", "99", "US"),
            Set.of("gossip"));
    assertThatThrownBy(() -> contacts.add(who, number, input))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            no ->
                assertThat(no.faults())
                    .extracting(f -> f.field() + " " + f.rule())
                    .containsExactly(
                        "address.city required",
                        "address.postcode postcode_of_country",
                        "address.region region_required",
                        "categories category",
                        "email email",
                        "name characters",
                        "phone phone"));
  }

  @Test
  void anothers_account_does_not_exist() {
    memory.customer("eve@example.com");
    var eve = memory.signIn("eve@example.com");
    assertThatThrownBy(() -> contacts.page(eve, number)).hasMessage("NO_SUCH_ACCOUNT");
  }

  @Test
  void one_key_tells_once_and_each_address_once() {
    add("ada@example.com", "invoices");
    contacts.confirm(memory.lastLink(Letter.Kind.CONFIRM_CONTACT));
    var message = new MessageInput("invoice-1", "Invoice 1", "Please pay.", null);
    var first = memory.holdfast.notifications().notify(number, Category.INVOICES, message);
    var again = memory.holdfast.notifications().notify(number, Category.INVOICES, message);
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(memory.letters(Letter.Kind.NOTIFICATION)).hasSize(1);
    var other = new MessageInput("invoice-1", "Invoice 2", "Please pay.", null);
    assertThatThrownBy(
            () -> memory.holdfast.notifications().notify(number, Category.INVOICES, other))
        .hasMessage("IDEMPOTENCY_KEY_REUSED");
  }

  @Test
  void an_announcement_reaches_everybody_once_and_is_unsubscribed_with_one_click() {
    memory.customer("eve@example.com");
    memory.holdfast.notifications().announce(new MessageInput("news-1", "News", "We moved.", null));
    while (memory.holdfast.notifications().continueAnnouncement()) {
      // batch by batch
    }
    memory.deliver();
    var news =
        memory.mailer.sent.stream()
            .filter(sent -> sent.letter().kind() == Letter.Kind.NOTIFICATION)
            .toList();
    assertThat(news).hasSize(2);
    var link = news.get(0).unsubscribe().orElseThrow().toString();
    memory.holdfast.notifications().unsubscribe(link.substring(link.indexOf('=') + 1));
    var left =
        memory.holdfast.notifications().recipients(number, Category.ANNOUNCEMENTS).size()
            + memory
                .holdfast
                .notifications()
                .recipients(
                    memory
                        .holdfast
                        .editAccount()
                        .mine(memory.signIn("eve@example.com"))
                        .get(0)
                        .number(),
                    Category.ANNOUNCEMENTS)
                .size();
    assertThat(left).isEqualTo(1);
  }

  private Contact add(String email, String... categories) {
    return contacts.add(memory.signIn("ada@example.com"), number, input(email, categories));
  }

  private static ContactInput input(String email, String... categories) {
    return new ContactInput("Bob", email, "", "", null, Set.of(categories));
  }

  private List<String> whoGets() {
    return memory.holdfast.notifications().recipients(number, Category.INVOICES).stream()
        .map(Recipient::email)
        .map(Object::toString)
        .toList();
  }
}
