package org.holdfast.web;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ExceptionHandler;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.holdfast.application.Words;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a no is worded and numbered, on pages and in JSON. Anything not listed here is our fault, and
 * a 500 that says nothing more.
 */
public final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final String PROBLEM = "application/problem+json"; // RFC 9457

  private final Pages pages;
  private final Visitors visits;

  Answers(Pages pages, Visitors visits) {
    this.pages = pages;
    this.visits = visits;
  }

  /**
   * A no in JSON.
   *
   * @param reason a stable name: of the refusal, or invalid_input, malformed, or one for the status
   * @param detail a sentence in the caller's language
   * @param faults what is wrong with which field
   */
  public record Problem(
      String title, int status, String reason, String detail, ImmutableList<Told> faults) {}

  /** One fault in JSON. */
  public record Told(
      String field, String rule, ImmutableMap<String, String> limits, String message) {}

  void register(RoutesConfig routes) {
    on(routes, InvalidInput.class, (bad, ctx) -> tell(ctx, 422, "invalid_input", bad.faults()));
    on(routes, Malformed.class, (bad, ctx) -> tell(ctx, 400, "malformed", bad.faults()));
    on(routes, Refusal.class, (no, ctx) -> refuse(ctx, no));
    on(routes, HttpResponseException.class, (no, ctx) -> answer(ctx, no));
    routes.exception(Exception.class, (bug, ctx) -> fail(ctx, bug));
  }

  /** Wording a no looks up who asks; where that fails, it has become a fault of ours. */
  private <E extends Exception> void on(
      RoutesConfig routes, Class<E> kind, ExceptionHandler<E> answer) {
    routes.exception(
        kind,
        (no, ctx) -> {
          Body.discard(ctx);
          try {
            answer.handle(no, ctx);
          } catch (RuntimeException bug) {
            fail(ctx, bug);
          }
        });
  }

  /** The status that goes with a refusal. */
  public static int status(Reason reason) {
    return switch (reason) {
      case NOT_SIGNED_IN,
          SIGN_IN_FAILED,
          SIGN_IN_EXPIRED,
          SERVICE_KEY_NOT_VALID,
          NOT_VOUCHED,
          NOT_LINKED ->
          401;
      case STEP_UP_NEEDED,
          REGISTRATION_CLOSED,
          NOT_ALLOWED,
          NO_GRANT,
          NOT_BY_THIS_METHOD,
          ANOTHER_PERSON_NEEDED,
          ROLE_TOO_NEW ->
          403;
      case NO_SUCH_ACCOUNT,
          NO_SUCH_USER,
          NO_SUCH_CONTACT,
          NO_SUCH_SESSION,
          NO_SUCH_ANNOUNCEMENT,
          NO_SUCH_FACTOR,
          NO_SUCH_LINK,
          NO_SUCH_PROVIDER,
          NO_SUCH_CASE,
          NO_SUCH_STAFF ->
          404;
      case ONLY_INVOICE_RECIPIENT,
          CONTACT_HAS_NO_ADDRESS,
          ALREADY_CONFIRMED,
          TOO_MANY_CONTACTS,
          CONTACT_ADDRESS_TAKEN,
          SAME_ADDRESS,
          ADDRESS_TAKEN,
          CHANGED_MEANWHILE,
          YUBIKEY_NOT_CONFIGURED,
          TOO_MANY_FACTORS,
          FACTOR_TAKEN,
          FACTOR_REQUIRED,
          NO_FACTOR,
          PASSWORD_TOO_SHORT_ALONE,
          ALREADY_LINKED,
          LAST_WAY_IN,
          IDEMPOTENCY_KEY_REUSED,
          ADDRESS_CHANGED_LATELY,
          NO_SUPPORT_PIN,
          SUPPORT_PINS_SUSPENDED,
          NEW_PASSWORD_NEEDED,
          CASE_OPEN_ALREADY,
          NOTHING_TO_RECOVER,
          CASE_DECIDED,
          STAFF_ADDRESS_TAKEN,
          NOT_YOURSELF,
          LAST_ADMINISTRATOR ->
          409;
      case LINK_NOT_VALID -> 410;
      case CURRENT_PASSWORD_WRONG, CODE_WRONG, CALLER_NOT_VERIFIED -> 422;
      case TOO_MANY_TRIES -> 429;
      case BUSY, YUBIKEY_UNREACHABLE, PROVIDER_UNAVAILABLE -> 503;
    };
  }

  /** The sentence for a refusal. */
  public static String sentence(Refusal no, Language language) {
    var words = Wording.in(language);
    var wait = no.retryAfter().map(w -> wait(w, words)).orElse(words.of("wait.moment"));
    return words.of("no." + key(no.reason()), wait);
  }

  /** Sets the status of a refusal, and when to come back. */
  static void mark(Context ctx, Refusal no) {
    ctx.status(status(no.reason()));
    if (ctx.statusCode() == 401) {
      ctx.header("WWW-Authenticate", "Bearer");
    }
    no.retryAfter().ifPresent(wait -> ctx.header("Retry-After", "" + Math.max(1, seconds(wait))));
  }

  /** Is it a program that asks? */
  public static boolean isApi(Context ctx) {
    return ctx.path().startsWith("/api/");
  }

  private void refuse(Context ctx, Refusal no) {
    var language = visits.of(ctx).language();
    if (isApi(ctx)) {
      mark(ctx, no);
      problem(ctx, key(no.reason()), sentence(no, language), ImmutableList.of());
      return;
    }
    switch (no.reason()) {
      case NOT_SIGNED_IN -> pages.toSignIn(ctx);
      case STEP_UP_NEEDED -> pages.toStepUp(ctx);
      case SIGN_IN_EXPIRED -> pages.done(ctx, "/sign-in", "sign-in-expired");
      default -> {
        mark(ctx, no);
        pages.no(ctx, key(no.reason()), sentence(no, language), ImmutableList.of());
      }
    }
  }

  private void tell(Context ctx, int status, String reason, ImmutableList<Fault> faults) {
    var language = visits.of(ctx).language();
    ctx.status(status);
    var sentence = Wording.in(language).of("no." + reason);
    if (isApi(ctx)) {
      problem(ctx, reason, sentence, faults);
    } else {
      pages.no(ctx, reason, sentence, faults);
    }
  }

  private void answer(Context ctx, HttpResponseException no) {
    var status = no.getStatus();
    if (status / 100 == 3) {
      ctx.status(status); // a redirect; its address is set
      return;
    }
    ctx.status(status);
    var allowed = no.getDetails().get("availableMethods");
    if (status == 405 && allowed != null) {
      ctx.header("Allow", allowed);
    }
    var words = Wording.in(visits.of(ctx).language());
    var reason = words.has("no.status_" + status) ? "status_" + status : "status_400";
    if (isApi(ctx)) {
      problem(ctx, reason, words.of("no." + reason), ImmutableList.of());
    } else {
      pages.no(ctx, reason, words.of("no." + reason), ImmutableList.of());
    }
  }

  /** Who asked is not looked up here: that may be what failed. */
  private void fail(Context ctx, Exception bug) {
    var route = ctx.endpoints().lastHttpEndpoint();
    LOG.error("{} {} failed", ctx.req().getMethod(), route == null ? "" : route.path, bug);
    if (ctx.res().isCommitted()) {
      breakOff(ctx);
      return;
    }
    ctx.res().resetBuffer(); // what was to be answered is no part of this
    ctx.removeHeader("Content-Disposition");
    ctx.status(500);
    var words = Wording.in(Language.EN);
    if (isApi(ctx)) {
      var problem = problemOf(ctx, "status_500", words.of("no.status_500"), ImmutableList.of());
      ctx.json(problem).contentType(PROBLEM);
    } else {
      pages.failed(ctx);
    }
  }

  /** Half an answer that ended as it should would be taken for the whole. */
  private static void breakOff(Context ctx) {
    ServletContextRequest.getServletContextRequest(ctx.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .close();
  }

  private void problem(Context ctx, String reason, String sentence, ImmutableList<Fault> faults) {
    var language = visits.of(ctx).language();
    var told =
        faults.stream()
            .map(f -> new Told(f.field(), f.rule(), f.limits(), Words.of(f, language)))
            .collect(toImmutableList());
    ctx.json(problemOf(ctx, reason, sentence, told)).contentType(PROBLEM);
  }

  private static Problem problemOf(
      Context ctx, String reason, String sentence, ImmutableList<Told> told) {
    return new Problem(ctx.status().getMessage(), ctx.statusCode(), reason, sentence, told);
  }

  static String key(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static long seconds(Duration wait) {
    return wait.plusNanos(999_999_999).toSeconds();
  }

  private static String wait(Duration wait, Wording words) {
    var seconds = seconds(wait);
    if (seconds <= 90) {
      return words.of(seconds <= 1 ? "wait.second" : "wait.seconds", seconds);
    }
    var minutes = (seconds + 59) / 60;
    return minutes < 60
        ? words.of("wait.minutes", minutes)
        : words.of(minutes == 60 ? "wait.hour" : "wait.hours", (minutes + 59) / 60);
  }
}
