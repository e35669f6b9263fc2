package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.subethamail.smtp.server.SMTPServer;

/** A mail server on loopback, by people who know nothing of us, that keeps what it is given. */
final class MailServer implements AutoCloseable {

  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final Pattern LINK = Pattern.compile("https?://[^/\\s]+(/\\S*token=\\S+)");

  private final List<Got> got = new ArrayList<>();
  private final SMTPServer server;

  MailServer() {
    server =
        SMTPServer.port(0)
            .bindAddress(InetAddress.getLoopbackAddress())
            .messageHandler((context, from, to, data) -> keep(to, data))
            .build();
    server.start();
  }

  /** A letter as it arrived. One that is sent again arrives again, under the same id. */
  record Got(String messageId, String to, String subject, String text) {

    /** Where its link leads on whichever node. */
    String link() {
      var link = LINK.matcher(text);
      if (!link.find()) {
        throw new AssertionError("no link in " + subject);
      }
      return link.group(1);
    }
  }

  int port() {
    return server.getPortAllocated();
  }

  /** Everything that has arrived. */
  synchronized ImmutableList<Got> letters() {
    return ImmutableList.copyOf(got);
  }

  /** Waits for a letter like this. */
  Got await(Predicate<Got> wanted) {
    return await(1, wanted).get(0);
  }

  /** Waits until so many letters like this have arrived. */
  synchronized ImmutableList<Got> await(int howMany, Predicate<Got> wanted) {
    var end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      var found = got.stream().filter(wanted).collect(ImmutableList.toImmutableList());
      var left = (end - System.nanoTime()) / 1_000_000;
      if (found.size() >= howMany) {
        return found;
      }
      if (left <= 0) {
        throw new AssertionError(found.size() + " of " + howMany + " such letters among " + got);
      }
      try {
        wait(left);
      } catch (InterruptedException stopped) {
        throw new AssertionError(stopped);
      }
    }
  }

  private void keep(String to, byte[] data) {
    try {
      var mime =
          new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(data));
      var text = (String) ((Multipart) mime.getContent()).getBodyPart(0).getContent();
      synchronized (this) {
        got.add(new Got(mime.getMessageID(), to, mime.getSubject(), text));
        notifyAll();
      }
    } catch (MessagingException | IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
