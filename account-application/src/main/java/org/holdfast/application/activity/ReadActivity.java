package org.holdfast.application.activity;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.holdfast.application.Store;
import org.holdfast.application.account.Access;
import org.holdfast.application.activity.Activity.Whose;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening.Group;
import org.holdfast.domain.activity.Happening.What;

/**
 * Security activity, for whoever it is about: what they did, and what was done on their accounts.
 */
public final class ReadActivity {

  private static final int PAGE = 500;

  private final Store store;
  private final Access access;

  public ReadActivity(Store store, Access access) {
    this.store = store;
    this.access = access;
  }

  /**
   * Something that happened.
   *
   * @param account the number of the account it concerns, where that is one of the reader's
   */
  public record Told(Entry entry, Optional<String> account) {}

  /** The newest of it, behind the one with that id. */
  public ImmutableList<Told> page(
      SignedIn who, Optional<Group> about, Optional<UUID> before, int most) {
    return store.transactions().inOne(() -> read(reader(who), acts(about), before, most));
  }

  /** The newest on this account, for the host. */
  public ImmutableList<Told> pageForHost(
      String number, Optional<Group> about, Optional<UUID> before, int most) {
    return store
        .transactions()
        .inOne(
            () ->
                read(
                    new Reader(Optional.empty(), numbers(ImmutableList.of(access.any(number)))),
                    acts(about),
                    before,
                    most));
  }

  /** All of it, newest first, page by page: however much there is, no more is held at once. */
  public void all(SignedIn who, Consumer<Told> to) {
    var everything = acts(Optional.empty());
    Optional<UUID> before = Optional.empty();
    while (true) {
      var behind = before;
      var page = store.transactions().inOne(() -> read(reader(who), everything, behind, PAGE));
      page.forEach(to);
      if (page.size() < PAGE) {
        return;
      }
      before = Optional.of(page.get(PAGE - 1).entry().id());
    }
  }

  private record Reader(Optional<UserId> user, ImmutableMap<AccountId, String> numbers) {}

  private Reader reader(SignedIn who) {
    var user = who.user().id();
    return new Reader(Optional.of(user), numbers(store.accounts().heldBy(user)));
  }

  private static ImmutableMap<AccountId, String> numbers(Collection<Account> accounts) {
    return accounts.stream().collect(ImmutableMap.toImmutableMap(Account::id, Account::number));
  }

  private ImmutableList<Told> read(
      Reader reader, ImmutableSet<What> which, Optional<UUID> before, int most) {
    var whose = new Whose(reader.user(), reader.numbers().keySet());
    return store.activity().newest(whose, which, before, most).stream()
        .map(entry -> told(entry, reader))
        .collect(ImmutableList.toImmutableList());
  }

  private static Told told(Entry entry, Reader reader) {
    return new Told(
        entry, Optional.ofNullable(entry.happening().account()).map(reader.numbers()::get));
  }

  private static ImmutableSet<What> acts(Optional<Group> about) {
    return Arrays.stream(What.values())
        .filter(what -> about.isEmpty() || what.group() == about.get())
        .collect(toImmutableSet());
  }
}
