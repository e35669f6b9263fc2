package org.holdfast.web;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.javalin.apibuilder.ApiBuilder;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.holdfast.application.Policy;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Language;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.session.Origin;

/** Renders pages, and leads from one to the next. */
public final class Pages {

  private static final Pattern CODE = Pattern.compile("[a-z-]{1,40}");

  // These are about more than the form that was sent.
  private static final Set<Reason> NOT_OF_THE_FORM =
      EnumSet.of(
          Reason.NOT_SIGNED_IN,
          Reason.STEP_UP_NEEDED,
          Reason.LINK_NOT_VALID,
          Reason.REGISTRATION_CLOSED,
          Reason.NO_SUCH_ACCOUNT,
          Reason.NO_SUCH_CONTACT,
          Reason.NO_SUCH_SESSION,
          Reason.NO_SUCH_USER,
          Reason.SIGN_IN_EXPIRED,
          Reason.NO_SUCH_FACTOR,
          Reason.NO_SUCH_LINK,
          Reason.NO_SUCH_PROVIDER,
          Reason.NOT_ALLOWED,
          Reason.NO_GRANT,
          Reason.NO_SUCH_CASE,
          Reason.NO_SUCH_STAFF);

  private final TemplateEngine engine =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, "org.holdfast.web.template");
  private final Assets assets;
  private final Visitors visits;
  private final String brand;
  private final boolean registers;
  private final Frame frame;

  /**
   * What differs between portal and console: the template of a page that says no, and where
   * somebody proves again who they are.
   */
  enum Frame {
    PORTAL("error.jte", "/prove-it-is-you"),
    CONSOLE("console/error.jte", "/prove");

    private final String error;
    private final String stepUp;

    Frame(String error, String stepUp) {
      this.error = error;
      this.stepUp = stepUp;
    }
  }

  Pages(Assets assets, Visitors visits, Policy policy, Frame frame) {
    this.assets = assets;
    this.visits = visits;
    this.brand = policy.brand();
    this.registers = policy.registrationOpen();
    this.frame = frame;
  }

  /** Shows a page. */
  public void show(Context ctx, String template, Map<String, ?> model) {
    show(ctx, template, Form.EMPTY, Optional.empty(), model);
  }

  /** Shows a page with a form on it. */
  public void show(Context ctx, String template, Form form, Map<String, ?> model) {
    show(ctx, template, form, Optional.empty(), model);
  }

  /** Shows a page of an account. */
  public void show(Context ctx, String template, Form form, Account account, Map<String, ?> model) {
    show(ctx, template, form, Optional.of(account), model);
  }

  private void show(
      Context ctx, String template, Form form, Optional<Account> account, Map<String, ?> model) {
    var visit = visits.of(ctx);
    var words = Wording.in(visit.language());
    render(
        ctx,
        template,
        new Page(
            visit,
            words,
            brand,
            registers,
            assets,
            Back.to(ctx.path()),
            account,
            form,
            form.isRefused() ? Optional.empty() : done(ctx, words)),
        model);
  }

  /**
   * Runs a use case for a form. What it refuses is shown on the form again, with all that was
   * typed; what is about more than the form goes on to {@link Answers}.
   */
  public void attempt(Context ctx, Form form, Runnable useCase, Consumer<Form> again) {
    try {
      useCase.run();
    } catch (InvalidInput bad) {
      ctx.status(HttpStatus.UNPROCESSABLE_CONTENT);
      again.accept(form.with(bad.faults()));
    } catch (Refusal no) {
      if (NOT_OF_THE_FORM.contains(no.reason())) {
        throw no;
      }
      Answers.mark(ctx, no);
      again.accept(form.with(no));
    }
  }

  /** Goes on to a page, which confirms what was done. */
  public void done(Context ctx, String path, String code) {
    go(ctx, path + (path.contains("?") ? "&" : "?") + "done=" + code);
  }

  /** Goes on to a page. */
  public void go(Context ctx, String path) {
    ctx.header("Location", path);
    ctx.status(HttpStatus.SEE_OTHER);
  }

  /**
   * A button that is no page. Its address, opened instead of posted to, leads to the page it is on:
   * so does signing in again after the session has ended.
   */
  public void button(String path, String page, Handler pressed) {
    ApiBuilder.post(path, pressed);
    ApiBuilder.get(
        path,
        ctx -> {
          var there = page;
          for (var parameter : ctx.pathParamMap().entrySet()) {
            there = there.replace("{" + parameter.getKey() + "}", parameter.getValue());
          }
          go(ctx, Back.to(there));
        });
  }

  void toSignIn(Context ctx) {
    var ended = visits.hasSessionCookie(ctx);
    if (ended) {
      visits.end(ctx);
    }
    var front = "/".equals(ctx.path());
    go(
        ctx,
        "/sign-in"
            + (front ? "" : "?next=" + Back.to(ctx.path()))
            + (ended ? (front ? "?" : "&") + "done=session-ended" : ""));
  }

  void toStepUp(Context ctx) {
    go(ctx, frame.stepUp + "?next=" + Back.to(ctx.path()));
  }

  void no(Context ctx, String reason, String sentence, ImmutableList<Fault> faults) {
    show(
        ctx,
        frame.error,
        Form.EMPTY.with(faults),
        ImmutableMap.of("reason", reason, "sentence", sentence));
  }

  /** A page for which nothing is looked up. */
  void failed(Context ctx) {
    var words = Wording.in(Language.EN);
    var visit = new Visit(new Origin("", ""), Optional.empty(), Language.EN);
    render(
        ctx,
        frame.error,
        new Page(
            visit,
            words,
            brand,
            false,
            assets,
            "/",
            Optional.empty(),
            Form.EMPTY,
            Optional.empty()),
        ImmutableMap.of("reason", "status_500", "sentence", words.of("no.status_500")));
  }

  private void render(Context ctx, String template, Page page, Map<String, ?> model) {
    var parameters = ImmutableMap.<String, Object>builder().putAll(model).put("page", page).build();
    var output = new Utf8ByteOutput();
    engine.render(template, parameters, output);
    var bytes = new ByteArrayOutputStream(output.getContentLength());
    try {
      output.writeTo(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    ctx.header("Content-Language", page.words().language().tag());
    ctx.contentType("text/html; charset=utf-8").result(bytes.toByteArray());
  }

  private static Optional<String> done(Context ctx, Wording words) {
    if (!"GET".equals(ctx.req().getMethod())) {
      return Optional.empty();
    }
    try {
      return Query.param(ctx, "done")
          .filter(code -> CODE.matcher(code).matches() && words.has("done." + code))
          .map(code -> words.of("done." + code));
    } catch (Malformed nothingToConfirm) {
      return Optional.empty();
    }
  }
}
