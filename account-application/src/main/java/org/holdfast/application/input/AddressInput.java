package org.holdfast.application.input;

import com.google.common.base.Strings;
import org.holdfast.domain.invoice.BillingAddress;
import org.jspecify.annotations.Nullable;

/** An address as typed. */
@IsBillingAddress
public record AddressInput(
    @Nullable String line1,
    @Nullable String line2,
    @Nullable String city,
    @Nullable String region,
    @Nullable String postcode,
    @Nullable String country) {

  /** The address as kept; everything was checked before. */
  public BillingAddress toAddress() {
    return new BillingAddress(
        Strings.nullToEmpty(line1),
        Strings.nullToEmpty(line2),
        Strings.nullToEmpty(city),
        Strings.nullToEmpty(region),
        Strings.nullToEmpty(postcode),
        Strings.nullToEmpty(country));
  }

  /** An address as kept, to be edited. */
  public static AddressInput of(BillingAddress address) {
    return new AddressInput(
        address.line1(),
        address.line2(),
        address.city(),
        address.region(),
        address.postcode(),
        address.country());
  }

  /** Was nothing typed at all (besides a country, which forms preselect)? */
  public boolean isEmpty() {
    return (Strings.nullToEmpty(line1)
            + Strings.nullToEmpty(line2)
            + Strings.nullToEmpty(city)
            + Strings.nullToEmpty(region)
            + Strings.nullToEmpty(postcode))
        .isBlank();
  }
}
