package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.support.AnswerCall;
import org.holdfast.application.support.AnswerCall.CodeMailed;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.support.Grant;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;
import org.jspecify.annotations.Nullable;

/** A caller is verified: by the PIN, by a mailed code, or not at all. */
final class VerifyRoutes implements EndpointGroup {

  private static final String CALL = "/accounts/{number}/call";

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final AnswerCall answerCall;

  VerifyRoutes(Site<StaffVisits> site, AnswerCall answerCall) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.answerCall = answerCall;
  }

  private record Said(@Nullable String pin) {}

  private record ReadOut(@Nullable String code) {}

  @Override
  public void addEndpoints() {
    get(CALL, ctx -> askForPin(ctx, Form.EMPTY));
    post(CALL, this::byPin);
    pages.button(CALL + "/code", CALL, this::mailCode);
    get(CALL + "/code/{mailed}", ctx -> askForCode(ctx, Form.EMPTY, Optional.empty()));
    post(CALL + "/code/{mailed}", this::byCode);
    pages.button(CALL + "/without-proof", CALL, this::withoutProof);
  }

  private void byPin(Context ctx) {
    var who = visits.of(ctx).signedInStaff();
    var number = Query.account(ctx);
    var form = forms.read(ctx, Said.class);
    pages.attempt(
        ctx,
        form,
        () -> goOn(ctx, answerCall.byPin(who, number, form.as(Said.class).pin())),
        again -> askForPin(ctx, again.with("pin", "")));
  }

  private void mailCode(Context ctx) {
    var who = visits.of(ctx).signedInStaff();
    var number = Query.account(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          var mailed = answerCall.mailCode(who, number);
          showCode(ctx, number, mailed.call(), Form.EMPTY, Optional.of(mailed));
        },
        again -> askForPin(ctx, again));
  }

  private void byCode(Context ctx) {
    var who = visits.of(ctx).signedInStaff();
    var mailed = mailed(ctx);
    var form = forms.read(ctx, ReadOut.class);
    pages.attempt(
        ctx,
        form,
        () -> goOn(ctx, answerCall.byCode(who, mailed, form.as(ReadOut.class).code())),
        again -> askForCode(ctx, again.with("code", ""), Optional.empty()));
  }

  private void withoutProof(Context ctx) {
    var who = visits.of(ctx).signedInStaff();
    var number = Query.account(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> goOn(ctx, answerCall.withoutProof(who, number)),
        again -> askForPin(ctx, again));
  }

  private void goOn(Context ctx, Grant grant) {
    pages.go(ctx, "/calls/" + grant.id());
  }

  private void askForPin(Context ctx, Form form) {
    pages.show(ctx, "console/verify.jte", form, ImmutableMap.of("number", Query.account(ctx)));
  }

  private void askForCode(Context ctx, Form form, Optional<CodeMailed> mailed) {
    showCode(ctx, Query.account(ctx), mailed(ctx), form, mailed);
  }

  private void showCode(
      Context ctx, String number, UUID call, Form form, Optional<CodeMailed> mailed) {
    pages.show(
        ctx,
        "console/code.jte",
        form,
        ImmutableMap.of("number", number, "call", call, "mailed", mailed));
  }

  private static UUID mailed(Context ctx) {
    return Query.uuid(ctx.pathParam("mailed")).orElseThrow(() -> new Refusal(Reason.NO_GRANT));
  }
}
