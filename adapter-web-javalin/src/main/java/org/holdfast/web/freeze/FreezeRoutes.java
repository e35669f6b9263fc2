package org.holdfast.web.freeze;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.freeze.FreezeUser;
import org.holdfast.application.mail.Links;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;

/** "This wasn't me": one click in the letter, one here. */
public final class FreezeRoutes implements EndpointGroup {

  private final Portal portal;
  private final Pages pages;
  private final MailedSecret link;
  private final FreezeUser freezeUser;

  public FreezeRoutes(Portal portal, FreezeUser freezeUser) {
    this.portal = portal;
    this.pages = portal.pages();
    this.link = new MailedSecret(portal.cookies(), Cookies.Kind.FREEZE);
    this.freezeUser = freezeUser;
  }

  @Override
  public void addEndpoints() {
    get(Links.FREEZE, this::ask);
    post(Links.FREEZE, this::freeze);
    get("/frozen", ctx -> pages.show(ctx, "freeze/frozen.jte", ImmutableMap.of()));
  }

  private void ask(Context ctx) {
    if (!link.hide(ctx)) {
      show(ctx, Form.EMPTY);
    }
  }

  private void freeze(Context ctx) {
    var form = portal.forms().button(ctx);
    pages.attempt(
        ctx,
        form,
        () -> {
          freezeUser.freeze(link.of(ctx).orElse(null), portal.visits().origin(ctx));
          link.forget(ctx);
          pages.go(ctx, "/frozen");
        },
        again -> show(ctx, again));
  }

  private void show(Context ctx, Form form) {
    var address =
        link.of(ctx)
            .flatMap(freezeUser::opens)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    pages.show(ctx, "freeze/ask.jte", form, ImmutableMap.of("address", address.value()));
  }
}
