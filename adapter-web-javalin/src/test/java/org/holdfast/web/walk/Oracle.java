package org.holdfast.web.walk;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.linkedaccount.AuthorizationRequests.AuthorizationRequest;
import org.holdfast.application.linkedaccount.AuthorizationRequests.Purpose;
import org.holdfast.application.linkedaccount.LinkedIdentities.LinkedIdentity;
import org.holdfast.application.signin.PendingSignIns.PendingSignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.MovableClock;
import org.holdfast.application.testkit.PretendedProvider;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.User;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.session.Session;
import org.holdfast.web.walk.Watched.Heard;
import org.jspecify.annotations.Nullable;

/**
 * Decides for itself what a request may do, before it is sent, and compares that with what was
 * written. It knows every secret. Of the rows it reads what is true now (passwords, factors that
 * count, demands, who is disabled); what was proved, used, ended or frozen it keeps a record of its
 * own of, and asks no decision of the code that it judges.
 */
final class Oracle {

  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Duration IDLE = Duration.ofHours(1);
  private static final Duration A_DAY = Duration.ofHours(24);
  private static final Pattern SPACE = Pattern.compile("[\\s\u00a0-]");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{6}");
  private static final Pattern TOUCH = Pattern.compile("[cbdefghijklnrtuv]{33,48}");

  private final Store rows;
  private final MovableClock clock;
  private final boolean everybodyMust;
  private final Map<String, Half> halves = new HashMap<>();
  private final Map<String, Away> aways = new HashMap<>();
  private final Map<String, Open> sessions = new HashMap<>();
  private final Map<Factor.Id, Long> newestSteps = new HashMap<>();
  private final Set<String> spentTouches = new HashSet<>();
  private final Map<UserId, Set<String>> codesLeft = new HashMap<>();
  private final Set<String> codesUsed = new HashSet<>();
  private final Map<String, LinkedIdentity> linked = new HashMap<>();
  private final Map<UserId, Instant> frozen = new HashMap<>();
  private final Map<UserId, Instant> passwordSince = new HashMap<>();
  private final Map<UserId, Long> upheavals = new HashMap<>();
  private final Map<String, UserId> tokenSecrets = new HashMap<>();
  private final Set<String> countingSecrets = new HashSet<>();

  /** What YubiKeys have really typed. */
  final Set<String> touches = new HashSet<>();

  /** What is wrong with what happened; nothing, one hopes. */
  final List<String> violations = new ArrayList<>();

  private long now; // counts acts: what came before what
  private boolean isPreparing = true;
  private String identityInHand = "";
  private @Nullable Asked asked;
  private Judgement judgement = Judgement.NONE;
  private Optional<Open> acting = Optional.empty();
  private boolean isOnceDone;
  private final Set<UserId> changed = new HashSet<>();
  private final Set<UserId> shutOut = new HashSet<>();
  private final Set<UUID> born = new HashSet<>();

  Oracle(Store rows, MovableClock clock, Policy policy) {
    this.rows = rows;
    this.clock = clock;
    this.everybodyMust = policy.secondFactorRequired();
  }

  /** Somebody half signed in. */
  private record Half(UserId user, boolean byPassword, Instant since, long act, boolean[] isUsed) {}

  /** A browser that was sent to a provider. */
  private record Away(
      String browser, Purpose purpose, Optional<UUID> session, Instant since, boolean[] isUsed) {}

  /** A session, and when its user proved everything they have. */
  record Open(UUID id, UserId user, Instant since, Instant provedAt) {}

  /** What a request may do at most. */
  enum May {
    NOTHING,
    /** Hand out what says that somebody has shown the first factor. */
    BE_HALF,
    /** Begin a session. */
    BEGIN,
    /** Give the session another token. */
    RENEW,
    /** The same, and count as a proof of everything that its user has. */
    PROVE,
    /** Leave for a provider, to prove it there. */
    LEAVE
  }

  /**
   * What a request may do, for whom, and why.
   *
   * @param spend writes down that what was shown has been used
   */
  record Judgement(May may, Optional<UserId> user, String why, Runnable spend) {

    static final Judgement NONE = no("nothing to gain");

    static Judgement no(String why) {
      return new Judgement(May.NOTHING, Optional.empty(), why, () -> {});
    }

