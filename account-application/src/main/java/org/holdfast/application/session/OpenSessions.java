package org.holdfast.application.session;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;
import org.holdfast.domain.session.Session;

/** The sessions that have not been ended. */
public interface OpenSessions {

  void add(Session session, String fingerprint);

  /** Who is signed in by the token with this fingerprint: one indexed read. */
  Optional<SignedIn> find(String fingerprint);

  /** Writes down that a session was used, unless it has ended. */
  void touch(Session.Id id, Instant now);

  /**
   * Replaces a session's token and writes down a fresh proof. Of all who try with one token at
   * once, one is told true.
   */
  boolean renew(String oldFingerprint, String newFingerprint, Instant provedAt);

  /** The user's sessions, last used first. */
  ImmutableList<Session> of(UserId user);

  /** Ends this session of this user; says whether there was one. */
  boolean end(UserId user, Session.Id id);

  /** Ends all of the user's sessions but this one; says how many. */
  int endOthers(UserId user, Session.Id kept);

  /** Ends all of the user's sessions. */
  int endAll(UserId user);

  /** Forgets sessions last used, or begun, before then. */
  int sweep(Instant lastUsedBefore, Instant createdBefore);
}
