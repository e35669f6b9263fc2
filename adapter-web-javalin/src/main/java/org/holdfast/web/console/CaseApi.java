package org.holdfast.web.console;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.support.Evidence;
import org.holdfast.domain.support.RecoveryCase;
import org.holdfast.web.Api;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Recovery cases, as staff see and decide them, as JSON. */
final class CaseApi implements EndpointGroup {

  private static final int MOST = 100;
  private static final int USUAL = 20;

  private final Api api;
  private final RecoverAccess recoverAccess;

  CaseApi(Api api, RecoverAccess recoverAccess) {
    this.api = api;
    this.recoverAccess = recoverAccess;
  }

  /** A recovery case. */
  record Case(
      UUID id,
      String number,
      String kind,
      @Nullable String newAddress,
      @Nullable Instant addressProvedAt,
      ImmutableList<String> evidence,
      int weight,
      String note,
      String openedBy,
      Instant openedAt,
      String state,
      @Nullable String decidedBy,
      @Nullable Instant dueAt) {

    static Case of(RecoverAccess.Told told) {
      var r = told.recovery();
      return new Case(
          r.id().value(),
          told.number(),
          r.kind().key(),
          r.newAddress().map(EmailAddress::value).orElse(null),
          r.addressProvedAt().orElse(null),
          r.evidence().stream().map(Evidence::key).collect(toImmutableList()),
          Evidence.weigh(r.evidence()),
          r.note(),
          told.openedBy(),
          r.openedAt(),
          r.state().key(),
          told.decidedBy().orElse(null),
          r.dueAt().orElse(null));
    }
  }

  /** A page of cases, newest first; {@code next} begins the one behind it. */
  record Cases(List<Case> cases, @Nullable UUID next) {}

  private interface Deciding {
    void on(SignedInStaff who, RecoveryCase.Id id);
  }

  @Override
  public void addEndpoints() {
    api.get("/recovery-cases", this::list, "open", "before", "limit");
    api.get("/recovery-cases/{case}", this::find);
    decides("approve", recoverAccess::approve);
    decides("refuse", recoverAccess::refuse);
    decides("withdraw", recoverAccess::withdraw);
  }

  private void list(Context ctx) {
    var who = api.staff(ctx);
    var openOnly =
        Api.choice(ctx, "open", ImmutableMap.of("true", true, "false", false)).orElse(false);
    var most = Api.number(ctx, "limit", 1, MOST, USUAL);
    var cases =
        recoverAccess.list(who, openOnly, Api.id(ctx, "before"), most).stream()
            .map(Case::of)
            .toList();
    ctx.json(new Cases(cases, cases.size() < most ? null : cases.get(most - 1).id()));
  }

  private void find(Context ctx) {
    ctx.json(Case.of(recoverAccess.find(api.staff(ctx), id(ctx))));
  }

  private void decides(String what, Deciding deciding) {
    api.post(
        "/recovery-cases/{case}/" + what,
        ctx -> {
          var who = api.staff(ctx);
          api.readNothing(ctx);
          deciding.on(who, id(ctx));
          ctx.status(204);
        });
  }

  private static RecoveryCase.Id id(Context ctx) {
    return Query.uuid(ctx.pathParam("case"))
        .map(RecoveryCase.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CASE));
  }
}