    static Judgement yes(May may, UserId user, String why, Runnable spend) {
      return new Judgement(may, Optional.of(user), why, spend);
    }
  }

  /** From now on nothing is believed. */
  void prepared() {
    isPreparing = false;
    begin(null, false);
  }

  /** While a round is prepared: whose account elsewhere is being linked. */
  void hold(String subject) {
    identityInHand = subject;
  }

  /** An act begins: a request, or something that is done behind the portal's back. */
  Judgement begin(@Nullable Asked request, boolean yubicoAnswers) {
    now++;
    asked = request;
    isOnceDone = false;
    changed.clear();
    shutOut.clear();
    born.clear();
    acting = request == null ? Optional.empty() : opened(request.token());
    judgement = request == null ? Judgement.NONE : judge(request, yubicoAnswers);
    return judgement;
  }

  /** Who is signed in by this token, by what the oracle itself knows. */
  Optional<Open> opened(String token) {
    var print = print(token);
    return Optional.ofNullable(sessions.get(print))
        .filter(open -> clock.instant().isBefore(open.since().plus(A_DAY)))
        .filter(open -> user(open.user()).filter(u -> u.disabledAt().isEmpty()).isPresent())
        .filter(
            open ->
                rows.sessions()
                    .find(print)
                    .filter(who -> clock.instant().isBefore(who.session().lastUsedAt().plus(IDLE)))
                    .isPresent());
  }

  Optional<Open> acting() {
    return acting;
  }

  /** Who is half signed in by this secret, whether or not it still counts. */
  Optional<UserId> half(String secret) {
    return Optional.ofNullable(halves.get(print(secret))).map(Half::user);
  }

  /** Would the half sign-in be found, so that a refusal has to have another reason? */
  boolean isFound(String pending) {
    return rows.pendingSignIns().find(print(pending), clock.instant()).isPresent();
  }

  /** Is a browser still on its way that left with this state? */
  boolean isAway(String state) {
    return Optional.ofNullable(aways.get(print(state)))
        .filter(away -> !away.isUsed()[0])
        .filter(away -> clock.instant().isBefore(away.since().plus(TEN_MINUTES)))
        .isPresent();
  }

  private Optional<User> user(UserId id) {
    return rows.users().find(id);
  }

  // ---- judging, before anything was sent

  private Judgement judge(Asked a, boolean yubicoAnswers) {
    return switch (a.route().replace("/api/v1", "")) {
      case "POST /sign-in" -> byPassword(a);
      case "POST /sessions" -> a.isApi() ? byPassword(a) : Judgement.NONE;
      case "POST /sign-in/code", "POST /sessions/factor" -> byFactor(a, yubicoAnswers);
      case "POST /sign-in/set-up/{factor}", "POST /sessions/set-up/totp/{factor}" ->
          bySetUp(a, user -> firstCode(a, user));
      case "POST /sign-in/set-up/yubikey", "POST /sessions/set-up/yubikey" ->
          bySetUp(a, user -> firstTouch(a, yubicoAnswers));
      case "GET /linked/{provider}/return", "POST /providers/{provider}/return" -> cameBack(a);
      case "POST /prove-it-is-you", "POST /sessions/current/step-up" -> proved(a, yubicoAnswers);
      case "POST /change-password", "PUT /password" -> passwordChanged(a);
      case "POST /prove-it-is-you/with/{provider}", "POST /providers/{provider}/step-up" ->
          leaving(a, yubicoAnswers);
      default -> Judgement.NONE;
    };
  }

  private Judgement byPassword(Asked a) {
    var user =
        EmailAddress.parse(a.field("email")).flatMap(email -> rows.users().findByAddress(email));
    if (user.isEmpty()) {
      return Judgement.no("password: nobody's address");
    }
    var id = user.get().id();
    var isRight = isPassword(id, a.field("password"));
    if (user.get().disabledAt().isPresent()) {
      return Judgement.no("password: " + word(isRight) + ", disabled");
    }
    if (isShut(id)) {
      return Judgement.no("password: " + word(isRight) + ", frozen");
    }
    return isRight ? firstFactor(id, "password") : Judgement.no("password: wrong");
  }

