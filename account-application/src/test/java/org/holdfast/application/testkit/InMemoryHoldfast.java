package org.holdfast.application.testkit;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.OpeningInput;
import org.holdfast.application.credential.PasswordHasher;
import org.holdfast.application.credential.PasswordLists;
import org.holdfast.application.credential.StrengthMeter;
import org.holdfast.application.factor.TotpCodes;
import org.holdfast.application.factor.YubicoValidation;
import org.holdfast.application.input.AddressInput;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Mailer;
import org.holdfast.application.seal.Sealer;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Language;
import org.holdfast.domain.Secret;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.RecoveryCode;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.holdfast.domain.notification.Message;
import org.holdfast.domain.session.Origin;

/** The whole of Holdfast wired to memory, with the handles a test wants to pull and read. */
public final class InMemoryHoldfast {

  /** A password that keeps every rule. */
  public static final String PASSWORD = "seven otters juggle plums";

  /** Where a test's requests come from. */
  public static final Origin HOME = new Origin("192.0.2.7", "Firefox on Linux");

  public final MovableClock clock = new MovableClock();
  public final InMemoryStore memory = new InMemoryStore();
  public final QuickHasher hasher = new QuickHasher();
  public final KeepingMailer mailer = new KeepingMailer();
  public final PretendedYubico yubico = new PretendedYubico();
  public final List<String> troubles = new CopyOnWriteArrayList<>();
  public final Policy policy;
  public final Store store;
  public final Holdfast holdfast;
  private final ImmutableList<IdentityProvider> providers;
  private final RandomGenerator random;
  private final Supplier<? extends List<Letter>> letters;

  public InMemoryHoldfast() {
    this(Policy.of("Example Hosting", URI.create("https://portal.example")));
  }

  public InMemoryHoldfast(Policy policy) {
    this(policy, List.of(new PretendedProvider()));
  }

  /** With these to link accounts of. */
  public InMemoryHoldfast(Policy policy, List<? extends IdentityProvider> providers) {
    this.policy = policy;
    this.providers = ImmutableList.copyOf(providers);
    this.random = new Random(42);
    this.store = memory.store();
    this.holdfast = over(store);
    this.letters = memory::letters;
  }

  /** All else in memory, over a store that is not. */
  public InMemoryHoldfast(Policy policy, Store store) {
    var posted = new PostedLetters();
    this.policy = policy;
    this.providers = ImmutableList.of(new PretendedProvider());
    this.random = new SecureRandom(); // another node on the store must not draw the same
    this.store = posted.in(store);
    this.holdfast = over(this.store);
    this.letters = posted::all;
  }

  /** The same over another store. */
  public Holdfast over(Store store) {
    return over(store, InMemoryHoldfast::codeAt, yubico, providers);
  }

  /** The same over another store, and with others to vouch for people. */
  public Holdfast over(
      Store store,
      TotpCodes codes,
      YubicoValidation yubico,
      List<? extends IdentityProvider> providers) {
    return new Holdfast(
        store,
        policy,
        new Holdfast.Parts(
            hasher,
            LISTS,
            METER,
            SEALER,
            mailer,
            codes,
            yubico,
            ImmutableList.copyOf(providers),
            troubles::add,
            clock,
            random));
  }

  /** Opens an account whose holder has chosen {@link #PASSWORD} and can sign in. */
  public Account customer(String email) {
    var account = holdfast.openAccount().open(opening(email));
    holdfast.openAccount().confirm(lastLink(Letter.Kind.WELCOME), new Password(PASSWORD), HOME);
    return holdfast.editAccount().find(account.number());
  }

  /** Signs in on a new device. */
  public SignIn.Begun begin(String email) {
    return (SignIn.Begun) show(email);
  }

  /** Shows the password on a new device. */
  public SignIn.Outcome show(String email) {
    return holdfast.signIn().signIn(email, new Password(PASSWORD), Optional.empty(), HOME);
  }

  /** Adds a time-based token to whoever is signed in. */
  public Token addToken(SignedIn who) {
    var enrolment = holdfast.editFactors().beginTotp(who, "Phone");
    var codes =
        holdfast.editFactors().confirmTotp(who, enrolment.id(), codeNow(enrolment.secret()));
    return new Token(enrolment.id(), enrolment.secret(), codes);
  }

  /** A time-based token, and the recovery codes that came with it. */
  public record Token(Factor.Id id, TotpSecret secret, ImmutableList<RecoveryCode> recoveryCodes) {}

  /** The code that an app shows now. */
  public String codeNow(TotpSecret secret) {
    return codeAt(secret, Totp.step(clock.instant()));
  }

  /** Moves to the next time step and says its code. */
  public String nextCode(TotpSecret secret) {
    clock.pass(Duration.ofSeconds(Totp.SECONDS));
    return codeNow(secret);
  }

  /** Six digits that only the secret and the step lead to; the real ones are an adapter's. */
  public static String codeAt(TotpSecret secret, long step) {
    var hash = Hashing.sha256().hashString(secret.base32() + step, StandardCharsets.US_ASCII);
    return "%06d".formatted(Math.floorMod(hash.asInt(), 1_000_000));
  }

