package org.holdfast.application.linkedaccount;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.holdfast.application.Ids;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.guessing.Guessing;
import org.holdfast.application.linkedaccount.AuthorizationRequests.AuthorizationRequest;
import org.holdfast.application.linkedaccount.AuthorizationRequests.Purpose;
import org.holdfast.application.linkedaccount.IdentityProvider.Exchange;
import org.holdfast.application.linkedaccount.IdentityProvider.Identity;
import org.holdfast.application.linkedaccount.IdentityProvider.NotVouched;
import org.holdfast.application.linkedaccount.IdentityProvider.Unavailable;
import org.holdfast.application.linkedaccount.LinkedIdentities.LinkedIdentity;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.mail.Letters;
import org.holdfast.application.mail.Links;
import org.holdfast.application.session.Sessions;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.Admission;
import org.holdfast.application.signin.SignIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.Secret;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.guessing.Rate;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.session.Session;
import org.holdfast.domain.session.Step;
import org.jspecify.annotations.Nullable;

/**
 * "Linked Accounts": signing in by an account elsewhere. The browser leaves for the provider
 * ({@link #beginSignIn}, {@link #beginLink}, {@link #beginStepUp}) and comes back once, the same
 * browser, with the same state ({@link #comeBack}). An identity is its issuer and subject and
 * nothing else: e-mail addresses, whoever vouches for them, link nobody. What the provider vouches
 * for is the first factor only; {@link Admission} goes on from there.
 */
public final class LinkAccounts {

  /** How long the browser may be away. */
  public static final Duration AWAY = Duration.ofMinutes(10);

  private static final Rate DEPARTURES = new Rate(60, Duration.ofSeconds(5));

  private final Store store;
  private final Guessing guessing;
  private final ImmutableMap<String, IdentityProvider> providers;
  private final Admission admission;
  private final Sessions sessions;
  private final Letters letters;
  private final Ids ids;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Links links;
  private final Consumer<String> trouble;

  /**
   * @param trouble hears, for the operator, why a provider does not vouch or cannot be asked
   */
  public LinkAccounts(
      Store store,
      Guessing guessing,
      ImmutableList<IdentityProvider> providers,
      Admission admission,
      Sessions sessions,
      Letters letters,
      Policy policy,
      Ids ids,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> trouble) {
    this.store = store;
    this.guessing = guessing;
    this.providers =
        providers.stream().collect(ImmutableMap.toImmutableMap(IdentityProvider::key, p -> p));
    this.admission = admission;
    this.sessions = sessions;
    this.letters = letters;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
    this.links = new Links(policy.baseUri());
    this.trouble = trouble;
  }

  /**
   * A provider that can be used here.
   *
   * @param provesFreshness can it tell when somebody last proved who they are?
   */
  public record Offered(String key, String label, boolean provesFreshness) {}

  /** An account elsewhere that is linked to the caller's. */
  public record Linked(
      UUID id,
      String provider,
      String label,
      boolean provesFreshness,
      Instant linkedAt,
      Optional<Instant> lastUsedAt) {}

  /**
   * A browser about to leave.
   *
   * @param to where it is to be sent
   * @param browser what it has to bring back, in a cookie of its own
   */
  public record Departure(URI to, Secret browser) {
    @Override
    public String toString() {
      return "Departure[…]";
    }
  }

  /** What came of coming back. */
  public sealed interface Return permits SignedInBy, LinkMade, SteppedUp {}

  /** The first factor was shown. */
  public record SignedInBy(SignIn.Outcome outcome, String next) implements Return {}

  /** The accounts are linked. */
  public record LinkMade(String label) implements Return {}

  /** Who the caller is was proved again. */
  public record SteppedUp(Secret token, String next) implements Return {}

  /** The providers that can be used here. */
  public ImmutableList<Offered> offered() {
    return providers.values().stream()
        .map(p -> new Offered(p.key(), p.label(), p.provesFreshness()))
        .collect(toImmutableList());
  }

  /** The caller's linked accounts, oldest first. */
  public ImmutableList<Linked> list(SignedIn who) {
    return store.transactions().inOne(() -> store.linkedIdentities().of(who.user().id())).stream()
        .map(
            identity ->
                new Linked(
                    identity.id(),
                    identity.provider(),
                    label(identity.provider()),
                    Optional.ofNullable(providers.get(identity.provider()))
                        .filter(IdentityProvider::provesFreshness)
                        .isPresent(),
                    identity.linkedAt(),
                    identity.lastUsedAt()))
        .collect(toImmutableList());
  }

  /**
   * Sends a browser to a provider, to sign in.
   *
   * @param next where to go on afterwards
   * @throws Refusal NO_SUCH_PROVIDER, PROVIDER_UNAVAILABLE, or TOO_MANY_TRIES when this network
   *     address sends too many
   */
  public Departure beginSignIn(String provider, String next, Origin origin) {
    var known = provider(provider);
    guessing.mustBeWithin(Guessing.fromAddress("leave", origin), DEPARTURES);
    return leave(known, Purpose.SIGN_IN, Optional.empty(), next);
  }