  private Judgement firstFactor(UserId user, String how) {
    if (hasFactor(user)) {
      return Judgement.yes(May.BE_HALF, user, how + ": right, factor needed", () -> {});
    }
    if (mustHaveFactor(user)) {
      return Judgement.yes(May.BE_HALF, user, how + ": right, factor demanded", () -> {});
    }
    return Judgement.yes(May.BEGIN, user, how + ": right, and enough", () -> {});
  }

  private Judgement byFactor(Asked a, boolean yubicoAnswers) {
    var half = Optional.ofNullable(halves.get(print(a.pending())));
    var state = half.map(this::state).orElse("unknown");
    var shown = half.map(h -> factor(h.user(), a.field("code"), yubicoAnswers)).orElse(Shown.NONE);
    var why = "factor: pending " + state + ", " + shown.what();
    if (half.isEmpty() || !state.equals("good") || shown.spend().isEmpty()) {
      return Judgement.no(why);
    }
    if (!hasFactor(half.get().user())) {
      return Judgement.no(why + ", no factor");
    }
    return Judgement.yes(May.BEGIN, half.get().user(), why, with(half.get(), shown));
  }

  private Judgement bySetUp(Asked a, Function<UserId, Shown> first) {
    var half = Optional.ofNullable(halves.get(print(a.pending())));
    var state = half.map(this::state).orElse("unknown");
    var shown = half.map(h -> first.apply(h.user())).orElse(Shown.NONE);
    var hasOne = half.filter(h -> hasFactor(h.user())).isPresent();
    var why = "set-up: pending " + state + ", " + shown.what() + (hasOne ? ", factor there" : "");
    if (half.isEmpty() || !state.equals("good") || shown.spend().isEmpty() || hasOne) {
      return Judgement.no(why);
    }
    return Judgement.yes(May.BEGIN, half.get().user(), why, with(half.get(), shown));
  }

  private static Runnable with(Half half, Shown shown) {
    return () -> {
      half.isUsed()[0] = true;
      shown.spend().orElseThrow().run();
    };
  }

  private String state(Half half) {
    var user = half.user();
    if (half.isUsed()[0]) {
      return "used";
    }
    if (upheavals.getOrDefault(user, 0L) > half.act()) {
      return "ended";
    }
    if (!clock.instant().isBefore(half.since().plus(TEN_MINUTES))) {
      return "expired";
    }
    if (user(user).filter(u -> u.disabledAt().isEmpty()).isEmpty()) {
      return "of somebody disabled";
    }
    if (isShut(user) || !half.byPassword() && frozen.containsKey(user)) {
      return "of somebody frozen";
    }
    return "good";
  }

  private Judgement cameBack(Asked a) {
    var away = Optional.ofNullable(aways.get(print(a.field("state"))));
    if (away.isEmpty() || !a.path().getOrDefault("provider", "").equals("example")) {
      return Judgement.no("linked: never left");
    }
    var code = a.field("code");
    if (!away.get().browser().equals(print(a.kept("linking", "browser")))) {
      return Judgement.no("linked: another browser");
    }
    if (away.get().isUsed()[0]) {
      return Judgement.no("linked: came back before");
    }
    if (!clock.instant().isBefore(away.get().since().plus(TEN_MINUTES))) {
      return Judgement.no("linked: too late");
    }
    if (!a.field("error").isEmpty() && !a.isApi() || !code.startsWith(PretendedProvider.IS)) {
      return Judgement.no("linked: not vouched for");
    }
    var identity = linked.get(code.substring(PretendedProvider.IS.length()));
    return switch (away.get().purpose()) {
      case SIGN_IN -> identity == null ? Judgement.no("linked: to nobody") : signedInBy(identity);
      case STEP_UP -> provedBy(away.get(), identity);
      case LINK -> Judgement.NONE;
    };
  }

  private Judgement signedInBy(LinkedIdentity identity) {
    var user = identity.user();
    if (user(user).filter(u -> u.disabledAt().isEmpty()).isEmpty()) {
      return Judgement.no("linked: right, disabled");
    }
    return frozen.containsKey(user)
        ? Judgement.no("linked: right, frozen")
        : firstFactor(user, "linked");
  }

