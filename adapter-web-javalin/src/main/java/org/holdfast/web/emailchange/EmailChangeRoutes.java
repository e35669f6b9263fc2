package org.holdfast.web.emailchange;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Optional;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.session.Step;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Ask for another e-mail address, confirm it at the new one, undo it from the old one. */
public final class EmailChangeRoutes implements EndpointGroup {

  private final Portal portal;
  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final MailedSecret confirmLink;
  private final MailedSecret undoLink;
  private final ChangeEmail changeEmail;
  private final EditAccount editAccount;
  private final InstantSource clock;

  public EmailChangeRoutes(
      Portal portal, ChangeEmail changeEmail, EditAccount editAccount, InstantSource clock) {
    this.portal = portal;
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.confirmLink = new MailedSecret(portal.cookies(), Cookies.Kind.CONFIRM_EMAIL);
    this.undoLink = new MailedSecret(portal.cookies(), Cookies.Kind.UNDO_EMAIL);
    this.changeEmail = changeEmail;
    this.editAccount = editAccount;
    this.clock = clock;
  }

  private record Asked(@Nullable String email) {}

  @Override
  public void addEndpoints() {
    get("/profile/email", this::askOfUser);
    post("/profile/email", this::requestOfUser);
    portal.button("/profile/email/withdraw", "/profile", this::withdrawOfUser);
    get("/accounts/{number}/email", this::askOfAccount);
    post("/accounts/{number}/email", this::requestOfAccount);
    portal.button(
        "/accounts/{number}/email/withdraw", "/accounts/{number}/details", this::withdrawOfAccount);
    get("/email/confirm", this::askToConfirm);
    post("/email/confirm", this::confirm);
    get("/email/confirmed", ctx -> pages.show(ctx, "emailchange/confirmed.jte", ImmutableMap.of()));
    get("/email/undo", this::askToUndo);
    post("/email/undo", this::undo);
    get("/email/undone", ctx -> pages.show(ctx, "emailchange/undone.jte", ImmutableMap.of()));
  }

  private void askOfUser(Context ctx) {
    showOfUser(ctx, proved(ctx), Form.EMPTY);
  }

  private void requestOfUser(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = forms.read(ctx, Asked.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          changeEmail.request(who, form.as(Asked.class).email());
          pages.done(ctx, "/profile", "email-asked");
        },
        again -> showOfUser(ctx, who, again));
  }

  private void withdrawOfUser(Context ctx) {
    var who = visits.of(ctx).signedIn();
    forms.button(ctx);
    changeEmail.withdraw(who);
    pages.done(ctx, "/profile", "email-withdrawn");
  }

  private void askOfAccount(Context ctx) {
    showOfAccount(ctx, proved(ctx), Form.EMPTY);
  }

  private void requestOfAccount(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.read(ctx, Asked.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          changeEmail.request(who, number, form.as(Asked.class).email());
          pages.done(ctx, details(number), "email-asked");
        },
        again -> showOfAccount(ctx, who, again));
  }

  private void withdrawOfAccount(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    forms.button(ctx);
    changeEmail.withdraw(who, number);
    pages.done(ctx, details(number), "email-withdrawn");
  }

  private void askToConfirm(Context ctx) {
    if (!confirmLink.hide(ctx)) {
      showConfirm(ctx, Form.EMPTY);
    }
  }

  private void confirm(Context ctx) {
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          changeEmail.confirm(confirmLink.of(ctx).orElse(null));
          confirmLink.forget(ctx);
          pages.go(ctx, "/email/confirmed");
        },
        again -> showConfirm(ctx, again));
  }

  private void askToUndo(Context ctx) {
    if (!undoLink.hide(ctx)) {
      showUndo(ctx, Form.EMPTY);
    }
  }

  private void undo(Context ctx) {
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          changeEmail.undo(undoLink.of(ctx).orElse(null));
          undoLink.forget(ctx);
          pages.go(ctx, "/email/undone");
        },
        again -> showUndo(ctx, again));
  }

  /** Better to prove it before typing than to lose what was typed. */
  private SignedIn proved(Context ctx) {
    var who = visits.of(ctx).signedIn();
    Step.CHANGE_EMAIL.mustBeProved(who.session().provedAt(), clock.instant());
    return who;
  }

  private void showOfUser(Context ctx, SignedIn who, Form form) {
    show(ctx, form, who.user().email().value(), "/profile", Optional.empty());
  }

  private void showOfAccount(Context ctx, SignedIn who, Form form) {
    var account = editAccount.page(who, Query.account(ctx)).account();
    show(
        ctx,
        form,
        account.details().email().value(),
        details(account.number()),
        Optional.of(account));
  }

  private void show(
      Context ctx, Form form, String current, String cancel, Optional<Account> account) {
    var model = ImmutableMap.of("current", current, "cancel", cancel);
    account.ifPresentOrElse(
        a -> pages.show(ctx, "emailchange/change.jte", form, a, model),
        () -> pages.show(ctx, "emailchange/change.jte", form, model));
  }

  private void showConfirm(Context ctx, Form form) {
    var change =
        confirmLink
            .of(ctx)
            .flatMap(changeEmail::seenByConfirm)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "emailchange/confirm.jte", form, ImmutableMap.of("change", change));
  }

  private void showUndo(Context ctx, Form form) {
    var change =
        undoLink
            .of(ctx)
            .flatMap(changeEmail::seenByUndo)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "emailchange/undo.jte", form, ImmutableMap.of("change", change));
  }

  private static String details(String number) {
    return "/accounts/" + number + "/details";
  }
}
