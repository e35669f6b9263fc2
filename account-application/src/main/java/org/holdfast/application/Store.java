package org.holdfast.application;

import org.holdfast.application.account.Accounts;
import org.holdfast.application.account.Users;
import org.holdfast.application.activity.Activity;
import org.holdfast.application.contact.Contacts;
import org.holdfast.application.credential.Passwords;
import org.holdfast.application.emailchange.EmailChanges;
import org.holdfast.application.errand.Errands;
import org.holdfast.application.factor.Factors;
import org.holdfast.application.freeze.Freezes;
import org.holdfast.application.guessing.Guesses;
import org.holdfast.application.guessing.Rates;
import org.holdfast.application.link.MailedLinks;
import org.holdfast.application.linkedaccount.AuthorizationRequests;
import org.holdfast.application.linkedaccount.LinkedIdentities;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.mail.Suppressions;
import org.holdfast.application.notification.Notifications;
import org.holdfast.application.servicekey.ServiceKeys;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.signin.Devices;
import org.holdfast.application.signin.PendingSignIns;
import org.holdfast.application.signin.Standings;
import org.holdfast.application.staff.StaffLog;
import org.holdfast.application.staff.StaffMembers;
import org.holdfast.application.staff.StaffSessions;
import org.holdfast.application.support.Grants;
import org.holdfast.application.support.MailedCodes;
import org.holdfast.application.support.RecoveryCases;
import org.holdfast.application.supportpin.SupportPins;

/** Everything that is kept, and the transactions over all of it: what one database provides. */
public record Store(
    Transactions transactions,
    Accounts accounts,
    Users users,
    Contacts contacts,
    MailedLinks links,
    EmailChanges emailChanges,
    Outbox outbox,
    Suppressions suppressions,
    Notifications notifications,
    Passwords passwords,
    Devices devices,
    OpenSessions sessions,
    Guesses guesses,
    Rates rates,
    Activity activity,
    ServiceKeys serviceKeys,
    Errands errands,
    Standings standings,
    PendingSignIns pendingSignIns,
    Factors factors,
    LinkedIdentities linkedIdentities,
    AuthorizationRequests authorizationRequests,
    Freezes freezes,
    SupportPins supportPins,
    StaffMembers staff,
    StaffSessions staffSessions,
    StaffLog staffLog,
    Grants grants,
    MailedCodes mailedCodes,
    RecoveryCases recoveryCases) {

  /** The same, with another outbox and other transactions, such as ones that are watched. */
  public Store with(Transactions watched, Outbox watchedOutbox) {
    return new Store(
        watched,
        accounts,
        users,
        contacts,
        links,
        emailChanges,
        watchedOutbox,
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
        pendingSignIns,
        factors,
        linkedIdentities,
        authorizationRequests,
        freezes,
        supportPins,
        staff,
        staffSessions,
        staffLog,
        grants,
        mailedCodes,
        recoveryCases);
  }

  /** The same, with other sessions. */
  public Store with(OpenSessions others) {
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
        others,
        guesses,
        rates,
        activity,
        serviceKeys,
        errands,
        standings,
        pendingSignIns,
        factors,
        linkedIdentities,
        authorizationRequests,
        freezes,
        supportPins,
        staff,
        staffSessions,
        staffLog,
        grants,
        mailedCodes,
        recoveryCases);
  }
}
