package org.holdfast.web.session;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.session.Sessions;
import org.holdfast.domain.session.Session;
import org.holdfast.web.Api;
import org.holdfast.web.Query;

/** Where one is signed in, as JSON: list, end one or all others. */
public final class SessionApi implements EndpointGroup {

  private final Api api;
  private final Sessions sessions;

  public SessionApi(Api api, Sessions sessions) {
    this.api = api;
    this.sessions = sessions;
  }

  /** A session of the caller's. */
  public record Shown(
      UUID id,
      boolean current,
      String address,
      String device,
      Instant createdAt,
      Instant lastUsedAt,
      Instant provedAt) {}

  /** The caller's sessions, last used first. */
  public record All(List<Shown> sessions) {}

  /** How many sessions were ended. */
  public record Ended(int ended) {}

  @Override
  public void addEndpoints() {
    api.get("/sessions", this::list);
    api.delete("/sessions/current", this::signOut);
    api.delete("/sessions/others", this::endOthers);
    api.delete("/sessions/{session}", this::end);
  }

  private void list(Context ctx) {
    var who = api.signedIn(ctx);
    var own = who.session().id();
    ctx.json(
        new All(
            sessions.list(who).stream()
                .map(session -> shown(session, session.id().equals(own)))
                .collect(ImmutableList.toImmutableList())));
  }

  private void signOut(Context ctx) {
    var who = api.signedIn(ctx);
    sessions.end(who, who.session().id());
    ctx.status(204);
  }

  private void endOthers(Context ctx) {
    ctx.json(new Ended(sessions.endOthers(api.signedIn(ctx))));
  }

  private void end(Context ctx) {
    sessions.end(api.signedIn(ctx), Query.session(ctx));
    ctx.status(204);
  }

  private static Shown shown(Session session, boolean current) {
    return new Shown(
        session.id().value(),
        current,
        session.origin().address(),
        session.origin().device(),
        session.createdAt(),
        session.lastUsedAt(),
        session.provedAt());
  }
}
