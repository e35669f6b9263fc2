package org.holdfast.web.account;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Optional;
import org.holdfast.application.account.DetailsInput;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.AccountDetails;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Malformed;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Account Details: whom the account belongs to, and what its invoices show. */
public final class AccountRoutes implements EndpointGroup {

  private static final String DETAILS = "/accounts/{number}/details";
  private static final ImmutableSet<String> PAGES =
      ImmutableSet.of("details", "contacts", "recipients", "deliveries");

  private final Portal portal;
  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final EditAccount editAccount;
  private final ChangeEmail changeEmail;
  private final RecoverAccess recoverAccess;

  public AccountRoutes(
      Portal portal,
      EditAccount editAccount,
      ChangeEmail changeEmail,
      RecoverAccess recoverAccess) {
    this.portal = portal;
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.editAccount = editAccount;
    this.changeEmail = changeEmail;
    this.recoverAccess = recoverAccess;
  }

  private record Billed(@Nullable String contact) {}

  @Override
  public void addEndpoints() {
    get("/account/{page}", this::find);
    get(DETAILS, this::edit);
    post(DETAILS, this::save);
    portal.button("/accounts/{number}/billing", DETAILS, this::bill);
    get("/accounts/{number}/align", this::askToAlign);
    post("/accounts/{number}/align", this::align);
  }

  /** The same page of the first account the visitor holds. */
  private void find(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var page = PAGES.contains(ctx.pathParam("page")) ? ctx.pathParam("page") : "details";
    editAccount.mine(who).stream()
        .findFirst()
        .ifPresentOrElse(
            account -> pages.go(ctx, "/accounts/" + account.number() + "/" + page),
            () -> pages.show(ctx, "account/none.jte", ImmutableMap.of()));
  }

  private void edit(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var page = editAccount.page(who, Query.account(ctx));
    show(ctx, who, page, typed(page));
  }

  private void save(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.read(ctx, DetailsInput.class, "version");
    var page = editAccount.page(who, number);
    var full = withLocked(form, page);
    pages.attempt(
        ctx,
        full,
        () -> {
          editAccount.change(who, number, full.as(DetailsInput.class), version(form));
          pages.done(ctx, "/accounts/" + number + "/details", "details-saved");
        },
        again -> show(ctx, who, page, again.with("version", "" + page.account().version())));
  }

  private void bill(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.read(ctx, Billed.class);
    var chosen = form.value("contact");
    var contact = Query.uuid(chosen).map(Contact.Id::new);
    if (contact.isEmpty() && !chosen.isEmpty()) {
      throw new Refusal(Reason.NO_SUCH_CONTACT);
    }
    pages.attempt(
        ctx,
        form,
        () -> {
          editAccount.bill(who, number, contact);
          pages.done(ctx, "/accounts/" + number + "/details", "billing-saved");
        },
        again -> {
          var page = editAccount.page(who, number);
          show(ctx, who, page, typed(page).with(again.refusal().orElseThrow()));
        });
  }

  private void askToAlign(Context ctx) {
    var who = visits.of(ctx).signedIn();
    showAlign(ctx, who, Form.EMPTY);
  }

  private void align(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          changeEmail.align(who, number);
          pages.done(ctx, "/accounts/" + number + "/details", "aligned");
        },
        again -> showAlign(ctx, who, again));
  }

  private void showAlign(Context ctx, SignedIn who, Form form) {
    var page = editAccount.page(who, Query.account(ctx));
    pages.show(
        ctx,
        "account/align.jte",
        form,
        page.account(),
        ImmutableMap.of("user", who.user(), "matches", page.matchesProfile()));
  }

  private static Form typed(EditAccount.Page page) {
    return Form.of(DetailsInput.of(page.account().details()))
        .with("version", "" + page.account().version());
  }

  /** The fields that are locked are not on the form; they stay as they are. */
  private static Form withLocked(Form form, EditAccount.Page page) {
    var kept = Form.of(DetailsInput.of(page.account().details()));
    var full = form;
    for (var field : page.lockedFields()) {
      for (var name : kept.typed().keySet()) {
        var locked = name.equals(field.key()) || name.startsWith(field.key() + ".");
        if (locked && form.sent(name) == null) {
          full = full.with(name, kept.value(name));
        }
      }
    }
    return full;
  }

  private static long version(Form form) {
    var version = form.value("version");
    if (!version.matches("[0-9]{1,18}")) {
      throw new Malformed("version", "wrong_type");
    }
    return Long.parseLong(version);
  }

  private void show(Context ctx, SignedIn who, EditAccount.Page page, Form form) {
    var number = page.account().number();
    var pending = changeEmail.pending(who, number);
    pages.show(
        ctx,
        "account/details.jte",
        form,
        page.account(),
        ImmutableMap.of(
            "shown",
            new Shown(
                page,
                editAccount.mine(who),
                pending.map(change -> change.to().value()),
                recoverAccess.openOf(who))));
  }

  /**
   * What the template shows besides the form.
   *
   * @param recovery the case that is open about whoever looks
   */
  public record Shown(
      EditAccount.Page page,
      com.google.common.collect.ImmutableList<org.holdfast.domain.account.Account> mine,
      Optional<String> pendingEmail,
      Optional<RecoveryCase> recovery) {

    public AccountDetails details() {
      return page.account().details();
    }

    /** May the operator alone change this? */
    public boolean isLocked(String field) {
      return page.lockedFields().stream().map(DetailsField::key).anyMatch(field::equals);
    }
  }
}
