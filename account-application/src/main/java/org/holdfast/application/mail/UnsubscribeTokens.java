package org.holdfast.application.mail;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.contact.Contact;
import org.jspecify.annotations.Nullable;

/**
 * What a one-click unsubscribe link carries: which recipient of which account, sealed, so that
 * nobody can unsubscribe anybody else and nothing has to be stored. It opens for as long as the key
 * that sealed it is kept.
 */
public final class UnsubscribeTokens {

  /** How long a link works, at least, once its letter was sent: laws ask for 30 or for 60 days. */
  public static final Duration LEAST_LIFE = Duration.ofDays(60);

  private static final String PLACE = "unsubscribe";
  private static final UUID HOLDER = new UUID(0, 0); // in place of a contact

  private final Sealer sealer;

  public UnsubscribeTokens(Sealer sealer) {
    this.sealer = sealer;
  }

  /** A token for the account's holder, or for this contact. */
  String make(AccountId account, Optional<Contact.Id> contact) {
    var who = contact.map(Contact.Id::value).orElse(HOLDER);
    var bytes =
        ByteBuffer.allocate(32)
            .putLong(account.value().getMostSignificantBits())
            .putLong(account.value().getLeastSignificantBits())
            .putLong(who.getMostSignificantBits())
            .putLong(who.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealer.seal(bytes, PLACE));
  }

  /** Whom a token unsubscribes; nothing where it is none of ours. */
  public Optional<Recipient> open(@Nullable String token) {
    if (token == null || token.length() > 500) {
      return Optional.empty();
    }
    try {
      var bytes = ByteBuffer.wrap(sealer.open(Base64.getUrlDecoder().decode(token), PLACE));
      var account = new AccountId(new UUID(bytes.getLong(), bytes.getLong()));
      var who = new UUID(bytes.getLong(), bytes.getLong());
      return Optional.of(
          new Recipient(
              account, who.equals(HOLDER) ? Optional.empty() : Optional.of(new Contact.Id(who))));
    } catch (IllegalArgumentException | IllegalStateException notOurs) {
      return Optional.empty();
    }
  }

  /** The holder of an account, or one of its contacts. */
  public record Recipient(AccountId account, Optional<Contact.Id> contact) {}
}
