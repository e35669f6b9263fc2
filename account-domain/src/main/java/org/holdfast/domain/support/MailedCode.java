package org.holdfast.domain.support;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The eight digits that a caller reads out of a mail. It does not print. */
public record MailedCode(String digits) {

  public static final int LENGTH = 8;

  private static final Pattern SHAPE = Pattern.compile("[0-9]{" + LENGTH + "}");
  private static final Pattern SPACE = Pattern.compile("[\\s\u00a0-]");

  public MailedCode {
    if (!SHAPE.matcher(digits).matches()) {
      throw new IllegalArgumentException("not a mailed code");
    }
  }

  /** A fresh code, each as likely as any other. The generator must be a cryptographic one. */
  public static MailedCode generate(RandomGenerator random) {
    return new MailedCode("%08d".formatted(random.nextInt(100_000_000)));
  }

  /** The digits that somebody typed, or nothing where they are no code. */
  public static Optional<MailedCode> parse(@Nullable String typed) {
    if (typed == null || typed.length() > 40) {
      return Optional.empty();
    }
    var plain = SPACE.matcher(typed).replaceAll("");
    return SHAPE.matcher(plain).matches() ? Optional.of(new MailedCode(plain)) : Optional.empty();
  }

  /** Are they the same digits? Hashes compare in the same time, whatever differs. */
  public boolean isSameAs(MailedCode other) {
    return Hashing.sha256()
        .hashString(digits, StandardCharsets.US_ASCII)
        .equals(Hashing.sha256().hashString(other.digits, StandardCharsets.US_ASCII));
  }

  /** As it is read out: in two groups. */
  public String grouped() {
    return digits.substring(0, LENGTH / 2) + " " + digits.substring(LENGTH / 2);
  }

  @Override
  public String toString() {
    return "MailedCode[…]";
  }
}
