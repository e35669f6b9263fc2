package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.application.support.RecoverAccess.Told;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;

/** Recovery cases: seen by all, decided by somebody else than whoever opened them. */
final class CaseRoutes implements EndpointGroup {

  private static final int PAGE = 25;
  private static final String CASE = "/cases/{case}";

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final RecoverAccess recoverAccess;
  private final InstantSource clock;

  CaseRoutes(Site<StaffVisits> site, RecoverAccess recoverAccess, InstantSource clock) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.recoverAccess = recoverAccess;
    this.clock = clock;
  }

  private interface Deciding {
    void on(SignedInStaff who, RecoveryCase.Id id);
  }

  @Override
  public void addEndpoints() {
    get("/cases", this::list);
    get(CASE, ctx -> show(ctx, Form.EMPTY));
    button("/approve", recoverAccess::approve, "case-approved");
    button("/refuse", recoverAccess::refuse, "case-refused");
    button("/withdraw", recoverAccess::withdraw, "case-withdrawn");
  }

  private void button(String path, Deciding deciding, String done) {
    pages.button(
        CASE + path,
        CASE,
        ctx -> {
          var id = id(ctx);
          var form = forms.button(ctx);
          pages.attempt(
              ctx,
              form,
              () -> {
                deciding.on(visits.of(ctx).signedInStaff(), id);
                pages.done(ctx, "/cases/" + id, done);
              },
              again -> show(ctx, again));
        });
  }

  private void list(Context ctx) {
    var all = Query.param(ctx, "show").filter("all"::equals).isPresent();
    var before = Query.param(ctx, "before").flatMap(Query::uuid);
    var found = recoverAccess.list(visits.of(ctx).signedInStaff(), !all, before, PAGE + 1);
    var shown = found.subList(0, Math.min(PAGE, found.size()));
    pages.show(
        ctx,
        "console/cases.jte",
        ImmutableMap.of(
            "cases",
            shown,
            "all",
            all,
            "older",
            found.size() > PAGE ? shown.get(PAGE - 1).recovery().id().toString() : "",
            "first",
            before.isEmpty()));
  }

  private void show(Context ctx, Form form) {
    var who = visits.of(ctx).signedInStaff();
    var told = recoverAccess.find(who, id(ctx));
    pages.show(
        ctx,
        "console/case.jte",
        form,
        ImmutableMap.of(
            "told",
            told,
            "whyNot",
            whyNot(who, told),
            "own",
            isOwn(who, told),
            "hold",
            recoverAccess.hold()));
  }

  /** The key of the words that say why the reader does not decide this case. */
  private Optional<String> whyNot(SignedInStaff who, Told told) {
    if (told.recovery().state() != RecoveryCase.State.OPENED) {
      return Optional.of("decided");
    }
    if (isOwn(who, told)) {
      return Optional.of("own");
    }
    if (!Act.DECIDE_CASE.isOf(who.staff().role())) {
      return Optional.of("role");
    }
    return clock.instant().isBefore(who.staff().roleSince().plus(recoverAccess.hold()))
        ? Optional.of("new")
        : Optional.empty();
  }

  private static boolean isOwn(SignedInStaff who, Told told) {
    return told.recovery().openedBy().equals(who.staff().id());
  }

  private static RecoveryCase.Id id(Context ctx) {
    return Query.uuid(ctx.pathParam("case"))
        .map(RecoveryCase.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CASE));
  }
}
