package org.holdfast.web.profile;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.EditProfile;
import org.holdfast.application.account.ProfileInput;
import org.holdfast.application.emailchange.ChangeEmail;
import org.holdfast.application.session.SignedIn;
import org.holdfast.web.Form;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.Visits;

/** Your Profile: the person who signs in. */
public final class ProfileRoutes implements EndpointGroup {

  private static final String PATH = "/profile";

  private final Portal portal;
  private final Pages pages;
  private final Visits visits;
  private final EditProfile editProfile;
  private final ChangeEmail changeEmail;

  public ProfileRoutes(Portal portal, EditProfile editProfile, ChangeEmail changeEmail) {
    this.portal = portal;
    this.pages = portal.pages();
    this.visits = portal.visits();
    this.editProfile = editProfile;
    this.changeEmail = changeEmail;
  }

  @Override
  public void addEndpoints() {
    get(PATH, this::edit);
    post(PATH, this::save);
  }

  private void edit(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var user = who.user();
    show(
        ctx,
        who,
        Form.of(
            new ProfileInput(
                user.name().first(),
                user.name().last(),
                user.language().tag(),
                user.timeZone().getId())));
  }

  private void save(Context ctx) {
    var who = visits.of(ctx).signedIn();
    var form = portal.forms().read(ctx, ProfileInput.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          editProfile.change(who, form.as(ProfileInput.class));
          pages.done(ctx, PATH, "profile-saved");
        },
        again -> show(ctx, who, again));
  }

  private void show(Context ctx, SignedIn who, Form form) {
    pages.show(
        ctx,
        "profile/profile.jte",
        form,
        ImmutableMap.of(
            "email",
            who.user().email().value(),
            "pending",
            changeEmail.pending(who),
            "zones",
            EditProfile.timeZones()));
  }
}
