package org.holdfast.application.account;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Is;
import org.jspecify.annotations.Nullable;

/** What a new account begins with, as typed by the person or handed over by the host. */
public record OpeningInput(
    @Is(Is.Rule.EMAIL) @Nullable String email,
    @Is(Is.Rule.PERSON_NAME) @Nullable String firstName,
    @Is(Is.Rule.PERSON_NAME) @Nullable String lastName,
    @Is(Is.Rule.COMPANY) @Nullable String company,
    @Is(Is.Rule.PHONE) @Nullable String phone,
    @Is(Is.Rule.TAX_ID) @Nullable String taxId,
    @Is(Is.Rule.LANGUAGE) @Nullable String language,
    @NotNull @Valid @Nullable AddressInput address) {

  DetailsInput details() {
    return new DetailsInput(firstName, lastName, company, phone, taxId, language, address);
  }
}
