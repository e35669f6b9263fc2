package org.holdfast.application;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.holdfast.application.account.Access;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.account.EditProfile;
import org.holdfast.application.account.InvoiceParties;
import org.holdfast.application.account.OpenAccount;
import org.holdfast.application.activity.ReadActivity;
import org.holdfast.application.activity.VerifyActivity;
import org.holdfast.application.contact.EditContacts;
import org.holdfast.application.credential.ChangePassword;
import org.holdfast.application.credential.NewPasswords;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.credential.PasswordLists;
import org.holdfast.application.credential.ResetPassword;
import org.holdfast.application.credential.StrengthMeter;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.errand.Errand;
import org.holdfast.application.factor.EditFactors;
import org.holdfast.application.factor.Enrolling;
import org.holdfast.application.factor.SecondFactor;
import org.holdfast.application.factor.TotpCodes;
import org.holdfast.application.factor.YubicoValidation;
import org.holdfast.application.freeze.FreezeUser;
import org.holdfast.application.freeze.Standstill;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.lockout.CheckLockOut;
import org.holdfast.application.mail.Deliveries;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Mailer;
import org.holdfast.application.mail.UnsubscribeTokens;
import org.holdfast.application.notification.Notify;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.servicekey.KeepServiceKeys;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.signin.Admission;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.staff.KeepStaff;
import org.holdfast.application.staff.ReadStaffLog;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.application.staff.TellStaff;
import org.holdfast.application.support.AnswerCall;
import org.holdfast.application.support.Gate;
import org.holdfast.application.support.HelpCaller;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.application.supportpin.KeepSupportPin;

/**
 * The front door: what a host hands in goes in here, and the use cases come out. This is the only
 * place that puts them together. Everything is safe to share between threads.
 */
public final class Holdfast {

  private static final Duration KEEP_DELIVERIES = Duration.ofDays(90);
  private static final Duration KEEP_GRANTS = Duration.ofDays(90);
  private static final Duration KEEP_OTPS = Duration.ofDays(400);
  private static final Duration KEEP_DEVICES = Duration.ofDays(400);

  private final Store store;
  private final Policy policy;
  private final InstantSource clock;
  private final Guessing guessing;
  private final OpenAccount openAccount;
  private final EditAccount editAccount;
  private final EditProfile editProfile;
  private final ChangeEmail changeEmail;
  private final EditContacts editContacts;
  private final Notify notify;
  private final Deliveries deliveries;
  private final SignIn signIn;
  private final Sessions sessions;
  private final ChangePassword changePassword;
  private final ResetPassword resetPassword;
  private final EditFactors editFactors;
  private final LinkAccounts linkAccounts;
  private final FreezeUser freezeUser;
  private final KeepSupportPin supportPin;
  private final CheckLockOut checkLockOut;
  private final KeepServiceKeys serviceKeys;
  private final ReadActivity readActivity;
  private final VerifyActivity verifyActivity;
  private final SignInStaff signInStaff;
  private final KeepStaff keepStaff;
  private final ReadStaffLog readStaffLog;
  private final AnswerCall answerCall;
  private final HelpCaller helpCaller;
  private final RecoverAccess recoverAccess;

  /**
   * What Holdfast needs besides its store.
   *
   * @param yubico {@link YubicoValidation#NONE} where YubiKeys are not set up
   * @param providers whose accounts can be linked
   * @param trouble hears in one line, for the operator's log, what is wrong at others' servers
   * @param clock must tell milliseconds and no less, as the databases keep them
   * @param random must be a cryptographic one
   */
  public record Parts(
      PasswordHasher hasher,
      PasswordLists lists,
      StrengthMeter meter,
      Sealer sealer,
      Mailer mailer,
      TotpCodes totpCodes,
      YubicoValidation yubico,
      ImmutableList<IdentityProvider> providers,
      Consumer<String> trouble,
      InstantSource clock,
      RandomGenerator random) {

    /** With time-based tokens, but neither YubiKeys nor linked accounts. */
    public static Parts of(
        PasswordHasher hasher,
        PasswordLists lists,
        StrengthMeter meter,
        Sealer sealer,
        Mailer mailer,
        TotpCodes totpCodes,
        InstantSource clock,
        RandomGenerator random) {
      return new Parts(
          hasher,
          lists,
          meter,
          sealer,
          mailer,
          totpCodes,
          YubicoValidation.NONE,
          ImmutableList.of(),
          trouble -> {},
          clock,
          random);
    }

    /** The same with YubiKeys and linked accounts. */
    public Parts with(
        YubicoValidation servers, List<? extends IdentityProvider> known, Consumer<String> log) {
      return new Parts(
          hasher,
          lists,
          meter,
          sealer,
          mailer,
          totpCodes,
          servers,
          ImmutableList.copyOf(known),
          log,
          clock,
          random);
    }

    /** Ids as Holdfast makes them, for its store. */
    public Ids ids() {
      return Ids.timeOrdered(clock, random);
    }
  }

