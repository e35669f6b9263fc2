package org.holdfast.web.factor;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.factor.EditFactors;
import org.holdfast.application.factor.Enrolling.Enrolment;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.support.RecoverAccess;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.session.Step;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.QrCode;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/** Security Settings, and adding, changing and removing second factors. */
public final class FactorRoutes implements EndpointGroup {

  private static final String SETTINGS = "/security";

  private final Portal portal;
  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final EditFactors editFactors;
  private final LinkAccounts linkAccounts;
  private final EditAccount editAccount;
  private final RecoverAccess recoverAccess;
  private final InstantSource clock;

  public FactorRoutes(
      Portal portal,
      EditFactors editFactors,
      LinkAccounts linkAccounts,
      EditAccount editAccount,
      RecoverAccess recoverAccess,
      InstantSource clock) {
    this.portal = portal;
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.editFactors = editFactors;
    this.linkAccounts = linkAccounts;
    this.editAccount = editAccount;
    this.recoverAccess = recoverAccess;
    this.clock = clock;
  }

  private record Named(@Nullable String name) {}

  private record Coded(@Nullable String code) {}

  private record Touched(@Nullable String name, @Nullable String code) {}

  /**
   * An account and whether it demands a second factor.
   *
   * @param account held by the caller
   */
  public record Demand(Account account, boolean demanded) {}

  @Override
  public void addEndpoints() {
    get(SETTINGS, this::settings);
    get(SETTINGS + "/tokens/add", this::askForToken);
    post(SETTINGS + "/tokens/add", this::beginToken);
    get(SETTINGS + "/tokens/{factor}", this::showToken);
    post(SETTINGS + "/tokens/{factor}", this::confirmToken);
    get(SETTINGS + "/yubikeys/add", this::askForYubiKey);
    post(SETTINGS + "/yubikeys/add", this::addYubiKey);
    get(SETTINGS + "/factors/{factor}", this::showFactor);
    post(SETTINGS + "/factors/{factor}", this::rename);
    portal.button(
        SETTINGS + "/factors/{factor}/remove", SETTINGS + "/factors/{factor}", this::remove);
    get(SETTINGS + "/recovery-codes", this::askForCodes);
    post(SETTINGS + "/recovery-codes", this::makeCodes);
    portal.button("/accounts/{number}/demand-factor", SETTINGS, ctx -> demand(ctx, true));
    portal.button("/accounts/{number}/demand-no-factor", SETTINGS, ctx -> demand(ctx, false));
  }

  private void settings(Context ctx) {
    var who = visits.of(ctx).signedIn();
    pages.show(
        ctx,
        "factor/settings.jte",
        ImmutableMap.of(
            "overview",
            editFactors.overview(who),
            "linked",
            linkAccounts.list(who),
            "offered",
            linkAccounts.offered(),
            "recovery",
            recoverAccess.openOf(who),
            "demands",
            editAccount.mine(who).stream()
                .map(a -> new Demand(a, editAccount.demandsFactor(who, a.number())))
                .collect(ImmutableList.toImmutableList())));
  }

  private void askForToken(Context ctx) {
    proved(ctx, Step.ADD_FACTOR);
    pages.show(ctx, "factor/add-token.jte", Form.EMPTY, ImmutableMap.of());
  }

