package org.holdfast.web.recovery;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;

/**
 * What support was asked to do for somebody who says they are you: seen and stopped by whoever is
 * signed in, stopped by a mailed link, and furthered by whoever reads the new address's mail.
 */
public final class RecoveryRoutes implements EndpointGroup {

  private static final String RECOVERY = "/recovery";

  private final Portal portal;
  private final Pages pages;
  private final MailedSecret no;
  private final MailedSecret proof;
  private final RecoverAccess recoverAccess;

  public RecoveryRoutes(Portal portal, RecoverAccess recoverAccess) {
    this.portal = portal;
    this.pages = portal.pages();
    this.no = new MailedSecret(portal.cookies(), Cookies.Kind.VETO_CASE);
    this.proof = new MailedSecret(portal.cookies(), Cookies.Kind.CONFIRM_CASE);
    this.recoverAccess = recoverAccess;
  }

  @Override
  public void addEndpoints() {
    get(RECOVERY, ctx -> show(ctx, portal.visits().of(ctx).signedIn(), Form.EMPTY));
    portal.button(RECOVERY + "/{case}/veto", RECOVERY, this::veto);
    get(Links.VETO_CASE, this::askForVeto);
    post(Links.VETO_CASE, this::vetoByLink);
    get(RECOVERY + "/stopped", ctx -> pages.show(ctx, "recovery/stopped.jte", ImmutableMap.of()));
    get(Links.CONFIRM_CASE_ADDRESS, this::askForProof);
    post(Links.CONFIRM_CASE_ADDRESS, this::prove);
    get(
        RECOVERY + "/confirmed",
        ctx -> pages.show(ctx, "recovery/confirmed.jte", ImmutableMap.of()));
  }

  private void veto(Context ctx) {
    var who = portal.visits().of(ctx).signedIn();
    var form = portal.forms().button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          recoverAccess.veto(who, Query.recoveryCase(ctx));
          pages.done(ctx, RECOVERY, "case-vetoed");
        },
        again -> show(ctx, who, again));
  }

  private void show(Context ctx, SignedIn who, Form form) {
    pages.show(
        ctx,
        "recovery/recovery.jte",
        form,
        ImmutableMap.of("recovery", recoverAccess.openOf(who), "hold", recoverAccess.hold()));
  }

  private void askForVeto(Context ctx) {
    if (!no.hide(ctx)) {
      showVeto(ctx, Form.EMPTY);
    }
  }

  private void vetoByLink(Context ctx) {
    var form = portal.forms().button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          recoverAccess.veto(no.of(ctx).orElse(null));
          no.forget(ctx);
          pages.go(ctx, RECOVERY + "/stopped");
        },
        again -> showVeto(ctx, again));
  }

  private void showVeto(Context ctx, Form form) {
    var told =
        no.of(ctx)
            .flatMap(recoverAccess::seenByVeto)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "recovery/veto.jte", form, ImmutableMap.of("told", told));
  }

  private void askForProof(Context ctx) {
    if (!proof.hide(ctx)) {
      showProof(ctx, Form.EMPTY);
    }
  }

  private void prove(Context ctx) {
    var form = portal.forms().button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          recoverAccess.prove(proof.of(ctx).orElse(null));
          proof.forget(ctx);
          pages.go(ctx, RECOVERY + "/confirmed");
        },
        again -> showProof(ctx, again));
  }

  private void showProof(Context ctx, Form form) {
    var told =
        proof
            .of(ctx)
            .flatMap(recoverAccess::seenByProof)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "recovery/confirm.jte", form, ImmutableMap.of("told", told));
  }
}
