package org.holdfast.web.account;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.application.account.DetailsInput;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.DetailsField;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Account Details, as JSON; and, for hosts, what an invoice shows. */
public final class AccountApi implements EndpointGroup {

  private final Api api;
  private final EditAccount editAccount;
  private final ChangeEmail changeEmail;

  public AccountApi(Api api, EditAccount editAccount, ChangeEmail changeEmail) {
    this.api = api;
    this.editAccount = editAccount;
    this.changeEmail = changeEmail;
  }

  /** An account and its details. */
  public record Shown(
      String number,
      UUID holder,
      String firstName,
      String lastName,
      String company,
      String email,
      boolean emailConfirmed,
      String phone,
      String taxId,
      String language,
      AddressInput address,
      List<String> holderCategories,
      @Nullable UUID billedContact,
      Instant openedAt,
      long version) {}

  /** The accounts that the caller holds. */
  public record All(List<Shown> accounts) {}

  /**
   * What the Account Details page shows.
   *
   * @param pendingEmail the address that waits to be confirmed
   */
  public record Details(
      Shown account,
      boolean matchesProfile,
      List<String> lockedFields,
      @Nullable String pendingEmail) {}

  /** Details as sent, with the version that the caller saw. */
  private record Change(
      @Nullable Long version,
      @Nullable String firstName,
      @Nullable String lastName,
      @Nullable String company,
      @Nullable String phone,
      @Nullable String taxId,
      @Nullable String language,
      @Nullable AddressInput address) {

    DetailsInput details() {
      return new DetailsInput(firstName, lastName, company, phone, taxId, language, address);
    }
  }

  private record Billed(@Nullable UUID contact) {}

  private record Ticks(@Nullable Set<String> categories) {}

  /** The name and address to print on an invoice. */
  public record Party(
      String name,
      String company,
      String taxId,
      String email,
      AddressInput address,
      Instant since) {}

  /** The party of an instant; nothing before the account was opened. */
  public record PartyThen(@Nullable Party party) {}

  @Override
  public void addEndpoints() {
    api.get("/accounts", this::mine);
    api.get("/accounts/{number}", this::show);
    api.put("/accounts/{number}/details", this::change);
    api.put("/accounts/{number}/billing", this::bill);
    api.put("/accounts/{number}/holder-categories", this::hearAbout);
    api.post("/accounts/{number}/align", this::align);
    api.get("/host/accounts/{number}", this::find);
    api.put("/host/accounts/{number}/details", this::changeForHost);
    api.get("/host/accounts/{number}/invoice-party", this::invoiceParty, "at");
  }

  private void mine(Context ctx) {
    ctx.json(
        new All(
            editAccount.mine(api.signedIn(ctx)).stream()
                .map(AccountApi::shown)
                .collect(ImmutableList.toImmutableList())));
  }

  private void show(Context ctx) {
    show(ctx, api.signedIn(ctx), Query.account(ctx));
  }

  private void change(Context ctx) {
    var who = api.signedIn(ctx);
    var number = Query.account(ctx);
    var typed = Json.read(ctx, Change.class);
    Inputs.check(
        typed.details(),
        typed.version() == null ? List.of(new Fault("version", "required")) : List.of());
    editAccount.change(who, number, typed.details(), requireNonNull(typed.version()));
    show(ctx, who, number);
  }

  private void bill(Context ctx) {
    var who = api.signedIn(ctx);
    var number = Query.account(ctx);
    var chosen = Optional.ofNullable(Json.read(ctx, Billed.class).contact());
    editAccount.bill(who, number, chosen.map(Contact.Id::new));
    ctx.status(204);
  }

  private void hearAbout(Context ctx) {
    var who = api.signedIn(ctx);
    var number = Query.account(ctx);
    var ticks = Json.read(ctx, Ticks.class).categories();
    if (ticks == null) {
      throw new InvalidInput(List.of(new Fault("categories", "required")));
    }
    editAccount.hearAbout(who, number, ticks);
    ctx.status(204);
  }

  private void align(Context ctx) {
    var who = api.signedIn(ctx);
    var number = Query.account(ctx);
    api.readNothing(ctx);
    changeEmail.align(who, number);
    show(ctx, who, number);
  }

  private void find(Context ctx) {
    ctx.json(shown(editAccount.find(Query.account(ctx))));
  }

  private void changeForHost(Context ctx) {
    var number = Query.account(ctx);
    editAccount.changeForHost(number, Json.read(ctx, DetailsInput.class));
    ctx.json(shown(editAccount.find(number)));
  }

  private void invoiceParty(Context ctx) {
    var party = editAccount.invoiceParty(Query.account(ctx), Api.instant(ctx, "at"));
    ctx.json(new PartyThen(party.map(AccountApi::shown).orElse(null)));
  }

  private void show(Context ctx, SignedIn who, String number) {
    var page = editAccount.page(who, number);
    ctx.json(
        new Details(
            shown(page.account()),
            page.matchesProfile(),
            page.lockedFields().stream()
                .map(DetailsField::key)
                .collect(ImmutableList.toImmutableList()),
            changeEmail.pending(who, number).map(change -> change.to().value()).orElse(null)));
  }

  /** An account as JSON. */
  public static Shown shown(Account account) {
    var details = account.details();
    return new Shown(
        account.number(),
        account.holder().value(),
        details.name().first(),
        details.name().last(),
        details.company(),
        details.email().value(),
        account.emailConfirmed(),
        details.phone(),
        details.taxId(),
        details.language().tag(),
        AddressInput.of(details.address()),
        Api.keys(account.holderCategories()),
        account.billedContact().map(Contact.Id::value).orElse(null),
        account.openedAt(),
        account.version());
  }

  private static Party shown(InvoiceParty party) {
    return new Party(
        party.name(),
        party.company(),
        party.taxId(),
        party.email().value(),
        AddressInput.of(party.address()),
        party.since());
  }
}
