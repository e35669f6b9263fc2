package org.holdfast.web.console;

import static com.google.common.base.Strings.nullToEmpty;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.holdfast.application.Policy;
import org.holdfast.application.staff.KeepStaff;
import org.holdfast.application.staff.ReadStaffLog;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.staff.Staff;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Who is at the console, what they did, and who may come, as JSON. */
final class StaffApi implements EndpointGroup {

  private static final int MOST = 100;
  private static final int USUAL = 50;
  private static final int MOST_DAYS = 366;

  private final Api api;
  private final SignInStaff signIn;
  private final KeepStaff keepStaff;
  private final ReadStaffLog log;
  private final Policy policy;

  StaffApi(Api api, SignInStaff signIn, KeepStaff keepStaff, ReadStaffLog log, Policy policy) {
    this.api = api;
    this.signIn = signIn;
    this.keepStaff = keepStaff;
    this.log = log;
    this.policy = policy;
  }

  /** What one signs in with. It does not print. */
  private record Credentials(
      @Nullable String email, @Nullable String password, @Nullable String code) {
    @Override
    public String toString() {
      return "Credentials[…]";
    }
  }

  /** Password and code once more. It does not print. */
  private record Proof(@Nullable String password, @Nullable String code) {
    @Override
    public String toString() {
      return "Proof[…]";
    }
  }

  /** The password there is, a code, and the one to be. It does not print. */
  private record NewPassword(
      @Nullable String currentPassword, @Nullable String code, @Nullable String newPassword) {
    @Override
    public String toString() {
      return "NewPassword[…]";
    }
  }

  private record Link(@Nullable String token) {
    @Override
    public String toString() {
      return "Link[…]";
    }
  }

  /** What an invitation is taken up with. It does not print. */
  private record Accepted(
      @Nullable String token, @Nullable String password, @Nullable String code) {
    @Override
    public String toString() {
      return "Accepted[…]";
    }
  }

  private record Invited(
      @Nullable String name,
      @Nullable String email,
      @Nullable String role,
      @Nullable String language) {}

  private record NewRole(@Nullable String role) {}

  /** A session that has just begun. It does not print. */
  record Begun(String token) {
    @Override
    public String toString() {
      return "Begun[…]";
    }
  }

  /** What an invitation shows: the secret of the token to set up. It does not print. */
  record Invitation(String name, String email, String role, String secret, String uri) {
    @Override
    public String toString() {
      return "Invitation[…]";
    }
  }

  /** A staff member. */
  record Member(
      UUID id,
      String name,
      String email,
      String language,
      String role,
      Instant roleSince,
      @Nullable Instant readyAt,
      @Nullable Instant disabledAt) {
    static Member of(Staff staff) {
      return new Member(
          staff.id().value(),
          staff.name(),
          staff.email().value(),
          staff.language().tag(),
          staff.role().key(),
          staff.roleSince(),
          staff.readyAt().orElse(null),
          staff.disabledAt().orElse(null));
    }
  }

  /** The staff, by name. */
  record Members(List<Member> staff) {}

  /** Something the caller did. */
  record Done(
      UUID id,
      String did,
      @Nullable String account,
      Instant at,
      String address,
      String device,
      Map<String, String> details) {}

  /** A page of what the caller did, newest first; {@code next} begins the one behind it. */
  record Log(List<Done> log, @Nullable UUID next) {}

  /** How often somebody did what. */
  record Counts(UUID staff, String name, Map<String, Integer> times) {}

  /** Numbers of everybody. */
  record Numbers(List<Counts> numbers) {}

  private interface Deed {
    void on(SignedInStaff who, Staff.Id id);
  }

  @Override
  public void addEndpoints() {
    api.post("/sessions", this::signIn);
    api.get("/sessions/current", this::current);
    api.delete("/sessions/current", this::signOut);
    api.post("/sessions/current/step-up", this::stepUp);
    api.put("/password", this::changePassword);
    api.post("/invitations", this::lookAtInvitation);
    api.post("/invitations/accept", this::accept);
    api.get("/log", this::log, "before", "limit");
    api.get("/numbers", this::numbers, "days");
    api.get("/staff", this::list);
    api.post("/staff", this::invite);
    api.get("/staff/{staff}", this::find);
    api.put("/staff/{staff}/role", this::changeRole);
    does("disable", (who, id) -> keepStaff.disable(who, id, true));
    does("enable", (who, id) -> keepStaff.disable(who, id, false));
    does("invite-anew", keepStaff::inviteAnew);
  }

