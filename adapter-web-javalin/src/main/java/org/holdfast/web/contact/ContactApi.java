package org.holdfast.web.contact;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.contact.ContactInput;
import org.holdfast.application.contact.EditContacts;
import org.holdfast.application.input.AddressInput;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.contact.Contact;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Contacts, as JSON. */
public final class ContactApi implements EndpointGroup {

  private static final String LIST = "/accounts/{number}/contacts";

  private final Api api;
  private final EditContacts editContacts;

  public ContactApi(Api api, EditContacts editContacts) {
    this.api = api;
    this.editContacts = editContacts;
  }

  private record Link(@Nullable String token) {}

  /** A contact. */
  public record Shown(
      UUID id,
      String name,
      String email,
      String company,
      String phone,
      @Nullable AddressInput address,
      List<String> categories,
      @Nullable Instant confirmedAt) {}

  /**
   * An account's contacts.
   *
   * @param suppressed the addresses that refused mail for good
   */
  public record All(List<Shown> contacts, List<String> suppressed) {}

  /** Whose address a link has confirmed. */
  public record Confirmed(String name, String email) {}

  @Override
  public void addEndpoints() {
    api.get(LIST, this::list);
    api.post(LIST, this::add);
    api.get(LIST + "/{contact}", this::find);
    api.put(LIST + "/{contact}", this::edit);
    api.delete(LIST + "/{contact}", this::remove);
    api.post(LIST + "/{contact}/resend", this::resend);
    api.post("/contacts/confirm", this::confirm);
  }

  private void list(Context ctx) {
    var page = editContacts.page(api.signedIn(ctx), Query.account(ctx));
    ctx.json(
        new All(
            page.contacts().stream()
                .map(ContactApi::shown)
                .collect(ImmutableList.toImmutableList()),
            page.suppressed().stream()
                .map(EmailAddress::value)
                .collect(ImmutableList.toImmutableList())));
  }

  private void add(Context ctx) {
    var who = api.signedIn(ctx);
    var number = Query.account(ctx);
    var contact = editContacts.add(who, number, Json.read(ctx, ContactInput.class));
    ctx.status(201)
        .header("Location", "/api/v1/accounts/" + number + "/contacts/" + contact.id())
        .json(shown(contact));
  }

  private void find(Context ctx) {
    ctx.json(shown(editContacts.find(api.signedIn(ctx), Query.account(ctx), Query.contact(ctx))));
  }

  private void edit(Context ctx) {
    var who = api.signedIn(ctx);
    var id = Query.contact(ctx);
    var typed = Json.read(ctx, ContactInput.class);
    ctx.json(shown(editContacts.edit(who, Query.account(ctx), id, typed)));
  }

  private void remove(Context ctx) {
    editContacts.remove(api.signedIn(ctx), Query.account(ctx), Query.contact(ctx));
    ctx.status(204);
  }

  private void resend(Context ctx) {
    var who = api.signedIn(ctx);
    api.readNothing(ctx);
    editContacts.resend(who, Query.account(ctx), Query.contact(ctx));
    ctx.status(202);
  }

  private void confirm(Context ctx) {
    var contact = editContacts.confirm(Secret.parse(Json.read(ctx, Link.class).token()));
    ctx.json(new Confirmed(contact.name(), contact.email().value()));
  }

  private static Shown shown(Contact contact) {
    return new Shown(
        contact.id().value(),
        contact.name(),
        contact.email().value(),
        contact.company(),
        contact.phone(),
        contact.address().map(AddressInput::of).orElse(null),
        Api.keys(contact.categories()),
        contact.confirmedAt().orElse(null));
  }
}
