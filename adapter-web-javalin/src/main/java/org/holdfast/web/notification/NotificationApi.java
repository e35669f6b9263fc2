package org.holdfast.web.notification;

import com.google.common.collect.ImmutableList;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.holdfast.application.input.Inputs;
import org.holdfast.application.mail.Deliveries;
import org.holdfast.application.mail.Delivery;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.notification.Notifications.Progress;
import org.holdfast.application.notification.Notify;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Recipient;
import org.holdfast.domain.contact.Contact;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** Who hears about what and what became of it, as JSON; and, for hosts, telling them something. */
public final class NotificationApi implements EndpointGroup {

  private static final int PAGE = 25;
  private static final int LARGEST_PAGE = 100;

  private final Api api;
  private final Notify notifications;
  private final Deliveries deliveries;

  public NotificationApi(Api api, Notify notifications, Deliveries deliveries) {
    this.api = api;
    this.notifications = notifications;
    this.deliveries = deliveries;
  }

  /** A message to one account's recipients. */
  private record Notice(
      @Nullable String category,
      @Nullable String idempotencyKey,
      @Nullable String subject,
      @Nullable String text,
      @Nullable String html) {

    MessageInput message() {
      return new MessageInput(idempotencyKey, subject, text, html);
    }
  }

  private record Link(@Nullable String token) {}

  /**
   * Somebody a notification goes to.
   *
   * @param contact nothing for the holder
   */
  public record Reader(String email, String name, @Nullable UUID contact, boolean confirmed) {}

  /** Who would get a notification of this category. */
  public record Readers(String category, List<Reader> recipients) {}

  /** What became of a letter. */
  public record Told(
      UUID id,
      String kind,
      @Nullable String category,
      @Nullable String subject,
      String to,
      String state,
      int attempts,
      String reply,
      Instant postedAt,
      Instant at) {}

  /**
   * A page of the delivery log, newest first.
   *
   * @param next to be sent as {@code before} to see older ones; nothing where there are none
   */
  public record Log(List<Told> deliveries, @Nullable UUID next) {}

  /** A notification that was taken. */
  public record Taken(UUID id, String category, int recipients, Instant at) {}

  /** How far an announcement has come. */
  public record Announced(
      UUID id, Instant at, long accounts, long letters, @Nullable Instant finishedAt) {}

  @Override
  public void addEndpoints() {
    api.get("/accounts/{number}/recipients", this::recipients, "category");
    api.get("/accounts/{number}/deliveries", this::log, "before", "limit");
    api.post("/unsubscribe", this::unsubscribe);
    api.post("/host/accounts/{number}/notifications", this::notify);
    api.get("/host/accounts/{number}/recipients", this::recipientsForHost, "category");
    api.get("/host/accounts/{number}/deliveries", this::logForHost, "before", "limit");
    api.post("/host/announcements", this::announce);
    api.get("/host/announcements/{announcement}", this::progress);
  }

  private void recipients(Context ctx) {
    var who = api.signedIn(ctx);
    var category = Api.category(ctx);
    show(ctx, category, notifications.recipients(who, Query.account(ctx), category));
  }

  private void recipientsForHost(Context ctx) {
    var category = Api.category(ctx);
    show(ctx, category, notifications.recipients(Query.account(ctx), category));
  }

  private void log(Context ctx) {
    var who = api.signedIn(ctx);
    var most = limit(ctx);
    show(ctx, most, deliveries.log(who, Query.account(ctx), Api.id(ctx, "before"), most + 1));
  }

  private void logForHost(Context ctx) {
    var most = limit(ctx);
    show(ctx, most, deliveries.logForHost(Query.account(ctx), Api.id(ctx, "before"), most + 1));
  }

  private void unsubscribe(Context ctx) {
    notifications.unsubscribe(Json.read(ctx, Link.class).token());
    ctx.status(204);
  }

  private void notify(Context ctx) {
    var number = Query.account(ctx);
    var notice = Json.readMessage(ctx, Notice.class);
    var message = notice.message();
    Inputs.check(
        message, Category.fault("category", notice.category()).map(List::of).orElse(List.of()));
    var category = Category.parse(notice.category()).orElseThrow();
    ctx.json(taken(notifications.notify(number, category, message)));
  }

  private void announce(Context ctx) {
    var begun = notifications.announce(Json.readMessage(ctx, MessageInput.class));
    ctx.status(202)
        .header("Location", "/api/v1/host/announcements/" + begun.id())
        .json(announced(notifications.progress(begun.id())));
  }

  private void progress(Context ctx) {
    var id =
        Query.uuid(ctx.pathParam("announcement"))
            .orElseThrow(() -> new Refusal(Reason.NO_SUCH_ANNOUNCEMENT));
    ctx.json(announced(notifications.progress(id)));
  }

  private static int limit(Context ctx) {
    return Api.number(ctx, "limit", 1, LARGEST_PAGE, PAGE);
  }

  private static void show(Context ctx, Category category, ImmutableList<Recipient> found) {
    ctx.json(
        new Readers(
            category.key(),
            found.stream()
                .map(
                    r ->
                        new Reader(
                            r.email().value(),
                            r.name(),
                            r.contact().map(Contact.Id::value).orElse(null),
                            r.confirmed()))
                .collect(ImmutableList.toImmutableList())));
  }

  /** One more was read than is shown: it tells whether there are older ones. */
  private static void show(Context ctx, int most, ImmutableList<Delivery> found) {
    var shown =
        found.stream()
            .limit(most)
            .map(NotificationApi::told)
            .collect(ImmutableList.toImmutableList());
    ctx.json(new Log(shown, found.size() > most ? shown.get(most - 1).id() : null));
  }

  private static Told told(Delivery delivery) {
    return new Told(
        delivery.id(),
        key(delivery.kind()),
        delivery.category().map(Category::key).orElse(null),
        delivery.subject().orElse(null),
        delivery.to().value(),
        key(delivery.state()),
        delivery.attempts(),
        delivery.reply(),
        delivery.postedAt(),
        delivery.at());
  }

  private static Taken taken(Notification notification) {
    return new Taken(
        notification.id(),
        notification.category().key(),
        notification.recipients(),
        notification.at());
  }

  private static Announced announced(Progress progress) {
    return new Announced(
        progress.announcement().id(),
        progress.announcement().at(),
        progress.accounts(),
        progress.letters(),
        progress.finishedAt().orElse(null));
  }

  private static String key(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }
}
