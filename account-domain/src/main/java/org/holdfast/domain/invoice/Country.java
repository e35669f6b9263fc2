package org.holdfast.domain.invoice;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.holdfast.domain.Fault;
import org.jspecify.annotations.Nullable;

/**
 * What a country asks of an address on its invoices. Countries with a known postcode form are held
 * to it (Universal Postal Union, postal addressing systems); every other ISO 3166-1 country takes
 * any postcode or none.
 *
 * @param code ISO 3166-1 alpha-2
 */
public record Country(String code, @Nullable String postcodeForm, String example, boolean region) {

  private static final ImmutableMap<String, Country> WITH_RULES =
      rules(
          "AT \\d{4} 1010",
          "AU \\d{4} 2000 region",
          "BE \\d{4} 1000",
          "BG \\d{4} 1000",
          "BR \\d{5}-?\\d{3} 01310-100 region",
          "CA [ABCEGHJ-NPRSTVXY]\\d[A-Z][ -]?\\d[A-Z]\\d K1A0B1 region",
          "CH \\d{4} 8001",
          "CN \\d{6} 100000 region",
          "CY \\d{4} 1010",
          "CZ \\d{3} ?\\d{2} 11000",
          "DE \\d{5} 10115",
          "DK \\d{4} 1050",
          "EE \\d{5} 10111",
          "ES \\d{5} 28001",
          "FI \\d{5} 00100",
          "FR \\d{5} 75001",
          "GB [A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2} SW1A1AA",
          "GR \\d{3} ?\\d{2} 10431",
          "HR \\d{5} 10000",
          "HU \\d{4} 1011",
          "IN \\d{6} 110001 region",
          "IT \\d{5} 00118 region",
          "JP \\d{3}-?\\d{4} 100-0001 region",
          "KR \\d{5} 03187",
          "LI 94\\d{2} 9490",
          "LT (LT-)?\\d{5} 01100",
          "LU (L-)?\\d{4} 1009",
          "LV (LV-)?\\d{4} LV-1050",
          "MX \\d{5} 01000 region",
          "NL \\d{4} ?[A-Z]{2} 1012AB",
          "NO \\d{4} 0150",
          "NZ \\d{4} 6011",
          "PL \\d{2}-?\\d{3} 00-001",
          "PT \\d{4}-?\\d{3} 1000-001",
          "RO \\d{6} 010011",
          "SE \\d{3} ?\\d{2} 11120",
          "SG \\d{6} 018956",
          "SI \\d{4} 1000",
          "SK \\d{3} ?\\d{2} 81101",
          "TR \\d{5} 06010",
          "UA \\d{5} 01001",
          "US \\d{5}(-\\d{4})? 20500 region",
          "ZA \\d{4} 0001");

  private static final ImmutableSet<String> ALL =
      ImmutableSet.copyOf(Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2));

  /** The rules of the country with this code, in either case; nothing where ISO knows none. */
  public static Optional<Country> of(String code) {
    var upper = code.strip().toUpperCase(Locale.ROOT);
    if (!ALL.contains(upper)) {
      return Optional.empty();
    }
    return Optional.of(
        Optional.ofNullable(WITH_RULES.get(upper))
            .orElseGet(() -> new Country(upper, null, "", false)));
  }

  /** Every ISO 3166-1 alpha-2 code. */
  public static ImmutableSet<String> all() {
    return ALL;
  }

  Optional<Fault> regionFault(String given) {
    return region && given.isEmpty()
        ? Optional.of(new Fault("region", "region_required"))
        : Optional.empty();
  }

  Optional<Fault> postcodeFault(String given) {
    if (postcodeForm == null || Pattern.matches(postcodeForm, given.toUpperCase(Locale.ROOT))) {
      return Optional.empty();
    }
    return Optional.of(
        new Fault("postcode", "postcode_of_country", ImmutableMap.of("example", example)));
  }

  private static ImmutableMap<String, Country> rules(String... lines) {
    return Arrays.stream(lines)
        .map(Country::parse)
        .collect(ImmutableMap.toImmutableMap(Country::code, c -> c));
  }

  // A form may hold blanks itself, so the example is found from the end.
  private static Country parse(String line) {
    var region = line.endsWith(" region");
    var rest = region ? line.substring(0, line.length() - " region".length()) : line;
    var lastBlank = rest.lastIndexOf(' ');
    return new Country(
        rest.substring(0, 2), rest.substring(3, lastBlank), rest.substring(lastBlank + 1), region);
  }
}
