package org.holdfast.web.server;

import com.google.common.io.BaseEncoding;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.application.staff.StaffMembers.Credentials;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;

/**
 * Somebody to sign in as at the console in a try-out. Made at the first start with a random
 * password and a token, which stand in files that only the owner of the data folder reads.
 */
final class FirstStaff {

  static final String EMAIL = "staff@example.com";

  private static final String NAME = "Sam Support";
  private static final String PASSWORD_FILE = "staff-password";
  private static final String TOKEN_FILE = "staff-totp-secret";
  private static final int PASSWORD_BYTES = 15; // 24 letters and digits, 120 bits

  private final Installation installation;
  private final DataFolder folder;

  FirstStaff(Installation installation, DataFolder folder) {
    this.installation = installation;
    this.folder = folder;
  }

  /** What to sign in with. It does not print. */
  record Keys(String password, TotpSecret token) {
    @Override
    public String toString() {
      return "Keys[…]";
    }
  }

  /**
   * Makes an administrator where there are no staff yet.
   *
   * @return what they were made with; nothing where it is not theirs any more, or a file was
   *     deleted
   */
  Optional<Keys> ready() {
    var store = installation.store();
    var known =
        store.transactions().inOne(() -> store.staff().credentials(new EmailAddress(EMAIL)));
    var written = folder.read(PASSWORD_FILE);
    if (known.map(Credentials::staff).filter(Staff::isActive).isPresent()) {
      return written.flatMap(
          word ->
              known
                  .flatMap(Credentials::token)
                  .filter(token -> folder.read(TOKEN_FILE).equals(Optional.of(token.base32())))
                  .map(token -> new Keys(word, token)));
    }
    if (written.isEmpty() && !store.transactions().inOne(() -> store.staff().all()).isEmpty()) {
      return Optional.empty();
    }
    if (known.map(Credentials::staff).filter(Staff::isDisabled).isPresent()) {
      return Optional.empty(); // shut out, which a start does not undo
    }
    var word = folder.readOrWrite(PASSWORD_FILE, this::randomWord); // on disk before anybody has it
    return Optional.of(new Keys(word, accept(new Password(word))));
  }

  /** Takes an invitation up as its letter would have it, but without the letter. */
  private TotpSecret accept(Password password) {
    var holdfast = installation.holdfast();
    var link = holdfast.keepStaff().inviteFromCommandLine(NAME, EMAIL);
    var secret = Secret.parse(link.substring(link.indexOf('=') + 1)).orElseThrow();
    var token = holdfast.signInStaff().invitation(secret).orElseThrow().token();
    folder.write(TOKEN_FILE, token.base32());
    var before = Totp.step(Installation.CLOCK.instant()) - 1; // which leaves the code of now
    holdfast
        .signInStaff()
        .accept(
            secret,
            password,
            new OtpJavaCodes().at(token, before),
            new Origin("127.0.0.1", "First start"));
    return token;
  }

  private String randomWord() {
    var bytes = new byte[PASSWORD_BYTES];
    installation.random().nextBytes(bytes);
    return BaseEncoding.base32().encode(bytes).toLowerCase(Locale.ROOT);
  }
}
