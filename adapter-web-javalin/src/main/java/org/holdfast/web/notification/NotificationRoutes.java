package org.holdfast.web.notification;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.mail.Deliveries;
import org.holdfast.application.notification.Notify;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Form;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;

/** "Who would get this?", what became of each letter, and the end of announcements. */
public final class NotificationRoutes implements EndpointGroup {

  private static final int PAGE = 25;

  private final Portal portal;
  private final Pages pages;
  private final Visits visits;
  private final Notify notifications;
  private final Deliveries deliveries;
  private final EditAccount editAccount;

  public NotificationRoutes(
      Portal portal, Notify notifications, Deliveries deliveries, EditAccount editAccount) {
    this.portal = portal;
    this.pages = portal.pages();
    this.visits = portal.visits();
    this.notifications = notifications;
    this.deliveries = deliveries;
    this.editAccount = editAccount;
  }

  private record Token(String token) {}

  @Override
  public void addEndpoints() {
    get("/accounts/{number}/recipients", this::preview);
    get("/accounts/{number}/deliveries", this::log);
    get("/unsubscribe", this::askToUnsubscribe);
    post("/unsubscribe", this::unsubscribe);
    get(
        "/unsubscribed",
        ctx -> pages.show(ctx, "notification/unsubscribed.jte", ImmutableMap.of()));
  }

  private void preview(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var category = Query.param(ctx, "category").flatMap(Category::parse).orElse(Category.INVOICES);
    var account = editAccount.page(who, number).account();
    pages.show(
        ctx,
        "notification/recipients.jte",
        Form.EMPTY,
        account,
        ImmutableMap.of(
            "category",
            category,
            "recipients",
            notifications.recipients(who, number, category),
            "mine",
            editAccount.mine(who)));
  }

  private void log(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var before = Query.param(ctx, "before").flatMap(Query::uuid);
    var account = editAccount.page(who, number).account();
    var found = deliveries.log(who, number, before, PAGE + 1);
    var shown = found.subList(0, Math.min(PAGE, found.size()));
    var older = found.size() > PAGE ? shown.get(PAGE - 1).id().toString() : "";
    pages.show(
        ctx,
        "notification/deliveries.jte",
        Form.EMPTY,
        account,
        ImmutableMap.of(
            "deliveries",
            shown,
            "older",
            older,
            "first",
            before.isEmpty(),
            "mine",
            editAccount.mine(who)));
  }

  private void askToUnsubscribe(Context ctx) {
    var token = Query.param(ctx, "token").orElse("");
    if (!notifications.isUnsubscribeLink(token)) {
      throw new Refusal(Reason.LINK_NOT_VALID);
    }
    pages.show(ctx, "notification/unsubscribe.jte", ImmutableMap.of("token", token));
  }

  /** From the page, or straight from a mail program (RFC 8058), with the token in the address. */
  private void unsubscribe(Context ctx) {
    var mailed = Query.param(ctx, "token");
    if (mailed.isPresent()) {
      portal.forms().oneClick(ctx);
      notifications.unsubscribe(mailed.get());
    } else {
      notifications.unsubscribe(portal.forms().read(ctx, Token.class).sent("token"));
    }
    pages.go(ctx, "/unsubscribed");
  }
}