  /**
   * Sends a browser to a provider, to link an account there.
   *
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_PROVIDER or PROVIDER_UNAVAILABLE
   */
  public Departure beginLink(SignedIn who, String provider) {
    Step.LINK_ACCOUNT.mustBeProved(who.session().provedAt(), clock.instant());
    return leave(provider(provider), Purpose.LINK, Optional.of(who.session().id()), "");
  }

  /**
   * Sends a browser to a provider, for somebody without a password to prove again who they are. Who
   * has a second factor shows that first.
   *
   * @throws org.holdfast.domain.InvalidInput told of {@code code}
   * @throws Refusal NO_SUCH_PROVIDER, PROVIDER_UNAVAILABLE, CURRENT_PASSWORD_WRONG for those who
   *     have a password, CODE_WRONG, TOO_MANY_TRIES, YUBIKEY_UNREACHABLE or YUBIKEY_NOT_CONFIGURED
   */
  public Departure beginStepUp(SignedIn who, String provider, @Nullable String code, String next) {
    var known = provider(provider);
    if (!known.provesFreshness()) {
      throw new Refusal(Reason.NO_SUCH_PROVIDER);
    }
    if (store.passwords().find(who.user().id()).isPresent()) {
      throw new Refusal(Reason.CURRENT_PASSWORD_WRONG);
    }
    var session = Optional.of(who.session().id());
    var leaving = prepare(known, Purpose.STEP_UP, session, next);
    return admission.withFactor(who, code, leaving::go);
  }

  /**
   * Takes a browser back. Whatever comes of it, the same state never works again.
   *
   * @param browser what its cookie says
   * @param token of the session, where there is one
   * @throws Refusal NOT_VOUCHED, PROVIDER_UNAVAILABLE, NOT_LINKED, ALREADY_LINKED or SIGN_IN_FAILED
   */
  public Return comeBack(
      String provider,
      Optional<Secret> browser,
      Optional<Secret> state,
      @Nullable String code,
      Optional<SignedIn> who,
      Optional<Secret> token,
      Optional<Secret> device,
      Origin origin) {
    var known = provider(provider);
    var request =
        state
            .flatMap(s -> browser.flatMap(b -> take(provider, s, b)))
            .filter(r -> r.session().equals(sessionFor(r, who)))
            .orElseThrow(() -> notVouched("came back without being sent"));
    if (code == null || code.isEmpty()) {
      throw notVouched(provider + " sent no code");
    }
    var identity = identify(known, request, state.orElseThrow(), code);
    var next = request.words().getOrDefault("next", "");
    return store
        .transactions()
        .inOne(
            () ->
                switch (request.purpose()) {
                  case SIGN_IN -> new SignedInBy(signInBy(identity, device, origin), next);
                  case LINK -> link(who.orElseThrow(), known, identity);
                  case STEP_UP -> stepUp(who.orElseThrow(), token.orElseThrow(), identity, next);
                });
  }

  /** Uses a state up without coming back with anything, as when somebody clicked Cancel there. */
  public void giveUp(String provider, Optional<Secret> browser, Optional<Secret> state) {
    state.ifPresent(s -> browser.ifPresent(b -> take(provider, s, b)));
  }

  /**
   * Unlinks an account elsewhere.
   *
   * @throws Refusal STEP_UP_NEEDED, NO_SUCH_LINK or LAST_WAY_IN
   */
  public void unlink(SignedIn who, UUID id) {
    Step.UNLINK_ACCOUNT.mustBeProved(who.session().provedAt(), clock.instant());
    var user = who.user().id();
    store
        .transactions()
        .inOne(
            () -> {
              var standing = store.standings().lock(user).orElseThrow();
              var all = store.linkedIdentities().of(user);
              var identity =
                  all.stream()
                      .filter(linked -> linked.id().equals(id))
                      .findFirst()
                      .orElseThrow(() -> new Refusal(Reason.NO_SUCH_LINK));
              if (all.size() == 1 && !standing.hasPassword()) {
                throw new Refusal(Reason.LAST_WAY_IN);
              }
              store.linkedIdentities().remove(user, id);
              changed(
                  who,
                  What.ACCOUNT_UNLINKED,
                  Letter.Kind.ACCOUNT_UNLINKED,
                  label(identity.provider()));
            });
  }

  private SignIn.Outcome signInBy(Identity identity, Optional<Secret> device, Origin origin) {
    var linked =
        store
            .linkedIdentities()
            .find(key(identity))
            .orElseThrow(() -> new Refusal(Reason.NOT_LINKED));
    store.linkedIdentities().touch(linked.id(), clock.instant());
    return admission.signInLinked(linked.user(), device, origin);
  }

