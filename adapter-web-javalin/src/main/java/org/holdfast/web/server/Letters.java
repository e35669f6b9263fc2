package org.holdfast.web.server;

import java.nio.file.Path;
import java.util.Optional;
import org.holdfast.application.mail.Mailer;
import org.holdfast.domain.EmailAddress;
import org.holdfast.mail.Brand;
import org.holdfast.mail.FolderMailer;
import org.holdfast.mail.Sender;
import org.holdfast.mail.SmtpMailer;
import org.holdfast.mail.SmtpSettings;

/**
 * Where letters go: to the mail server, or to a folder that the mailbox page shows.
 *
 * @param mailbox nothing where there is a mail server
 */
record Letters(Mailer mailer, Optional<FolderMailer> mailbox, Runnable closing) {

  static Letters of(Settings settings) {
    var brand = new Brand(settings.brand(), settings.support(), settings.publicUrl());
    if (settings.smtp().isPresent()) {
      var mailer = new SmtpMailer(smtp(settings.smtp().get(), settings.brand()), brand);
      return new Letters(mailer, Optional.empty(), mailer::close);
    }
    var sender = Sender.of(new EmailAddress("portal@example.com"), settings.brand());
    var mailbox = new FolderMailer(folder(settings), sender, brand);
    return new Letters(mailbox, Optional.of(mailbox), () -> {});
  }

  private static Path folder(Settings settings) {
    return settings.data().resolve("mailbox");
  }

  private static SmtpSettings smtp(Settings.Smtp smtp, String brand) {
    var mode =
        switch (smtp.security()) {
          case STARTTLS -> SmtpSettings.Mode.STARTTLS;
          case SMTPS -> SmtpSettings.Mode.SMTPS;
          case NONE -> SmtpSettings.Mode.PLAIN;
        };
    var reached = SmtpSettings.of(smtp.host(), smtp.port(), Sender.of(smtp.from(), brand));
    var mailed = reached.withMode(mode);
    return smtp.login()
        .map(login -> mailed.withLogin(login.user(), () -> login.password().value()))
        .orElse(mailed);
  }
}
