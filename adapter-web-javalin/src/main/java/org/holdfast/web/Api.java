package org.holdfast.web;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.javalin.apibuilder.ApiBuilder;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.servicekey.KeepServiceKeys;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.session.Origin;

/**
 * What every group of JSON routes works with. Whoever calls brings a bearer token (RFC 6750): that
 * of a session, or below {@code /api/v1/host} a service key. Cookies count for nothing here, so no
 * page of another site can make a browser call it in somebody's name.
 */
public final class Api {

  private static final String ROOT = "/api/v1";

  private final Visitors visits;

  public Api(Visitors visits) {
    this.visits = visits;
  }

  /** An input that has no fields. */
  private record Nothing() {}

  /** A session's new token; the one before is worthless. */
  public record Renewed(String token) {}

  /** Refuses whoever calls for a host without a good service key; said once for all such routes. */
  static void guardHosts(KeepServiceKeys serviceKeys) {
    ApiBuilder.before(
        ROOT + "/host/*",
        ctx -> {
          if (Visits.bearer(ctx).flatMap(serviceKeys::check).isEmpty()) {
            throw new Refusal(Reason.SERVICE_KEY_NOT_VALID);
          }
        });
  }

  /** A route that reads, and the names of its query's parameters. */
  public void get(String path, Handler handler, String... parameters) {
    ApiBuilder.get(ROOT + path, strict(handler, parameters));
  }

  /** A route that adds or does something. */
  public void post(String path, Handler handler) {
    ApiBuilder.post(ROOT + path, strict(handler));
  }

  /** A route that replaces something. */
  public void put(String path, Handler handler) {
    ApiBuilder.put(ROOT + path, strict(handler));
  }

  /** A route that ends or removes something. */
  public void delete(String path, Handler handler) {
    ApiBuilder.delete(ROOT + path, strict(handler));
  }

  /** Who is asking. */
  public Visit visit(Context ctx) {
    return visits.of(ctx);
  }

  /**
   * Who is signed in.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public SignedIn signedIn(Context ctx) {
    return visits.of(ctx).signedIn();
  }

  /**
   * Which staff member is signed in.
   *
   * @throws Refusal NOT_SIGNED_IN
   */
  public SignedInStaff staff(Context ctx) {
    return visits.of(ctx).signedInStaff();
  }

  /** Where the request comes from; reads nothing. */
  public Origin origin(Context ctx) {
    return visits.origin(ctx);
  }

  /** Makes sure that nothing was sent along where nothing is asked for. */
  public void readNothing(Context ctx) {
    if (!Body.isEmpty(ctx)) {
      Json.read(ctx, Nothing.class);
    }
  }

  /** Answers with the token that the caller's session has from now on. */
  public static void renewed(Context ctx, Secret token) {
    ctx.json(new Renewed(token.value()));
  }

  /**
   * An id in the query.
   *
   * @throws InvalidInput where it is none
   */
  public static Optional<UUID> id(Context ctx, String name) {
    return Query.param(ctx, name)
        .map(text -> Query.uuid(text).orElseThrow(() -> bad(name, "identifier")));
  }

  /**
   * An instant in the query (ISO 8601).
   *
   * @throws InvalidInput where it is none, or missing
   */
  public static Instant instant(Context ctx, String name) {
    var text = Query.param(ctx, name).orElseThrow(() -> bad(name, "required"));
    try {
      return Instant.parse(text);
    } catch (DateTimeException none) {
      throw bad(name, "instant");
    }
  }

  /**
   * A whole number in the query.
   *
   * @throws InvalidInput where it is none, or out of bounds
   */
  public static int number(Context ctx, String name, int min, int max, int otherwise) {
    var text = Query.param(ctx, name);
    if (text.isEmpty()) {
      return otherwise;
    }
    var number = text.get().matches("[0-9]{1,9}") ? Integer.parseInt(text.get()) : -1;
    if (number < min || number > max) {
      throw new InvalidInput(
          List.of(new Fault(name, "number", ImmutableMap.of("min", "" + min, "max", "" + max))));
    }
    return number;
  }

  /**
   * The category in the query.
   *
   * @throws InvalidInput where it is none, or missing
   */
  public static Category category(Context ctx) {
    var key = Query.param(ctx, "category").orElseThrow(() -> bad("category", "required"));
    return Category.parse(key).orElseThrow(() -> bad("category", "category"));
  }

  /**
   * One of several things in the query, by its key.
   *
   * @throws InvalidInput where it is none of them
   */
  public static <T> Optional<T> choice(Context ctx, String name, ImmutableMap<String, T> all) {
    var key = Query.param(ctx, name);
    if (key.isPresent() && !all.containsKey(key.get())) {
      throw new InvalidInput(List.of(Fault.choice(name, all.keySet().stream())));
    }
    return key.map(all::get);
  }

  /** What to throw where a parameter of the query is needed. */
  public static InvalidInput missing(String name) {
    return bad(name, "required");
  }

  /** Categories as JSON shows them. */
  public static List<String> keys(Collection<Category> categories) {
    return categories.stream().sorted().map(Category::key).collect(toImmutableList());
  }

  private static InvalidInput bad(String field, String rule) {
    return new InvalidInput(List.of(new Fault(field, rule)));
  }

  /** A parameter that a route does not know is a mistake of the caller's, and is told. */
  private static Handler strict(Handler handler, String... parameters) {
    var known = ImmutableSet.copyOf(parameters);
    return ctx -> {
      for (var name : Query.names(ctx)) {
        if (!known.contains(name)) {
          throw new Malformed(name, "unknown_field");
        }
      }
      handler.handle(ctx);
    };
  }
}
