package org.holdfast.application.freeze;

import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What happens when someone clicks "This wasn't me" in a security notice. Every session ends, and
 * whatever was on its way out stops: changes of address, reset links, half-done sign-ins, and what
 * support was asked to do. A change away from the address that says so is taken back. From then on
 * no password that was chosen before opens anything, and accounts elsewhere are unlinked.
 * Notifications and billing go on.
 *
 * <p>It ends by itself ({@link org.holdfast.application.signin.SignIn}) when somebody signs in with
 * a password chosen since, by a link to the address on file, and with their second factor where
 * they have one: whoever took the session or the password has neither.
 */
public final class FreezeUser {

  private final Store store;
  private final Standstill standstill;
  private final ChangeEmail changeEmail;
  private final RecoverAccess recoverAccess;
  private final Letters letters;
  private final Policy policy;
  private final InstantSource clock;

  public FreezeUser(
      Store store,
      Standstill standstill,
      ChangeEmail changeEmail,
      RecoverAccess recoverAccess,
      Letters letters,
      Policy policy,
      InstantSource clock) {
    this.store = store;
    this.standstill = standstill;
    this.changeEmail = changeEmail;
    this.recoverAccess = recoverAccess;
    this.letters = letters;
    this.policy = policy;
    this.clock = clock;
  }

  /** The address of whom this link would freeze; nothing where it no longer works. */
  public Optional<EmailAddress> opens(Secret link) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .links()
                    .peek(Purpose.FREEZE, link.fingerprint(), clock.instant())
                    .map(MailedLink::address));
  }

  /**
   * Freezes whom the notice was about.
   *
   * @throws Refusal LINK_NOT_VALID
   */
  public void freeze(@Nullable Secret link, Origin origin) {
    store
        .transactions()
        .inOne(
            () -> {
              var used =
                  Optional.ofNullable(link)
                      .flatMap(
                          l ->
                              store
                                  .links()
                                  .consume(Purpose.FREEZE, l.fingerprint(), clock.instant()))
                      .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
              var id = new UserId(used.subject());
              recoverAccess.stop(id, origin);
              changeEmail.takeBack(id, used.address()); // else who changed it would thaw it
              var user = store.users().find(id).orElseThrow();
              freeze(user, origin);
              tell(user, user.email(), origin);
              if (!used.address().equals(user.email())) {
                tell(user, used.address(), origin); // who froze it may be reached only there
              }
            });
  }

  private void freeze(User user, Origin origin) {
    standstill.of(user.id());
    store
        .activity()
        .record(Happening.of(What.FROZEN, null, user.id(), clock.instant()).from(origin));
  }

  private void tell(User user, EmailAddress address, Origin origin) {
    letters
        .to(user, address, Letter.Kind.FROZEN)
        .from(origin)
        .with("forgotLink", new Links(policy.baseUri()).to(Links.FORGOT))
        .post();
  }
}
