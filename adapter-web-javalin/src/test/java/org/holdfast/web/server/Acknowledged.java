package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.holdfast.application.Store;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.credential.Passwords;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.credential.Password;
import org.jspecify.annotations.Nullable;

/**
 * What one customer was told is done, and the one thing of which they have not heard when the
 * process is killed: that may have happened, but then all of it.
 */
final class Acknowledged {

  /** What can be done. */
  enum Deed {
    /** A contact was added, by its address. */
    CONTACT,
    /** The phone number of the account was changed. */
    PHONE,
    /** The password was changed. */
    PASSWORD,
    /** The host told them something, by the idempotency key, which is the subject as well. */
    NOTICE
  }

  final String email;
  private final List<String> contacts = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final Map<Deed, String> latest = new EnumMap<>(Deed.class);
  private @Nullable Deed inHand;
  private String inHandValue = "";
  private int count;

  Acknowledged(String email) {
    this.email = email;
  }

  void tries(Deed deed, String value) {
    inHand = deed;
    inHandValue = value;
  }

  void isDone(Deed deed, String value) {
    switch (deed) {
      case CONTACT -> contacts.add(value);
      case NOTICE -> notices.add(value);
      default -> latest.put(deed, value);
    }
    count++;
    inHand = null;
  }

  /** How many changes were acknowledged. */
  int count() {
    return count;
  }

  /** The value of what was in hand when the process was killed, if it was this. */
  Optional<String> inHand(Deed deed) {
    return Optional.of(inHandValue).filter(value -> inHand == deed);
  }

  /** Looks for all of it, and for nothing that was done by halves. */
  void mustBeIn(Store store, DataSource source, PasswordHasher hasher, boolean contactsAreAsked)
      throws SQLException {
    var address = new EmailAddress(email);
    var user = store.transactions().inOne(() -> store.users().findByAddress(address)).orElseThrow();
    var account = store.transactions().inOne(() -> store.accounts().heldBy(user.id())).get(0);
    assertThat(count(source, "letters WHERE kind = 'WELCOME' AND recipient = ?", email)).isOne();

    var kept =
        store.transactions().inOne(() -> store.contacts().of(account.id())).stream()
            .map(Contact::email)
            .map(EmailAddress::value)
            .toList();
    assertThat(kept).containsAll(contacts);
    assertThat(kept.size() - contacts.size())
        .isBetween(0, inHand(Deed.CONTACT).isPresent() ? 1 : 0);
    assertThat(
            count(
                source,
                "letters WHERE kind = 'CONFIRM_CONTACT' AND account_id ="
                    + " (SELECT id FROM accounts WHERE account_number = ?)",
                account.number()))
        .isEqualTo(contactsAreAsked ? kept.size() : 0);

    var phone = account.details().phone();
    mustBeLatest(Deed.PHONE, phone, phone::equals);

    var password = store.transactions().inOne(() -> store.passwords().find(user.id()));
    mustBeLatest(
        Deed.PASSWORD,
        "version " + password.map(Passwords.Stored::version),
        value -> password.filter(p -> hasher.matches(new Password(value), p.hash())).isPresent());
    assertThat(count(source, "letters WHERE kind = 'PASSWORD_CHANGED' AND recipient = ?", email))
        .isEqualTo(password.map(p -> (int) p.version() - 1).orElse(0));

    for (var notice : notices) {
      assertThat(count(source, "notifications WHERE idempotency_key = ?", notice)).isOne();
    }
    assertThat(
            count(
                source,
                "notifications n WHERE account_id = (SELECT id FROM accounts WHERE account_number"
                    + " = ?) AND (recipients = 0 OR recipients <> (SELECT COUNT(*) FROM letters l"
                    + " WHERE l.notification_id = n.id))",
                account.number()))
        .isZero();
    assertThat(count(source, "letters WHERE state = 'FAILED' OR state = 'SUPPRESSED'")).isZero();
  }

  private void mustBeLatest(Deed deed, String found, Predicate<String> is) {
    var acknowledged = Optional.ofNullable(latest.get(deed));
    if (acknowledged.isPresent()) {
      assertThat(acknowledged.filter(is).or(() -> inHand(deed).filter(is)))
          .as(
              "%s of %s: acknowledged %s, in hand %s %s, found %s",
              deed, email, acknowledged.get(), inHand, inHandValue, found)
          .isPresent();
    }
  }

  static int count(DataSource source, String what, String... values) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.prepareStatement("SELECT COUNT(*) FROM " + what)) {
      for (var i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
