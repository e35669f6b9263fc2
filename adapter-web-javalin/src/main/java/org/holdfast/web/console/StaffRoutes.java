package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.InstantSource;
import org.holdfast.application.staff.KeepStaff;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.support.Act;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Query;
import org.holdfast.web.Site;
import org.jspecify.annotations.Nullable;

/** Who works at the console. */
final class StaffRoutes implements EndpointGroup {

  private static final String MEMBER = "/staff/{staff}";

  private final Pages pages;
  private final Forms forms;
  private final StaffVisits visits;
  private final KeepStaff keepStaff;
  private final InstantSource clock;

  StaffRoutes(Site<StaffVisits> site, KeepStaff keepStaff, InstantSource clock) {
    this.pages = site.pages();
    this.forms = site.forms();
    this.visits = site.visits();
    this.keepStaff = keepStaff;
    this.clock = clock;
  }

  private record Invited(
      @Nullable String name,
      @Nullable String email,
      @Nullable String role,
      @Nullable String language) {}

  private record Wanted(@Nullable String role) {}

  private interface Keeping {
    void on(SignedInStaff who, Staff.Id id);
  }

  @Override
  public void addEndpoints() {
    get("/staff", this::list);
    get("/staff/invite", ctx -> askWhom(ctx, Form.EMPTY));
    post("/staff/invite", this::invite);
    get(MEMBER, ctx -> show(ctx, id(ctx), Form.EMPTY));
    pages.button(MEMBER + "/role", MEMBER, this::changeRole);
    button("/disable", (who, id) -> keepStaff.disable(who, id, true), "staff-disabled");
    button("/enable", (who, id) -> keepStaff.disable(who, id, false), "staff-enabled");
    button("/invite-anew", keepStaff::inviteAnew, "staff-invited");
  }

  private void list(Context ctx) {
    pages.show(
        ctx,
        "console/staff.jte",
        ImmutableMap.of("staff", keepStaff.list(visits.of(ctx).signedInStaff())));
  }

  private void invite(Context ctx) {
    var form = forms.read(ctx, Invited.class);
    var typed = form.as(Invited.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          keepStaff.invite(
              visits.of(ctx).signedInStaff(),
              typed.name(),
              typed.email(),
              typed.role(),
              typed.language());
          pages.done(ctx, "/staff", "staff-invited");
        },
        again -> askWhom(ctx, again));
  }

  private void changeRole(Context ctx) {
    var id = id(ctx);
    var form = forms.read(ctx, Wanted.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          keepStaff.changeRole(visits.of(ctx).signedInStaff(), id, form.as(Wanted.class).role());
          pages.done(ctx, "/staff/" + id, "staff-role-changed");
        },
        again -> show(ctx, id, again));
  }

  private void button(String path, Keeping keeping, String done) {
    pages.button(
        MEMBER + path,
        MEMBER,
        ctx -> {
          var id = id(ctx);
          var form = forms.button(ctx);
          pages.attempt(
              ctx,
              form,
              () -> {
                keeping.on(visits.of(ctx).signedInStaff(), id);
                pages.done(ctx, "/staff/" + id, done);
              },
              again -> show(ctx, id, again));
        });
  }

  /** Asked for a fresh proof now, nobody loses what they typed to it. */
  private void askWhom(Context ctx, Form form) {
    var who = visits.of(ctx).signedInStaff();
    Act.KEEP_STAFF.mustBeAllowed(who.staff(), who.session().provedAt(), clock.instant());
    pages.show(ctx, "console/invite.jte", form, ImmutableMap.of());
  }

  private void show(Context ctx, Staff.Id id, Form form) {
    var who = visits.of(ctx).signedInStaff();
    var staff = keepStaff.find(who, id);
    pages.show(
        ctx,
        "console/member.jte",
        form.typed().containsKey("role") ? form : form.with("role", staff.role().key()),
        ImmutableMap.of("staff", staff, "own", who.staff().id().equals(id)));
  }

  private static Staff.Id id(Context ctx) {
    return Query.uuid(ctx.pathParam("staff"))
        .map(Staff.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_STAFF));
  }
}
