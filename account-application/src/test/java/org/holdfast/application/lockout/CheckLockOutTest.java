package org.holdfast.application.lockout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.lockout.CheckLockOut.Finding;
import org.holdfast.application.lockout.CheckLockOut.Kind;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.account.Account;
import org.junit.jupiter.api.Test;

class CheckLockOutTest {

  private static final String ADA = "ada@mail.example.com";

  private final InMemoryHoldfast memory = new InMemoryHoldfast();
  private final CheckLockOut doctor = memory.holdfast.checkLockOut();
  private final Account account = memory.customer(ADA);
  private final SignedIn who = memory.signIn(ADA);

  private List<Finding> found() {
    return doctor.check(who, account.number());
  }

  @Test
  void a_healthy_account_has_nothing_to_mend() {
    assertThat(found()).isEmpty();
  }

  @Test
  void an_address_on_a_domain_that_the_account_runs_is_found_and_no_other() {
    doctor.hostDomains(account.number(), Set.of("Example.COM", "other.example"));
    assertThat(found()).containsExactly(new Finding(Kind.ADDRESS_ON_OWN_DOMAIN, ADA));
    doctor.hostDomains(account.number(), Set.of("ample.com", "l.example.com"));
    assertThat(found()).isEmpty();
    for (var odd : List.of("", "no domain", "a@b.example", "example", "-x.example")) {
      assertThatThrownBy(() -> doctor.hostDomains(account.number(), Set.of(odd)))
          .isInstanceOf(InvalidInput.class);
    }
  }

  @Test
  void an_address_that_refuses_mail_is_found_and_then_nobody_receives_invoices() {
    memory.store.suppressions().add(new EmailAddress(ADA), "550 no", memory.clock.instant());
    assertThat(found())
        .containsExactly(
            new Finding(Kind.ADDRESS_REFUSES_MAIL, ADA),
            new Finding(Kind.NOBODY_RECEIVES_INVOICES, ""));
  }

  @Test
  void one_factor_without_codes_is_found() {
    var token = memory.addToken(who);
    assertThat(found()).isEmpty();
    for (var code : token.recoveryCodes()) {
      memory
          .store
          .factors()
          .useCode(who.user().id(), code.fingerprint(who.user().id()), memory.clock.instant());
    }
    assertThat(found()).containsExactly(new Finding(Kind.ONE_FACTOR_NO_CODES, ""));
    memory.holdfast.editFactors().makeRecoveryCodes(who);
    assertThat(found()).isEmpty();
  }

  @Test
  void an_account_in_another_name_is_found() {
    memory
        .holdfast
        .editProfile()
        .change(who, new ProfileInput("Augusta", "King", "en", "Europe/London"));
    assertThat(found()).containsExactly(new Finding(Kind.NAMES_DIFFER, ""));
  }
}
