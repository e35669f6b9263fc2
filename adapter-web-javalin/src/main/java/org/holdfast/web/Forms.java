package org.holdfast.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Reads a posted form, all of which must be understood: each field is one of the form's, given at
 * most once where it holds one text, and spelled in UTF-8. A form of somebody signed in must come
 * from that session's own pages.
 */
public final class Forms {

  /** The field that proves that a form is one of our own. */
  public static final String TOKEN = "formToken";

  static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

  private final Visitors visits;

  public Forms(Visitors visits) {
    this.visits = visits;
  }

  /** A form without fields: a button. */
  private record Button() {}

  /** Reads a form that is only a button. */
  public Form button(Context ctx) {
    return read(ctx, Button.class);
  }

  /**
   * Reads a form whose fields are those of a record.
   *
   * @param more fields besides, each given at most once
   * @throws Malformed naming the field
   * @throws ForbiddenResponse where it is not one of our own
   */
  public Form read(Context ctx, Class<? extends Record> shape, String... more) {
    var body = Body.read(ctx, MEDIA_TYPE);
    var typed = UrlEncoded.parse(new String(body, StandardCharsets.ISO_8859_1));
    var single = Shape.single(shape);
    var several = Shape.several(shape);
    var others = Set.of(more);
    for (var field : typed.keySet()) {
      if (several.contains(field)) {
        continue;
      }
      if (!single.contains(field) && !others.contains(field) && !field.equals(TOKEN)) {
        throw new Malformed(field, "unknown_field");
      }
      if (typed.get(field).size() > 1) {
        throw new Malformed(field, "doubled_field");
      }
    }
    var form = new Form(typed);
    if (!visits.of(ctx).isOwnForm(form.sent(TOKEN))) {
      throw new ForbiddenResponse("stale form");
    }
    return form;
  }

  /**
   * Reads what a mail program sends to unsubscribe with one click (RFC 8058 §3.2); it may come as
   * either kind of form.
   *
   * @throws Malformed where it is something else
   */
  public void oneClick(Context ctx) {
    var body = new String(Body.read(ctx), StandardCharsets.ISO_8859_1);
    if (!body.contains("List-Unsubscribe") || !body.contains("One-Click")) {
      throw new Malformed("List-Unsubscribe", "required");
    }
  }
}