  public Holdfast(Store store, Policy policy, Parts parts) {
    this.store = store;
    this.policy = policy;
    this.clock = parts.clock();
    var random = parts.random();
    var ids = parts.ids();
    var access = new Access(store);
    var invoices = new InvoiceParties(store);
    var letters = new Letters(store, policy, ids, clock, random);
    var unsubscribe = new UnsubscribeTokens(parts.sealer());
    guessing = new Guessing(store, policy, clock);
    var newPasswords = new NewPasswords(store, parts.lists(), guessing, policy, clock);
    sessions = new Sessions(store, letters, policy, clock, random);
    var secondFactor =
        new SecondFactor(store, parts.totpCodes(), parts.yubico(), guessing, letters, clock);
    var enrolling =
        new Enrolling(
            store, parts.totpCodes(), secondFactor, sessions, letters, policy, ids, clock, random);
    editFactors = new EditFactors(store, enrolling, secondFactor, letters, policy, clock);
    var admission =
        new Admission(store, secondFactor, sessions, letters, policy, ids, clock, random);
    signIn =
        new SignIn(
            store,
            guessing,
            parts.hasher(),
            secondFactor,
            enrolling,
            admission,
            letters,
            ids,
            clock);
    linkAccounts =
        new LinkAccounts(
            store,
            guessing,
            parts.providers(),
            admission,
            sessions,
            letters,
            policy,
            ids,
            clock,
            random,
            parts.trouble());
    checkLockOut = new CheckLockOut(store, access, policy);
    supportPin = new KeepSupportPin(store, access, letters, policy, ids, clock, random);
    changePassword =
        new ChangePassword(
            store,
            signIn,
            sessions,
            newPasswords,
            parts.hasher(),
            parts.meter(),
            letters,
            policy,
            clock);
    resetPassword =
        new ResetPassword(
            store, guessing, newPasswords, parts.hasher(), letters, policy, ids, clock, random);
    openAccount =
        new OpenAccount(
            store,
            invoices,
            guessing,
            newPasswords,
            parts.hasher(),
            letters,
            policy,
            ids,
            clock,
            random);
    editAccount = new EditAccount(store, access, invoices, policy, clock);
    editProfile = new EditProfile(store, sessions, clock);
    changeEmail =
        new ChangeEmail(
            store, access, invoices, guessing, sessions, letters, policy, ids, clock, random);
    editContacts =
        new EditContacts(store, access, invoices, guessing, letters, policy, ids, clock, random);
    notify = new Notify(store, access, unsubscribe, policy, ids, clock);
    deliveries = new Deliveries(store, access, parts.mailer(), letters, unsubscribe, policy, clock);
    serviceKeys = new KeepServiceKeys(store, ids, clock, random);
    readActivity = new ReadActivity(store, access);
    verifyActivity = new VerifyActivity(store);
    var tell = new TellStaff(store, letters, policy, ids, clock);
    var gate = new Gate(store, tell, guessing, clock);
    signInStaff =
        new SignInStaff(
            store,
            guessing,
            newPasswords,
            parts.hasher(),
            parts.totpCodes(),
            tell,
            policy,
            ids,
            clock,
            random);
    keepStaff = new KeepStaff(store, tell, policy, ids, clock, random);
    readStaffLog = new ReadStaffLog(store, clock);
    answerCall = new AnswerCall(store, gate, guessing, letters, tell, policy, ids, clock, random);
    helpCaller =
        new HelpCaller(
            store, gate, checkLockOut, resetPassword, supportPin, guessing, letters, policy, clock);
    var standstill = new Standstill(store, sessions, clock);
    recoverAccess =
        new RecoverAccess(
            store,
            gate,
            access,
            changeEmail,
            standstill,
            letters,
            tell,
            policy,
            ids,
            clock,
            random);
    freezeUser =
        new FreezeUser(store, standstill, changeEmail, recoverAccess, letters, policy, clock);
  }

  /** What the operator decided. */
  public Policy policy() {
    return policy;
  }

  /** For a host that does several things, and its own, in one transaction. */
  public Transactions transactions() {
    return store.transactions();
  }

  /** Registering, being registered, and the first password. */
  public OpenAccount openAccount() {
    return openAccount;
  }

