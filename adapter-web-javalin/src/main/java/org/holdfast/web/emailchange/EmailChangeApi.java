package org.holdfast.web.emailchange;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Locale;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.emailchange.EmailChange;
import org.holdfast.domain.Secret;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Changing the e-mail address of a user or an account, as JSON. */
public final class EmailChangeApi implements EndpointGroup {

  private final Api api;
  private final ChangeEmail changeEmail;

  public EmailChangeApi(Api api, ChangeEmail changeEmail) {
    this.api = api;
    this.changeEmail = changeEmail;
  }

  private record Asked(@Nullable String email) {}

  private record Link(@Nullable String token) {}

  /** The change that a link was for. */
  public record Shown(String target, String from, String to) {}

  @Override
  public void addEndpoints() {
    api.post("/profile/email-change", this::requestOfUser);
    api.delete("/profile/email-change", this::withdrawOfUser);
    api.post("/accounts/{number}/email-change", this::requestOfAccount);
    api.delete("/accounts/{number}/email-change", this::withdrawOfAccount);
    api.post("/email-changes/confirm", this::confirm);
    api.post("/email-changes/undo", this::undo);
  }

  private void requestOfUser(Context ctx) {
    var who = api.signedIn(ctx);
    changeEmail.request(who, Json.read(ctx, Asked.class).email());
    ctx.status(202);
  }

  private void withdrawOfUser(Context ctx) {
    changeEmail.withdraw(api.signedIn(ctx));
    ctx.status(204);
  }

  private void requestOfAccount(Context ctx) {
    var who = api.signedIn(ctx);
    changeEmail.request(who, Query.account(ctx), Json.read(ctx, Asked.class).email());
    ctx.status(202);
  }

  private void withdrawOfAccount(Context ctx) {
    changeEmail.withdraw(api.signedIn(ctx), Query.account(ctx));
    ctx.status(204);
  }

  private void confirm(Context ctx) {
    var link = Secret.parse(Json.read(ctx, Link.class).token());
    ctx.json(shown(changeEmail.confirm(link.orElse(null))));
  }

  private void undo(Context ctx) {
    var link = Secret.parse(Json.read(ctx, Link.class).token());
    ctx.json(shown(changeEmail.undo(link.orElse(null))));
  }

  private static Shown shown(EmailChange change) {
    return new Shown(
        change.target().name().toLowerCase(Locale.ROOT),
        change.from().value(),
        change.to().value());
  }
}
