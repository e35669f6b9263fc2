package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.holdfast.application.support.AnswerCall;
import org.holdfast.application.support.AnswerCall.Found;
import org.holdfast.web.Form;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;

/** The front page: one box to find an account by, and the calls that go on. */
final class SearchRoutes implements EndpointGroup {

  private static final Set<String> OURS = Set.of("same-origin", "none");

  private final Pages pages;
  private final StaffVisits visits;
  private final AnswerCall answerCall;
  private final InstantSource clock;

  SearchRoutes(Site<StaffVisits> site, AnswerCall answerCall, InstantSource clock) {
    this.pages = site.pages();
    this.visits = site.visits();
    this.answerCall = answerCall;
    this.clock = clock;
  }

  @Override
  public void addEndpoints() {
    get("/", this::find);
  }

  private void find(Context ctx) {
    var query = Query.param(ctx, "q");
    var form = Form.EMPTY.with("q", query.orElse(""));
    if (query.isEmpty() || isFromElsewhere(ctx)) {
      show(ctx, form, Optional.empty());
      return;
    }
    var who = visits.of(ctx).signedInStaff();
    pages.attempt(
        ctx,
        form,
        () -> show(ctx, form, Optional.of(answerCall.find(who, query.get()))),
        again -> show(ctx, again, Optional.empty()));
  }

  /** A search is written down and counted: a link on another site must not make one. */
  private static boolean isFromElsewhere(Context ctx) {
    var site = ctx.header("Sec-Fetch-Site");
    return site != null && !OURS.contains(site);
  }

  private void show(Context ctx, Form form, Optional<ImmutableList<Found>> found) {
    pages.show(
        ctx,
        "console/search.jte",
        form,
        ImmutableMap.of(
            "found",
            found,
            "calls",
            answerCall.open(visits.of(ctx).signedInStaff()),
            "now",
            clock.instant()));
  }
}