  /** Signs in on a new device; says who that is. */
  public SignedIn signIn(String email) {
    return holdfast.sessions().check(begin(email).token()).orElseThrow();
  }

  /** What an account is opened with. */
  public static OpeningInput opening(String email) {
    return new OpeningInput(
        email,
        "Ada",
        "Lovelace",
        "Engines Ltd",
        "+49 30 1234567",
        "DE123456789",
        "en",
        new AddressInput("Unter den Linden 1", "", "Berlin", "", "10117", "DE"));
  }

  /** Runs every errand that waits. */
  public void runErrands() {
    var more = true;
    while (more) {
      more = holdfast.runErrand();
    }
  }

  /** Sends every letter that is due. */
  public void deliver() {
    while (holdfast.deliveries().deliverDue(50) > 0) {
      // until none is left
    }
  }

  /** The letters that were posted, oldest first. */
  public List<Letter> letters() {
    return ImmutableList.copyOf(letters.get());
  }

  /** The letters of this kind that were posted, oldest first. */
  public ImmutableList<Letter> letters(Letter.Kind kind) {
    return letters().stream()
        .filter(letter -> letter.kind() == kind)
        .collect(ImmutableList.toImmutableList());
  }

  /** The secret in the newest letter of this kind. */
  public Optional<Secret> lastLink(Letter.Kind kind) {
    var all = letters(kind);
    return linkIn(all.get(all.size() - 1));
  }

  /** The secret in this letter. */
  public static Optional<Secret> linkIn(Letter letter) {
    return secretIn(letter.words().getOrDefault("link", ""));
  }

  /** The secret in this link. */
  public static Optional<Secret> secretIn(String link) {
    return Secret.parse(link.substring(link.indexOf("token=") + "token=".length()));
  }

  /** Hashes at once, and counts how often. */
  public static final class QuickHasher implements PasswordHasher {
    public final AtomicInteger hashes = new AtomicInteger();

    @Override
    public String hash(Password password) {
      hashes.incrementAndGet();
      return "hash of " + password.value();
    }

    @Override
    public boolean matches(Password password, String hash) {
      hashes.incrementAndGet();
      return hash.equals("hash of " + password.value())
          || hash.equals("old hash of " + password.value());
    }

    @Override
    public void matchNothing(Password password) {
      hashes.incrementAndGet();
    }

    @Override
    public boolean isOutdated(String hash) {
      return hash.startsWith("old ");
    }
  }

  /** Vouches for whatever it is told to. */
  public static final class PretendedYubico implements YubicoValidation {
    public volatile Verdict answer = Verdict.VALID;

    @Override
    public Verdict ask(YubiKeyOtp otp) {
      return answer;
    }

    @Override
    public boolean isConfigured() {
      return answer != Verdict.NOT_CONFIGURED;
    }
  }

  /** Keeps what it is given; answers what it is told to. */
  public static final class KeepingMailer implements Mailer {

    /** A letter that was handed over. */
    public record Sent(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {}

    public final List<Sent> sent = new CopyOnWriteArrayList<>();
    public volatile Receipt answer = new Receipt(Verdict.ACCEPTED, "250 OK");

    @Override
    public Receipt send(Letter letter, Optional<Message> message, Optional<URI> unsubscribe) {
      sent.add(new Sent(letter, message, unsubscribe));
      return answer;
    }
  }

  private static final PasswordLists LISTS =
      new PasswordLists() {
        @Override
        public boolean isCommon(String lowerCase) {
          return lowerCase.equals("password") || lowerCase.equals("correcthorsebatterystaple");
        }

        @Override
        public boolean isBreached(String password) {
          return password.startsWith("breached ");
        }
      };

  private static final StrengthMeter METER =
      new StrengthMeter() {
        @Override
        public Strength measure(Password candidate, Collection<String> known, Language language) {
          return new Strength(Math.min(4, candidate.length() / 5), ImmutableList.of());
        }
      };

  /** Seals nothing, but opens only at the right place. */
  public static final Sealer SEALER =
      new Sealer() {
        @Override
        public byte[] seal(byte[] plain, String place) {
          var prefix = (place + "\n").getBytes(StandardCharsets.UTF_8);
          var sealed = java.util.Arrays.copyOf(prefix, prefix.length + plain.length);
          System.arraycopy(plain, 0, sealed, prefix.length, plain.length);
          return sealed;
        }

        @Override
        public byte[] open(byte[] sealed, String place) {
          var prefix = (place + "\n").getBytes(StandardCharsets.UTF_8);
          if (sealed.length < prefix.length
              || java.util.Arrays.mismatch(prefix, 0, prefix.length, sealed, 0, prefix.length)
                  != -1) {
            throw new IllegalStateException("sealed for another place");
          }
          return java.util.Arrays.copyOfRange(sealed, prefix.length, sealed.length);
        }

        @Override
        public boolean isCurrent(byte[] sealed) {
          return true; // it has no key
        }
      };
}
