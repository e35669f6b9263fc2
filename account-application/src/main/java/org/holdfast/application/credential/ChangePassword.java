package org.holdfast.application.credential;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.credential.StrengthMeter.Strength;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.credential.Password;

/**
 * "Change Password": the way for somebody who is signed in and knows the current one. It ends all
 * other sessions, links that are out and remembered devices, gives this session a new token, and
 * tells the user by mail what, when, from where, and what to do if it was somebody else.
 */
public final class ChangePassword {

  private final Store store;
  private final SignIn signIn;
  private final Sessions sessions;
  private final NewPasswords newPasswords;
  private final PasswordHasher hasher;
  private final StrengthMeter meter;
  private final Letters letters;
  private final Policy policy;
  private final InstantSource clock;

  public ChangePassword(
      Store store,
      SignIn signIn,
      Sessions sessions,
      NewPasswords newPasswords,
      PasswordHasher hasher,
      StrengthMeter meter,
      Letters letters,
      Policy policy,
      InstantSource clock) {
    this.store = store;
    this.signIn = signIn;
    this.sessions = sessions;
    this.newPasswords = newPasswords;
    this.hasher = hasher;
    this.meter = meter;
    this.letters = letters;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * Changes the password.
   *
   * @param token the session's token
   * @return the session's new token
   * @throws org.holdfast.domain.InvalidInput told of {@code newPassword}
   * @throws org.holdfast.domain.Refusal CURRENT_PASSWORD_WRONG, TOO_MANY_TRIES, BUSY or
   *     CHANGED_MEANWHILE
   */
  public Secret change(SignedIn who, Secret token, Password current, Password chosen) {
    newPasswords.mustBeGood("newPassword", chosen, who.user());
    var seen = signIn.mustBeCurrent(who, current);
    var hash = hasher.hash(chosen);
    return store
        .transactions()
        .inOne(
            () -> {
              var user = who.user();
              newPasswords.put(
                  user.id(), seen.version(), chosen, hash, Optional.of(who.session().id()));
              var fresh = sessions.renew(token, provedAt(who));
              store
                  .activity()
                  .record(
                      Happening.of(What.PASSWORD_CHANGED, null, user.id(), clock.instant())
                          .from(who.session().origin()));
              letters
                  .notice(user, Letter.Kind.PASSWORD_CHANGED, who.session().origin())
                  .with("forgotLink", new Links(policy.baseUri()).to(Links.FORGOT))
                  .post();
              return fresh;
            });
  }

  /**
   * The password alone proves nothing of a second factor, so the proof there was grows no fresher.
   */
  private Instant provedAt(SignedIn who) {
    return store.standings().lock(who.user().id()).orElseThrow().hasFactor()
        ? who.session().provedAt()
        : clock.instant();
  }

  /** How many code points the caller's password must have at least. */
  public int minLength(SignedIn who) {
    return newPasswords.minLength(who.user().id());
  }

  /** How strong a password would be, for whoever is choosing one. */
  public Strength strength(Password candidate, Optional<SignedIn> who, Language reader) {
    var known =
        who.map(w -> newPasswords.knownOf(w.user())).orElse(ImmutableSet.of(policy.brand()));
    return meter.measure(candidate, known, reader);
  }
}
