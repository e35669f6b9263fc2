package org.holdfast.web;

import com.google.common.collect.ImmutableSet;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.UserId;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.support.RecoveryCase;

/** What a request's address says. What can name nothing is answered like what names nothing. */
public final class Query {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
  private static final Pattern UUID_SHAPE =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private Query() {}

  /**
   * The account's number in the path.
   *
   * @throws Refusal NO_SUCH_ACCOUNT
   */
  public static String account(Context ctx) {
    var number = ctx.pathParam("number");
    if (!NUMBER.matcher(number).matches()) {
      throw new Refusal(Reason.NO_SUCH_ACCOUNT);
    }
    return number;
  }

  /**
   * The contact's id in the path.
   *
   * @throws Refusal NO_SUCH_CONTACT
   */
  public static Contact.Id contact(Context ctx) {
    return uuid(ctx.pathParam("contact"))
        .map(Contact.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CONTACT));
  }

  /**
   * The session's id in the path.
   *
   * @throws Refusal NO_SUCH_SESSION
   */
  public static Session.Id session(Context ctx) {
    return uuid(ctx.pathParam("session"))
        .map(Session.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_SESSION));
  }

  /**
   * A parameter of the query; others are ignored, as mail programs add their own.
   *
   * @throws Malformed where it was given twice or cannot be read
   */
  public static Optional<String> param(Context ctx, String name) {
    var given = ctx.queryString();
    if (given == null || given.isEmpty()) {
      return Optional.empty();
    }
    var values = UrlEncoded.parse(given).get(name);
    if (values.size() > 1) {
      throw new Malformed(name, "doubled_field");
    }
    return values.stream().findFirst();
  }

  /** The names of all parameters of the query. */
  static ImmutableSet<String> names(Context ctx) {
    var given = ctx.queryString();
    return given == null || given.isEmpty() ? ImmutableSet.of() : UrlEncoded.parse(given).keySet();
  }

  /**
   * The user's id in the path.
   *
   * @throws Refusal NO_SUCH_USER
   */
  public static UserId user(Context ctx) {
    return uuid(ctx.pathParam("user"))
        .map(UserId::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_USER));
  }

  /**
   * The factor's id in the path.
   *
   * @throws Refusal NO_SUCH_FACTOR
   */
  public static Factor.Id factor(Context ctx) {
    return uuid(ctx.pathParam("factor"))
        .map(Factor.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_FACTOR));
  }

  /**
   * The recovery case's id in the path.
   *
   * @throws Refusal NO_SUCH_CASE
   */
  public static RecoveryCase.Id recoveryCase(Context ctx) {
    return uuid(ctx.pathParam("case"))
        .map(RecoveryCase.Id::new)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_CASE));
  }

  /** A UUID in its usual spelling. */
  public static Optional<UUID> uuid(String text) {
    return UUID_SHAPE.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }
}