  private Judgement provedBy(Away away, @Nullable LinkedIdentity identity) {
    var who = acting.filter(open -> away.session().equals(Optional.of(open.id())));
    return who.isPresent() && identity != null && identity.user().equals(who.get().user())
        ? Judgement.yes(May.PROVE, who.get().user(), "proof: linked", () -> {})
        : Judgement.no("proof: linked, not theirs");
  }

  private Judgement proved(Asked a, boolean yubicoAnswers) {
    if (acting.isEmpty()) {
      return Judgement.no("proof: not signed in");
    }
    var user = acting.get().user();
    if (!isPassword(user, a.field("password"))) {
      return Judgement.no("proof: wrong password");
    }
    if (!hasFactor(user)) {
      return Judgement.yes(May.PROVE, user, "proof: password", () -> {});
    }
    var shown = factor(user, a.field("code"), yubicoAnswers);
    return shown
        .spend()
        .map(spend -> Judgement.yes(May.PROVE, user, "proof: password and factor", spend))
        .orElseGet(() -> Judgement.no("proof: password, " + shown.what()));
  }

  /** It takes the password alone, so it proves no more than that. */
  private Judgement passwordChanged(Asked a) {
    if (acting.isEmpty()) {
      return Judgement.NONE;
    }
    var user = acting.get().user();
    if (!isPassword(user, a.field("currentPassword"))) {
      return Judgement.no("change: wrong password");
    }
    return Judgement.yes(
        hasFactor(user) ? May.RENEW : May.PROVE, user, "change: right password", () -> {});
  }

  private Judgement leaving(Asked a, boolean yubicoAnswers) {
    if (acting.isEmpty()) {
      return Judgement.no("leaving: not signed in");
    }
    var user = acting.get().user();
    if (rows.passwords().find(user).isPresent()) {
      return Judgement.no("leaving: has a password");
    }
    if (!hasFactor(user)) {
      return Judgement.yes(May.LEAVE, user, "leaving", () -> {});
    }
    var shown = factor(user, a.field("code"), yubicoAnswers);
    return shown
        .spend()
        .map(spend -> Judgement.yes(May.LEAVE, user, "leaving with a factor", spend))
        .orElseGet(() -> Judgement.no("leaving: " + shown.what()));
  }

  // ---- what is true of people

  private boolean isPassword(UserId user, String typed) {
    return rows.passwords()
        .find(user)
        .filter(stored -> stored.hash().equals("hash of " + typed))
        .isPresent();
  }

  boolean isShut(UserId user) {
    var since = frozen.get(user);
    var changedAt = passwordSince.get(user);
    return since != null && (changedAt == null || !changedAt.isAfter(since));
  }

  boolean hasFactor(UserId user) {
    return !rows.factors().of(user).isEmpty();
  }

  private boolean mustHaveFactor(UserId user) {
    return everybodyMust
        || rows.accounts().heldBy(user).stream()
            .anyMatch(account -> rows.accounts().demandsFactor(account.id()));
  }

  long newestStep(Factor.Id token) {
    return newestSteps.getOrDefault(token, 0L);
  }

  // ---- what was typed as a second factor

  private record Shown(String what, Optional<Runnable> spend) {
    static final Shown NONE = wrong("code wrong");

    static Shown wrong(String what) {
      return new Shown(what, Optional.empty());
    }
  }

  private Shown factor(UserId user, String typed, boolean yubicoAnswers) {
    var plain = SPACE.matcher(typed).replaceAll("").toLowerCase(Locale.ROOT);
    if (DIGITS.matcher(plain).matches()) {
      return code(user, plain);
    }
    if (TOUCH.matcher(plain).matches()) {
      return touch(user, plain, yubicoAnswers);
    }
    var print = print(user + ":" + plain.replace('o', '0').replace('i', '1').replace('l', '1'));
    if (codesUsed.contains(print)) {
      return Shown.wrong("recovery code used");
    }
    return codesLeft.getOrDefault(user, Set.of()).contains(print)
        ? new Shown("recovery code right", Optional.of(() -> use(user, print)))
        : Shown.NONE;
  }

