package org.holdfast.application.mail;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.User;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/** Where letters are begun: {@code letters.to(user, RESET_LINK).with("link", …).post()}. */
public final class Letters {

  /** How long "This wasn't me" can be said to a letter. */
  public static final Duration FREEZABLE = Duration.ofDays(30);

  private final Store store;
  private final Links links;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;

  public Letters(Store store, Policy policy, Ids ids, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.links = new Links(policy.baseUri());
    this.ids = ids;
    this.clock = clock;
    this.random = random;
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

  /**
   * A security notice: what was done to a user, when and from where, with a link to say "This
   * wasn't me".
   */
  public Draft notice(User user, Letter.Kind kind, Origin origin) {
    return to(user, kind).from(origin).freezable(user);
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

    /** Lets its reader say "This wasn't me", whatever it says this user has done. */
    public Draft freezable(User user) {
      var secret = Secret.generate(random);
      store
          .links()
          .issue(
              new MailedLink(
                  secret.fingerprint(),
                  Purpose.FREEZE,
                  user.id().value(),
                  to,
                  0,
                  ImmutableMap.of(),
                  clock.instant().plus(FREEZABLE)));
      return with("freezeLink", links.to(Links.FREEZE, secret));
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
      store
          .outbox()
          .post(
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
