package org.holdfast.mail;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.ParameterList;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Optional;
import org.holdfast.application.mail.Letter;
import org.holdfast.domain.EmailAddress;

/** A letter as it travels: UTF-8 text and HTML beside each other, under the letter's own id. */
final class MimeLetter extends MimeMessage {

  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final String messageId;

  MimeLetter(
      Session session,
      Letter letter,
      Written written,
      Sender sender,
      Brand brand,
      Optional<URI> unsubscribe)
      throws MessagingException {
    super(session);
    this.messageId = "<" + letter.id() + "@" + sender.messageIdDomain() + ">";
    setFrom(address(sender.address(), sender.name()));
    setReplyTo(
        new Address[] {
          EmailAddress.parse(brand.support())
              .map(support -> address(support, brand.name()))
              .orElseGet(() -> address(sender.address(), sender.name()))
        });
    setRecipient(Message.RecipientType.TO, address(letter.to(), ""));
    setSentDate(Date.from(letter.postedAt()));
    setSubject(Plain.oneLine(written.subject()), UTF_8);
    setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's holiday answers it
    setHeader("Content-Language", letter.language().tag());
    if (unsubscribe.isPresent()) { // RFC 8058
      setHeader("List-Unsubscribe", "<" + unsubscribe.get().toASCIIString() + ">");
      setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    setContent(
        new Alternatives(letter, part(written.text(), "plain"), part(written.html(), "html")));
    saveChanges();
  }

  /** The same each time the letter is sent, whatever the library would make up. */
  @Override
  protected void updateMessageID() throws MessagingException {
    setHeader("Message-ID", messageId);
  }

  private static InternetAddress address(EmailAddress address, String name) {
    try {
      var internet = new InternetAddress();
      internet.setAddress(address.value());
      if (!name.isEmpty()) {
        internet.setPersonal(name, UTF_8);
      }
      return internet;
    } catch (UnsupportedEncodingException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  private static MimeBodyPart part(String text, String subtype) throws MessagingException {
    var part = new MimeBodyPart();
    part.setText(text, UTF_8, subtype);
    part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    return part;
  }

  /** Both forms; their boundary holds {@code =_}, which no quoted-printable text does. */
  private static final class Alternatives extends MimeMultipart {
    Alternatives(Letter letter, MimeBodyPart text, MimeBodyPart html) throws MessagingException {
      super("alternative", text, html);
      var parameters = new ParameterList();
      parameters.set("boundary", "=_" + letter.id());
      contentType = new ContentType("multipart", "alternative", parameters).toString();
    }
  }
}
