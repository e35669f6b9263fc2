package org.holdfast.web.linkedaccount;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.linkedaccount.LinkAccounts;
import org.holdfast.application.linkedaccount.LinkAccounts.Departure;
import org.holdfast.application.linkedaccount.LinkAccounts.LinkMade;
import org.holdfast.application.linkedaccount.LinkAccounts.Linked;
import org.holdfast.application.linkedaccount.LinkAccounts.SignedInBy;
import org.holdfast.application.linkedaccount.LinkAccounts.SteppedUp;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.session.Step;
import org.holdfast.web.Back;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;
import org.holdfast.web.Visit;
import org.holdfast.web.Visits;
import org.holdfast.web.signin.SigningIn;
import org.jspecify.annotations.Nullable;

/** Leaving for a provider of identities, coming back, and Linked Accounts. */
public final class LinkRoutes implements EndpointGroup {

  private static final String SETTINGS = "/security";

  private final Portal portal;
  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final Cookies cookies;
  private final SigningIn signingIn;
  private final LinkAccounts linkAccounts;
  private final InstantSource clock;

  public LinkRoutes(
      Portal portal, SigningIn signingIn, LinkAccounts linkAccounts, InstantSource clock) {
    this.portal = portal;
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.cookies = portal.cookies();
    this.signingIn = signingIn;
    this.linkAccounts = linkAccounts;
    this.clock = clock;
  }

  private record Going(@Nullable String next) {}

  private record Proving(@Nullable String code, @Nullable String next) {}

  @Override
  public void addEndpoints() {
    post("/sign-in/with/{provider}", this::leaveToSignIn);
    get("/sign-in/with/{provider}", ctx -> pages.go(ctx, "/sign-in"));
    portal.button(SETTINGS + "/links/{provider}/add", SETTINGS, this::leaveToLink);
    post("/prove-it-is-you/with/{provider}", this::leaveToProve);
    get("/prove-it-is-you/with/{provider}", ctx -> pages.go(ctx, "/prove-it-is-you"));
    get(Links.comeBackFrom("{provider}"), this::comeBack);
    get(SETTINGS + "/links/{link}", this::askToUnlink);
    post(SETTINGS + "/links/{link}", this::unlink);
  }

  private void leaveToSignIn(Context ctx) {
    var form = forms.read(ctx, Going.class);
    var next = Back.to(form.as(Going.class).next());
    leave(ctx, linkAccounts.beginSignIn(ctx.pathParam("provider"), next, visits.origin(ctx)));
  }

  private void leaveToLink(Context ctx) {
    var who = visits.of(ctx).signedIn();
    forms.button(ctx);
    leave(ctx, linkAccounts.beginLink(who, ctx.pathParam("provider")));
  }

  private void leaveToProve(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = forms.read(ctx, Proving.class);
    var typed = form.as(Proving.class);
    pages.attempt(
        ctx,
        form,
        () ->
            leave(
                ctx,
                linkAccounts.beginStepUp(
                    who, ctx.pathParam("provider"), typed.code(), Back.to(typed.next()))),
        again -> signingIn.showProof(ctx, again.with("code", "")));
  }

  /**
   * A page that goes on by itself, or by a click: browsers hold a redirect of a form against our
   * own rule that forms lead to nobody else.
   */
  private void leave(Context ctx, Departure departure) {
    cookies.put(ctx, Cookies.Kind.LINKING, departure.browser().value());
    ctx.header("Refresh", "0; url=" + departure.to());
    pages.show(ctx, "linkedaccount/leave.jte", ImmutableMap.of("to", departure.to().toString()));
  }

  private void comeBack(Context ctx) {
    var provider = ctx.pathParam("provider");
    var browser = cookies.secret(ctx, Cookies.Kind.LINKING);
    var state = Query.param(ctx, "state").flatMap(Secret::parse);
    var visit = visits.of(ctx);
    cookies.drop(ctx, Cookies.Kind.LINKING);
    if (Query.param(ctx, "error").isPresent()) {
      linkAccounts.giveUp(provider, browser, state);
      pages.done(ctx, visit.session().isPresent() ? SETTINGS : "/sign-in", "provider-cancelled");
      return;
    }
    var back =
        linkAccounts.comeBack(
            provider,
            browser,
            state,
            Query.param(ctx, "code").orElse(null),
            visit.who(),
            visit.session().map(Visit.Session::token),
            visits.device(ctx),
            visits.origin(ctx));
    if (back instanceof SignedInBy by) {
      signingIn.goOn(ctx, by.outcome(), visit.who(), by.next());
    } else if (back instanceof LinkMade) {
      pages.done(ctx, SETTINGS, "account-linked");
    } else if (back instanceof SteppedUp up) {
      visits.begin(ctx, up.token());
      pages.go(ctx, Back.to(up.next()));
    }
  }

  private void askToUnlink(Context ctx) {
    var who = visits.of(ctx).signedIn();
    Step.UNLINK_ACCOUNT.mustBeProved(who.session().provedAt(), clock.instant());
    showUnlink(ctx, find(who, link(ctx)), Form.EMPTY);
  }

  private void unlink(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var id = link(ctx);
    var form = forms.button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          linkAccounts.unlink(who, id);
          pages.done(ctx, SETTINGS, "account-unlinked");
        },
        again -> showUnlink(ctx, find(who, id), again));
  }

  private void showUnlink(Context ctx, Linked linked, Form form) {
    pages.show(ctx, "linkedaccount/unlink.jte", form, ImmutableMap.of("linked", linked));
  }

  private Linked find(SignedIn who, UUID id) {
    return linkAccounts.list(who).stream()
        .filter(linked -> linked.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_LINK));
  }

  /**
   * The linked account's id in the path.
   *
   * @throws Refusal NO_SUCH_LINK
   */
  static UUID link(Context ctx) {
    return Optional.of(ctx.pathParam("link"))
        .flatMap(Query::uuid)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_LINK));
  }
}
