package org.holdfast.web;

import io.javalin.config.JavalinConfig;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.holdfast.application.Holdfast;
import org.holdfast.web.account.AccountApi;
import org.holdfast.web.account.AccountRoutes;
import org.holdfast.web.activity.ActivityApi;
import org.holdfast.web.activity.ActivityRoutes;
import org.holdfast.web.contact.ContactApi;
import org.holdfast.web.contact.ContactRoutes;
import org.holdfast.web.credential.Measuring;
import org.holdfast.web.credential.PasswordApi;
import org.holdfast.web.credential.PasswordRoutes;
import org.holdfast.web.emailchange.EmailChangeApi;
import org.holdfast.web.emailchange.EmailChangeRoutes;
import org.holdfast.web.factor.FactorApi;
import org.holdfast.web.factor.FactorRoutes;
import org.holdfast.web.freeze.FreezeApi;
import org.holdfast.web.freeze.FreezeRoutes;
import org.holdfast.web.linkedaccount.LinkApi;
import org.holdfast.web.linkedaccount.LinkRoutes;
import org.holdfast.web.lockout.LockOutApi;
import org.holdfast.web.lockout.LockOutRoutes;
import org.holdfast.web.notification.NotificationApi;
import org.holdfast.web.notification.NotificationRoutes;
import org.holdfast.web.opening.OpeningApi;
import org.holdfast.web.opening.OpeningRoutes;
import org.holdfast.web.passwordreset.PasswordResetApi;
import org.holdfast.web.passwordreset.PasswordResetRoutes;
import org.holdfast.web.profile.ProfileApi;
import org.holdfast.web.profile.ProfileRoutes;
import org.holdfast.web.recovery.RecoveryApi;
import org.holdfast.web.recovery.RecoveryRoutes;
import org.holdfast.web.session.SessionApi;
import org.holdfast.web.session.SessionRoutes;
import org.holdfast.web.signin.SetUpRoutes;
import org.holdfast.web.signin.SignInApi;
import org.holdfast.web.signin.SignInRoutes;
import org.holdfast.web.signin.SigningIn;
import org.holdfast.web.supportpin.SupportPinApi;
import org.holdfast.web.supportpin.SupportPinRoutes;

/**
 * The portal and its JSON API, to be put into a Javalin server:
 *
 * <pre>{@code
 * var web = new Web(holdfast, clock, proxy -> false);
 * Javalin.start(web::configure);
 * }</pre>
 *
 * <p>It must be reached at the policy's base URI, which must be https except on loopback.
 */
public final class Web {

  private final Holdfast holdfast;
  private final InstantSource clock;
  private final Site<Visits> site;
  private final Portal portal;
  private final Measuring measuring;
  private final Api api;

  /**
   * The portal of one Holdfast.
   *
   * @param isTrustedProxy whose X-Forwarded-For is believed, by network address
   */
  public Web(Holdfast holdfast, InstantSource clock, Predicate<String> isTrustedProxy) {
    this.holdfast = holdfast;
    this.clock = clock;
    site =
        Site.portal(
            holdfast.policy(),
            cookies -> new Visits(holdfast.sessions(), new Origins(isTrustedProxy), cookies));
    portal = new Portal(site.pages(), site.forms(), site.visits(), site.cookies());
    measuring = new Measuring(holdfast.changePassword());
    api = new Api(site.visits());
  }

  /** What other groups of routes on the same server work with. */
  public Portal portal() {
    return portal;
  }

  /** Puts the portal into a server. */
  public void configure(JavalinConfig config) {
    site.configure(
        config,
        () -> {
          new FrontRoutes(portal, site.assets()).addEndpoints();
          var signingIn =
              new SigningIn(
                  portal, holdfast.sessions(), holdfast.editFactors(), holdfast.linkAccounts());
          new SignInRoutes(portal, holdfast.signIn(), signingIn, holdfast.linkAccounts())
              .addEndpoints();
          new SetUpRoutes(
                  portal, holdfast.signIn(), signingIn, holdfast.editFactors().yubiKeysWork())
              .addEndpoints();
          new LinkRoutes(portal, signingIn, holdfast.linkAccounts(), clock).addEndpoints();
          new FactorRoutes(
                  portal,
                  holdfast.editFactors(),
                  holdfast.linkAccounts(),
                  holdfast.editAccount(),
                  holdfast.recoverAccess(),
                  clock)
              .addEndpoints();
          new FreezeRoutes(portal, holdfast.freezeUser()).addEndpoints();
          new RecoveryRoutes(portal, holdfast.recoverAccess()).addEndpoints();
          new LockOutRoutes(portal, holdfast.checkLockOut(), holdfast.editAccount()).addEndpoints();
          new SupportPinRoutes(portal, holdfast.supportPin(), holdfast.editAccount())
              .addEndpoints();
          new OpeningRoutes(portal, holdfast.openAccount(), holdfast.policy()).addEndpoints();
          new PasswordResetRoutes(portal, holdfast.resetPassword(), holdfast.policy())
              .addEndpoints();
          new PasswordRoutes(portal, holdfast.changePassword(), measuring).addEndpoints();
          new AccountRoutes(
                  portal, holdfast.editAccount(), holdfast.changeEmail(), holdfast.recoverAccess())
              .addEndpoints();
          new ProfileRoutes(portal, holdfast.editProfile(), holdfast.changeEmail()).addEndpoints();
          new EmailChangeRoutes(portal, holdfast.changeEmail(), holdfast.editAccount(), clock)
              .addEndpoints();
          new ContactRoutes(portal, holdfast.editContacts(), holdfast.editAccount()).addEndpoints();
          new NotificationRoutes(
                  portal, holdfast.notifications(), holdfast.deliveries(), holdfast.editAccount())
              .addEndpoints();
          new SessionRoutes(portal, holdfast.sessions()).addEndpoints();
          new ActivityRoutes(portal, holdfast.readActivity(), holdfast.editAccount())
              .addEndpoints();
        });
    config.routes.apiBuilder(this::addApi);
  }

  private void addApi() {
    Api.guardHosts(holdfast.serviceKeys());
    new SignInApi(api, holdfast.signIn()).addEndpoints();
    new FactorApi(api, holdfast.editFactors(), holdfast.editAccount()).addEndpoints();
    new LinkApi(api, holdfast.linkAccounts()).addEndpoints();
    new FreezeApi(api, holdfast.freezeUser()).addEndpoints();
    new RecoveryApi(api, holdfast.recoverAccess()).addEndpoints();
    new LockOutApi(api, holdfast.checkLockOut()).addEndpoints();
    new SupportPinApi(api, holdfast.supportPin()).addEndpoints();
    new SessionApi(api, holdfast.sessions()).addEndpoints();
    new OpeningApi(api, holdfast.openAccount()).addEndpoints();
    new PasswordResetApi(api, holdfast.resetPassword()).addEndpoints();
    new PasswordApi(
            api,
            holdfast.changePassword(),
            measuring,
            holdfast.resetPassword(),
            holdfast.openAccount())
        .addEndpoints();
    new ProfileApi(api, holdfast.editProfile(), holdfast.changeEmail()).addEndpoints();
    new AccountApi(api, holdfast.editAccount(), holdfast.changeEmail()).addEndpoints();
    new EmailChangeApi(api, holdfast.changeEmail()).addEndpoints();
    new ContactApi(api, holdfast.editContacts()).addEndpoints();
    new NotificationApi(api, holdfast.notifications(), holdfast.deliveries()).addEndpoints();
    new ActivityApi(api, holdfast.readActivity()).addEndpoints();
  }
}
