package org.holdfast.web.server;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.BaseEncoding;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.User;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.session.Origin;

/**
 * Somebody to sign in as in a try-out. Made at the first start with a random password, which stands
 * in a file that only the owner of the data folder reads.
 */
final class FirstCustomer {

  static final String EMAIL = "customer@example.com";

  private static final String FILE = "customer-password";
  private static final int PASSWORD_BYTES = 15; // 24 letters and digits, 120 bits

  private static final ImmutableMap<String, String> DETAILS =
      ImmutableMap.<String, String>builder()
          .put("email", EMAIL)
          .put("firstName", "Robin")
          .put("lastName", "Miller")
          .put("company", "Example Ltd")
          .put("phone", "+49 30 1234567")
          .put("taxId", "")
          .put("language", "en")
          .put("line1", "Unter den Linden 1")
          .put("line2", "")
          .put("city", "Berlin")
          .put("region", "")
          .put("postcode", "10117")
          .put("country", "DE")
          .buildOrThrow();

  private final Installation installation;
  private final DataFolder folder;

  FirstCustomer(Installation installation, DataFolder folder) {
    this.installation = installation;
    this.folder = folder;
  }

  /**
   * Makes the customer where there are no accounts yet.
   *
   * @return the password they were made with; nothing where it is not theirs any more, or its file
   *     was deleted
   */
  Optional<String> ready() {
    var store = installation.store();
    var known =
        store.transactions().inOne(() -> store.users().findByAddress(new EmailAddress(EMAIL)));
    if (known.isPresent()) {
      return folder.read(FILE).filter(word -> isFirstPassword(known.get()));
    }
    if (folder.read(FILE).isEmpty() && hasAccounts()) {
      return Optional.empty();
    }
    var word = folder.readOrWrite(FILE, this::randomWord); // on disk before anybody has it
    register(new Password(word));
    return Optional.of(word);
  }

  private boolean hasAccounts() {
    var store = installation.store();
    return !store.transactions().inOne(() -> store.accounts().page(Optional.empty(), 1)).isEmpty();
  }

  private boolean isFirstPassword(User user) {
    var store = installation.store();
    return store
        .transactions()
        .inOne(() -> store.passwords().find(user.id()))
        .filter(stored -> stored.version() == 1)
        .isPresent();
  }

  /** Follows the link of a registration as its letter would have it, but without the letter. */
  private void register(Password password) {
    var store = installation.store();
    var link = Secret.generate(installation.random());
    store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .issue(
                        new MailedLink(
                            link.fingerprint(),
                            Purpose.REGISTER,
                            installation.ids().next(),
                            new EmailAddress(EMAIL),
                            0,
                            DETAILS,
                            Installation.CLOCK.instant().plus(Duration.ofMinutes(10)))));
    installation
        .holdfast()
        .openAccount()
        .confirm(Optional.of(link), password, new Origin("127.0.0.1", "First start"));
  }

  private String randomWord() {
    var bytes = new byte[PASSWORD_BYTES];
    installation.random().nextBytes(bytes);
    return BaseEncoding.base32().encode(bytes).toLowerCase(Locale.ROOT);
  }
}
