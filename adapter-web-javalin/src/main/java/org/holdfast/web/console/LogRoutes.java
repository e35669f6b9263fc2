package org.holdfast.web.console;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.javalin.apibuilder.ApiBuilder.get;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Arrays;
import org.holdfast.application.staff.ReadStaffLog;
import org.holdfast.application.staff.StaffLog.Did;
import org.holdfast.application.staff.StaffLog.Entry;
import org.holdfast.web.Page;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;

/** What staff did: each their own, and in numbers. */
public final class LogRoutes implements EndpointGroup {

  private static final int PAGE = 50;
  private static final ImmutableList<Integer> DAYS = ImmutableList.of(1, 7, 30);

  private static final ImmutableSet<Did> ALWAYS = // also where there are none: that tells too
      ImmutableSet.of(
          Did.CALL_VERIFIED,
          Did.CALLER_REFUSED,
          Did.CODE_MAILED,
          Did.CASE_OPENED,
          Did.CASE_APPROVED);

  private final Pages pages;
  private final StaffVisits visits;
  private final ReadStaffLog readStaffLog;

  LogRoutes(Site<StaffVisits> site, ReadStaffLog readStaffLog) {
    this.pages = site.pages();
    this.visits = site.visits();
    this.readStaffLog = readStaffLog;
  }

  @Override
  public void addEndpoints() {
    get("/log", this::log);
    get("/numbers", this::numbers);
  }

  private void log(Context ctx) {
    var before = Query.param(ctx, "before").flatMap(Query::uuid);
    var found = readStaffLog.own(visits.of(ctx).signedInStaff(), before, PAGE + 1);
    var shown = found.subList(0, Math.min(PAGE, found.size()));
    pages.show(
        ctx,
        "console/log.jte",
        ImmutableMap.of(
            "log",
            shown,
            "older",
            found.size() > PAGE ? shown.get(PAGE - 1).entry().id().toString() : "",
            "first",
            before.isEmpty()));
  }

  private void numbers(Context ctx) {
    var days =
        Query.param(ctx, "days")
            .flatMap(text -> DAYS.stream().filter(d -> text.equals("" + d)).findFirst())
            .orElse(DAYS.get(0));
    var numbers = readStaffLog.numbers(visits.of(ctx).signedInStaff(), Duration.ofDays(days));
    var done =
        Arrays.stream(Did.values())
            .filter(
                did -> ALWAYS.contains(did) || numbers.stream().anyMatch(one -> one.of(did) > 0))
            .collect(toImmutableList());
    pages.show(
        ctx,
        "console/numbers.jte",
        ImmutableMap.of("numbers", numbers, "done", done, "days", days, "choices", DAYS));
  }

  /** What is told of an act besides, in one line. */
  public static String details(Page page, Entry entry) {
    return entry.details().entrySet().stream()
        .map(detail -> detail(page, detail.getKey(), detail.getValue()))
        .collect(joining(" · "));
  }

  private static String detail(Page page, String key, String value) {
    return switch (key) {
      case "method" -> page.t("console.method." + value);
      case "lost" -> page.t("console.kind." + value);
      case "role" -> page.t("console.role." + value);
      default -> value;
    };
  }
}
