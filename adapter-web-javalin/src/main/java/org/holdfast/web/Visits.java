package org.holdfast.web;

import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.application.session.Sessions;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/** Finds out who is asking: one read of the session where a token names one, and nothing else. */
public final class Visits implements Visitors {

  private static final String ATTRIBUTE = Visit.class.getName();

  private final Sessions sessions;
  private final Origins origins;
  private final Cookies cookies;

  public Visits(Sessions sessions, Origins origins, Cookies cookies) {
    this.sessions = sessions;
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

  /** The device cookie that came along. */
  public Optional<Secret> device(Context ctx) {
    return cookies.secret(ctx, Cookies.Kind.DEVICE);
  }

  /** Hands the browser the token of a session, which it had none of or an older one. */
  public void begin(Context ctx, Secret token) {
    cookies.put(ctx, Cookies.Kind.SESSION, token.value());
    ctx.attribute(ATTRIBUTE, null);
  }

  /** Marks a device as one that has signed in. */
  public void remember(Context ctx, Secret device) {
    cookies.put(ctx, Cookies.Kind.DEVICE, device.value());
  }

  @Override
  public void end(Context ctx) {
    cookies.drop(ctx, Cookies.Kind.SESSION);
    ctx.attribute(ATTRIBUTE, null);
  }

  /** Remembers which language a stranger has chosen. */
  public void speak(Context ctx, Language language) {
    cookies.put(ctx, Cookies.Kind.LANGUAGE, language.tag());
  }

  @Override
  public boolean hasSessionCookie(Context ctx) {
    return cookies.get(ctx, Cookies.Kind.SESSION).filter(value -> !value.isEmpty()).isPresent();
  }

  private Visit find(Context ctx) {
    var session =
        token(ctx)
            .flatMap(token -> sessions.check(token).map(who -> new Visit.Session(who, token)));
    return new Visit(
        origins.of(ctx),
        session,
        session.map(s -> s.who().user().language()).orElseGet(() -> languageOfBrowser(ctx)));
  }

  private Optional<Secret> token(Context ctx) {
    return Answers.isApi(ctx) ? bearer(ctx) : cookies.secret(ctx, Cookies.Kind.SESSION);
  }

  /** The bearer token that came along (RFC 6750 §2.1); what cannot be one is none. */
  public static Optional<Secret> bearer(Context ctx) {
    var given = ctx.header("Authorization");
    return given != null && given.regionMatches(true, 0, "Bearer ", 0, 7)
        ? Secret.parse(given.substring(7).strip())
        : Optional.empty();
  }

  private Language languageOfBrowser(Context ctx) {
    return cookies
        .get(ctx, Cookies.Kind.LANGUAGE)
        .filter(tag -> tag.length() == 2)
        .flatMap(Language::parse)
        .orElseGet(() -> accepted(ctx));
  }

  /** The language that the browser asks for. */
  public static Language accepted(Context ctx) {
    return accepted(ctx.header("Accept-Language")).orElse(Language.EN);
  }

  private static Optional<Language> accepted(@Nullable String header) {
    if (header == null || header.length() > 500) {
      return Optional.empty();
    }
    try {
      var ranges = Locale.LanguageRange.parse(header);
      return Optional.ofNullable(
              Locale.lookup(ranges, List.of(Language.EN.locale(), Language.DE.locale())))
          .flatMap(locale -> Language.parse(locale.getLanguage()));
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }
}
