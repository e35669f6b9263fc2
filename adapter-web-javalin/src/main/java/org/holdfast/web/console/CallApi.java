package org.holdfast.web.console;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.support.AnswerCall;
import org.holdfast.application.support.HelpCaller;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.invoice.BillingAddress;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.supportpin.SupportPin;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** A call, as JSON: find the account, verify the caller, help. */
final class CallApi implements EndpointGroup {

  private static final String CALL = "/calls/{call}";

  private final Api api;
  private final AnswerCall answerCall;
  private final HelpCaller helpCaller;
  private final RecoverAccess recoverAccess;

  CallApi(Api api, AnswerCall answerCall, HelpCaller helpCaller, RecoverAccess recoverAccess) {
    this.api = api;
    this.answerCall = answerCall;
    this.helpCaller = helpCaller;
    this.recoverAccess = recoverAccess;
  }

  /** What a caller says. It does not print. */
  private record Said(@Nullable String number, @Nullable String pin) {
    @Override
    public String toString() {
      return "Said[…]";
    }
  }

  private record Number(@Nullable String number) {}

  /** What a caller reads out. It does not print. */
  private record ReadOut(@Nullable String code) {
    @Override
    public String toString() {
      return "ReadOut[…]";
    }
  }

  private record AskedCase(
      @Nullable String kind,
      @Nullable String newAddress,
      @Nullable List<String> evidence,
      @Nullable String note) {}

  /** Accounts that were found, masked. */
  record Found(List<AnswerCall.Found> accounts) {}

  /** A code that is on its way. */
  record Mailed(UUID id, String address, Instant expiresAt) {}

  /** A call that goes on; {@code allows} names the acts. */
  record Call(
      UUID id, String method, Instant openedAt, Instant expiresAt, ImmutableList<String> allows) {
    static Call of(Grant grant) {
      return new Call(
          grant.id().value(),
          grant.method().key(),
          grant.openedAt(),
          grant.expiresAt(),
          Arrays.stream(Act.values())
              .filter(grant::allows)
              .map(Act::key)
              .collect(toImmutableList()));
    }
  }

  /** A call, and the number of its account. */
  record Open(Call call, String number) {}

  /** The calls that are open. */
  record Calls(List<Open> calls) {}

  /** Something that could lock the caller out; {@code about} an address, or empty. */
  record Finding(String kind, String about) {}

  /** The caller; nothing of them where nobody was verified. */
  record Caller(String firstName, String lastName, String email, String language, boolean frozen) {}

  /** What is to be known beside a call. */
  record Beside(
      Call call,
      String number,
      @Nullable Details account,
      @Nullable Caller caller,
      boolean hasFactor,
      boolean signInLocked,
      String supportPin,
      List<Finding> findings,
      @Nullable UUID recoveryCase) {}

  /** Account details, read-only. */
  record Details(
      String firstName,
      String lastName,
      String company,
      String email,
      String phone,
      String taxId,
      String language,
      BillingAddress address) {
    static Details of(Account account) {
      var d = account.details();
      return new Details(
          d.name().first(),
          d.name().last(),
          d.company(),
          d.email().value(),
          d.phone(),
          d.taxId(),
          d.language().tag(),
          d.address());
    }
  }

  /** A support PIN to be read out. It does not print. */
  record Pin(String pin) {
    @Override
    public String toString() {
      return "Pin[…]";
    }
  }

  /** The account as its customer sees it. */
  record CustomersView(
      String number, Details account, List<ContactSeen> contacts, List<DeliverySeen> deliveries) {}

  /** A contact, read-only. */
  record ContactSeen(String name, String email, boolean confirmed, List<String> categories) {
    static ContactSeen of(Contact contact) {
      return new ContactSeen(
          contact.name(),
          contact.email().value(),
          contact.isConfirmed(),
          Api.keys(contact.categories()));
    }
  }

  /** What became of a notification. */
  record DeliverySeen(String email, String state, Instant at) {}

  private interface Doing {
    void on(SignedInStaff who, Grant.Id call);
  }

  private interface Giving {
    SupportPin on(SignedInStaff who, Grant.Id call);
  }

  @Override
  public void addEndpoints() {
    api.get("/accounts", this::find, "q");
    api.get("/calls", this::list);
    api.post("/calls", this::byPin);
    api.post("/calls/without-proof", this::withoutProof);
    api.post("/call-codes", this::mailCode);
    api.post("/call-codes/{code}", this::byCode);
    api.get(CALL, this::beside);
    api.delete(CALL, this::end);
    does("/reset-link", helpCaller::sendResetLink);
    does("/unlock", helpCaller::unlockSignIn);
    does("/advice", helpCaller::sendAdvice);
    gives("/support-pin", helpCaller::givePin);
    gives("/support-pin/replace", helpCaller::replacePin);
    api.get(CALL + "/customer", this::asCustomer);
    api.post(CALL + "/recovery-case", this::openCase);
  }

