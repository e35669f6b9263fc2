package org.holdfast.application.session;

import org.holdfast.domain.account.User;
import org.holdfast.domain.session.Session;

/** Somebody who is signed in: who it is, and by which session. Use cases take it as the actor. */
public record SignedIn(User user, Session session) {}
