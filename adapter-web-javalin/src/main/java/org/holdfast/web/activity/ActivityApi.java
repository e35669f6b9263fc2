package org.holdfast.web.activity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.activity.ReadActivity;
import org.holdfast.application.activity.ReadActivity.Told;
import org.holdfast.domain.activity.Happening.Group;
import org.holdfast.web.Api;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Security activity as JSON: page by page, or all of it as a file. */
public final class ActivityApi implements EndpointGroup {

  private static final int PAGE = 50;
  private static final int LARGEST_PAGE = 100;

  private final Api api;
  private final ReadActivity activity;

  public ActivityApi(Api api, ReadActivity activity) {
    this.api = api;
    this.activity = activity;
  }

  /**
   * A page of it, newest first.
   *
   * @param next to be sent as {@code before} to see older ones; nothing where there are none
   */
  public record Log(List<Happened> activity, @Nullable UUID next) {}

  @Override
  public void addEndpoints() {
    api.get("/activity", this::page, "about", "before", "limit");
    api.get("/activity/export", this::export, "format");
    api.get("/host/accounts/{number}/activity", this::pageForHost, "about", "before", "limit");
  }

  private void page(Context ctx) {
    var who = api.signedIn(ctx);
    var most = limit(ctx);
    show(ctx, most, activity.page(who, about(ctx), Api.id(ctx, "before"), most + 1));
  }

  private void pageForHost(Context ctx) {
    var most = limit(ctx);
    show(
        ctx,
        most,
        activity.pageForHost(Query.account(ctx), about(ctx), Api.id(ctx, "before"), most + 1));
  }

  private void export(Context ctx) {
    var who = api.signedIn(ctx);
    var format =
        Api.choice(
                ctx,
                "format",
                Maps.uniqueIndex(Arrays.asList(ExportFormat.values()), ExportFormat::key))
            .orElseThrow(() -> Api.missing("format"));
    format.send(ctx, to -> activity.all(who, to));
  }

  private static int limit(Context ctx) {
    return Api.number(ctx, "limit", 1, LARGEST_PAGE, PAGE);
  }

  private static Optional<Group> about(Context ctx) {
    return Api.choice(ctx, "about", Maps.uniqueIndex(Arrays.asList(Group.values()), Group::key));
  }

  /** One more was read than is shown: it tells whether there are older ones. */
  private static void show(Context ctx, int most, ImmutableList<Told> found) {
    var shown =
        found.stream().limit(most).map(Happened::of).collect(ImmutableList.toImmutableList());
    ctx.json(new Log(shown, found.size() > most ? shown.get(most - 1).id() : null));
  }
}
