package org.holdfast.web.server;

import com.google.common.collect.ImmutableMap;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.domain.Secret;
import org.holdfast.mail.FolderMailer;
import org.holdfast.web.Portal;

/**
 * The letters of a portal that has no mail server, to be read where they would otherwise have gone.
 * They open accounts, so the pages lie under an address nobody guesses, which is made at the first
 * start and told to whoever started the server.
 */
final class MailboxRoutes {

  private static final String FILE = "mailbox-secret";
  private static final int SHOWN = 100;

  // A letter is somebody else's page: it may look as it likes, but do nothing.
  private static final String FOR_LETTERS =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none';"
          + " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation";

  private final FolderMailer mailbox;
  private final Portal portal;
  private final String secret;

  private MailboxRoutes(FolderMailer mailbox, Portal portal, String secret) {
    this.mailbox = mailbox;
    this.portal = portal;
    this.secret = secret;
  }

  static MailboxRoutes of(
      FolderMailer mailbox, Portal portal, DataFolder folder, RandomGenerator random) {
    var secret = folder.readOrWrite(FILE, () -> Secret.generate(random).value());
    return new MailboxRoutes(mailbox, portal, secret);
  }

  /** Where the letters are shown. */
  String path() {
    return "/mailbox/" + secret;
  }

  void register(RoutesConfig routes) {
    routes.get("/mailbox/{secret}", this::list); // the secret itself would stand in log and metrics
    routes.get("/mailbox/{secret}/{letter}", this::letter);
    routes.get("/mailbox/{secret}/{letter}/html", this::html);
  }

  private void list(Context ctx) {
    mustKnowSecret(ctx);
    show(ctx, "mailbox/letters.jte", "letters", mailbox.list(SHOWN));
  }

  private void letter(Context ctx) {
    show(ctx, "mailbox/letter.jte", "letter", find(ctx));
  }

  private void html(Context ctx) {
    var letter = find(ctx);
    ctx.header("Content-Security-Policy", FOR_LETTERS);
    ctx.contentType("text/html; charset=utf-8").result(letter.html());
  }

  private void show(Context ctx, String template, String name, Object shown) {
    portal.pages().show(ctx, template, ImmutableMap.of(name, shown, "path", path()));
  }

  private FolderMailer.Opened find(Context ctx) {
    mustKnowSecret(ctx);
    return id(ctx.pathParam("letter")).flatMap(mailbox::read).orElseThrow(NotFoundResponse::new);
  }

  private void mustKnowSecret(Context ctx) {
    var given = ctx.pathParam("secret").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, secret.getBytes(StandardCharsets.UTF_8))) {
      throw new NotFoundResponse();
    }
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }
}
