package org.holdfast.web.console;

import io.javalin.http.Context;
import java.util.Optional;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.session.Origin;
import org.holdfast.web.Answers;
import org.holdfast.web.Cookies;
import org.holdfast.web.Origins;
import org.holdfast.web.Visit;
import org.holdfast.web.Visitors;
import org.holdfast.web.Visits;

/** Finds out which staff member is asking: one read where a token names a session, nothing else. */
public final class StaffVisits implements Visitors {

  private static final String ATTRIBUTE = StaffVisits.class.getName();

  private final SignInStaff signIn;
  private final Origins origins;
  private final Cookies cookies;

  StaffVisits(SignInStaff signIn, Origins origins, Cookies cookies) {
    this.signIn = signIn;
    this.origins = origins;
    this.cookies = cookies;
  }

  @Override
  public Visit of(Context ctx) {
    Visit known = ctx.attribute(ATTRIBUTE);
    if (known != null) {
      return known;
    }
    var visit = find(ctx);
    ctx.attribute(ATTRIBUTE, visit);
    return visit;
  }

  @Override
  public Origin origin(Context ctx) {
    return origins.of(ctx);
  }

  /** Hands the browser the token of a session, which it had none of or an older one. */
  public void begin(Context ctx, Secret token) {
    cookies.put(ctx, Cookies.Kind.STAFF_SESSION, token.value());
    ctx.attribute(ATTRIBUTE, null);
  }

  @Override
  public void end(Context ctx) {
    cookies.drop(ctx, Cookies.Kind.STAFF_SESSION);
    ctx.attribute(ATTRIBUTE, null);
  }

  @Override
  public boolean hasSessionCookie(Context ctx) {
    return cookies
        .get(ctx, Cookies.Kind.STAFF_SESSION)
        .filter(value -> !value.isEmpty())
        .isPresent();
  }

  private Visit find(Context ctx) {
    var shift =
        token(ctx).flatMap(token -> signIn.check(token).map(who -> new Visit.Shift(who, token)));
    Language language =
        shift.map(s -> s.who().staff().language()).orElseGet(() -> Visits.accepted(ctx));
    return new Visit(origins.of(ctx), Optional.empty(), shift, language);
  }

  private Optional<Secret> token(Context ctx) {
    return Answers.isApi(ctx)
        ? Visits.bearer(ctx)
        : cookies.secret(ctx, Cookies.Kind.STAFF_SESSION);
  }
}
