package org.holdfast.domain.invoice;

import com.google.common.collect.ImmutableList;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Text;
import org.jspecify.annotations.Nullable;

/**
 * An address that an invoice can show: complete by the rules of its country ({@link Country}).
 *
 * @param line2 empty where there is none
 * @param region state, province or prefecture; empty where the country's addresses have none
 * @param postcode in the country's own spelling; empty where the country has none
 * @param country ISO 3166-1 alpha-2
 */
public record BillingAddress(
    String line1, String line2, String city, String region, String postcode, String country) {

  /**
   * @throws InvalidInput naming every field that breaks a rule
   */
  public BillingAddress {
    var faults = faults(line1, line2, city, region, postcode, country);
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
    line1 = Text.ADDRESS_LINE.of("line1", line1);
    line2 = Text.SECOND_ADDRESS_LINE.of("line2", line2);
    city = Text.CITY.of("city", city);
    region = Text.REGION.of("region", region);
    postcode = Text.POSTCODE.of("postcode", postcode).toUpperCase(Locale.ROOT);
    country = country.strip().toUpperCase(Locale.ROOT);
  }

  /** Everything wrong with these six as one address. */
  public static ImmutableList<Fault> faults(
      @Nullable String line1,
      @Nullable String line2,
      @Nullable String city,
      @Nullable String region,
      @Nullable String postcode,
      @Nullable String country) {
    var faults = ImmutableList.<Fault>builder();
    Text.ADDRESS_LINE.fault("line1", line1).ifPresent(faults::add);
    Text.SECOND_ADDRESS_LINE.fault("line2", line2).ifPresent(faults::add);
    Text.CITY.fault("city", city).ifPresent(faults::add);
    var regionFault = Text.REGION.fault("region", region);
    var postcodeFault = Text.POSTCODE.fault("postcode", postcode);
    regionFault.ifPresent(faults::add);
    postcodeFault.ifPresent(faults::add);
    if (country == null || country.isBlank()) {
      faults.add(new Fault("country", "required"));
    } else {
      Country.of(country)
          .ifPresentOrElse(
              rules -> {
                if (regionFault.isEmpty()) {
                  rules.regionFault(blankToEmpty(region)).ifPresent(faults::add);
                }
                if (postcodeFault.isEmpty()) {
                  rules.postcodeFault(blankToEmpty(postcode)).ifPresent(faults::add);
                }
              },
              () -> faults.add(new Fault("country", "country")));
    }
    return faults.build();
  }

  /** The lines as a letter shows them, the country's name last, in the reader's language. */
  public ImmutableList<String> lines(Locale reader) {
    var place = (postcode + " " + city).strip();
    var lines = ImmutableList.<String>builder().add(line1);
    Optional.of(line2).filter(l -> !l.isEmpty()).ifPresent(lines::add);
    lines.add(region.isEmpty() ? place : place + ", " + region);
    return lines.add(new Locale("", country).getDisplayCountry(reader)).build();
  }

  private static String blankToEmpty(@Nullable String text) {
    return text == null ? "" : text.strip();
  }
}