  private Shown code(UserId user, String digits) {
    var step = Math.floorDiv(clock.instant().getEpochSecond(), 30L);
    var isSpent = false;
    for (var token : rows.factors().tokens(user)) {
      for (var at = step; at >= step - 1; at--) {
        if (InMemoryHoldfast.codeAt(token.secret(), at).equals(digits)) {
          if (at > newestStep(token.factor().id())) {
            var newest = at;
            return new Shown(
                "code right",
                Optional.of(() -> newestSteps.merge(token.factor().id(), newest, Math::max)));
          }
          isSpent = true;
        }
      }
    }
    return isSpent ? Shown.wrong("code spent") : Shown.NONE;
  }

  private Shown touch(UserId user, String typed, boolean yubicoAnswers) {
    if (spentTouches.contains(typed)) {
      return Shown.wrong("touch spent");
    }
    var key = typed.substring(0, typed.length() - 32);
    return touches.contains(typed) && yubicoAnswers && rows.factors().yubiKey(user, key).isPresent()
        ? new Shown("touch right", Optional.of(() -> spentTouches.add(typed)))
        : Shown.wrong("touch wrong");
  }

  private void use(UserId user, String print) {
    codesUsed.add(print);
    Optional.ofNullable(codesLeft.get(user)).ifPresent(left -> left.remove(print));
  }

  private Shown firstCode(Asked a, UserId user) {
    var plain = SPACE.matcher(a.field("code")).replaceAll("");
    var step = Math.floorDiv(clock.instant().getEpochSecond(), 30L);
    return id(a.path().getOrDefault("factor", ""))
        .map(Factor.Id::new)
        .flatMap(id -> rows.factors().unconfirmed(user, id))
        .filter(
            token -> clock.instant().isBefore(token.factor().addedAt().plus(Duration.ofHours(1))))
        .filter(
            token ->
                InMemoryHoldfast.codeAt(token.secret(), step).equals(plain)
                    || InMemoryHoldfast.codeAt(token.secret(), step - 1).equals(plain))
        .map(token -> new Shown("code right", Optional.of(() -> {})))
        .orElse(Shown.NONE);
  }

  private Shown firstTouch(Asked a, boolean yubicoAnswers) {
    var plain = a.field("code").strip().toLowerCase(Locale.ROOT);
    if (spentTouches.contains(plain)) {
      return Shown.wrong("touch spent");
    }
    return touches.contains(plain) && yubicoAnswers
        ? new Shown("touch right", Optional.of(() -> spentTouches.add(plain)))
        : Shown.wrong("touch wrong");
  }

  // ---- what was written

  /** All that one transaction has written. */
  void hear(List<Heard> all) {
    for (var heard : all) {
      hear(heard);
    }
  }

  private void hear(Heard heard) {
    switch (heard.what()) {
      case "OpenSessions.add" ->
          sessionBegan(heard.given(0, Session.class), heard.given(1, String.class));
      case "OpenSessions.renew" -> {
        if (heard.isDone()) {
          sessionRenewed(heard);
        }
      }
      case "PendingSignIns.add" ->
          becameHalf(heard.given(0, PendingSignIn.class), heard.given(1, String.class));
      case "AuthorizationRequests.add" -> left(heard.given(0, AuthorizationRequest.class));
      case "AuthorizationRequests.take" -> {
        if (heard.answer() instanceof Optional<?> taken && taken.isPresent()) {
          cameBack(heard.given(1, String.class));
        }
      }
      case "Passwords.replace" -> {
        if (heard.isDone()) {
          passwordSince.put(heard.given(0, UserId.class), clock.instant());
          changed(heard.given(0, UserId.class), false);
        }
      }
      case "Freezes.freeze" -> {
        frozen.put(heard.given(0, UserId.class), clock.instant());
        changed(heard.given(0, UserId.class), true);
      }
      case "Freezes.thaw" -> {
        if (judgement.may() != May.BEGIN) {
          violation("somebody thawed who did not sign in");
        }
        frozen.remove(heard.given(0, UserId.class));
      }
      case "Users.save" -> saved(heard.given(0, User.class));
      case "LinkedIdentities.add" -> {
        if (heard.isDone()) {
          linked(heard.given(0, LinkedIdentity.class));
        }
      }
      case "LinkedIdentities.remove" -> {
        if (heard.isDone()) {
          var id = heard.given(1, UUID.class);
          linked.values().removeIf(identity -> identity.id().equals(id));
          sensitive("a link went");
          changed(heard.given(0, UserId.class), false);
        }
      }
      case "LinkedIdentities.removeAll" -> {
        var user = heard.given(0, UserId.class);
        linked.values().removeIf(identity -> identity.user().equals(user));
      }
      default -> hearOfFactors(heard);
    }
  }

