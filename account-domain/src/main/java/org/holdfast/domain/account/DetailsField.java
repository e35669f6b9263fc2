package org.holdfast.domain.account;

import com.google.common.collect.ImmutableSet;
import java.util.function.Function;

/** The account details that an operator can lock against change by customers. */
public enum DetailsField {
  FIRST_NAME("firstName", d -> d.name().first()),
  LAST_NAME("lastName", d -> d.name().last()),
  COMPANY("company", AccountDetails::company),
  EMAIL("email", AccountDetails::email),
  PHONE("phone", AccountDetails::phone),
  TAX_ID("taxId", AccountDetails::taxId),
  LANGUAGE("language", AccountDetails::language),
  ADDRESS("address", AccountDetails::address);

  private final String key;
  private final Function<AccountDetails, Object> part;

  DetailsField(String key, Function<AccountDetails, Object> part) {
    this.key = key;
    this.part = part;
  }

  /** The field's name in forms, JSON and settings. */
  public String key() {
    return key;
  }

  /** Which of these fields differ between two versions of an account's details. */
  public static ImmutableSet<DetailsField> changed(AccountDetails before, AccountDetails after) {
    return java.util.Arrays.stream(values())
        .filter(field -> !field.part.apply(before).equals(field.part.apply(after)))
        .collect(ImmutableSet.toImmutableSet());
  }
}
