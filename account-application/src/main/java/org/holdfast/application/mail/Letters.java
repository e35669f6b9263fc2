package org.holdfast.application.mail;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.holdfast.application.Ids;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.account.User;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/** Where letters are begun: {@code letters.to(user, RESET_LINK).with("link", …).post()}. */
public final class Letters {

  private final Outbox outbox;
  private final Ids ids;
  private final InstantSource clock;

  public Letters(Outbox outbox, Ids ids, InstantSource clock) {
    this.outbox = outbox;
    this.ids = ids;
    this.clock = clock;
  }

  /** A letter to a user's own address, that greets them and tells times as they read them. */
  public Draft to(User user, Letter.Kind kind) {
    return to(user, user.email(), kind);
  }

  /** The same to another address of that user. */
  public Draft to(User user, EmailAddress address, Letter.Kind kind) {
    return to(address, user.language(), kind)
        .with("name", user.name().full())
        .with("at", clock.instant().toString())
        .with("zone", user.timeZone().getId());
  }

  /** A letter to an address, nothing said yet. */
  public Draft to(EmailAddress address, Language language, Letter.Kind kind) {
    return new Draft(address, language, kind);
  }

  /** A letter being written. */
  public final class Draft {
    private final EmailAddress to;
    private final Language language;
    private final Letter.Kind kind;
    private final ImmutableMap.Builder<String, String> words = ImmutableMap.builder();
    private @Nullable AccountId account;
    private Contact.@Nullable Id contact;
    private @Nullable Instant expiresAt;

    private Draft(EmailAddress to, Language language, Letter.Kind kind) {
      this.to = to;
      this.language = language;
      this.kind = kind;
    }

    /** Says something its text mentions. */
    public Draft with(String word, String value) {
      words.put(word, value);
      return this;
    }

    /** Says from where something was done. */
    public Draft from(Origin origin) {
      return with("address", origin.address()).with("device", origin.device());
    }

    /** Shows it in this account's delivery log. */
    public Draft about(AccountId whose) {
      account = whose;
      return this;
    }

    /** Goes to this contact. */
    public Draft contact(Contact.Id whom) {
      contact = whom;
      return this;
    }

    /** Is not worth sending after that. */
    public Draft within(Duration lifetime) {
      expiresAt = clock.instant().plus(lifetime);
      return this;
    }

    /** Posts it in the transaction that is open. */
    public void post() {
      outbox.post(
          new Letter(
              ids.next(),
              kind,
              to,
              language,
              words.build(),
              account,
              contact,
              null,
              clock.instant(),
              expiresAt));
    }
  }
}
