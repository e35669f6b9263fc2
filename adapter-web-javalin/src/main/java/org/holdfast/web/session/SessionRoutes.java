package org.holdfast.web.session;

import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.session.Sessions;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;

/** Where one is signed in, and ending it there. */
public final class SessionRoutes implements EndpointGroup {

  private final Portal portal;
  private final Pages pages;
  private final Visits visits;
  private final Sessions sessions;

  public SessionRoutes(Portal portal, Sessions sessions) {
    this.portal = portal;
    this.pages = portal.pages();
    this.visits = portal.visits();
    this.sessions = sessions;
  }

  @Override
  public void addEndpoints() {
    get("/sessions", this::list);
    portal.button("/sessions/end-others", "/sessions", this::endOthers);
    portal.button("/sessions/{session}/end", "/sessions", this::end);
  }

  private void list(Context ctx) {
    var who = visits.of(ctx).signedIn();
    pages.show(
        ctx,
        "session/sessions.jte",
        ImmutableMap.of("sessions", sessions.list(who), "own", who.session().id()));
  }

  private void end(Context ctx) {
    var who = visits.of(ctx).signedIn();
    portal.forms().button(ctx);
    var id = Query.session(ctx);
    sessions.end(who, id);
    if (id.equals(who.session().id())) {
      visits.end(ctx);
      pages.done(ctx, "/sign-in", "signed-out");
    } else {
      pages.done(ctx, "/sessions", "session-closed");
    }
  }

  private void endOthers(Context ctx) {
    var who = visits.of(ctx).signedIn();
    portal.forms().button(ctx);
    sessions.endOthers(who);
    pages.done(ctx, "/sessions", "sessions-closed");
  }
}
