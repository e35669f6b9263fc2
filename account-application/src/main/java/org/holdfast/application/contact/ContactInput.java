package org.holdfast.application.contact;

import jakarta.validation.Valid;
import java.util.Set;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Is;
import org.jspecify.annotations.Nullable;

/**
 * A contact as typed.
 *
 * @param address nothing, or blank, where the contact has none
 * @param categories the keys of the ticked categories
 */
public record ContactInput(
    @Is(Is.Rule.CONTACT_NAME) @Nullable String name,
    @Is(Is.Rule.EMAIL) @Nullable String email,
    @Is(Is.Rule.COMPANY) @Nullable String company,
    @Is(Is.Rule.PHONE) @Nullable String phone,
    @Valid @Nullable AddressInput address,
    @Nullable Set<@Is(Is.Rule.CATEGORY) String> categories) {

  /** A blank address is none. */
  public ContactInput {
    address = address == null || address.isEmpty() ? null : address;
    categories = categories == null ? Set.of() : Set.copyOf(categories);
  }
}
