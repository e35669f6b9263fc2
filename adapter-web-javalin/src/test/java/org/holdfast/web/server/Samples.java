package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Policy;
import org.holdfast.application.Workers;
import org.holdfast.application.account.OpeningInput;
import org.holdfast.application.notification.MessageInput;
import org.holdfast.application.notification.Notification;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.auth.Defaults;
import org.holdfast.auth.KeySet;
import org.holdfast.auth.OidcProvider;
import org.holdfast.auth.YubicoServers;
import org.holdfast.auth.YubicoSettings;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Recipient;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.invoice.InvoiceParty;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.session.Origin;
import org.holdfast.mail.Brand;
import org.holdfast.mail.SmtpMailer;
import org.holdfast.mail.SmtpSettings;
import org.holdfast.persistence.Databases;
import org.holdfast.persistence.JooqTransactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every line of Java that the documents show. {@link DocumentsTest} compares them and runs these.
 */
final class Samples implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("Billing"); // spelt as a host does

  final Holdfast holdfast;
  final Map<String, String> cookies = new HashMap<>();
  private final Workers workers;
  private final SmtpMailer mailer;

  private Samples(Holdfast holdfast, Workers workers, SmtpMailer mailer) {
    this.holdfast = holdfast;
    this.workers = workers;
    this.mailer = mailer;
  }

  static Samples embed(DataSource source, SmtpSettings mail, Path keys) {
    var brand = new Brand("Example Hosting", "+49 30 7654321", URI.create("https://my.example"));
    var mailer = new SmtpMailer(mail, brand);
    var parts = Defaults.parts(KeySet.load(keys), mailer);
    var store = Databases.of(source).migrate(source).store(source, parts.sealer(), parts.ids());
    var holdfast = new Holdfast(store, Policy.of(brand.name(), brand.portal()), parts);
    var workers = Workers.start(holdfast, 2, trouble -> log.warn("Holdfast", trouble));
    return new Samples(holdfast, workers, mailer);
  }

  Optional<InvoiceParty> bill(OpeningInput input, MessageInput message, Instant day) {
    var account = holdfast.openAccount().open(input); // the holder gets a link to choose a password
    var number = account.number();
    holdfast.notifications().notify(number, Category.INVOICES, message); // holder, ticked contacts
    var party = holdfast.editAccount().invoiceParty(number, day); // what that day's invoice shows
    return party;
  }

  ImmutableList<Recipient> recipients(String number) {
    var recipients = holdfast.notifications().recipients(number, Category.INVOICES);
    return recipients;
  }

  Notification announce() {
    var news = new MessageInput("maintenance-2026-12", "Maintenance", "On 3 December …", null);
    var announcement = holdfast.notifications().announce(news);
    var progress = holdfast.notifications().progress(announcement.id());
    return progress.announcement();
  }

  void inOne(Connection connection, String number, String invoice) throws SQLException {
    var message = new MessageInput(invoice, "Invoice " + invoice, "It is in the portal.", null);
    var transactions = (JooqTransactions) holdfast.transactions();
    connection.setAutoCommit(false);
    insertInvoice(connection, invoice); // yours
    transactions.on(
        connection, () -> holdfast.notifications().notify(number, Category.INVOICES, message));
    connection.commit(); // both; a rollback undoes both
  }

  private static void insertInvoice(Connection connection, String invoice) throws SQLException {
    try (var insert = connection.prepareStatement("INSERT INTO invoices VALUES (?)")) {
      insert.setString(1, invoice);
      insert.execute();
    }
  }

  Optional<SignedIn> signIn(String email, String typed, Optional<Secret> device, Origin origin) {
    var outcome = holdfast.signIn().signIn(email, new Password(typed), device, origin);
    if (outcome instanceof SignIn.FactorNeeded needed) { // nobody is signed in yet
      outcome = holdfast.signIn().showFactor(needed.pending(), askForCode(), device, origin);
    }
    var begun = (SignIn.Begun) outcome;
    setCookies(begun.token().value(), begun.device().value()); // yours
    var who = holdfast.sessions().check(begun.token()); // nothing once the session has ended
    return who;
  }

  Holdfast.Parts withOthers(
      Holdfast.Parts parts,
      List<URI> servers,
      int clientId,
      String apiKey,
      String client,
      String secret,
      SecureRandom random,
      Logger log) {
    var yubico =
        new YubicoServers(YubicoSettings.of(servers, clientId, Optional.of(apiKey)), random);
    var google =
        new OidcProvider.Settings(
            "google", "Google", "https://accounts.google.com", client, secret, false);
    var providers = List.of(new OidcProvider(google, parts.clock()));
    parts = parts.with(yubico, providers, log::warn);
    return parts;
  }

  private String askForCode() {
    return cookies.getOrDefault("code", "");
  }

  private void setCookies(String session, String device) {
    cookies.put("session", session);
    cookies.put("device", device);
  }

  @Override
  public void close() {
    workers.close();
    mailer.close();
  }
}
