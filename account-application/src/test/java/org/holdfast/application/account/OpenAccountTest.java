package org.holdfast.application.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.application.testkit.InMemoryHoldfast.HOME;
import static org.holdfast.application.testkit.InMemoryHoldfast.PASSWORD;

import java.time.Duration;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.credential.Password;
import org.junit.jupiter.api.Test;

class OpenAccountTest {

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final OpenAccount open = memory.holdfast.openAccount();

  @Test
  void whoever_registers_exists_once_the_address_is_confirmed() {
    open.register(InMemoryHoldfast.opening("Ada@Example.com"), HOME);
    memory.runErrands();
    var link = memory.lastLink(Letter.Kind.CONFIRM_REGISTRATION);
    assertThatThrownBy(() -> memory.begin("ada@example.com")).hasMessage("SIGN_IN_FAILED");
    open.confirm(link, new Password(PASSWORD), HOME);
    var who = memory.signIn("ada@example.com");
    assertThat(memory.holdfast.editAccount().mine(who)).hasSize(1);
    assertThatThrownBy(() -> open.confirm(link, new Password(PASSWORD), HOME))
        .hasMessage("LINK_NOT_VALID");
  }

  @Test
  void registering_a_known_address_tells_only_its_owner() {
    memory.customer("ada@example.com");
    open.register(InMemoryHoldfast.opening("ada@example.com"), HOME);
    memory.runErrands();
    assertThat(memory.letters(Letter.Kind.CONFIRM_REGISTRATION)).isEmpty();
    assertThat(memory.letters(Letter.Kind.ALREADY_REGISTERED)).hasSize(1);
  }

  @Test
  void an_old_invoice_never_changes() {
    var account = memory.customer("ada@example.com");
    var edit = memory.holdfast.editAccount();
    var then = memory.clock.instant();
    memory.clock.pass(Duration.ofMinutes(1));
    var who = memory.signIn("ada@example.com");
    var moved =
        new DetailsInput(
            "Ada",
            "King",
            "",
            "",
            "",
            "en",
            new AddressInput("12 St James's Square", "", "London", "", "SW1Y 4JH", "GB"));
    edit.change(who, account.number(), moved, edit.find(account.number()).version());
    assertThat(edit.invoiceParty(account.number(), then).orElseThrow().name())
        .isEqualTo("Ada Lovelace");
    assertThat(edit.invoiceParty(account.number(), memory.clock.instant()).orElseThrow().name())
        .isEqualTo("Ada King");
    assertThatThrownBy(() -> edit.change(who, account.number(), moved, 0))
        .hasMessage("CHANGED_MEANWHILE");
  }
}
