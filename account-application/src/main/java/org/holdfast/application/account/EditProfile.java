package org.holdfast.application.account;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableSet;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import org.holdfast.application.Store;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.PersonName;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;

/** Your Profile: the person who signs in. And, for the host, shutting a person out. */
public final class EditProfile {

  private final Store store;
  private final Sessions sessions;
  private final InstantSource clock;

  public EditProfile(Store store, Sessions sessions, InstantSource clock) {
    this.store = store;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** The time zones a profile can have, in alphabetical order. */
  public static ImmutableSet<String> timeZones() {
    return ZoneId.getAvailableZoneIds().stream()
        .filter(
            id ->
                id.contains("/") && !id.startsWith("SystemV") && !id.startsWith("Etc/")
                    || id.equals("UTC"))
        .sorted()
        .collect(ImmutableSet.toImmutableSet());
  }

  /** Changes the caller's own profile. */
  public void change(SignedIn who, ProfileInput input) {
    Inputs.check(input);
    store
        .transactions()
        .inOne(
            () -> {
              var before = find(who.user().id());
              var after =
                  before.with(
                      new PersonName(
                          Strings.nullToEmpty(input.firstName()),
                          Strings.nullToEmpty(input.lastName())),
                      Language.parse(input.language()).orElseThrow(),
                      ZoneId.of(Strings.nullToEmpty(input.timeZone())));
              if (!after.equals(before)) {
                store.users().save(after);
                store
                    .activity()
                    .record(
                        Happening.of(What.PROFILE_CHANGED, null, before.id(), clock.instant())
                            .from(who.session().origin()));
              }
            });
  }

  /** The user who signs in with this address, for the host. */
  public User findByAddress(EmailAddress address) {
    return store
        .transactions()
        .inOne(() -> store.users().findByAddress(address))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_USER));
  }

  /**
   * Shuts a person out for the host: all that is open ends, half-done sign-ins and calls at support
   * too, and no way in is left.
   */
  public void disable(UserId id) {
    store
        .transactions()
        .inOne(
            () -> {
              store.users().shut(find(id).id(), Optional.of(clock.instant()));
              sessions.endEverything(id);
              store.grants().endAllOf(id, clock.instant());
              record(What.USER_DISABLED, id);
            });
  }

  /** Lets a person in again, for the host. */
  public void enable(UserId id) {
    store
        .transactions()
        .inOne(
            () -> {
              store.users().shut(find(id).id(), Optional.empty());
              record(What.USER_ENABLED, id);
            });
  }

  private User find(UserId id) {
    return store.users().find(id).orElseThrow(() -> new Refusal(Reason.NO_SUCH_USER));
  }

  private void record(What what, UserId id) {
    store.activity().record(Happening.of(what, null, id, clock.instant()));
  }
}
