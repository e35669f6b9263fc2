package org.holdfast.application;

import org.holdfast.application.account.Accounts;
import org.holdfast.application.account.Users;
import org.holdfast.application.activity.Activity;
import org.holdfast.application.contact.Contacts;
import org.holdfast.application.credential.Passwords;
import org.holdfast.application.emailchange.EmailChanges;
import org.holdfast.application.errand.Errands;
import org.holdfast.application.guessing.Guesses;
import org.holdfast.application.guessing.Rates;
import org.holdfast.application.link.MailedLinks;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.mail.Suppressions;
import org.holdfast.application.notification.Notifications;
import org.holdfast.application.servicekey.ServiceKeys;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.signin.Devices;

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
    Errands errands) {}
