package org.holdfast.web.profile;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.application.account.EditProfile;
import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.User;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Your Profile, as JSON; and, for hosts, finding a person and shutting one out. */
public final class ProfileApi implements EndpointGroup {

  private final Api api;
  private final EditProfile editProfile;
  private final ChangeEmail changeEmail;

  public ProfileApi(Api api, EditProfile editProfile, ChangeEmail changeEmail) {
    this.api = api;
    this.editProfile = editProfile;
    this.changeEmail = changeEmail;
  }

  /**
   * A person's own profile.
   *
   * @param pendingEmail the address that waits to be confirmed
   */
  public record Profile(
      UUID id,
      String firstName,
      String lastName,
      String email,
      String language,
      String timeZone,
      @Nullable String pendingEmail) {}

  /** A person, as the host sees them. */
  public record Person(
      UUID id,
      String firstName,
      String lastName,
      String email,
      String language,
      String timeZone,
      @Nullable Instant confirmedAt,
      @Nullable Instant disabledAt) {}

  @Override
  public void addEndpoints() {
    api.get("/profile", this::show);
    api.put("/profile", this::change);
    api.get("/host/users", this::find, "email");
    api.post("/host/users/{user}/disable", this::disable);
    api.post("/host/users/{user}/enable", this::enable);
  }

  private void show(Context ctx) {
    var who = api.signedIn(ctx);
    var user = who.user();
    ctx.json(
        new Profile(
            user.id().value(),
            user.name().first(),
            user.name().last(),
            user.email().value(),
            user.language().tag(),
            user.timeZone().getId(),
            changeEmail.pending(who).map(change -> change.to().value()).orElse(null)));
  }

  private void change(Context ctx) {
    var who = api.signedIn(ctx);
    editProfile.change(who, Json.read(ctx, ProfileInput.class));
    ctx.status(204);
  }

  private void find(Context ctx) {
    var address =
        Query.param(ctx, "email")
            .flatMap(EmailAddress::parse)
            .orElseThrow(() -> new Refusal(Reason.NO_SUCH_USER));
    ctx.json(person(editProfile.findByAddress(address)));
  }

  private void disable(Context ctx) {
    api.readNothing(ctx);
    editProfile.disable(Query.user(ctx));
    ctx.status(204);
  }

  private void enable(Context ctx) {
    api.readNothing(ctx);
    editProfile.enable(Query.user(ctx));
    ctx.status(204);
  }

  private static Person person(User user) {
    return new Person(
        user.id().value(),
        user.name().first(),
        user.name().last(),
        user.email().value(),
        user.language().tag(),
        user.timeZone().getId(),
        user.confirmedAt().orElse(null),
        user.disabledAt().orElse(null));
  }
}