  private void signIn(Context ctx) {
    var typed = Json.read(ctx, Credentials.class);
    var token =
        signIn.signIn(typed.email(), password(typed.password()), typed.code(), api.origin(ctx));
    ctx.status(201).json(new Begun(token.value()));
  }

  private void current(Context ctx) {
    ctx.json(Member.of(api.staff(ctx).staff()));
  }

  private void signOut(Context ctx) {
    signIn.signOut(api.staff(ctx));
    ctx.status(204);
  }

  private void stepUp(Context ctx) {
    var visit = api.visit(ctx);
    var who = visit.signedInStaff();
    var typed = Json.read(ctx, Proof.class);
    Api.renewed(ctx, signIn.stepUp(who, visit.token(), password(typed.password()), typed.code()));
  }

  private void changePassword(Context ctx) {
    var who = api.staff(ctx);
    var typed = Json.read(ctx, NewPassword.class);
    Api.renewed(
        ctx,
        signIn.changePassword(
            who, password(typed.currentPassword()), typed.code(), password(typed.newPassword())));
  }

  private void lookAtInvitation(Context ctx) {
    var invitation =
        Secret.parse(Json.read(ctx, Link.class).token())
            .flatMap(signIn::invitation)
            .orElseThrow(() -> new Refusal(Reason.LINK_NOT_VALID));
    var staff = invitation.staff();
    ctx.json(
        new Invitation(
            staff.name(),
            staff.email().value(),
            staff.role().key(),
            invitation.token().base32(),
            invitation.token().uri(policy.brand(), staff.email())));
  }

  private void accept(Context ctx) {
    var typed = Json.read(ctx, Accepted.class);
    var token =
        signIn.accept(
            Secret.parse(typed.token()).orElse(null),
            password(typed.password()),
            typed.code(),
            api.origin(ctx));
    ctx.status(201).json(new Begun(token.value()));
  }

  private void log(Context ctx) {
    var who = api.staff(ctx);
    var most = Api.number(ctx, "limit", 1, MOST, USUAL);
    var done = log.own(who, Api.id(ctx, "before"), most).stream().map(StaffApi::done).toList();
    ctx.json(new Log(done, done.size() < most ? null : done.get(most - 1).id()));
  }

  private void numbers(Context ctx) {
    var who = api.staff(ctx);
    var days = Api.number(ctx, "days", 1, MOST_DAYS, 7);
    ctx.json(
        new Numbers(
            log.numbers(who, Duration.ofDays(days)).stream().map(StaffApi::counts).toList()));
  }

  private void list(Context ctx) {
    ctx.json(new Members(keepStaff.list(api.staff(ctx)).stream().map(Member::of).toList()));
  }

  private void find(Context ctx) {
    ctx.json(Member.of(keepStaff.find(api.staff(ctx), id(ctx))));
  }

  private void invite(Context ctx) {
    var who = api.staff(ctx);
    var asked = Json.read(ctx, Invited.class);
    ctx.status(201)
        .json(
            Member.of(
                keepStaff.invite(
                    who, asked.name(), asked.email(), asked.role(), asked.language())));
  }

  private void changeRole(Context ctx) {
    var who = api.staff(ctx);
    keepStaff.changeRole(who, id(ctx), Json.read(ctx, NewRole.class).role());
    ctx.status(204);
  }

  private void does(String what, Deed deed) {
    api.post(
        "/staff/{staff}/" + what,
        ctx -> {
          var who = api.staff(ctx);
          api.readNothing(ctx);
          deed.on(who, id(ctx));
          ctx.status(204);
        });
  }

  private static Done done(ReadStaffLog.Told told) {
    var entry = told.entry();
    return new Done(
        entry.id(),
        entry.did().key(),
        told.account().orElse(null),
        entry.at(),
        entry.origin().address(),
        entry.origin().device(),
        ImmutableMap.copyOf(entry.details()));
  }

  private static Counts counts(ReadStaffLog.Numbers numbers) {
    var times = new TreeMap<String, Integer>();
    numbers.times().forEach((did, often) -> times.put(did.key(), often));
    return new Counts(numbers.staff().id().value(), numbers.staff().name(), times);
  }

  private static Staff.Id id(Context ctx) {
    return Query.uuid(ctx.pathParam("staff"))
        .map(Staff.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_STAFF));
  }

  private static Password password(@Nullable String typed) {
    return new Password(nullToEmpty(typed));
  }
}
