package org.holdfast.application.testkit;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.Transactions;
import org.holdfast.application.account.Accounts;
import org.holdfast.application.account.Users;
import org.holdfast.application.activity.Activity;
import org.holdfast.application.contact.Contacts;
import org.holdfast.application.credential.Passwords;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.application.emailchange.EmailChanges;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.errand.Errands;
import org.holdfast.application.guessing.Guesses;
import org.holdfast.application.guessing.Rates;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.MailedLinks;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.mail.Suppressions;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.notification.Notifications;
import org.holdfast.application.servicekey.ServiceKey;
import org.holdfast.application.servicekey.ServiceKeys;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.Devices;
import org.holdfast.application.signin.Standings;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.activity.Link;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.domain.notification.Message;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Everything kept in memory, to the letter of the ports' contracts. Transactions follow one
 * another; one that throws leaves nothing behind. Only the counts of guesses and rates stand
 * outside them.
 */
public final class InMemoryStore {

  private final ReentrantLock turn = new ReentrantLock();
  private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);
  private final List<Runnable> whenDone = new ArrayList<>();
  private State state = new State();

  /** All that is kept; its values are immutable, so copying the maps copies everything. */
  private static final class State {
    final Map<AccountId, Account> accounts = new TreeMap<>(Comparator.comparing(AccountId::value));
    final Map<AccountId, List<InvoiceParty>> parties = new LinkedHashMap<>();
    final Map<UserId, User> users = new LinkedHashMap<>();
    final Map<EmailAddress, Owned> addresses = new LinkedHashMap<>();
    final Map<Contact.Id, Contact> contacts = new LinkedHashMap<>();
    final Map<String, MailedLink> links = new LinkedHashMap<>();
    final Map<UUID, EmailChange> changes = new LinkedHashMap<>();
    final Map<UUID, Posted> letters = new LinkedHashMap<>();
    final Map<EmailAddress, String> suppressed = new LinkedHashMap<>();
    final Map<UUID, Notifications.Progress> notifications = new LinkedHashMap<>();
    final Map<UserId, Passwords.Stored> passwords = new LinkedHashMap<>();
    final Map<String, Seen> devices = new LinkedHashMap<>();
    final Map<String, Session> sessions = new LinkedHashMap<>();
    final List<Link> activity = new ArrayList<>();
    final Map<UUID, Head> heads = new LinkedHashMap<>();
    final Map<String, ServiceKey> keys = new LinkedHashMap<>();
    final Map<UUID, Errand> errands = new LinkedHashMap<>();
    final Set<AccountId> demanding = new LinkedHashSet<>();
    final Map<AccountId, ImmutableSet<String>> domains = new LinkedHashMap<>();
    final Map<UserId, PasswordNote> passwordNotes = new LinkedHashMap<>();
    InMemorySecurity.State security = new InMemorySecurity.State();
    InMemoryDesk.State desk = new InMemoryDesk.State();

    State copy() {
      var copy = new State();
      copy.accounts.putAll(accounts);
      parties.forEach((id, list) -> copy.parties.put(id, new ArrayList<>(list)));
      copy.users.putAll(users);
      copy.addresses.putAll(addresses);
      copy.contacts.putAll(contacts);
      copy.links.putAll(links);
      copy.changes.putAll(changes);
      copy.letters.putAll(letters);
      copy.suppressed.putAll(suppressed);
      copy.notifications.putAll(notifications);
      copy.passwords.putAll(passwords);
      copy.devices.putAll(devices);
      copy.sessions.putAll(sessions);
      copy.activity.addAll(activity);
      copy.heads.putAll(heads);
      copy.keys.putAll(keys);
      copy.errands.putAll(errands);
      copy.demanding.addAll(demanding);
      copy.domains.putAll(domains);
      copy.passwordNotes.putAll(passwordNotes);
      copy.security = security.copy();
      copy.desk = desk.copy();
      return copy;
    }
  }

  private record PasswordNote(boolean isShort, Instant changedAt) {}

  private record Owned(UserId user, @Nullable Instant until) {}

  private record Seen(UserId user, Instant at) {}

  private record Posted(
      Letter letter,
      Delivery.State state,
      int attempts,
      String reply,
      Instant at,
      Instant dueAt,
      @Nullable UUID claim,
      Instant claimedUntil) {}

  public final Transactions transactions =
      new Transactions() {
        @Override
        public <T> T inOne(Supplier<T> work) {
          turn.lock();
          var before = depth.get() == 0 ? state.copy() : null;
          depth.set(depth.get() + 1);
          try {
            var answer = work.get();
            if (before != null) {
              whenDone.forEach(Runnable::run);
            }
            return answer;
          } catch (Throwable failed) {
            if (before != null) {
              state = before;
            }
            throw failed;
          } finally {
            if (before != null) {
              whenDone.clear();
            }
            depth.set(depth.get() - 1);
            turn.unlock();
          }
        }
      };

  /** For what stands outside the state, but has to be done only if the open transaction is. */
  private void whenDone(Runnable work) {
    if (depth.get() == 0) {
      work.run();
    } else {
      whenDone.add(work);
    }
  }

  public final Accounts accounts =
      new Accounts() {
        @Override
        public boolean add(Account account) {
          return locked(
              () -> {
                if (findByNumber(account.number()).isPresent()) {
                  return false;
                }
                state.accounts.put(account.id(), account);
                return true;
              });
        }

        @Override
        public Optional<Account> find(AccountId id) {
          return locked(() -> Optional.ofNullable(state.accounts.get(id)));
        }

        @Override
        public Optional<Account> findByNumber(String number) {
          return locked(
              () ->
                  state.accounts.values().stream()
                      .filter(a -> a.number().equals(number))
                      .findFirst());
        }

        @Override
        public Optional<Account> lock(AccountId id) {
          return find(id);
        }

        @Override
        public void save(Account account) {
          locked(
              () -> {
                var stored = state.accounts.get(account.id());
                if (stored == null || stored.version() != account.version()) {
                  throw new Refusal(Refusal.Reason.CHANGED_MEANWHILE);
                }
                state.accounts.put(
                    account.id(),
                    new Account(
                        account.id(),
                        stored.number(),
                        account.holder(),
                        account.details(),
                        account.emailConfirmed(),
                        account.holderCategories(),
                        account.billedContact(),
                        stored.openedAt(),
                        stored.version() + 1));
                return true;
              });
        }

        @Override
        public boolean demandsFactor(AccountId id) {
          return locked(() -> state.demanding.contains(id));
        }

        @Override
        public void demandFactor(AccountId id, boolean demanded) {
          locked(() -> demanded ? state.demanding.add(id) : state.demanding.remove(id));
        }

        @Override
        public ImmutableSet<String> domains(AccountId id) {
          return locked(() -> state.domains.getOrDefault(id, ImmutableSet.of()));
        }

        @Override
        public void setDomains(AccountId id, Set<String> domains) {
          locked(() -> Optional.ofNullable(state.domains.put(id, ImmutableSet.copyOf(domains))));
        }

        @Override
        public ImmutableList<Account> heldBy(UserId user) {
          return locked(
              () ->
                  state.accounts.values().stream()
                      .filter(a -> a.holder().equals(user))
                      .sorted(
                          Comparator.comparing(Account::openedAt).thenComparing(Account::number))
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableList<Account> named(String key, int most) {
          return some(
              most,
              a ->
                  beginsWith(a.details().name().first() + " " + a.details().name().last(), key)
                      || beginsWith(a.details().name().last(), key)
                      || beginsWith(a.details().company(), key));
        }

        @Override
        public ImmutableList<Account> at(EmailAddress address, int most) {
          return some(
              most,
              a ->
                  a.details().email().equals(address) || known(a.holder()).email().equals(address));
        }

        @Override
        public ImmutableList<Account> running(String domain, int most) {
          return some(most, a -> domains(a.id()).contains(domain));
        }

        private boolean beginsWith(String text, String key) {
          return Accounts.searchKey(text).startsWith(key);
        }

        private ImmutableList<Account> some(int most, Predicate<Account> which) {
          return locked(
              () ->
                  state.accounts.values().stream()
                      .filter(which)
                      .sorted(Comparator.comparing(Account::number))
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableList<Account> page(Optional<AccountId> after, int most) {
          return locked(
              () ->
                  state.accounts.values().stream()
                      .filter(
                          a -> after.isEmpty() || a.id().value().compareTo(after.get().value()) > 0)
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public void record(AccountId id, InvoiceParty party) {
          locked(
              () -> {
                var list = state.parties.computeIfAbsent(id, any -> new ArrayList<>());
                list.removeIf(other -> other.since().equals(party.since()));
                return list.add(party);
              });
        }

        @Override
        public Optional<InvoiceParty> partyAt(AccountId id, Instant instant) {
          return locked(
              () ->
                  state.parties.getOrDefault(id, List.of()).stream()
                      .filter(party -> !party.since().isAfter(instant))
                      .max(Comparator.comparing(InvoiceParty::since)));
        }
      };

  public final Users users =
      new Users() {
        @Override
        public ImmutableList<EmailAddress> previousAddresses(UserId id, Instant now) {
          return locked(
              () ->
                  state.addresses.entrySet().stream()
                      .filter(e -> e.getValue().user().equals(id))
                      .filter(e -> e.getValue().until() != null && isKept(e.getValue(), now))
                      .map(Map.Entry::getKey)
                      .sorted(Comparator.comparing(EmailAddress::value))
                      .collect(toImmutableList()));
        }

        @Override
        public boolean add(User user, Instant now) {
          return locked(
              () -> {
                var owned = state.addresses.get(user.email());
                if (owned != null && isKept(owned, now)) {
                  return false;
                }
                state.addresses.put(user.email(), new Owned(user.id(), null));
                state.users.put(user.id(), user);
                return true;
              });
        }

        @Override
        public Optional<User> find(UserId id) {
          return locked(() -> Optional.ofNullable(state.users.get(id)));
        }

        @Override
        public Optional<User> findByAddress(EmailAddress address) {
          return locked(
              () ->
                  Optional.ofNullable(state.addresses.get(address))
                      .filter(owned -> owned.until() == null)
                      .map(owned -> state.users.get(owned.user())));
        }

        @Override
        public Optional<User> findRecoverable(EmailAddress address, Instant now) {
          return locked(
              () ->
                  Optional.ofNullable(state.addresses.get(address))
                      .filter(owned -> isKept(owned, now))
                      .map(owned -> state.users.get(owned.user())));
        }

        @Override
        public void save(User user) {
          locked(
              () -> {
                var email = known(user.id()).email();
                state.users.put(
                    user.id(),
                    new User(
                        user.id(),
                        user.name(),
                        email,
                        user.language(),
                        user.timeZone(),
                        user.confirmedAt(),
                        known(user.id()).disabledAt()));
                return true;
              });
        }

        @Override
        public void shut(UserId id, Optional<Instant> since) {
          locked(() -> Optional.ofNullable(state.users.put(id, known(id).disabledSince(since))));
        }

        @Override
        public boolean moveTo(
            UserId id, EmailAddress address, Optional<Instant> keepPreviousUntil, Instant now) {
          return locked(
              () -> {
                var owned = state.addresses.get(address);
                if (owned != null && !owned.user().equals(id) && isKept(owned, now)) {
                  return false;
                }
                var user = known(id);
                if (user.email().equals(address)) {
                  return true;
                }
                keepPreviousUntil.ifPresentOrElse(
                    until -> state.addresses.put(user.email(), new Owned(id, until)),
                    () -> state.addresses.remove(user.email()));
                state.addresses.put(address, new Owned(id, null));
                state.users.put(
                    id,
                    new User(
                        id,
                        user.name(),
                        address,
                        user.language(),
                        user.timeZone(),
                        Optional.of(user.confirmedAt().orElse(now)),
                        user.disabledAt()));
                return true;
              });
        }
      };

  public final Contacts contacts =
      new Contacts() {
        @Override
        public boolean add(Contact contact) {
          return locked(() -> put(contact));
        }

        @Override
        public Optional<Contact> find(Contact.Id id) {
          return locked(() -> Optional.ofNullable(state.contacts.get(id)));
        }

        @Override
        public boolean save(Contact contact) {
          return locked(() -> put(contact));
        }

        @Override
        public void remove(Contact.Id id) {
          locked(() -> Optional.ofNullable(state.contacts.remove(id)));
        }

        @Override
        public ImmutableList<Contact> of(AccountId account) {
          return locked(
              () ->
                  state.contacts.values().stream()
                      .filter(c -> c.account().equals(account))
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableListMultimap<AccountId, Contact> ofAll(Collection<AccountId> accounts) {
          return locked(
              () ->
                  Multimaps.index(
                      state.contacts.values().stream()
                          .filter(c -> accounts.contains(c.account()))
                          .collect(toImmutableList()),
                      Contact::account));
        }

        private boolean put(Contact contact) {
          var taken =
              state.contacts.values().stream()
                  .anyMatch(
                      c ->
                          c.account().equals(contact.account())
                              && c.email().equals(contact.email())
                              && !c.id().equals(contact.id()));
          if (!taken) {
            state.contacts.put(contact.id(), contact);
          }
          return !taken;
        }
      };

  public final MailedLinks links =
      new MailedLinks() {
        @Override
        public void issue(MailedLink link) {
          locked(() -> Optional.ofNullable(state.links.put(link.fingerprint(), link)));
        }

        @Override
        public Optional<MailedLink> peek(Purpose purpose, String fingerprint, Instant now) {
          return locked(
              () ->
                  Optional.ofNullable(state.links.get(fingerprint))
                      .filter(l -> l.purpose() == purpose && now.isBefore(l.expiresAt())));
        }

        @Override
        public Optional<MailedLink> consume(Purpose purpose, String fingerprint, Instant now) {
          return locked(
              () -> {
                var open = peek(purpose, fingerprint, now);
                open.ifPresent(link -> state.links.remove(fingerprint));
                return open;
              });
        }

        @Override
        public void withdraw(Purpose purpose, UUID subject) {
          locked(
              () ->
                  state
                      .links
                      .values()
                      .removeIf(l -> l.purpose() == purpose && l.subject().equals(subject)));
        }

        @Override
        public int sweep(Instant before) {
          return locked(
              () -> {
                var size = state.links.size();
                state.links.values().removeIf(l -> l.expiresAt().isBefore(before));
                return size - state.links.size();
              });
        }
      };

  public final EmailChanges emailChanges =
      new EmailChanges() {
        @Override
        public void add(EmailChange change) {
          locked(() -> Optional.ofNullable(state.changes.put(change.id(), change)));
        }

        @Override
        public Optional<EmailChange> find(UUID id) {
          return locked(() -> Optional.ofNullable(state.changes.get(id)));
        }

        @Override
        public Optional<EmailChange> pending(EmailChange.Target target, UUID subject) {
          return locked(
              () ->
                  state.changes.values().stream()
                      .filter(c -> isPending(c, target, subject))
                      .findFirst());
        }

        @Override
        public boolean move(UUID id, EmailChange.State from, EmailChange.State to, Instant now) {
          return locked(
              () -> {
                var change = state.changes.get(id);
                if (change == null || change.state() != from) {
                  return false;
                }
                state.changes.put(id, moved(change, to, now));
                return true;
              });
        }

        @Override
        public void withdrawPending(EmailChange.Target target, UUID subject, Instant now) {
          locked(
              () -> {
                state.changes.replaceAll(
                    (id, c) ->
                        isPending(c, target, subject)
                            ? moved(c, EmailChange.State.WITHDRAWN, now)
                            : c);
                return true;
              });
        }

        @Override
        public Optional<EmailChange> confirmed(
            EmailChange.Target target, UUID subject, EmailAddress from, Instant after) {
          return locked(
              () ->
                  state.changes.values().stream()
                      .filter(c -> isConfirmedAfter(c, target, subject, after))
                      .filter(c -> c.from().equals(from))
                      .max(Comparator.comparing(EmailChange::since)));
        }

        @Override
        public void closeConfirmed(
            EmailChange.Target target, UUID subject, Instant after, Instant now) {
          locked(
              () -> {
                state.changes.replaceAll(
                    (id, c) ->
                        isConfirmedAfter(c, target, subject, after)
                            ? moved(c, EmailChange.State.UNDONE, now)
                            : c);
                return true;
              });
        }

        @Override
        public boolean anyConfirmed(UUID subject, Instant after) {
          return locked(
              () ->
                  state.changes.values().stream()
                      .anyMatch(
                          c ->
                              c.subject().equals(subject)
                                  && c.state() == EmailChange.State.CONFIRMED
                                  && c.since().isAfter(after)));
        }

        private boolean isConfirmedAfter(
            EmailChange c, EmailChange.Target target, UUID subject, Instant after) {
          return c.target() == target
              && c.subject().equals(subject)
              && c.state() == EmailChange.State.CONFIRMED
              && c.since().isAfter(after);
        }

        private boolean isPending(EmailChange c, EmailChange.Target target, UUID subject) {
          return c.target() == target
              && c.subject().equals(subject)
              && c.state() == EmailChange.State.PENDING;
        }

        private EmailChange moved(EmailChange c, EmailChange.State to, Instant now) {
          return new EmailChange(c.id(), c.target(), c.subject(), c.from(), c.to(), to, now);
        }
      };

  public final Outbox outbox =
      new Outbox() {
        @Override
        public void post(Letter letter) {
          locked(
              () ->
                  Optional.ofNullable(
                      state.letters.put(
                          letter.id(),
                          new Posted(
                              letter,
                              Delivery.State.QUEUED,
                              0,
                              "",
                              letter.postedAt(),
                              letter.postedAt(),
                              null,
                              Instant.EPOCH))));
        }

        @Override
        public int postAll(Collection<Letter> letters) {
          return locked(
              () -> {
                var posted = 0;
                for (var letter : letters) {
                  if (state.letters.values().stream().noneMatch(p -> isCopy(p, letter))) {
                    post(letter);
                    posted++;
                  }
                }
                return posted;
              });
        }

        @Override
        public ImmutableList<Claimed> claim(int most, Instant now, Duration lease) {
          return locked(
              () -> {
                var due =
                    state.letters.values().stream()
                        .filter(InMemoryStore::isOpen)
                        .filter(p -> !now.isBefore(p.dueAt()) && !now.isBefore(p.claimedUntil()))
                        .sorted(Comparator.comparing(Posted::dueAt))
                        .limit(most)
                        .collect(toImmutableList());
                var claim = UUID.randomUUID();
                due.forEach(
                    p ->
                        state.letters.put(
                            p.letter().id(),
                            new Posted(
                                p.letter(),
                                p.state(),
                                p.attempts(),
                                p.reply(),
                                p.at(),
                                p.dueAt(),
                                claim,
                                now.plus(lease))));
                return due.stream()
                    .map(
                        p ->
                            new Claimed(
                                p.letter(),
                                claim,
                                p.attempts(),
                                notification(p.letter()).map(Notification::category),
                                notification(p.letter()).map(Notification::message)))
                    .collect(toImmutableList());
              });
        }

        @Override
        public boolean settle(
            Claimed claimed,
            Delivery.State to,
            String reply,
            Optional<Instant> retryAt,
            Instant now) {
          return locked(
              () -> {
                var id = claimed.letter().id();
                var posted = state.letters.get(id);
                if (posted == null || !claimed.claim().equals(posted.claim()) || !isOpen(posted)) {
                  return false;
                }
                var letter =
                    to == Delivery.State.DEFERRED ? posted.letter() : wiped(posted.letter());
                state.letters.put(
                    id,
                    new Posted(
                        letter,
                        to,
                        posted.attempts() + 1,
                        reply,
                        now,
                        retryAt.orElse(now),
                        null,
                        Instant.EPOCH));
                return true;
              });
        }

        @Override
        public ImmutableList<Delivery> deliveries(
            AccountId account, Optional<UUID> before, int most) {
          return locked(
              () -> {
                var mine =
                    state.letters.values().stream()
                        .filter(p -> account.equals(p.letter().account()))
                        .sorted(
                            Comparator.comparing((Posted p) -> p.letter().postedAt())
                                .thenComparing(p -> p.letter().id())
                                .reversed())
                        .collect(toImmutableList());
                return mine.stream()
                    .dropWhile(p -> before.isPresent() && !p.letter().id().equals(before.get()))
                    .skip(before.isPresent() ? 1 : 0)
                    .limit(most)
                    .map(
                        p ->
                            new Delivery(
                                p.letter().id(),
                                p.letter().kind(),
                                notification(p.letter()).map(Notification::category),
                                notification(p.letter())
                                    .map(Notification::message)
                                    .map(Message::subject),
                                p.letter().to(),
                                p.state(),
                                p.attempts(),
                                p.reply(),
                                p.letter().postedAt(),
                                p.at()))
                    .collect(toImmutableList());
              });
        }

        @Override
        public int waiting() {
          return locked(
              () -> (int) state.letters.values().stream().filter(InMemoryStore::isOpen).count());
        }

        @Override
        public int sweep(Instant before) {
          return locked(
              () -> {
                var size = state.letters.size();
                state.letters.values().removeIf(p -> !isOpen(p) && p.at().isBefore(before));
                return size - state.letters.size();
              });
        }

        private boolean isCopy(Posted posted, Letter letter) {
          return letter.notification() != null
              && letter.notification().equals(posted.letter().notification())
              && letter.to().equals(posted.letter().to());
        }

        private Optional<Notification> notification(Letter letter) {
          return letter
              .ofNotification()
              .map(id -> state.notifications.get(id))
              .map(Notifications.Progress::announcement);
        }
      };

  public final Suppressions suppressions =
      new Suppressions() {
        @Override
        public boolean add(EmailAddress address, String reply, Instant now) {
          return locked(() -> state.suppressed.putIfAbsent(address, reply) == null);
        }

        @Override
        public boolean contains(EmailAddress address) {
          return locked(() -> state.suppressed.containsKey(address));
        }

        @Override
        public ImmutableSet<EmailAddress> among(Collection<EmailAddress> addresses) {
          return locked(
              () ->
                  addresses.stream()
                      .filter(state.suppressed::containsKey)
                      .collect(toImmutableSet()));
        }

        @Override
        public void lift(EmailAddress address) {
          locked(() -> Optional.ofNullable(state.suppressed.remove(address)));
        }
      };

  public final Notifications notifications =
      new Notifications() {
        @Override
        public boolean add(Notification notification) {
          return locked(
              () -> {
                if (findByKey(notification.account(), notification.key()).isPresent()) {
                  return false;
                }
                state.notifications.put(
                    notification.id(),
                    new Progress(notification, Optional.empty(), 0, 0, Optional.empty()));
                return true;
              });
        }

        @Override
        public Optional<Notification> findByKey(Optional<AccountId> account, String key) {
          return locked(
              () ->
                  state.notifications.values().stream()
                      .map(Progress::announcement)
                      .filter(n -> n.account().equals(account) && n.key().equals(key))
                      .findFirst());
        }

        @Override
        public void setRecipients(UUID id, int recipients) {
          locked(
              () ->
                  Optional.ofNullable(
                      state.notifications.computeIfPresent(
                          id,
                          (any, p) ->
                              new Progress(
                                  counted(p.announcement(), recipients),
                                  p.reached(),
                                  p.accounts(),
                                  p.letters(),
                                  p.finishedAt()))));
        }

        @Override
        public Optional<Progress> progress(UUID announcement) {
          return locked(
              () ->
                  Optional.ofNullable(state.notifications.get(announcement))
                      .filter(p -> p.announcement().account().isEmpty()));
        }

        @Override
        public Optional<Progress> unfinished() {
          return locked(
              () ->
                  state.notifications.values().stream()
                      .filter(p -> p.announcement().account().isEmpty())
                      .filter(p -> p.finishedAt().isEmpty())
                      .min(Comparator.comparing(p -> p.announcement().at())));
        }

        @Override
        public boolean advance(
            Progress from, Optional<AccountId> to, int accounts, int letters, Instant now) {
          return locked(
              () -> {
                var id = from.announcement().id();
                var seen = state.notifications.get(id);
                if (seen == null
                    || seen.finishedAt().isPresent()
                    || !seen.reached().equals(from.reached())) {
                  return false;
                }
                state.notifications.put(
                    id,
                    new Progress(
                        seen.announcement(),
                        to.or(seen::reached),
                        seen.accounts() + accounts,
                        seen.letters() + letters,
                        to.isPresent() ? Optional.empty() : Optional.of(now)));
                return true;
              });
        }

        @Override
        public int sweep(Instant before) {
          return locked(
              () -> {
                var size = state.notifications.size();
                state
                    .notifications
                    .values()
                    .removeIf(
                        p ->
                            p.announcement().at().isBefore(before)
                                && (p.announcement().account().isPresent()
                                    || p.finishedAt().isPresent())
                                && state.letters.values().stream()
                                    .noneMatch(
                                        l ->
                                            p.announcement()
                                                .id()
                                                .equals(l.letter().notification())));
                return size - state.notifications.size();
              });
        }

        private Notification counted(Notification n, int recipients) {
          return new Notification(
              n.id(), n.account(), n.category(), n.message(), n.key(), n.at(), recipients);
        }
      };

  public final Passwords passwords =
      new Passwords() {
        @Override
        public Optional<Candidate> candidate(EmailAddress address, Optional<String> device) {
          return locked(
              () ->
                  users
                      .findByAddress(address)
                      .map(
                          user ->
                              new Candidate(
                                  user.id(),
                                  Optional.ofNullable(state.passwords.get(user.id())),
                                  user.isDisabled(),
                                  device
                                      .map(d -> state.devices.get(user.id() + d))
                                      .map(Seen::at))));
        }

        @Override
        public Optional<Stored> find(UserId user) {
          return locked(() -> Optional.ofNullable(state.passwords.get(user)));
        }

        @Override
        public boolean replace(UserId user, long seen, String hash, boolean isShort, Instant now) {
          return locked(
              () -> {
                var version = find(user).map(Stored::version).orElse(0L);
                if (version != seen) {
                  return false;
                }
                state.passwords.put(user, new Stored(hash, version + 1));
                state.passwordNotes.put(user, new PasswordNote(isShort, now));
                return true;
              });
        }

        @Override
        public boolean isShort(UserId user) {
          return locked(
              () ->
                  Optional.ofNullable(state.passwordNotes.get(user))
                      .filter(PasswordNote::isShort)
                      .isPresent());
        }

        @Override
        public void rehash(UserId user, String oldHash, String newHash) {
          locked(
              () ->
                  Optional.ofNullable(
                      state.passwords.computeIfPresent(
                          user,
                          (any, p) ->
                              p.hash().equals(oldHash) ? new Stored(newHash, p.version()) : p)));
        }
      };

  public final Devices devices =
      new Devices() {
        @Override
        public void remember(UserId user, String fingerprint, Instant now) {
          locked(
              () ->
                  Optional.ofNullable(state.devices.put(user + fingerprint, new Seen(user, now))));
        }

        @Override
        public Optional<Instant> seenAt(UserId user, String fingerprint) {
          return locked(
              () -> Optional.ofNullable(state.devices.get(user + fingerprint)).map(Seen::at));
        }

        @Override
        public void forgetAll(UserId user) {
          locked(() -> state.devices.values().removeIf(seen -> seen.user().equals(user)));
        }

        @Override
        public int sweep(Instant before) {
          return locked(
              () -> {
                var size = state.devices.size();
                state.devices.values().removeIf(seen -> seen.at().isBefore(before));
                return size - state.devices.size();
              });
        }
      };

  public final OpenSessions sessions =
      new OpenSessions() {
        @Override
        public void add(Session session, String fingerprint) {
          locked(() -> Optional.ofNullable(state.sessions.put(fingerprint, session)));
        }

        @Override
        public Optional<SignedIn> find(String fingerprint) {
          return locked(
              () ->
                  Optional.ofNullable(state.sessions.get(fingerprint))
                      .map(s -> new SignedIn(known(s.user()), s)));
        }

        @Override
        public void touch(Session.Id id, Instant now) {
          locked(
              () -> {
                state.sessions.replaceAll(
                    (f, s) -> s.id().equals(id) ? used(s, now, s.provedAt()) : s);
                return true;
              });
        }

        @Override
        public boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt) {
          return locked(
              () -> {
                var session = state.sessions.remove(oldFingerprint);
                if (session == null) {
                  return false;
                }
                state.sessions.put(newFingerprint, used(session, session.lastUsedAt(), provedAt));
                return true;
              });
        }

        @Override
        public ImmutableList<Session> of(UserId user) {
          return locked(
              () ->
                  state.sessions.values().stream()
                      .filter(s -> s.user().equals(user))
                      .sorted(Comparator.comparing(Session::lastUsedAt).reversed())
                      .collect(toImmutableList()));
        }

        @Override
        public boolean end(UserId user, Session.Id id) {
          return locked(
              () ->
                  state
                      .sessions
                      .values()
                      .removeIf(s -> s.user().equals(user) && s.id().equals(id)));
        }

        @Override
        public int endOthers(UserId user, Session.Id kept) {
          return locked(
              () -> {
                var size = state.sessions.size();
                state
                    .sessions
                    .values()
                    .removeIf(s -> s.user().equals(user) && !s.id().equals(kept));
                return size - state.sessions.size();
              });
        }

        @Override
        public int endAll(UserId user) {
          return locked(
              () -> {
                var size = state.sessions.size();
                state.sessions.values().removeIf(s -> s.user().equals(user));
                return size - state.sessions.size();
              });
        }

        @Override
        public int sweep(Instant lastUsedBefore, Instant createdBefore) {
          return locked(
              () -> {
                var size = state.sessions.size();
                state
                    .sessions
                    .values()
                    .removeIf(
                        s ->
                            s.lastUsedAt().isBefore(lastUsedBefore)
                                || s.createdAt().isBefore(createdBefore));
                return size - state.sessions.size();
              });
        }

        private Session used(Session s, Instant at, Instant provedAt) {
          return new Session(
              s.id(),
              s.user(),
              new Origin(s.origin().address(), s.origin().device()),
              s.createdAt(),
              at,
              provedAt);
        }
      };

  public final Guesses guesses =
      new Guesses() {
        private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

        @Override
        public Tally read(String subject) {
          return tallies.getOrDefault(subject, Tally.NONE);
        }

        @Override
        public synchronized boolean replace(String subject, Tally seen, Tally next) {
          if (!read(subject).equals(seen)) {
            return false;
          }
          tallies.put(subject, next);
          return true;
        }

        @Override
        public void clear(String subject) {
          whenDone(() -> forget(subject));
        }

        private synchronized void forget(String subject) {
          tallies.remove(subject);
        }

        @Override
        public synchronized int sweep(Instant before, int fewerThan) {
          var size = tallies.size();
          tallies
              .entrySet()
              .removeIf(
                  e ->
                      e.getValue().failures() < fewerThan
                          && e.getValue().blockedUntil().isBefore(before));
          return size - tallies.size();
        }
      };

  public final Rates rates =
      new Rates() {
        private final Map<String, Instant> arrivals = new ConcurrentHashMap<>();

        @Override
        public synchronized Duration take(String subject, Rate rate, Instant now) {
          var wait = wait(subject, rate, now);
          if (wait.isZero()) {
            var from = arrivals.getOrDefault(subject, now);
            arrivals.put(subject, (from.isBefore(now) ? now : from).plus(rate.interval()));
          }
          return wait;
        }

        @Override
        public synchronized Duration longestWait(Collection<Limit> limits, Instant now) {
          return limits.stream()
              .map(limit -> wait(limit.subject(), limit.rate(), now))
              .max(Comparator.naturalOrder())
              .orElse(Duration.ZERO);
        }

        @Override
        public synchronized int sweep(Instant now) {
          var size = arrivals.size();
          arrivals.values().removeIf(at -> at.isBefore(now));
          return size - arrivals.size();
        }

        private Duration wait(String subject, Rate rate, Instant now) {
          var arrival = arrivals.getOrDefault(subject, now);
          var earliest = arrival.minus(rate.interval().multipliedBy(rate.burst() - 1L));
          return earliest.isAfter(now) ? Duration.between(now, earliest) : Duration.ZERO;
        }
      };

  public final Activity activity =
      new Activity() {
        @Override
        public void record(Happening happening) {
          locked(
              () -> {
                var chain = happening.chain();
                var id = new UUID(0x0190_0000_0000_7000L, state.activity.size());
                var entry = new Entry(id, happening);
                var head = state.heads.getOrDefault(chain, Head.before(chain)).then(entry);
                state.heads.put(chain, head);
                return state.activity.add(new Link(head, Optional.of(entry)));
              });
        }

        @Override
        public ImmutableList<Entry> newest(
            Whose whose, Set<Happening.What> which, Optional<UUID> before, int most) {
          return locked(
              () -> {
                var all =
                    ImmutableList.copyOf(state.activity).reverse().stream()
                        .flatMap(link -> link.entry().stream())
                        .toList();
                var behind =
                    before
                        .map(id -> all.stream().map(Entry::id).toList().indexOf(id) + 1)
                        .orElse(0);
                return all.stream()
                    .skip(behind)
                    .filter(entry -> which.contains(entry.happening().what()))
                    .filter(entry -> isOf(whose, entry.happening()))
                    .limit(most)
                    .collect(toImmutableList());
              });
        }

        private boolean isOf(Whose whose, Happening happening) {
          var account = happening.account();
          return whose.user().filter(user -> user.equals(happening.user())).isPresent()
              || account != null && whose.accounts().contains(account);
        }

        @Override
        public ImmutableList<SealedHead> heads(Optional<UUID> after, int most) {
          return locked(
              () -> {
                var chains = ImmutableList.copyOf(state.heads.values());
                var behind =
                    after
                        .map(id -> chains.stream().map(Head::chain).toList().indexOf(id) + 1)
                        .orElse(0);
                return chains.stream()
                    .skip(behind)
                    .limit(most)
                    .map(head -> new SealedHead(head, Optional.of(head)))
                    .collect(toImmutableList());
              });
        }

        @Override
        public Optional<SealedHead> head(UUID chain) {
          return locked(
              () ->
                  Optional.ofNullable(state.heads.get(chain))
                      .map(head -> new SealedHead(head, Optional.of(head))));
        }

        @Override
        public ImmutableList<Link> links(UUID chain, long after, int most) {
          return locked(
              () ->
                  state.activity.stream()
                      .filter(link -> link.head().chain().equals(chain))
                      .filter(link -> link.head().seq() > after)
                      .limit(most)
                      .collect(toImmutableList()));
        }

        @Override
        public ImmutableSet<UUID> strays(int most) {
          return ImmutableSet.of();
        }

        @Override
        public long unchained() {
          return 0;
        }
      };

  public final ServiceKeys serviceKeys =
      new ServiceKeys() {
        @Override
        public void add(ServiceKey key, String fingerprint) {
          locked(() -> Optional.ofNullable(state.keys.put(fingerprint, key)));
        }

        @Override
        public Optional<ServiceKey> find(String fingerprint) {
          return locked(() -> Optional.ofNullable(state.keys.get(fingerprint)));
        }

        @Override
        public void touch(UUID id, Instant now) {
          locked(
              () -> {
                state.keys.replaceAll(
                    (f, k) ->
                        k.id().equals(id)
                            ? new ServiceKey(k.id(), k.name(), k.createdAt(), Optional.of(now))
                            : k);
                return true;
              });
        }

        @Override
        public ImmutableList<ServiceKey> all() {
          return locked(() -> ImmutableList.copyOf(state.keys.values()));
        }

        @Override
        public boolean revoke(UUID id) {
          return locked(() -> state.keys.values().removeIf(k -> k.id().equals(id)));
        }
      };

  public final Errands errands =
      new Errands() {
        @Override
        public void add(Errand errand) {
          locked(() -> Optional.ofNullable(state.errands.put(errand.id(), errand)));
        }

        @Override
        public Optional<Errand> take() {
          return locked(
              () -> {
                var first =
                    state.errands.values().stream().min(Comparator.comparing(Errand::askedAt));
                first.ifPresent(errand -> state.errands.remove(errand.id()));
                return first;
              });
        }

        @Override
        public Optional<Instant> oldest() {
          return locked(
              () ->
                  state.errands.values().stream()
                      .map(Errand::askedAt)
                      .min(Comparator.naturalOrder()));
        }
      };

  private final InMemorySecurity security =
      new InMemorySecurity(
          new InMemorySecurity.Kept() {
            @Override
            public <T> T locked(Function<InMemorySecurity.State, T> work) {
              return InMemoryStore.this.locked(() -> work.apply(state.security));
            }
          });

  private final InMemoryDesk desk =
      new InMemoryDesk(
          new InMemoryDesk.Kept() {
            @Override
            public <T> T locked(Function<InMemoryDesk.State, T> work) {
              return InMemoryStore.this.locked(() -> work.apply(state.desk));
            }
          });

  public final Standings standings =
      user ->
          locked(
              () ->
                  Optional.ofNullable(state.users.get(user))
                      .map(
                          known ->
                              new Standings.Standing(
                                  known.isDisabled(),
                                  Optional.ofNullable(state.passwords.get(user))
                                      .map(Passwords.Stored::version)
                                      .orElse(0L),
                                  Optional.ofNullable(state.passwordNotes.get(user))
                                      .map(PasswordNote::changedAt),
                                  Optional.ofNullable(state.security.frozen.get(user)),
                                  state.security.has(user, Factor.Kind.TOTP),
                                  state.security.has(user, Factor.Kind.YUBIKEY),
                                  state.security.codesLeft(user),
                                  state.accounts.values().stream()
                                      .filter(account -> account.holder().equals(user))
                                      .anyMatch(
                                          account -> state.demanding.contains(account.id())))));

  /** All of it, as the front door wants it. */
  public Store store() {
    return new Store(
        transactions,
        accounts,
        users,
        contacts,
        links,
        emailChanges,
        outbox,
        suppressions,
        notifications,
        passwords,
        devices,
        sessions,
        guesses,
        rates,
        activity,
        serviceKeys,
        errands,
        standings,
        security.pendingSignIns,
        security.factors,
        security.linkedIdentities,
        security.authorizationRequests,
        security.freezes,
        desk.supportPins,
        desk.staff,
        desk.sessions,
        desk.log,
        desk.grants,
        desk.codes,
        desk.cases);
  }

  /** Makes a user one who has no password, as none of the use cases does yet. */
  public void forgetPassword(UserId user) {
    locked(() -> Optional.ofNullable(state.passwords.remove(user)));
  }

  /** Every letter that was posted, oldest first; its words are wiped once it has left. */
  public ImmutableList<Letter> letters() {
    return locked(
        () -> state.letters.values().stream().map(Posted::letter).collect(toImmutableList()));
  }

  private <T> T locked(Supplier<T> work) {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  private User known(UserId id) {
    var user = state.users.get(id);
    if (user == null) {
      throw new IllegalStateException("no such user: " + id);
    }
    return user;
  }

  private static boolean isOpen(Posted posted) {
    return posted.state() == Delivery.State.QUEUED || posted.state() == Delivery.State.DEFERRED;
  }

  private static boolean isKept(Owned owned, Instant now) {
    return owned.until() == null || now.isBefore(owned.until());
  }

  private static Letter wiped(Letter l) {
    return new Letter(
        l.id(),
        l.kind(),
        l.to(),
        l.language(),
        ImmutableMap.of(),
        l.account(),
        l.contact(),
        l.notification(),
        l.postedAt(),
        l.expiresAt());
  }
}
