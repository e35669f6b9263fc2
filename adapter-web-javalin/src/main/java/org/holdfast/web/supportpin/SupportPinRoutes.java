package org.holdfast.web.supportpin;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.supportpin.KeepSupportPin;
import org.holdfast.web.Form;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;

/** Support PIN: seen with a fresh proof, replaced at will. */
public final class SupportPinRoutes implements EndpointGroup {

  private final Portal portal;
  private final Pages pages;
  private final Visits visits;
  private final KeepSupportPin supportPin;
  private final EditAccount editAccount;

  public SupportPinRoutes(Portal portal, KeepSupportPin supportPin, EditAccount editAccount) {
    this.portal = portal;
    this.pages = portal.pages();
    this.visits = portal.visits();
    this.supportPin = supportPin;
    this.editAccount = editAccount;
  }

  @Override
  public void addEndpoints() {
    get("/accounts/{number}/support-pin", this::show);
    post("/accounts/{number}/support-pin", this::replace);
  }

  private void show(Context ctx) {
    show(ctx, visits.of(ctx).signedIn(), Form.EMPTY);
  }

  private void replace(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = portal.forms().button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          supportPin.replace(who, number);
          pages.done(ctx, "/accounts/" + number + "/support-pin", "support-pin-made");
        },
        again -> show(ctx, who, again));
  }

  private void show(Context ctx, SignedIn who, Form form) {
    var number = Query.account(ctx);
    var shown = supportPin.show(who, number);
    pages.show(
        ctx,
        "supportpin/pin.jte",
        form,
        editAccount.page(who, number).account(),
        ImmutableMap.of("shown", shown));
  }
}
