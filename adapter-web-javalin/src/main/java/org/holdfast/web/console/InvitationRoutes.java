package org.holdfast.web.console;

import static com.google.common.base.Strings.nullToEmpty;
import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.Policy;
import org.holdfast.application.mail.Links;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.credential.Password;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.MailedSecret;
import org.holdfast.web.Pages;
import org.holdfast.web.QrCode;
import org.holdfast.web.Site;
import org.jspecify.annotations.Nullable;

/** Follow an invitation, choose a password, set the token up. */
final class InvitationRoutes implements EndpointGroup {

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final MailedSecret link;
  private final SignInStaff signIn;
  private final Policy policy;

  InvitationRoutes(Site<StaffVisits> site, SignInStaff signIn, Policy policy) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.link = new MailedSecret(site.cookies(), Cookies.Kind.STAFF_INVITATION);
    this.signIn = signIn;
    this.policy = policy;
  }

  private record Chosen(@Nullable String password, @Nullable String code) {}

  @Override
  public void addEndpoints() {
    get(Links.STAFF_INVITATION, this::show);
    post(Links.STAFF_INVITATION, this::accept);
  }

  private void show(Context ctx) {
    if (!link.hide(ctx)) {
      show(ctx, Form.EMPTY);
    }
  }

  private void accept(Context ctx) {
    var form = forms.read(ctx, Chosen.class);
    var typed = form.as(Chosen.class);
    var before = visits.of(ctx).staff();
    pages.attempt(
        ctx,
        form,
        () -> {
          var password = new Password(nullToEmpty(typed.password()));
          var token =
              signIn.accept(link.of(ctx).orElse(null), password, typed.code(), visits.origin(ctx));
          before.ifPresent(signIn::signOut);
          link.forget(ctx);
          visits.begin(ctx, token);
          pages.done(ctx, "/", "staff-ready");
        },
        again -> show(ctx, again.with("code", "")));
  }

  private void show(Context ctx, Form form) {
    var invitation =
        link.of(ctx)
            .flatMap(signIn::invitation)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    var uri = invitation.token().uri(policy.brand() + " Console", invitation.staff().email());
    pages.show(
        ctx,
        "console/invitation.jte",
        form,
        ImmutableMap.of(
            "invitation",
            invitation,
            "uri",
            uri,
            "qr",
            QrCode.of(uri),
            "min",
            policy.minPasswordLength()));
  }
}
