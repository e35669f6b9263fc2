package org.holdfast.web.activity;

import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.stream.Collectors;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.activity.ReadActivity;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.Group;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Page;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;

/** Security activity, and taking it home. */
public final class ActivityRoutes implements EndpointGroup {

  private static final int PAGE = 50;
  private static final Splitter BLANK = Splitter.on(' ').omitEmptyStrings();

  private final Pages pages;
  private final Visits visits;
  private final ReadActivity activity;
  private final EditAccount editAccount;

  public ActivityRoutes(Portal portal, ReadActivity activity, EditAccount editAccount) {
    this.pages = portal.pages();
    this.visits = portal.visits();
    this.activity = activity;
    this.editAccount = editAccount;
  }

  @Override
  public void addEndpoints() {
    get("/activity", this::page);
    for (var format : ExportFormat.values()) {
      get("/activity/export." + format.key(), ctx -> export(ctx, format));
    }
  }

  private void page(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var about = Query.param(ctx, "about").flatMap(Group::parse);
    var before = Query.param(ctx, "before").flatMap(Query::uuid);
    var found = activity.page(who, about, before, PAGE + 1);
    var shown = found.subList(0, Math.min(PAGE, found.size()));
    var older = found.size() > PAGE ? shown.get(PAGE - 1).entry().id().toString() : "";
    pages.show(
        ctx,
        "activity/activity.jte",
        ImmutableMap.of(
            "activity",
            shown,
            "about",
            about.map(Group::key).orElse(""),
            "older",
            older,
            "first",
            before.isEmpty(),
            "several",
            editAccount.mine(who).size() > 1));
  }

  private void export(Context ctx, ExportFormat format) {
    var who = visits.of(ctx).signedIn();
    format.send(ctx, to -> activity.all(who, to));
  }

  /** What is told of a happening besides, in one line. */
  public static String details(Page page, Happening happening) {
    return happening.details().entrySet().stream()
        .map(detail -> detail(page, detail.getKey(), detail.getValue()))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  private static String detail(Page page, String key, String value) {
    return switch (key) {
      case "categories" ->
          BLANK
              .splitToStream(value)
              .map(category -> Category.parse(category).map(page::category).orElse(category))
              .collect(Collectors.joining(", "));
      case "fields" ->
          BLANK.splitToStream(value).map(page::label).collect(Collectors.joining(", "));
      case "guesses" -> page.t("activity.detail.guesses", value);
      case "left" -> page.t("activity.detail.left", value);
      case "agent" -> page.t("activity.detail.agent", value);
      case "method" -> page.t("method." + value);
      case "lost" -> page.t("activity.detail.lost", page.t("lost." + value));
      case "kind" -> ""; // the name says enough
      case "recipient" -> ""; // an id, which says nothing to anybody
      default -> value;
    };
  }
}
