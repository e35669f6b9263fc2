package org.holdfast.mail;

import com.google.common.base.Joiner;
import com.google.common.base.Strings;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Mailer;
import org.holdfast.domain.notification.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands letters to a mail server, one connection each.
 *
 * <p>What a server says becomes a verdict: only an answer to the address itself condemns the
 * address, only an answer about the letter or our right to send condemns the letter. Whatever else
 * goes wrong, the way to the server or our sign-in there, is nobody's fault but ours: the letter is
 * to be tried again. Such faults are told the operator in the log, and the customers' delivery log
 * just that it could not be sent.
 */
public final class SmtpMailer implements Mailer, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);
  private static final int LONGEST_REPLY = 500;
  private static final String BROKEN_OFF = "The mail server broke off the conversation.";
  private static final Pattern ENHANCED = Pattern.compile("\\d{3}[ -](5\\.\\d{1,3}\\.\\d{1,3})\\b");

  /** RFC 3463: the mailbox is not there or not in use, or nothing is known of it. */
  private static final Pattern ADDRESS_IS_BAD =
      Pattern.compile("5\\.0\\.\\d+|5\\.1\\.(?:[0-6]|9|10)|5\\.2\\.[01]|5\\.4\\.\\d+");

  private final SmtpSettings settings;
  private final Brand brand;
  private final LetterWriter writer;
  private final Patience patience;
  private final ExecutorService senders =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("smtp-%d").setDaemon(true).build());

  public SmtpMailer(SmtpSettings settings, Brand brand) {
    this(settings, brand, Patience.DEFAULT);
  }

  SmtpMailer(SmtpSettings settings, Brand brand, Patience patience) {
    this.settings = settings;
    this.brand = brand;
    this.writer = new LetterWriter(brand);
    this.patience = patience;
  }

  /**
   * How long a server is waited for.
   *
   * @param connect for it to be there
   * @param answer for each of its answers
   * @param letter for everything together; then the connection is cut
   */
  record Patience(Duration connect, Duration answer, Duration letter) {
    static final Patience DEFAULT =
        new Patience(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(100));
  }

  @Override
  public Receipt send(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {
    Written written;
    try {
      written = writer.write(letter, message, unsubscribe);
    } catch (IllegalArgumentException ourMistake) { // and no reason to lose the letter
      LOG.error("A letter cannot be written: {}", ourMistake.getMessage());
      return new Receipt(Verdict.TRY_LATER, "The letter could not be written.");
    }
    var wire = new Wire();
    var receipt = new CompletableFuture<Receipt>();
    try {
      senders.execute(() -> handOver(letter, written, unsubscribe, wire, receipt));
      return receipt.get(patience.letter().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException outOfTime) {
      LOG.warn("Letter {}: the mail server did not finish in time", letter);
      return leave(wire, receipt, "The mail server did not finish in time.");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return leave(wire, receipt, "Sending was interrupted.");
    } catch (RejectedExecutionException closed) {
      return new Receipt(Verdict.TRY_LATER, "Sending was interrupted.");
    } catch (ExecutionException ourMistake) {
      LOG.error("Letter {} could not be sent", letter, ourMistake.getCause());
      return new Receipt(Verdict.TRY_LATER, "The letter could not be sent.");
    }
  }

  /** Cuts the conversation, and believes what came of it if something did at the last moment. */
  private static Receipt leave(Wire wire, CompletableFuture<Receipt> receipt, String why) {
    var late = new Receipt(Verdict.TRY_LATER, why);
    receipt.complete(late);
    wire.cut();
    return receipt.exceptionally(ourMistake -> late).join();
  }

  /** Sends no more; what is under way has its time to end. */
  @Override
  public void close() {
    senders.shutdown();
  }

  private void handOver(
      Letter letter,
      Written written,
      Optional<URI> unsubscribe,
      Wire wire,
      CompletableFuture<Receipt> receipt) {
    try {
      converse(letter, written, unsubscribe, wire, receipt);
    } catch (MessagingException failure) {
      { // what goes wrong after the server took the letter changes nothing
        receipt.complete(judge(letter, failure));
      }
    } catch (RuntimeException | Error ourMistake) {
      receipt.completeExceptionally(ourMistake);
    }
  }

  private void converse(
      Letter letter,
      Written written,
      Optional<URI> unsubscribe,
      Wire wire,
      CompletableFuture<Receipt> receipt)
      throws MessagingException {
    var session = Session.getInstance(properties(wire));
    try (var transport = (SMTPTransport) session.getTransport("smtp")) {
      var mime = new MimeLetter(session, letter, written, settings.sender(), brand, unsubscribe);
      transport.connect(
          settings.host(),
          settings.port(),
          settings.login().map(SmtpSettings.Login::user).orElse(null),
          settings.login().map(login -> login.password().get()).orElse(null));
      transport.sendMessage(mime, mime.getAllRecipients());
      receipt.complete(new Receipt(Verdict.ACCEPTED, said(transport.getLastServerResponse())));
    }
  }

  private Properties properties(Wire wire) {
    var properties = new Properties();
    properties.put("mail.smtp.socketFactory", wire.open());
    properties.put("mail.smtp.ssl.socketFactory", wire.secured(tls()));
    properties.put("mail.smtp.socketFactory.fallback", "false");
    properties.put("mail.smtp.connectiontimeout", "" + patience.connect().toMillis());
    properties.put("mail.smtp.timeout", "" + patience.answer().toMillis());
    properties.put("mail.smtp.from", settings.sender().address().value());
    properties.put("mail.smtp.localhost", settings.sender().messageIdDomain());
    properties.put("mail.smtp.auth", "" + settings.login().isPresent());
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN"); // inside TLS, or on this machine
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    switch (settings.mode()) {
      case STARTTLS -> {
        properties.put("mail.smtp.starttls.enable", "true");
        properties.put("mail.smtp.starttls.required", "true");
      }
      case SMTPS -> properties.put("mail.smtp.ssl.enable", "true");
      case PLAIN -> properties.put("mail.smtp.starttls.enable", "false");
    }
    return properties;
  }

  private SSLSocketFactory tls() {
    return settings
        .trust()
        .map(SSLContext::getSocketFactory)
        .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  private static Receipt judge(Letter letter, MessagingException failure) {
    var chain = chain(failure);
    for (var fault : chain) {
      if (fault instanceof SMTPAddressFailedException ofAddress) {
        return receipt(ofAddress.getReturnCode(), said(ofAddress.getMessage()), true);
      }
    }
    for (var fault : chain) {
      if (fault instanceof SMTPSenderFailedException ofSender) {
        return receipt(ofSender.getReturnCode(), said(ofSender.getMessage()), false);
      }
      if (fault instanceof SMTPSendFailedException ofLetter) {
        return receipt(ofLetter.getReturnCode(), said(ofLetter.getMessage()), false);
      }
    }
    LOG.warn(
        "Letter {}: {}",
        letter,
        said(Joiner.on("; ").join(chain.stream().map(Throwable::getMessage).toList())));
    return new Receipt(Verdict.TRY_LATER, inWords(chain));
  }

  private static Receipt receipt(int code, String reply, boolean toAddress) {
    return new Receipt(verdict(code, reply, toAddress), reply.isEmpty() ? BROKEN_OFF : reply);
  }

  private static Verdict verdict(int code, String reply, boolean toAddress) {
    return switch (code) {
      case 530, 534, 535, 538 -> Verdict.TRY_LATER; // our sign-in, not the letter
      case 550, 551, 553, 556 ->
          toAddress && isAddressBad(reply) ? Verdict.NO_SUCH_ADDRESS : Verdict.REFUSED;
      default -> code >= 500 && code < 600 ? Verdict.REFUSED : Verdict.TRY_LATER;
    };
  }

  /** A 550 may as well be about us or the letter: where an enhanced status says so, it is. */
  private static boolean isAddressBad(String reply) {
    var enhanced = ENHANCED.matcher(reply);
    return !enhanced.lookingAt() || ADDRESS_IS_BAD.matcher(enhanced.group(1)).matches();
  }

  private static String inWords(List<Throwable> chain) {
    if (chain.stream().anyMatch(AuthenticationFailedException.class::isInstance)) {
      return "The mail server did not accept our sign-in.";
    }
    return chain.stream().anyMatch(SSLException.class::isInstance)
        ? "No secure connection to the mail server could be made."
        : "The mail server could not be reached or broke off the conversation.";
  }

  /** The failure, what it came from, and what failed beside it. */
  private static List<Throwable> chain(MessagingException failure) {
    var chain = new ArrayList<Throwable>();
    var next = Optional.<Throwable>of(failure);
    while (next.isPresent() && chain.size() < 10) {
      var fault = next.get();
      chain.add(fault);
      next =
          fault instanceof MessagingException ofMail
              ? Optional.ofNullable(ofMail.getNextException())
              : Optional.ofNullable(fault.getCause());
    }
    return chain;
  }

  private static String said(@Nullable String text) {
    return Plain.reply(Strings.nullToEmpty(text), LONGEST_REPLY);
  }
}
