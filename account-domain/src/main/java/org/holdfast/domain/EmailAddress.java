package org.holdfast.domain;

import com.google.common.collect.ImmutableMap;
import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address we can write to, in the one spelling we store, compare and show: lower case, without
 * surrounding space, the domain in its ASCII form (RFC 5891). Two spellings of one mailbox are
 * therefore equal, and a comparison never depends on a database's collation.
 */
public record EmailAddress(String value) {

  private static final int MAX_LENGTH =
      254; // RFC 5321 §4.5.3.1.3: longer ones cannot be written to
  private static final int MAX_LOCAL_PART = 64; // RFC 5321 §4.5.3.1.1
  private static final Pattern
      LOCAL_PART = // a dot-atom, RFC 5322 §3.2.3; quoted strings are refused
      Pattern.compile("[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
  private static final Pattern DOMAIN =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]");

  /**
   * @throws InvalidInput when no mail could be sent to it
   */
  public EmailAddress {
    var given = value;
    fault("email", given).ifPresent(InvalidInput::raise);
    value = spelling(given);
  }

  /** What is wrong with this text as an address, told of the given field. */
  public static Optional<Fault> fault(String field, @Nullable String given) {
    if (given == null || given.isBlank()) {
      return Optional.of(new Fault(field, "required", ImmutableMap.of()));
    }
    var spelled = spelling(given);
    var at = spelled.lastIndexOf('@');
    var sound =
        at > 0
            && at <= MAX_LOCAL_PART
            && spelled.length() <= MAX_LENGTH
            && LOCAL_PART.matcher(spelled.substring(0, at)).matches()
            && DOMAIN.matcher(spelled.substring(at + 1)).matches();
    return sound ? Optional.empty() : Optional.of(new Fault(field, "email", ImmutableMap.of()));
  }

  /** The address this text spells, or nothing where it spells none. */
  public static Optional<EmailAddress> parse(@Nullable String given) {
    return given == null || fault("email", given).isPresent()
        ? Optional.empty()
        : Optional.of(new EmailAddress(given));
  }

  /** The part behind the at sign. */
  public String domain() {
    return value.substring(value.lastIndexOf('@') + 1);
  }

  private static String spelling(String given) {
    var stripped = given.strip();
    if (stripped.length() > 4 * MAX_LENGTH) {
      return stripped; // far too long in any spelling, and IDN would chew on it
    }
    var at = stripped.lastIndexOf('@');
    var domain = stripped.substring(at + 1);
    try {
      domain = domain.isEmpty() ? domain : IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException notADomain) {
      return stripped; // and the pattern refuses it
    }
    return (stripped.substring(0, at + 1) + domain).toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return value;
  }
}
