package org.holdfast.web.signin;

import static io.javalin.apibuilder.ApiBuilder.get;
import static io.javalin.apibuilder.ApiBuilder.post;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.Optional;
import org.holdfast.application.factor.Enrolling.Enrolment;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Secret;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.web.Back;
import org.holdfast.web.Cookies;
import org.holdfast.web.Form;
import org.holdfast.web.Forms;
import org.holdfast.web.Pages;
import org.holdfast.web.Portal;
import org.holdfast.web.QrCode;
import org.holdfast.web.Query;
import org.holdfast.web.Visits;
import org.jspecify.annotations.Nullable;

/**
 * The second half of signing in: showing the second factor, or setting one up where it is demanded
 * and there is none. Who is half signed in is known by a cookie that opens nothing else.
 */
public final class SetUpRoutes implements EndpointGroup {

  private static final String SET_UP = "/sign-in/set-up";

  private final Pages pages;
  private final Forms forms;
  private final Visits visits;
  private final Cookies cookies;
  private final SignIn signIn;
  private final SigningIn signingIn;
  private final boolean yubiKeysWork;

  public SetUpRoutes(Portal portal, SignIn signIn, SigningIn signingIn, boolean yubiKeysWork) {
    this.pages = portal.pages();
    this.forms = portal.forms();
    this.visits = portal.visits();
    this.cookies = portal.cookies();
    this.signIn = signIn;
    this.signingIn = signingIn;
    this.yubiKeysWork = yubiKeysWork;
  }

  private record Coded(@Nullable String code, @Nullable String next) {}

  private record Named(@Nullable String name, @Nullable String next) {}

  private record Touched(@Nullable String name, @Nullable String code, @Nullable String next) {}

  @Override
  public void addEndpoints() {
    get("/sign-in/code", this::askForCode);
    post("/sign-in/code", this::showCode);
    get(SET_UP, this::askForName);
    post(SET_UP, this::begin);
    get(SET_UP + "/yubikey", this::askForYubiKey);
    post(SET_UP + "/yubikey", this::finishWithYubiKey);
    get(SET_UP + "/{factor}", this::showToken);
    post(SET_UP + "/{factor}", this::finish);
  }

  private void askForCode(Context ctx) {
    showAskForCode(ctx, Form.EMPTY.with("next", next(ctx)));
  }

  private void showCode(Context ctx) {
    var form = forms.read(ctx, Coded.class);
    var typed = form.as(Coded.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          begun(
              ctx,
              signIn.showFactor(
                  pending(ctx).orElse(null), typed.code(), visits.device(ctx), visits.origin(ctx)));
          pages.go(ctx, Back.to(typed.next()));
        },
        again -> showAskForCode(ctx, again.with("code", "")));
  }

  private void askForName(Context ctx) {
    mustBeHalfSignedIn(ctx);
    showAskForName(ctx, Form.EMPTY.with("next", next(ctx)));
  }

  private void begin(Context ctx) {
    var form = forms.read(ctx, Named.class);
    var typed = form.as(Named.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var enrolment = signIn.beginSetUp(pending(ctx).orElse(null), typed.name());
          pages.go(ctx, SET_UP + "/" + enrolment.id() + "?next=" + Back.to(typed.next()));
        },
        again -> showAskForName(ctx, again));
  }

  private void showToken(Context ctx) {
    showToken(ctx, begun(ctx), Form.EMPTY.with("next", next(ctx)));
  }

  private void finish(Context ctx) {
    var form = forms.read(ctx, Coded.class);
    var typed = form.as(Coded.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var done =
              signIn.finishSetUp(
                  pending(ctx).orElse(null),
                  Query.factor(ctx),
                  typed.code(),
                  visits.device(ctx),
                  visits.origin(ctx));
          begun(ctx, done.begun());
          showCodes(ctx, done.codes(), typed.next());
        },
        again -> showToken(ctx, begun(ctx), again));
  }

  private void askForYubiKey(Context ctx) {
    mustBeHalfSignedIn(ctx);
    showAskForYubiKey(ctx, Form.EMPTY.with("next", next(ctx)));
  }

  private void finishWithYubiKey(Context ctx) {
    var form = forms.read(ctx, Touched.class);
    var typed = form.as(Touched.class);
    pages.attempt(
        ctx,
        form,
        () -> {
          var done =
              signIn.finishSetUp(
                  pending(ctx).orElse(null),
                  typed.name(),
                  typed.code(),
                  visits.device(ctx),
                  visits.origin(ctx));
          begun(ctx, done.begun());
          showCodes(ctx, done.codes(), typed.next());
        },
        again -> showAskForYubiKey(ctx, again.with("code", "")));
  }

  private void begun(Context ctx, SignIn.Begun begun) {
    signingIn.endOlder(visits.of(ctx).who()); // somebody may have signed in meanwhile
    cookies.drop(ctx, Cookies.Kind.PENDING);
    visits.begin(ctx, begun.token());
    visits.remember(ctx, begun.device());
  }

  private Optional<Secret> pending(Context ctx) {
    return cookies.secret(ctx, Cookies.Kind.PENDING);
  }

  private void mustBeHalfSignedIn(Context ctx) {
    signIn.needed(pending(ctx).orElse(null));
  }

  private Enrolment begun(Context ctx) {
    return signIn.begunSetUp(pending(ctx).orElse(null), Query.factor(ctx));
  }

  private static String next(Context ctx) {
    return Back.to(Query.param(ctx, "next").orElse(""));
  }

  private void showAskForCode(Context ctx, Form form) {
    var needed = signIn.needed(pending(ctx).orElse(null));
    if (needed instanceof SignIn.FactorNeeded factors) {
      pages.show(ctx, "signin/code.jte", form, ImmutableMap.of("needed", factors));
    } else {
      pages.go(ctx, SET_UP + "?next=" + Back.to(form.value("next")));
    }
  }

  private void showAskForName(Context ctx, Form form) {
    pages.show(ctx, "signin/set-up.jte", form, ImmutableMap.of("yubiKeysWork", yubiKeysWork));
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
            SET_UP + "/" + enrolment.id(),
            "cancel",
            SET_UP,
            "narrow",
            true));
  }

  private void showAskForYubiKey(Context ctx, Form form) {
    pages.show(ctx, "signin/set-up-yubikey.jte", form, ImmutableMap.of());
  }

  private void showCodes(Context ctx, ImmutableList<RecoveryCode> codes, @Nullable String next) {
    pages.show(ctx, "factor/codes.jte", ImmutableMap.of("codes", codes, "next", Back.to(next)));
  }
}
