package org.holdfast.application.account;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.invoice.InvoiceParty;

/** The accounts, and what their invoices showed when. */
public interface Accounts {

  /** Accents and the like. */
  Pattern MARKS = Pattern.compile("\\p{M}+");

  /** Adds an account, unless another has its number: then nothing happens and this says false. */
  boolean add(Account account);

  Optional<Account> find(AccountId id);

  Optional<Account> findByNumber(String number);

  /**
   * Finds an account and keeps everybody else who locks it waiting until this transaction ends, so
   * that what holds over an account and its contacts together can be decided in peace.
   */
  Optional<Account> lock(AccountId id);

  /**
   * Stores a changed account, its version raised by one.
   *
   * @throws org.holdfast.domain.Refusal CHANGED_MEANWHILE when the stored version is another one
   */
  void save(Account account);

  /** Has everybody on this account to have a second factor? */
  boolean demandsFactor(AccountId id);

  void demandFactor(AccountId id, boolean demanded);

  /** The domains that the host says it runs for this account, in ASCII and lower case. */
  ImmutableSet<String> domains(AccountId id);

  void setDomains(AccountId id, Set<String> domains);

  /** The accounts this user holds, oldest first. */
  ImmutableList<Account> heldBy(UserId user);

  /**
   * Accounts whose last name, first and last name, or company begins with this, compared as {@link
   * #searchKey} spells it; by number.
   */
  ImmutableList<Account> named(String key, int most);

  /** Accounts at this address, or whose holder signs in with it; by number. */
  ImmutableList<Account> at(EmailAddress address, int most);

  /** Accounts on which this domain runs; by number. */
  ImmutableList<Account> running(String domain, int most);

  /** How names are compared: without case, accents or doubled spaces. */
  static String searchKey(String text) {
    return MARKS
        .matcher(Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFKD))
        .replaceAll("")
        .strip()
        .replaceAll("\\s+", " ");
  }

  /** The next accounts behind this one in the store's own order; all of them, page by page. */
  ImmutableList<Account> page(Optional<AccountId> after, int most);

  /**
   * Writes down what invoices show from {@link InvoiceParty#since} on. Of two with the same instant
   * the later one counts.
   */
  void record(AccountId id, InvoiceParty party);

  /** What an invoice of that instant shows; nothing before the account was opened. */
  Optional<InvoiceParty> partyAt(AccountId id, Instant instant);
}