  /** Account Details and what invoices show. */
  public EditAccount editAccount() {
    return editAccount;
  }

  /** Your Profile. */
  public EditProfile editProfile() {
    return editProfile;
  }

  /** Changing the e-mail address of a user or an account. */
  public ChangeEmail changeEmail() {
    return changeEmail;
  }

  /** Contacts. */
  public EditContacts editContacts() {
    return editContacts;
  }

  /** Notifications, announcements, and who would get them. */
  public Notify notifications() {
    return notify;
  }

  /** Sending letters, and what became of them. */
  public Deliveries deliveries() {
    return deliveries;
  }

  /** Signing in and proving again who one is. */
  public SignIn signIn() {
    return signIn;
  }

  /** Where one is signed in. */
  public Sessions sessions() {
    return sessions;
  }

  /** Change Password. */
  public ChangePassword changePassword() {
    return changePassword;
  }

  /** "Forgot?". */
  public ResetPassword resetPassword() {
    return resetPassword;
  }

  /** "Two-Factor Authentication". */
  public EditFactors editFactors() {
    return editFactors;
  }

  /** "Linked Accounts". */
  public LinkAccounts linkAccounts() {
    return linkAccounts;
  }

  /** The lock-out doctor. */
  public CheckLockOut checkLockOut() {
    return checkLockOut;
  }

  /** "Support PIN". */
  public KeepSupportPin supportPin() {
    return supportPin;
  }

  /** "This wasn't me". */
  public FreezeUser freezeUser() {
    return freezeUser;
  }

  /** Keys for hosts that are not on the JVM. */
  public KeepServiceKeys serviceKeys() {
    return serviceKeys;
  }

  /** Security activity. */
  public ReadActivity readActivity() {
    return readActivity;
  }

  /** Was anything changed of what was written down? */
  public VerifyActivity verifyActivity() {
    return verifyActivity;
  }

  /** How staff come to the console. */
  public SignInStaff signInStaff() {
    return signInStaff;
  }

  /** Who works at the console. */
  public KeepStaff keepStaff() {
    return keepStaff;
  }

  /** What staff did. */
  public ReadStaffLog readStaffLog() {
    return readStaffLog;
  }

  /** What happens when a customer calls. */
  public AnswerCall answerCall() {
    return answerCall;
  }

  /** What staff do for a verified caller. */
  public HelpCaller helpCaller() {
    return helpCaller;
  }

  /** Recovery cases. */
  public RecoverAccess recoverAccess() {
    return recoverAccess;
  }

  /**
   * Runs the oldest errand, if one waits; says whether it did. What fails stays and is tried again.
   */
  public boolean runErrand() {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .errands()
                    .take()
                    .map(
                        errand -> {
                          run(errand);
                          return true;
                        })
                    .orElse(false));
  }

  /** When the oldest waiting errand was asked for: something is wrong when it is long ago. */
  public Optional<Instant> oldestErrand() {
    return store.transactions().inOne(() -> store.errands().oldest());
  }

  /** Forgets what has ended long ago. To be called now and then, on any node. */
  public void sweep() {
    var now = clock.instant();
    guessing.sweep(now);
    store
        .transactions()
        .inOne(
            () -> {
              store.links().sweep(now.minus(Duration.ofDays(1)));
              store
                  .sessions()
                  .sweep(
                      now.minus(policy.sessions().idle()), now.minus(policy.sessions().absolute()));
              store.devices().sweep(now.minus(KEEP_DEVICES));
              store.pendingSignIns().sweep(now);
              store
                  .staffSessions()
                  .sweep(
                      now.minus(policy.desk().sessions().idle()),
                      now.minus(policy.desk().sessions().absolute()));
              store.grants().sweep(now.minus(KEEP_GRANTS));
              store.mailedCodes().sweep(now);
              store.authorizationRequests().sweep(now);
              store.factors().sweep(now.minus(KEEP_OTPS));
              store.outbox().sweep(now.minus(KEEP_DELIVERIES));
              store.notifications().sweep(now.minus(KEEP_DELIVERIES));
            });
  }

  private void run(Errand errand) {
    switch (errand.kind()) {
      case REGISTER -> openAccount.run(errand);
      case RESET_PASSWORD -> resetPassword.run(errand);
      case CHANGE_EMAIL -> changeEmail.run(errand);
      case TELL_OF_GUESSES -> signIn.run(errand);
      case TELL_OF_WRONG_PIN -> answerCall.run(errand);
      default -> throw new IllegalStateException("no such errand: " + errand.kind());
    }
  }
}