  private void hearOfFactors(Heard heard) {
    if (!heard.what().startsWith("Factors.") || !heard.isDone()) {
      return;
    }
    switch (heard.what()) {
      case "Factors.addUnconfirmed" ->
          tokenSecrets.put(
              heard.given(1, TotpSecret.class).base32(), heard.given(0, Factor.class).user());
      case "Factors.confirm" -> {
        var id = heard.given(0, Factor.Id.class);
        var token = token(id).orElseThrow();
        newestSteps.put(id, heard.given(1, Long.class));
        countingSecrets.add(token.base32());
        added(tokenSecrets.getOrDefault(token.base32(), new UserId(new UUID(0, 0))));
      }
      case "Factors.addYubiKey" -> added(heard.given(0, Factor.class).user());
      case "Factors.remove" -> {
        sensitive("a factor went");
        changed(heard.given(0, UserId.class), false);
      }
      case "Factors.replaceCodes" -> {
        var user = heard.given(0, UserId.class);
        var prints = new HashSet<String>();
        for (var print : heard.given(1, Iterable.class)) {
          prints.add("" + print);
        }
        codesLeft.put(user, prints);
        if (judgement.may() != May.BEGIN) {
          sensitive("recovery codes changed");
          changed(user, false);
        }
      }
      case "Factors.accept" -> accepted(heard);
      case "Factors.spend" -> {
        var typed = asked == null ? "" : asked.field("code").strip().toLowerCase(Locale.ROOT);
        if (!typed.isEmpty() && !spentTouches.add(typed)) {
          violation("a touch was accepted twice");
        }
      }
      case "Factors.useCode" -> {
        if (!codesUsed.add(heard.given(1, String.class))) {
          violation("a recovery code was accepted twice");
        }
      }
      default -> {}
    }
  }

  private Optional<TotpSecret> token(Factor.Id id) {
    return tokenSecrets.values().stream()
        .distinct()
        .flatMap(user -> rows.factors().tokens(user).stream())
        .filter(token -> token.factor().id().equals(id))
        .map(token -> token.secret())
        .findFirst();
  }

  private void accepted(Heard heard) {
    var id = heard.given(0, Factor.Id.class);
    var step = heard.given(1, Long.class);
    var current = Math.floorDiv(clock.instant().getEpochSecond(), 30L);
    if (step < current - 1 || step > current) {
      violation("a code of another time was accepted");
    }
    if (step <= newestStep(id)) {
      violation("a code was accepted twice");
    }
    newestSteps.merge(id, step, Math::max);
  }

  private void added(UserId user) {
    if (!isPreparing && judgement.may() != May.BEGIN) {
      sensitive("a factor came");
    }
    changed(user, false);
  }

  /** What takes a fresh proof of everything that somebody has. */
  private void sensitive(String what) {
    var isFresh =
        acting
            .filter(open -> !clock.instant().isAfter(open.provedAt().plus(TEN_MINUTES)))
            .isPresent();
    if (!isPreparing && !isFresh) {
      violation(what + " without a fresh proof");
    }
  }

  private void linked(LinkedIdentity identity) {
    var subject =
        asked == null
            ? identityInHand
            : asked.field("code").substring(PretendedProvider.IS.length());
    linked.put(subject, identity);
    changed(identity.user(), false);
  }

  private void saved(User user) {
    if (user.disabledAt().isPresent()) {
      changed(user.id(), true);
    }
  }

  private void changed(UserId user, boolean isShutOut) {
    upheavals.put(user, now);
    changed.add(user);
    if (isShutOut) {
      shutOut.add(user);
    }
  }

  private void sessionBegan(Session session, String print) {
    var user = session.user();
    if (isPreparing) {
      sessions.put(print, new Open(session.id().value(), user, clock.instant(), clock.instant()));
      return;
    }
    must(May.BEGIN, user, "a session began");
    born.add(session.id().value());
    var proved = isByPassword() ? clock.instant() : Instant.EPOCH;
    if (session.provedAt().isAfter(proved)) {
      violation("a session began that counts as proved, and is not");
    }
    sessions.put(print, new Open(session.id().value(), user, clock.instant(), proved));
  }

