package org.holdfast.web.contact;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Set;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.contact.ContactInput;
import org.holdfast.application.contact.EditContacts;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;

/** Contacts: list, add, edit, remove; and the page where a contact confirms its address. */
public final class ContactRoutes implements EndpointGroup {

  private static final String LIST = "/accounts/{number}/contacts";

  private final Portal portal;
  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final MailedSecret link;
  private final EditContacts editContacts;
  private final EditAccount editAccount;

  public ContactRoutes(Portal portal, EditContacts editContacts, EditAccount editAccount) {
    this.portal = portal;
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.link = new MailedSecret(portal.cookies(), Cookies.Kind.CONFIRM_CONTACT);
    this.editContacts = editContacts;
    this.editAccount = editAccount;
  }

  private record Ticks(Set<String> categories) {}

  @Override
  public void addEndpoints() {
    get(LIST, this::list);
    get(LIST + "/new", this::askForNew);
    post(LIST + "/new", this::add);
    get(LIST + "/holder", this::askForHolder);
    post(LIST + "/holder", this::saveHolder);
    get(LIST + "/{contact}", this::edit);
    post(LIST + "/{contact}", this::save);
    get(LIST + "/{contact}/remove", ctx -> showRemove(ctx, Form.EMPTY));
    post(LIST + "/{contact}/remove", this::remove);
    portal.button(LIST + "/{contact}/resend", LIST, this::resend);
    get("/contacts/confirm", this::askToConfirm);
    post("/contacts/confirm", this::confirm);
    get("/contacts/confirmed", ctx -> pages.show(ctx, "contact/confirmed.jte", ImmutableMap.of()));
  }

  private void list(Context ctx) {
    showList(ctx, visits.of(ctx).signedIn(), Form.EMPTY);
  }

  private void askForNew(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var account = editContacts.page(who, Query.account(ctx)).account();
    var country = account.details().address().country();
    showEdit(ctx, who, Form.EMPTY.with("address.country", country), true);
  }

  private void add(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.read(ctx, ContactInput.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          editContacts.add(who, number, form.as(ContactInput.class));
          pages.done(ctx, list(number), "contact-added");
        },
        again -> showEdit(ctx, who, again, true));
  }

  private void edit(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var contact = editContacts.find(who, Query.account(ctx), Query.contact(ctx));
    showEdit(ctx, who, typed(contact), false);
  }

  private void save(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var id = Query.contact(ctx);
    var form = forms.read(ctx, ContactInput.class);
    var before = editContacts.find(who, number, id);
    pages.attempt(
        ctx,
        form,
        () -> {
          var after = editContacts.edit(who, number, id, form.as(ContactInput.class));
          var moved = !after.email().equals(before.email());
          pages.done(ctx, list(number), moved ? "contact-moved" : "contact-saved");
        },
        again -> showEdit(ctx, who, again, false));
  }

  private void remove(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          editContacts.remove(who, number, Query.contact(ctx));
          pages.done(ctx, list(number), "contact-removed");
        },
        again -> showRemove(ctx, again));
  }

  private void resend(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          editContacts.resend(who, number, Query.contact(ctx));
          pages.done(ctx, list(number), "contact-written");
        },
        again -> showList(ctx, who, again));
  }

  private void askForHolder(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var account = editContacts.page(who, Query.account(ctx)).account();
    var ticks =
        account.holderCategories().stream()
            .map(Category::key)
            .collect(ImmutableSet.toImmutableSet());
    showHolder(ctx, who, Form.of(new Ticks(ticks)));
  }

  private void saveHolder(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var number = Query.account(ctx);
    var form = forms.read(ctx, Ticks.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          editAccount.hearAbout(who, number, form.as(Ticks.class).categories());
          pages.done(ctx, list(number), "ticks-saved");
        },
        again -> showHolder(ctx, who, again));
  }

  private void askToConfirm(Context ctx) {
    if (link.hide(ctx)) {
      return;
    }
    var contact =
        link.of(ctx)
            .flatMap(editContacts::seenByConfirm)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "contact/confirm.jte", ImmutableMap.of("contact", contact));
  }

  private void confirm(Context ctx) {
    forms.button(ctx);
    editContacts.confirm(link.of(ctx));
    link.forget(ctx);
    pages.go(ctx, "/contacts/confirmed");
  }

  private void showList(Context ctx, SignedIn who, Form form) {
    var page = editContacts.page(who, Query.account(ctx));
    pages.show(
        ctx,
        "contact/contacts.jte",
        form,
        page.account(),
        ImmutableMap.of("shown", page, "mine", editAccount.mine(who)));
  }

  private void showEdit(Context ctx, SignedIn who, Form form, boolean adding) {
    var account = editContacts.page(who, Query.account(ctx)).account();
    pages.show(ctx, "contact/edit.jte", form, account, ImmutableMap.of("adding", adding));
  }

  private void showHolder(Context ctx, SignedIn who, Form form) {
    var account = editContacts.page(who, Query.account(ctx)).account();
    pages.show(ctx, "contact/holder.jte", form, account, ImmutableMap.of());
  }

  private void showRemove(Context ctx, Form form) {
    var who = visits.of(ctx).signedIn();
    var page = editContacts.page(who, Query.account(ctx));
    var contact = editContacts.find(who, Query.account(ctx), Query.contact(ctx));
    pages.show(
        ctx,
        "contact/remove.jte",
        form,
        page.account(),
        ImmutableMap.of(
            "contact",
            contact,
            "billed",
            page.account().billedContact().filter(contact.id()::equals).isPresent()));
  }

  private static Form typed(Contact contact) {
    var keys =
        contact.categories().stream().map(Category::key).collect(ImmutableSet.toImmutableSet());
    return Form.of(
        new ContactInput(
            contact.name(),
            contact.email().value(),
            contact.company(),
            contact.phone(),
            contact.address().map(AddressInput::of).orElse(null),
            keys));
  }

  private static String list(String number) {
    return "/accounts/" + number + "/contacts";
  }
}
