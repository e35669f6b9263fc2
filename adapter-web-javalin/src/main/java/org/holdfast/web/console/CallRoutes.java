package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.List;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.support.AnswerCall;
import org.holdfast.application.support.HelpCaller;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.supportpin.SupportPin;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;
import org.jspecify.annotations.Nullable;

/** What is done while a call goes on. */
final class CallRoutes implements EndpointGroup {

  private static final String CALL = "/calls/{call}";

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final AnswerCall answerCall;
  private final HelpCaller helpCaller;
  private final RecoverAccess recoverAccess;
  private final InstantSource clock;

  CallRoutes(
      Site<StaffVisits> site,
      AnswerCall answerCall,
      HelpCaller helpCaller,
      RecoverAccess recoverAccess,
      InstantSource clock) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.answerCall = answerCall;
    this.helpCaller = helpCaller;
    this.recoverAccess = recoverAccess;
    this.clock = clock;
  }

  private record Asked(
      @Nullable String kind,
      @Nullable String newAddress,
      List<String> evidence,
      @Nullable String note) {}

  private interface Doing {
    void on(SignedInStaff who, Grant.Id call);
  }

  private interface Giving {
    SupportPin on(SignedInStaff who, Grant.Id call);
  }

  @Override
  public void addEndpoints() {
    get(CALL, ctx -> show(ctx, Form.EMPTY));
    button("/reset-link", helpCaller::sendResetLink, "reset-link-sent");
    button("/unlock", helpCaller::unlockSignIn, "sign-in-unlocked");
    button("/advice", helpCaller::sendAdvice, "advice-sent");
    pages.button(CALL + "/pin", CALL, ctx -> givePin(ctx, helpCaller::givePin));
    pages.button(CALL + "/pin/replace", CALL, ctx -> givePin(ctx, helpCaller::replacePin));
    get(CALL + "/customer", this::showAsCustomer);
    get(CALL + "/case", ctx -> askForCase(ctx, Form.EMPTY));
    post(CALL + "/case", this::openCase);
    pages.button(CALL + "/end", "/", this::end);
  }

  private void button(String path, Doing doing, String done) {
    pages.button(
        CALL + path,
        CALL,
        ctx -> {
          var call = call(ctx);
          var form = forms.button(ctx);
          pages.attempt(
              ctx,
              form,
              () -> {
                doing.on(visits.of(ctx).signedInStaff(), call);
                pages.done(ctx, "/calls/" + call, done);
              },
              again -> show(ctx, again));
        });
  }

  /** The answer itself shows the PIN: no address and no page that is opened again does. */
  private void givePin(Context ctx, Giving giving) {
    var call = call(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () ->
            pages.show(
                ctx,
                "console/pin.jte",
                ImmutableMap.of(
                    "pin", giving.on(visits.of(ctx).signedInStaff(), call), "call", call)),
        again -> show(ctx, again));
  }

  private void end(Context ctx) {
    forms.button(ctx);
    answerCall.end(visits.of(ctx).signedInStaff(), call(ctx));
    pages.done(ctx, "/", "call-ended");
  }

  private void showAsCustomer(Context ctx) {
    pages.show(
        ctx,
        "console/customer.jte",
        ImmutableMap.of("view", helpCaller.asCustomer(visits.of(ctx).signedInStaff(), call(ctx))));
  }

  private void openCase(Context ctx) {
    var call = call(ctx);
    var form = forms.read(ctx, Asked.class);
    var typed = form.as(Asked.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var opened =
              recoverAccess.open(
                  visits.of(ctx).signedInStaff(),
                  call,
                  typed.kind(),
                  typed.newAddress(),
                  ImmutableSet.copyOf(typed.evidence()),
                  typed.note());
          pages.done(ctx, "/cases/" + opened.id(), "case-opened");
        },
        again -> askForCase(ctx, again));
  }

  private void askForCase(Context ctx, Form form) {
    var beside = helpCaller.beside(visits.of(ctx).signedInStaff(), call(ctx));
    pages.show(
        ctx,
        "console/open-case.jte",
        form,
        ImmutableMap.of(
            "beside",
            beside,
            "evidence",
            ImmutableList.copyOf(Evidence.values()),
            "hold",
            recoverAccess.hold()));
  }

  private void show(Context ctx, Form form) {
    var visit = visits.of(ctx);
    var beside = helpCaller.beside(visit.signedInStaff(), call(ctx));
    pages.show(
        ctx,
        "console/call.jte",
        form,
        ImmutableMap.of(
            "beside",
            beside,
            "offers",
            Offer.all(beside, visit.signedInStaff().staff().role()),
            "now",
            clock.instant()));
  }

  private static Grant.Id call(Context ctx) {
    return Query.uuid(ctx.pathParam("call"))
        .map(Grant.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_GRANT));
  }
}