  private void find(Context ctx) {
    var who = api.staff(ctx);
    ctx.json(new Found(answerCall.find(who, Query.param(ctx, "q").orElse(null))));
  }

  private void list(Context ctx) {
    ctx.json(
        new Calls(
            answerCall.open(api.staff(ctx)).stream()
                .map(open -> new Open(Call.of(open.grant()), open.number()))
                .toList()));
  }

  private void byPin(Context ctx) {
    var who = api.staff(ctx);
    var said = Json.read(ctx, Said.class);
    ctx.status(201).json(Call.of(answerCall.byPin(who, said.number(), said.pin())));
  }

  private void withoutProof(Context ctx) {
    var who = api.staff(ctx);
    var asked = Json.read(ctx, Number.class);
    ctx.status(201).json(Call.of(answerCall.withoutProof(who, asked.number())));
  }

  private void mailCode(Context ctx) {
    var who = api.staff(ctx);
    var mailed = answerCall.mailCode(who, Json.read(ctx, Number.class).number());
    ctx.status(201).json(new Mailed(mailed.call(), mailed.address(), mailed.expiresAt()));
  }

  private void byCode(Context ctx) {
    var who = api.staff(ctx);
    var said = Json.read(ctx, ReadOut.class);
    var call = id(ctx, "code").orElseThrow(() -> new Refusal(Reason.CALLER_NOT_VERIFIED));
    ctx.status(201).json(Call.of(answerCall.byCode(who, call, said.code())));
  }

  private void beside(Context ctx) {
    var beside = helpCaller.beside(api.staff(ctx), call(ctx));
    ctx.json(
        new Beside(
            Call.of(beside.grant()),
            beside.number(),
            beside.account().map(Details::of).orElse(null),
            beside
                .user()
                .map(
                    user ->
                        new Caller(
                            user.name().first(),
                            user.name().last(),
                            user.email().value(),
                            user.language().tag(),
                            beside.frozen()))
                .orElse(null),
            beside.hasFactor(),
            beside.signInLocked(),
            beside.pin().name().toLowerCase(java.util.Locale.ROOT),
            beside.findings().stream()
                .map(found -> new Finding(found.kind().key(), found.about()))
                .toList(),
            beside.recovery().map(recovery -> recovery.id().value()).orElse(null)));
  }

  private void end(Context ctx) {
    answerCall.end(api.staff(ctx), call(ctx));
    ctx.status(204);
  }

  private void does(String path, Doing doing) {
    api.post(
        CALL + path,
        ctx -> {
          var who = api.staff(ctx);
          api.readNothing(ctx);
          doing.on(who, call(ctx));
          ctx.status(204);
        });
  }

  private void gives(String path, Giving giving) {
    api.post(
        CALL + path,
        ctx -> {
          var who = api.staff(ctx);
          api.readNothing(ctx);
          ctx.json(new Pin(giving.on(who, call(ctx)).digits()));
        });
  }

  private void asCustomer(Context ctx) {
    var view = helpCaller.asCustomer(api.staff(ctx), call(ctx));
    ctx.json(
        new CustomersView(
            view.account().number(),
            Details.of(view.account()),
            view.contacts().stream().map(ContactSeen::of).toList(),
            view.deliveries().stream()
                .map(
                    delivery ->
                        new DeliverySeen(
                            delivery.to().value(),
                            delivery.state().name().toLowerCase(java.util.Locale.ROOT),
                            delivery.at()))
                .toList()));
  }

  private void openCase(Context ctx) {
    var who = api.staff(ctx);
    var asked = Json.read(ctx, AskedCase.class);
    var evidence = asked.evidence() == null ? List.<String>of() : asked.evidence();
    var opened =
        recoverAccess.open(
            who, call(ctx), asked.kind(), asked.newAddress(), evidence, asked.note());
    ctx.status(201).json(CaseApi.Case.of(recoverAccess.find(who, opened.id())));
  }

  private static Grant.Id call(Context ctx) {
    return id(ctx, "call").map(Grant.Id::new).orElseThrow(() -> new Refusal(Reason.NO_GRANT));
  }

  private static java.util.Optional<UUID> id(Context ctx, String name) {
    return Query.uuid(ctx.pathParam(name));
  }
}