  private void beginToken(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = forms.read(ctx, Named.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var enrolment = editFactors.beginTotp(who, form.as(Named.class).name());
          pages.go(ctx, SETTINGS + "/tokens/" + enrolment.id());
        },
        again -> pages.show(ctx, "factor/add-token.jte", again, ImmutableMap.of()));
  }

  private void showToken(Context ctx) {
    var who = proved(ctx, Step.ADD_FACTOR);
    showToken(ctx, editFactors.begunTotp(who, Query.factor(ctx)), Form.EMPTY);
  }

  private void confirmToken(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var id = Query.factor(ctx);
    var form = forms.read(ctx, Coded.class);
    pages.attempt(
        ctx,
        form,
        () -> added(ctx, editFactors.confirmTotp(who, id, form.as(Coded.class).code())),
        again -> showToken(ctx, editFactors.begunTotp(who, id), again));
  }

  private void askForYubiKey(Context ctx) {
    var who = proved(ctx, Step.ADD_FACTOR);
    if (!editFactors.overview(who).yubiKeysWork()) {
      throw new Refusal(Reason.YUBIKEY_NOT_CONFIGURED);
    }
    pages.show(ctx, "factor/add-yubikey.jte", Form.EMPTY, ImmutableMap.of());
  }

  private void addYubiKey(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = forms.read(ctx, Touched.class);
    var typed = form.as(Touched.class);
    pages.attempt(
        ctx,
        form,
        () -> added(ctx, editFactors.addYubiKey(who, typed.name(), typed.code())),
        again ->
            pages.show(ctx, "factor/add-yubikey.jte", again.with("code", ""), ImmutableMap.of()));
  }

  /** Recovery codes are seen this once, in the answer to the form itself. */
  private void added(Context ctx, ImmutableList<RecoveryCode> codes) {
    if (codes.isEmpty()) {
      pages.done(ctx, SETTINGS, "factor-added");
    } else {
      showCodes(ctx, codes);
    }
  }

  private void showFactor(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var factor = find(who, Query.factor(ctx));
    showFactor(ctx, factor, Form.EMPTY.with("name", factor.name()));
  }

  private void rename(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var id = Query.factor(ctx);
    var form = forms.read(ctx, Named.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          editFactors.rename(who, id, form.as(Named.class).name());
          pages.done(ctx, SETTINGS, "factor-renamed");
        },
        again -> showFactor(ctx, find(who, id), again));
  }

  private void remove(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var id = Query.factor(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          editFactors.remove(who, id);
          pages.done(ctx, SETTINGS, "factor-removed");
        },
        again -> {
          var factor = find(who, id);
          showFactor(ctx, factor, again.with("name", factor.name()));
        });
  }

  private void askForCodes(Context ctx) {
    var who = proved(ctx, Step.MAKE_RECOVERY_CODES);
    showAskForCodes(ctx, who, Form.EMPTY);
  }

  private void makeCodes(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> showCodes(ctx, editFactors.makeRecoveryCodes(who)),
        again -> showAskForCodes(ctx, who, again));
  }

  private void demand(Context ctx, boolean demanded) {
    var who = visits.of(ctx).signedIn();
    forms.button(ctx);
    editAccount.demandFactor(who, Query.account(ctx), demanded);
    pages.done(ctx, SETTINGS, demanded ? "factor-demanded" : "factor-not-demanded");
  }

  private void showToken(Context ctx, Enrolment enrolment, Form form) {
    pages.show(
        ctx,
        "factor/confirm-token.jte",
        form,
        ImmutableMap.of(
            "enrolment",
            enrolment,
            "qr",
            QrCode.of(enrolment.uri()),
            "action",
            SETTINGS + "/tokens/" + enrolment.id(),
            "cancel",
            SETTINGS,
            "narrow",
            false));
  }

  private void showFactor(Context ctx, Factor factor, Form form) {
    pages.show(ctx, "factor/factor.jte", form, ImmutableMap.of("factor", factor));
  }

  private void showAskForCodes(Context ctx, SignedIn who, Form form) {
    pages.show(
        ctx,
        "factor/make-codes.jte",
        form,
        ImmutableMap.of("left", editFactors.overview(who).codesLeft()));
  }

  private void showCodes(Context ctx, ImmutableList<RecoveryCode> codes) {
    pages.show(ctx, "factor/codes.jte", ImmutableMap.of("codes", codes, "next", SETTINGS));
  }

  private Factor find(SignedIn who, Factor.Id id) {
    return editFactors.overview(who).factors().stream()
        .filter(factor -> factor.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
  }

  /** Better to prove it before typing than to lose what was typed. */
  private SignedIn proved(Context ctx, Step step) {
    var who = visits.of(ctx).signedIn();
    step.mustBeProved(who.session().provedAt(), clock.instant());
    return who;
  }
}
