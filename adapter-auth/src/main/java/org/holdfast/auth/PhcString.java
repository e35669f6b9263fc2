package org.holdfast.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An Argon2id hash written down in the PHC string format, {@code
 * $argon2id$v=19$m=19456,t=2,p=1,keyid=azE$salt$hash}.
 *
 * @param pepper the id of the pepper that went in, if one did
 */
record PhcString(
    Argon2Hasher.Cost cost, Optional<String> pepper, byte[] salt, byte[] hash) { // never printed

  private static final Base64.Encoder TO_BASE64 = Base64.getEncoder().withoutPadding();
  private static final Base64.Decoder FROM_BASE64 = Base64.getDecoder();
  private static final Pattern SHAPE =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([1-9][0-9]{0,7}),t=([1-9][0-9]{0,2}),p=([1-9][0-9]?)"
              + "(?:,keyid=([A-Za-z0-9+/]{2,11}))?"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");

  /** What this text says, or nothing where it is no Argon2id hash that we would compute. */
  static Optional<PhcString> parse(String text) {
    var found = SHAPE.matcher(text);
    if (!found.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PhcString(
              new Argon2Hasher.Cost(
                  Integer.parseInt(found.group(1)),
                  Integer.parseInt(found.group(2)),
                  Integer.parseInt(found.group(3))),
              Optional.ofNullable(found.group(4))
                  .map(id -> new String(FROM_BASE64.decode(id), StandardCharsets.US_ASCII)),
              FROM_BASE64.decode(found.group(5)),
              FROM_BASE64.decode(found.group(6))));
    } catch (IllegalArgumentException notBase64OrTooCostly) {
      return Optional.empty();
    }
  }

  /** The string that {@link #parse} reads. */
  String format() {
    return "$argon2id$v=19$m=%d,t=%d,p=%d%s$%s$%s"
        .formatted(
            cost.memoryKib(),
            cost.passes(),
            cost.lanes(),
            pepper.map(id -> ",keyid=" + base64(id.getBytes(StandardCharsets.US_ASCII))).orElse(""),
            base64(salt),
            base64(hash));
  }

  private static String base64(byte[] bytes) {
    return TO_BASE64.encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "PhcString[…]";
  }
}