  private LinkMade link(SignedIn who, IdentityProvider provider, Identity identity) {
    var user = who.user().id();
    store.standings().lock(user);
    var linked =
        new LinkedIdentity(ids.next(), user, provider.key(), clock.instant(), Optional.empty());
    if (!store.linkedIdentities().add(linked, key(identity))) {
      throw new Refusal(Reason.ALREADY_LINKED);
    }
    changed(who, What.ACCOUNT_LINKED, Letter.Kind.ACCOUNT_LINKED, provider.label());
    return new LinkMade(provider.label());
  }

  private SteppedUp stepUp(SignedIn who, Secret token, Identity identity, String next) {
    var linked = store.linkedIdentities().find(key(identity));
    if (linked.filter(l -> l.user().equals(who.user().id())).isEmpty()) {
      throw new Refusal(Reason.NOT_LINKED);
    }
    return new SteppedUp(admission.renew(who, token), next);
  }

  private void changed(SignedIn who, What what, Letter.Kind kind, String label) {
    var user = who.user().id();
    sessions.endEverythingBut(user, who.session().id());
    store
        .activity()
        .record(
            Happening.of(what, null, user, clock.instant())
                .from(who.session().origin())
                .with("provider", label));
    letters.notice(who.user(), kind, who.session().origin()).with("provider", label).post();
  }

  private Departure leave(
      IdentityProvider provider, Purpose purpose, Optional<Session.Id> session, String next) {
    var leaving = prepare(provider, purpose, session, next);
    return store.transactions().inOne(leaving::go);
  }

  /** All that has to be asked of the provider is asked before a transaction is open. */
  private Leaving prepare(
      IdentityProvider provider, Purpose purpose, Optional<Session.Id> session, String next) {
    var state = Secret.generate(random);
    var browser = Secret.generate(random);
    var nonce = Secret.generate(random);
    var verifier = Secret.generate(random);
    var exchange = exchange(provider.key(), state, nonce.value(), verifier.value());
    try {
      return new Leaving(
          provider.authorizationUri(exchange, purpose == Purpose.STEP_UP),
          browser,
          new AuthorizationRequest(
              state.fingerprint(),
              browser.fingerprint(),
              provider.key(),
              purpose,
              session,
              ImmutableMap.of("nonce", nonce.value(), "verifier", verifier.value(), "next", next),
              clock.instant().plus(AWAY)));
    } catch (Unavailable down) {
      throw unavailable(provider, down);
    }
  }

  private final class Leaving {
    private final URI to;
    private final Secret browser;
    private final AuthorizationRequest request;

    Leaving(URI to, Secret browser, AuthorizationRequest request) {
      this.to = to;
      this.browser = browser;
      this.request = request;
    }

    Departure go() {
      store.authorizationRequests().add(request);
      return new Departure(to, browser);
    }
  }

  private Optional<AuthorizationRequest> take(String provider, Secret state, Secret browser) {
    return store
        .transactions()
        .inOne(
            () ->
                store
                    .authorizationRequests()
                    .take(provider, state.fingerprint(), browser.fingerprint(), clock.instant()));
  }

  private static Optional<Session.Id> sessionFor(
      AuthorizationRequest request, Optional<SignedIn> who) {
    return request.purpose() == Purpose.SIGN_IN
        ? Optional.empty()
        : who.map(signedIn -> signedIn.session().id());
  }

  private Identity identify(
      IdentityProvider provider, AuthorizationRequest request, Secret state, String code) {
    var words = request.words();
    var exchange =
        exchange(
            provider.key(),
            state,
            Objects.requireNonNull(words.get("nonce")),
            Objects.requireNonNull(words.get("verifier")));
    try {
      return provider.identify(code, exchange, request.purpose() == Purpose.STEP_UP);
    } catch (NotVouched no) {
      throw notVouched(provider.key() + ": " + no.getMessage());
    } catch (Unavailable down) {
      throw unavailable(provider, down);
    }
  }

  private Exchange exchange(String provider, Secret state, String nonce, String verifier) {
    return new Exchange(
        state.value(), nonce, verifier, URI.create(links.to(Links.comeBackFrom(provider))));
  }

  private IdentityProvider provider(String key) {
    return Optional.ofNullable(providers.get(key))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_PROVIDER));
  }

  private String label(String provider) {
    return Optional.ofNullable(providers.get(provider))
        .map(IdentityProvider::label)
        .orElse(provider); // no longer configured
  }

  private Refusal notVouched(String why) {
    trouble.accept(why);
    return new Refusal(Reason.NOT_VOUCHED);
  }

  private Refusal unavailable(IdentityProvider provider, Unavailable down) {
    trouble.accept(provider.key() + ": " + down.getMessage());
    return new Refusal(Reason.PROVIDER_UNAVAILABLE);
  }

  /** What an identity is found by: each part's length stands before it. */
  private static String key(Identity identity) {
    return Hashing.sha256()
        .newHasher()
        .putInt(identity.issuer().length())
        .putString(identity.issuer(), StandardCharsets.UTF_8)
        .putString(identity.subject(), StandardCharsets.UTF_8)
        .hash()
        .toString();
  }
}