  private boolean isByPassword() {
    return judgement.why().startsWith("password")
        || asked != null
            && !judgement.why().startsWith("linked")
            && Optional.ofNullable(halves.get(print(asked.pending())))
                .filter(Half::byPassword)
                .isPresent();
  }

  private void sessionRenewed(Heard heard) {
    var old = heard.given(0, String.class);
    var fresh = heard.given(1, String.class);
    var was = sessions.remove(old);
    if (was == null) {
      violation("a session that never was got a new token");
      return;
    }
    var isProved = judgement.may() == May.PROVE;
    must(isProved ? May.PROVE : May.RENEW, was.user(), "a session was renewed");
    if (!isProved && heard.given(2, Instant.class).isAfter(was.provedAt())) {
      violation("a session counts as proved anew, and is not");
    }
    sessions.put(
        fresh,
        new Open(was.id(), was.user(), was.since(), isProved ? clock.instant() : was.provedAt()));
  }

  private void becameHalf(PendingSignIn pending, String print) {
    if (!isPreparing) {
      must(May.BE_HALF, pending.user(), "somebody became half signed in");
    }
    halves.put(
        print,
        new Half(
            pending.user(),
            judgement.why().startsWith("password"),
            clock.instant(),
            now,
            new boolean[1]));
  }

  private void left(AuthorizationRequest request) {
    if (request.purpose() == Purpose.STEP_UP) {
      must(
          May.LEAVE,
          acting.map(Open::user).orElse(new UserId(new UUID(0, 0))),
          "a browser left to prove it");
    }
    if (request.purpose() == Purpose.LINK) {
      sensitive("a browser left to link");
    }
    aways.put(
        request.stateFingerprint(),
        new Away(
            request.browserFingerprint(),
            request.purpose(),
            request.session().map(Session.Id::value),
            clock.instant(),
            new boolean[1]));
  }

  private void cameBack(String state) {
    var away = aways.get(state);
    if (away == null || away.isUsed()[0]) {
      violation("somebody came back twice");
    } else {
      away.isUsed()[0] = true;
    }
  }

  private void must(May may, UserId user, String what) {
    if (judgement.may() != may || !judgement.user().equals(Optional.of(user)) || isOnceDone) {
      violation(what + ", judged \"" + judgement.why() + "\"");
    } else {
      isOnceDone = true;
      judgement.spend().run();
    }
  }

  /** Has what was judged allowed been done? */
  boolean isDone() {
    return isOnceDone;
  }

  // ---- afterwards

  /** After an act: is everything gone that it had to end? Says for how many it had to. */
  int end() {
    for (var user : changed) {
      var kept = shutOut.contains(user) ? Optional.<UUID>empty() : kept(user);
      for (var row : rows.sessions().of(user)) {
        var id = row.id().value();
        if (!born.contains(id) && !kept.equals(Optional.of(id))) {
          violation("a session outlived a change");
        }
      }
    }
    return changed.size();
  }

  private Optional<UUID> kept(UserId user) {
    var isOwn =
        asked != null
            && !asked.route().contains("reset")
            && !asked.route().contains("forgot")
            && !asked.route().contains("welcome")
            && !asked.route().contains("registrations");
    return acting.filter(open -> isOwn && open.user().equals(user)).map(Open::id);
  }

  /** Whose secret of a time-based token this is. */
  Optional<UserId> ownerOfToken(String base32) {
    return Optional.ofNullable(tokenSecrets.get(base32));
  }

  /** Does this token count already, so that its secret must not be shown again? */
  boolean counts(String base32) {
    return countingSecrets.contains(base32);
  }

  /** Is this a recovery code of this user's? */
  boolean isCodeOf(UserId user, String grouped) {
    return codesLeft
        .getOrDefault(user, Set.of())
        .contains(print(user + ":" + grouped.replace("-", "")));
  }

  void violation(String what) {
    violations.add(what);
  }

  private static String word(boolean isRight) {
    return isRight ? "right" : "wrong";
  }

  private static Optional<UUID> id(String text) {
    try {
      return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  static String print(String secret) {
    return Hashing.sha256().hashString(secret, StandardCharsets.UTF_8).toString();
  }
}
