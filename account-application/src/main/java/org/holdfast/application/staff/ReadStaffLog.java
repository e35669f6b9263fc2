package org.holdfast.application.staff;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.Store;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.StaffLog.Entry;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;

/** What staff did: each their own, and in numbers for those who look after them. */
public final class ReadStaffLog {

  private final Store store;
  private final InstantSource clock;

  public ReadStaffLog(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Something the reader did.
   *
   * @param account the number of the account it concerned
   */
  public record Told(Entry entry, Optional<String> account) {}

  /** So often did a staff member each of these. */
  public record Numbers(Staff staff, ImmutableMap<Did, Integer> times) {

    /** How often this. */
    public int of(Did did) {
      return times.getOrDefault(did, 0);
    }
  }

  /** The reader's own log, newest first, behind the entry with that id. */
  public ImmutableList<Told> own(SignedInStaff who, Optional<UUID> before, int most) {
    mustMay(who, Act.SEE_OWN_LOG);
    return store
        .transactions()
        .inOne(
            () ->
                store.staffLog().newest(who.staff().id(), before, most).stream()
                    .map(
                        entry ->
                            new Told(
                                entry,
                                entry
                                    .account()
                                    .flatMap(store.accounts()::find)
                                    .map(Account::number)))
                    .collect(ImmutableList.toImmutableList()));
  }

  /** How often everybody did what within this time until now; by name. */
  public ImmutableList<Numbers> numbers(SignedInStaff who, Duration within) {
    mustMay(who, Act.SEE_NUMBERS);
    return store
        .transactions()
        .inOne(
            () -> {
              var counts = store.staffLog().counts(clock.instant().minus(within));
              return store.staff().all().stream()
                  .map(
                      staff -> {
                        Map<Did, Integer> times = new EnumMap<>(Did.class);
                        counts.stream()
                            .filter(count -> count.staff().equals(staff.id()))
                            .forEach(count -> times.put(count.did(), count.times()));
                        return new Numbers(staff, ImmutableMap.copyOf(times));
                      })
                  .collect(ImmutableList.toImmutableList());
            });
  }

  private void mustMay(SignedInStaff who, Act act) {
    act.mustBeAllowed(who.staff(), who.session().provedAt(), clock.instant());
  }
}
