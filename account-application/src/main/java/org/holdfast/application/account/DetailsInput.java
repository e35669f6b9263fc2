package org.holdfast.application.account;

import com.google.common.base.Strings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Is;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.account.AccountDetails;
import org.jspecify.annotations.Nullable;

/** Account details as typed; the e-mail address has its own way of changing. */
public record DetailsInput(
    @Is(Is.Rule.PERSON_NAME) @Nullable String firstName,
    @Is(Is.Rule.PERSON_NAME) @Nullable String lastName,
    @Is(Is.Rule.COMPANY) @Nullable String company,
    @Is(Is.Rule.PHONE) @Nullable String phone,
    @Is(Is.Rule.TAX_ID) @Nullable String taxId,
    @Is(Is.Rule.LANGUAGE) @Nullable String language,
    @NotNull @Valid @Nullable AddressInput address) {

  /** The details as kept; everything was checked before. */
  AccountDetails toDetails(EmailAddress email) {
    if (address == null) {
      throw new IllegalStateException("unchecked input");
    }
    return new AccountDetails(
        new PersonName(Strings.nullToEmpty(firstName), Strings.nullToEmpty(lastName)),
        Strings.nullToEmpty(company),
        email,
        Strings.nullToEmpty(phone),
        Strings.nullToEmpty(taxId),
        Language.parse(language).orElseThrow(),
        address.toAddress());
  }

  /** Details as kept, to be edited. */
  public static DetailsInput of(AccountDetails details) {
    return new DetailsInput(
        details.name().first(),
        details.name().last(),
        details.company(),
        details.phone(),
        details.taxId(),
        details.language().tag(),
        AddressInput.of(details.address()));
  }
}
