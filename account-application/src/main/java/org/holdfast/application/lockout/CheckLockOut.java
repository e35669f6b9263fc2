package org.holdfast.application.lockout;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.Recipient;
import org.holdfast.domain.account.Recipients;
import org.holdfast.domain.account.User;
import org.holdfast.domain.notification.Category;

/**
 * The lock-out doctor: what could keep somebody out of their account, or their bills from whoever
 * pays them, looked for in live rows while it can still be mended.
 */
public final class CheckLockOut {

  private static final int MOST_DOMAINS = 1000;

  private final Store store;
  private final Access access;
  private final Policy policy;

  public CheckLockOut(Store store, Access access, Policy policy) {
    this.store = store;
    this.access = access;
    this.policy = policy;
  }

  /** What there is to find; each has its mending. */
  public enum Kind {
    /** The address is on a domain that this account itself runs: when that is down, so is mail. */
    ADDRESS_ON_OWN_DOMAIN,
    /** Mail to the address is refused. */
    ADDRESS_REFUSES_MAIL,
    /** A second factor, and nothing that stands in for it when it is lost. */
    ONE_FACTOR_NO_CODES,
    /** The account and its holder's profile name different people or addresses. */
    NAMES_DIFFER,
    /** No confirmed address receives invoices. */
    NOBODY_RECEIVES_INVOICES;

    /** Its name in words and JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something that was found.
   *
   * @param about an address, where it is about one; else empty
   */
  public record Finding(Kind kind, String about) {}

  /** Looks at the caller and this account of theirs. */
  public ImmutableList<Finding> check(SignedIn who, String number) {
    return store
        .transactions()
        .inOne(
            () -> {
              var account = access.held(who, number);
              var user = store.users().find(who.user().id()).orElseThrow();
              return check(account, user);
            });
  }

  /**
   * Tells which domains run on an account, in place of those that were told before; for the host.
   *
   * @throws InvalidInput told of {@code domains}
   */
  public void hostDomains(String number, Collection<String> domains) {
    var spelled =
        domains.stream()
            .map(domain -> EmailAddress.parse("postmaster@" + domain))
            .flatMap(java.util.Optional::stream)
            .map(EmailAddress::domain)
            .collect(ImmutableSet.toImmutableSet());
    if (spelled.size() != Set.copyOf(domains).size() || spelled.size() > MOST_DOMAINS) {
      throw new InvalidInput(List.of(new Fault("domains", "domains")));
    }
    store.transactions().inOne(() -> store.accounts().setDomains(access.any(number).id(), spelled));
  }

  /** Looks at this account and user, in the transaction that is open. */
  public ImmutableList<Finding> check(Account account, User user) {
    var findings = ImmutableList.<Finding>builder();
    var addresses = ImmutableSet.of(user.email(), account.details().email());
    var domains = store.accounts().domains(account.id());
    addresses.stream()
        .filter(address -> domains.stream().anyMatch(domain -> isOn(address, domain)))
        .forEach(a -> findings.add(new Finding(Kind.ADDRESS_ON_OWN_DOMAIN, a.value())));
    store.suppressions().among(addresses).stream()
        .forEach(a -> findings.add(new Finding(Kind.ADDRESS_REFUSES_MAIL, a.value())));
    var factors = store.factors().of(user.id());
    if (factors.size() == 1 && store.factors().codesLeft(user.id()) == 0) {
      findings.add(new Finding(Kind.ONE_FACTOR_NO_CODES, ""));
    }
    if (!account.matches(user)) {
      findings.add(new Finding(Kind.NAMES_DIFFER, ""));
    }
    if (!someoneReceivesInvoices(account)) {
      findings.add(new Finding(Kind.NOBODY_RECEIVES_INVOICES, ""));
    }
    return findings.build();
  }

  private boolean someoneReceivesInvoices(Account account) {
    var contacts = store.contacts().of(account.id());
    var recipients =
        Recipients.of(account, contacts, Category.INVOICES, policy.contactsMustConfirm());
    var refused = store.suppressions().among(recipients.stream().map(Recipient::email).toList());
    return recipients.stream()
        .anyMatch(recipient -> recipient.confirmed() && !refused.contains(recipient.email()));
  }

  private static boolean isOn(EmailAddress address, String domain) {
    return address.domain().equals(domain) || address.domain().endsWith("." + domain);
  }
}
