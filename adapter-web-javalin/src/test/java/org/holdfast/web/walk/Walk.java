package org.holdfast.web.walk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.application.linkedaccount.LinkedIdentities.LinkedIdentity;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.session.SignedIn;
import org.holdfast.application.signin.SignIn;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.InMemoryStore;
import org.holdfast.domain.Secret;
import org.holdfast.domain.UserId;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.account.User;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.notification.Category;
import org.holdfast.web.Desk;
import org.holdfast.web.Running;
import org.holdfast.web.walk.Watched.Heard;

/**
 * One round of the walk: a portal of its own, some people, their browsers and programs, and
 * attackers who know many of their secrets. A step asks for something, moves the clock, runs
 * errands, or changes something behind the portal's back. All chance comes from one seed.
 */
final class Walk implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern FORM_TOKEN =
      Pattern.compile("name=\"formToken\" value=\"([^\"]+)\"");
  private static final Pattern STATE = Pattern.compile("state=([A-Za-z0-9_-]{43})");
  private static final Pattern BEGUN =
      Pattern.compile("/(?:security/tokens|sign-in/set-up)/([0-9a-f-]{36})");
  private static final Pattern ASSET = Pattern.compile("/assets/([a-z0-9.-]+)");
  private static final Pattern RECOVERY =
      Pattern.compile("[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}");
  private static final Pattern TOTP = Pattern.compile("[A-Z2-7]{32}");
  private static final Pattern GROUPED = Pattern.compile("([A-Z2-7]{4} ){7}[A-Z2-7]{4}");
  private static final Set<String> ASKED = Set.of("GET", "POST", "PUT", "DELETE", "PATCH");
  private static final String MODHEX = "cbdefghijklnrtuv";
  private static final String CANARY = "canary-";
  private static final ImmutableList<String> MAILED =
      ImmutableList.of(
          "welcome",
          "reset",
          "confirm-email",
          "undo-email",
          "confirm-contact",
          "freeze",
          "veto-case",
          "confirm-case");
  private static final ImmutableMap<String, String> LINKS =
      ImmutableMap.of(
          "/welcome", "WELCOME",
          "/forgot/choose", "RESET",
          "/email/confirm", "CONFIRM_EMAIL",
          "/email/undo", "UNDO_EMAIL",
          "/contacts/confirm", "CONFIRM_CONTACT",
          "/freeze", "FREEZE",
          "/recovery/veto", "VETO_CASE",
          "/recovery/confirm", "CONFIRM_CASE");
  private static final ImmutableMap<String, String> POSTS_OF_MAILED =
      ImmutableMap.of(
          "welcome", "POST /welcome",
          "reset", "POST /forgot/choose",
          "confirm-email", "POST /email/confirm",
          "undo-email", "POST /email/undo",
          "confirm-contact", "POST /contacts/confirm",
          "freeze", "POST /freeze",
          "veto-case", "POST /recovery/veto",
          "confirm-case", "POST /recovery/confirm");

  private final Random chance;
  private final Tally tally;
  private final InMemoryStore memory = new InMemoryStore();
  private final Running portal;
  private final InMemoryHoldfast inside;
  private final Oracle oracle;
  private final List<String> routes;
  private final Map<UserId, Person> people = new LinkedHashMap<>();
  private final List<Agent> agents = new ArrayList<>();
  private final Map<String, Deque<Mail>> mailbox = new HashMap<>();
  private final Set<String> known = new HashSet<>(); // secrets that must not be told again
  private final Deque<String> history = new ArrayDeque<>();
  private final Map<UserId, SignedIn> prepared = new HashMap<>();
  private final String serviceKey;
  private final Desk desk;
  private Instant calledAt = Instant.EPOCH;
  private String announcement = "";
  private String asset = "";
  private int made;

  private record Mail(String to, String secret) {}

  Walk(long seed, Tally tally) {
    this.chance = new Random(seed);
    this.tally = tally;
    var mustHaveFactor = chance.nextInt(8) == 0;
    var watched = new Watched(this::hear);
    portal =
        Running.over(
            watched.in(memory.store()),
            policy -> policy.withSecondFactorRequired(mustHaveFactor),
            Set.of("127.0.0.1"));
    inside = portal.memory;
    oracle = new Oracle(memory.store(), inside.clock, inside.policy);
    routes =
        portal.routes().stream()
            .filter(route -> ASKED.contains(route.substring(0, route.indexOf(' '))))
            .filter(route -> !route.endsWith("/broken")) // the test's own
            .sorted()
            .toList();
    serviceKey = inside.holdfast.serviceKeys().make("billing").secret().value();
    desk = new Desk(inside);
    prepare();
    oracle.prepared();
  }

  @Override
  public void close() {
    portal.close();
  }

  List<String> routes() {
    return routes;
  }

  /** Takes so many steps. */
  void take(int steps) {
    for (var i = 0; i < steps; i++) {
      step();
      if (!oracle.violations.isEmpty()) {
        throw new AssertionError(
            "at step %d: %s%n%s".formatted(i, oracle.violations, String.join("\n", history)));
      }
    }
  }

  // ---- who there is

  private void prepare() {
    for (var name :
        List.of("ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ida", "jon")) {
      open(name);
    }
    var all = ImmutableList.copyOf(people.values());
    for (var person : all) {
      agents.add(new Agent(Optional.of(person), "192.0.2." + agents.size()));
      agents.add(new Agent(Optional.of(person), "192.0.2." + agents.size()));
    }
    for (var i = 0; i < 6; i++) {
      agents.add(new Agent(Optional.empty(), "198.51.100." + i));
    }
    if (inside.policy.secondFactorRequired()) {
      return;
    }
    addToken(all.get(1));
    addYubiKey(all.get(2));
    link(all.get(3));
    addToken(all.get(3));
    addYubiKey(all.get(3));
    link(all.get(4));
    memory.forgetPassword(all.get(4).user);
    link(all.get(5));
    memory.accounts.demandFactor(account(all.get(6)).orElseThrow().id(), true);
    inside.holdfast.editProfile().disable(all.get(7).user);
    addToken(all.get(9));
    addToken(all.get(9));
  }

  private void open(String name) {
    var holdfast = inside.holdfast;
    var account = holdfast.openAccount().open(InMemoryHoldfast.opening(name + "@example.com"));
    var link = mailed("WELCOME").peekFirst();
    holdfast
        .openAccount()
        .confirm(
            Secret.parse(link == null ? "" : link.secret()),
            new Password(newPassword()),
            InMemoryHoldfast.HOME);
    known(account.holder());
  }

  private void known(UserId user) {
    if (!people.containsKey(user)) {
      var name = memory.users.find(user).orElseThrow().email().value().replaceFirst("@.*", "");
      people.put(user, new Person(name, user, modhex(12)));
    }
  }

  private SignedIn signIn(Person person) {
    var begun =
        (SignIn.Begun)
            inside
                .holdfast
                .signIn()
                .signIn(
                    email(person),
                    new Password(password(person)),
                    Optional.empty(),
                    InMemoryHoldfast.HOME);
    return inside.holdfast.sessions().check(begun.token()).orElseThrow();
  }

  private SignedIn prepared(Person person) {
    return prepared.computeIfAbsent(person.user, any -> signIn(person));
  }

  private void addToken(Person person) {
    var token = inside.addToken(prepared(person));
    token.recoveryCodes().forEach(code -> person.recoveryCodes.add(code.grouped()));
  }

  private void addYubiKey(Person person) {
    inside
        .holdfast
        .editFactors()
        .addYubiKey(prepared(person), "Key", person.key + modhex(32))
        .forEach(code -> person.recoveryCodes.add(code.grouped()));
  }

  private void link(Person person) {
    var who = prepared(person);
    var departure = inside.holdfast.linkAccounts().beginLink(who, "example");
    oracle.hold(person.name);
    inside
        .holdfast
        .linkAccounts()
        .comeBack(
            "example",
            Optional.of(departure.browser()),
            Secret.parse(first(STATE, departure.to().toString()).orElseThrow()),
            person.identity(),
            Optional.of(who),
            Optional.empty(),
            Optional.empty(),
            InMemoryHoldfast.HOME);
  }

  private void hear(ImmutableList<Heard> all) {
    oracle.hear(all);
    for (var heard : all) {
      switch (heard.what()) {
        case "Outbox.post" -> post(heard.given(0, Letter.class));
        case "Users.add" -> {
          if (heard.isDone() && people.size() < 16) {
            known(heard.given(0, User.class).id());
          }
        }
        default -> {}
      }
    }
  }

  private void post(Letter letter) {
    for (var word : letter.words().values()) {
      var at = word.indexOf("?token=");
      if (at > 0) {
        var path = URI.create(word.substring(0, at)).getPath();
        mail(LINKS.getOrDefault(path, "OTHER"), letter.to().value(), word.substring(at + 7));
      }
    }
  }

  private void mail(String kind, String to, String secret) {
    var all = mailed(kind);
    all.addFirst(new Mail(to, secret));
    if (all.size() > 60) {
      all.removeLast();
    }
    known.add(secret);
  }

  private Deque<Mail> mailed(String kind) {
    return mailbox.computeIfAbsent(kind, any -> new ArrayDeque<>());
  }

  // ---- a step

  private void step() {
    var dice = chance.nextInt(1000);
    if (dice < 50) {
      tally.act("clock");
      passTime();
    } else if (dice < 80) {
      behind("errands", inside::runErrands);
    } else if (dice < 84) {
      behind("letters", this::deliver);
    } else if (dice < 87) {
      behind("sweep", inside.holdfast::sweep);
    } else if (dice < 105) {
      behind("host", this::interfere);
    } else if (dice < 115) {
      behind("support", this::support);
    } else {
      ask(pick(agents));
    }
  }

  private void behind(String what, Runnable act) {
    tally.act(what);
    note(what);
    oracle.begin(null, true);
    act.run();
    tally.act("changes that end sessions", oracle.end());
  }

  private void passTime() {
    var dice = chance.nextInt(1000);
    var time =
        dice < 800
            ? Duration.ofSeconds(1 + chance.nextInt(45))
            : dice < 970
                ? Duration.ofMinutes(1 + chance.nextInt(14))
                : dice < 997 ? Duration.ofMinutes(20 + chance.nextInt(80)) : Duration.ofHours(25);
    note("clock " + time);
    inside.clock.pass(time);
  }

  private void deliver() {
    inside.deliver();
    for (var sent : inside.mailer.sent) {
      sent.unsubscribe()
          .ifPresent(
              uri -> mail("UNSUBSCRIBE", sent.letter().to().value(), uri.getQuery().substring(6)));
    }
    inside.mailer.sent.clear();
  }

  private void interfere() {
    var shutOut =
        people.values().stream()
            .filter(p -> memory.users.find(p.user).orElseThrow().isDisabled())
            .findFirst();
    var person = chance.nextBoolean() ? anybody() : shutOut.orElseGet(this::anybody);
    var user = memory.users.find(person.user).orElseThrow();
    var dice = chance.nextInt(100);
    if (user.isDisabled()) {
      inside.holdfast.editProfile().enable(person.user);
    } else if (dice < 8) {
      inside.holdfast.editProfile().disable(person.user);
    } else if (dice < 85) {
      account(person).ifPresent(account -> memory.accounts.demandFactor(account.id(), dice < 50));
    } else if (!linkedTo(person).isEmpty()) {
      memory.forgetPassword(person.user);
    }
  }

  /** Somebody calls support and says that they are one of them. */
  private void support() {
    var person = anybody();
    var isOpen =
        memory.store().recoveryCases().openOf(person.user).isPresent()
            || inside.clock.instant().isBefore(calledAt.plus(Duration.ofMinutes(5)));
    account(person)
        .filter(account -> !isOpen)
        .ifPresent(
            account -> {
              calledAt = inside.clock.instant();
              desk.lostMailbox(account, "new" + ++made + "@example.com");
            });
  }

  private void ask(Agent agent) {
    var isHonest = chance.nextInt(100) < (agent.owner.isPresent() ? 75 : 15);
    var route = chance.nextInt(100) < 62 ? sensible(agent) : pick(routes);
    if (isHonest && needsFormToken(agent, route)) {
      send(agent, plan(agent, victim(agent), "GET /sessions", 100));
    }
    var right = isHonest ? 100 : chance.nextInt(100) < 60 ? 82 : 40;
    var victim = victim(agent);
    var asked = plan(agent, victim, route, right);
    send(agent, asked);
    if (oracle.isDone() && asked.route().matches(".*(code|factor)") && chance.nextInt(3) == 0) {
      pursue(victim, asked);
    } else if (asked.route().endsWith("/return") && chance.nextInt(3) == 0) {
      send(agent, asked); // as when somebody goes back in their browser
    }
  }

  /** Somebody looked over a shoulder, and tries at once what was shown there. */
  private void pursue(Person v, Asked shown) {
    var thief = agents.get(agents.size() - 1 - chance.nextInt(6));
    thief.kept.put("pending", shown.pending());
    var fields = new LinkedHashMap<String, String>();
    if (chance.nextInt(3) > 0) {
      send(thief, plan(thief, v, "POST /api/v1/sessions", 99));
    }
    fields.put("pending", thief.kept("pending"));
    fields.put("code", chance.nextInt(3) == 0 ? code(v, false) : shown.field("code"));
    send(
        thief,
        new Asked(
            "POST /api/v1/sessions/factor",
            false,
            ImmutableMap.of(),
            ImmutableMap.copyOf(fields),
            ImmutableMap.of(),
            "",
            ""));
  }

  private static boolean needsFormToken(Agent agent, String route) {
    return route.startsWith("POST /")
        && !route.contains("/api/")
        && !agent.cookie("session").isEmpty()
        && !agent.formOf.equals(agent.cookie("session"));
  }

  private Person victim(Agent agent) {
    return agent.owner.orElseGet(this::anybody);
  }

  private Person anybody() {
    return pick(ImmutableList.copyOf(people.values()));
  }

  // ---- what somebody in an agent's place would do next

  private String sensible(Agent agent) {
    return chance.nextBoolean() ? sensiblePage(agent) : sensibleCall(agent);
  }

  private String sensiblePage(Agent agent) {
    var v = victim(agent);
    for (var cookie : MAILED) {
      if (!agent.cookie(cookie).isEmpty() && chance.nextInt(3) == 0) {
        return POSTS_OF_MAILED.getOrDefault(cookie, "GET /");
      }
    }
    if (oracle.isAway(agent.state) && chance.nextInt(10) < 7) {
      return "GET /linked/{provider}/return";
    }
    var isSignedIn = oracle.opened(agent.cookie("session")).isPresent();
    if (!isSignedIn && goesOn(agent.cookie("pending"))) {
      return oracle.hasFactor(v.user) == chance.nextInt(10) < 8
          ? "POST /sign-in/code"
          : setUp(agent, "POST /sign-in/set-up");
    }
    if (!isSignedIn) {
      return signInPage(v);
    }
    if (chance.nextInt(10) < 2) {
      return "POST /prove-it-is-you" + (password(v).isEmpty() ? "/with/{provider}" : "");
    }
    return some(" /security", " /accounts", " /");
  }

  /** Whoever is told to sign in again mostly does. */
  private boolean goesOn(String pending) {
    return !pending.isEmpty() && chance.nextInt(10) < (oracle.isFound(pending) ? 9 : 1);
  }

  private String signInPage(Person v) {
    var dice = chance.nextInt(100);
    if (oracle.isShut(v.user) || password(v).isEmpty() && linkedTo(v).isEmpty()) {
      return dice < 40 ? "POST /forgot" : "GET /forgot/choose";
    }
    if (!linkedTo(v).isEmpty() && dice < 40 || password(v).isEmpty()) {
      return "POST /sign-in/with/{provider}";
    }
    return dice < 88 ? "POST /sign-in" : pick(List.of("POST /forgot", "GET /forgot/choose"));
  }

  private String setUp(Agent agent, String start) {
    var dice = chance.nextInt(10);
    if (!agent.begun.isEmpty() && dice < 6) {
      return dice < 1 && !start.contains("/api/")
          ? "GET /sign-in/set-up/{factor}"
          : start + "/{factor}";
    }
    return dice < 8 ? start : start.replace("/totp", "") + "/yubikey";
  }

  private String sensibleCall(Agent agent) {
    var v = victim(agent);
    if (oracle.isAway(agent.kept("state")) && chance.nextInt(10) < 7) {
      return "POST /api/v1/providers/{provider}/return";
    }
    var isSignedIn = oracle.opened(agent.kept("token")).isPresent();
    if (!isSignedIn && goesOn(agent.kept("pending"))) {
      return oracle.hasFactor(v.user) == chance.nextInt(10) < 8
          ? "POST /api/v1/sessions/factor"
          : setUp(agent, "POST /api/v1/sessions/set-up/totp");
    }
    if (!isSignedIn) {
      return switch (signInPage(v)) {
        case "POST /sign-in" -> "POST /api/v1/sessions";
        case "POST /sign-in/with/{provider}" -> "POST /api/v1/providers/{provider}/sign-in";
        case "POST /forgot" -> "POST /api/v1/password/forgot";
        default -> "POST /api/v1/password/reset";
      };
    }
    if (chance.nextInt(10) < 2) {
      return password(v).isEmpty()
          ? "POST /api/v1/providers/{provider}/step-up"
          : "POST /api/v1/sessions/current/step-up";
    }
    return some(" /api/v1/factors", " /api/v1/links", " /api/v1/");
  }

  /** One of the routes that begin so, the first beginnings more often. */
  private String some(String... beginnings) {
    var beginning = beginnings[chance.nextInt(beginnings.length)];
    return pick(routes.stream().filter(route -> route.contains(beginning)).toList());
  }

  // ---- a request

  /**
   * Plans a request.
   *
   * @param right how often in a hundred a thing is what it should be
   */
  private Asked plan(Agent agent, Person v, String route, int right) {
    var isApi = route.contains(" /api/");
    var cookies = new LinkedHashMap<String, String>();
    if (!isApi) {
      cookies.putAll(agent.cookies);
      for (var kind : List.of("session", "device", "pending", "linking")) {
        swap(agent, cookies, kind, v, right);
      }
      for (var kind : MAILED) {
        swap(agent, cookies, kind, v, 50 + right / 2);
      }
    }
    var path = new LinkedHashMap<String, String>();
    for (var part : route.split("/", -1)) {
      if (part.startsWith("{")) {
        var kind = part.substring(1, part.length() - 1);
        path.put(kind, isRight(right) ? inPath(kind, route, agent, v) : wrong(kind, v));
      }
    }
    var fields = new LinkedHashMap<String, String>();
    Fields.of(route)
        .forEach(
            (name, kind) ->
                value(kind, route, agent, v, right).ifPresent(value -> fields.put(name, value)));
    var token =
        !isApi
            ? cookies.getOrDefault("session", "")
            : route.contains("/host/") ? serviceKey : agent.kept("token");
    if (isApi && !isRight(50 + right / 2)) {
      token = wrong("session", v);
    }
    return new Asked(
        route,
        right == 100,
        ImmutableMap.copyOf(path),
        ImmutableMap.copyOf(fields),
        ImmutableMap.copyOf(cookies),
        token,
        isRight(right) ? agent.formToken : pick(agents).formToken);
  }

  private void swap(Agent agent, Map<String, String> cookies, String kind, Person v, int right) {
    if (!isRight(70 + right * 3 / 10)) {
      var stolen = wrong(kind, v);
      cookies.put(kind, stolen);
      if (chance.nextInt(3) == 0) {
        agent.cookies.put(kind, stolen);
      }
    }
  }

  private boolean isRight(int right) {
    return chance.nextInt(100) < right;
  }

  private Optional<String> value(String kind, String route, Agent agent, Person v, int right) {
    if (kind.endsWith("?")) {
      return chance.nextInt(3) == 0
          ? Optional.empty()
          : value(kind.substring(0, kind.length() - 1), route, agent, v, right);
    }
    if (kind.equals("error")) {
      return chance.nextInt(15) == 0 ? Optional.of("access_denied") : Optional.empty();
    }
    if (!isRight(right)) {
      return chance.nextInt(12) == 0 ? Optional.empty() : Optional.of(wrong(kind, v));
    }
    return Optional.of(right(kind, route, agent, v, right == 100));
  }

  private String right(String kind, String route, Agent agent, Person v, boolean isHonest) {
    return switch (kind) {
      case "email" -> email(v);
      case "newEmail" -> "new" + ++made + "@example.com";
      case "password" -> password(v);
      case "newPassword" -> newPassword();
      case "code" -> code(v, isHonest);
      case "firstCode" -> firstCode(agent);
      case "touch" -> touch(v);
      case "identity" -> v.identity();
      case "name" -> "Thing " + chance.nextInt(100);
      case "next" -> "/profile";
      case "pending", "device", "browser" -> agent.kept(kind);
      case "state" -> route.contains("/api/") ? agent.kept("state") : agent.state;
      case "demanded" -> "" + chance.nextBoolean();
      case "contact" -> contact(v);
      case "version" -> account(v).map(account -> "" + account.version()).orElse("0");
      case "category" -> pick(List.of(Category.values())).key();
      case "format" -> chance.nextBoolean() ? "csv" : "jsonl";
      case "at" -> inside.clock.instant().toString();
      case "language" -> chance.nextBoolean() ? "en" : "de";
      case "zone" -> "Europe/Berlin";
      case "country" -> "DE";
      case "postcode" -> "10117";
      case "line" -> "Unter den Linden " + chance.nextInt(50);
      case "empty" -> "";
      case "key" -> "key-" + ++made;
      case "domain" -> pick(List.of("example.com", "example.org"));
      default -> link(kind, agent, v);
    };
  }

  private String inPath(String kind, String route, Agent agent, Person v) {
    return switch (kind) {
      case "number" -> account(v).map(Account::number).orElse("1");
      case "factor" ->
          route.contains("tokens/") || route.contains("set-up") || route.contains("confirm")
              ? (agent.begun.isEmpty() ? uuid() : agent.begun)
              : any(factorsOf(v), factor -> factor.id().toString());
      case "link" -> any(linkedTo(v), identity -> identity.id().toString());
      case "provider" -> "example";
      case "session" -> any(memory.sessions.of(v.user), session -> session.id().toString());
      case "contact" -> contact(v);
      case "case" -> recoveryCase(v);
      case "page" -> pick(List.of("details", "contacts", "recipients"));
      case "user" -> v.user.toString();
      case "announcement" -> announcement.isEmpty() ? uuid() : announcement;
      case "file" -> asset.isEmpty() ? "none" : asset;
      default -> throw new IllegalStateException("what is {" + kind + "}?");
    };
  }

  /** What was right once, is another's, or never was anything. */
  private String wrong(String kind, Person v) {
    var dice = chance.nextInt(100);
    var other = anybody();
    var whose = dice < 55 ? v : other;
    var isGarbage = dice >= 80;
    return switch (kind) {
      case "email" -> isGarbage ? garbage() : email(other);
      case "password" ->
          isGarbage ? garbage() : dice < 40 ? one(v.seen("password")) : password(other);
      case "newPassword" -> isGarbage ? garbage() : dice < 40 ? "short" : password(other);
      case "code", "firstCode", "touch" -> wrongCode(dice, v, other);
      case "identity" ->
          isGarbage ? pick(List.of("away", "other", "is-mallory", "")) : other.identity();
      case "pending", "session", "device" ->
          isGarbage ? stray() : one(whose.seen(dice % 9 == 0 ? "device" : kind));
      case "linking", "browser" -> isGarbage ? stray() : one(other.seen("browser"));
      case "state" -> isGarbage ? stray() : one(other.seen("state"));
      case "number" -> isGarbage ? garbage() : account(other).map(Account::number).orElse("1");
      case "factor" ->
          isGarbage ? garbage() : any(factorsOf(other), factor -> factor.id().toString());
      case "link" ->
          isGarbage ? garbage() : any(linkedTo(other), identity -> identity.id().toString());
      case "contact" -> isGarbage ? garbage() : contact(other);
      case "user" -> isGarbage ? garbage() : uuid();
      case "case" -> isGarbage ? garbage() : recoveryCase(other);
      case "provider" -> pick(List.of("other", "EXAMPLE", "example2"));
      case "WELCOME",
          "RESET",
          "CONFIRM_EMAIL",
          "UNDO_EMAIL",
          "CONFIRM_CONTACT",
          "FREEZE",
          "VETO_CASE",
          "CONFIRM_CASE",
          "welcome",
          "reset",
          "confirm-email",
          "undo-email",
          "confirm-contact",
          "freeze",
          "veto-case",
          "confirm-case" ->
          isGarbage ? stray() : anyMailed();
      default -> garbage();
    };
  }

  private String wrongCode(int dice, Person v, Person other) {
    if (dice < 40) {
      return one(v.seen("code"));
    }
    if (dice < 50) {
      return one(v.usedCodes);
    }
    if (dice < 65) {
      return code(other, false);
    }
    if (dice < 75) {
      var tokens = memory.store().factors().tokens(v.user);
      return tokens.isEmpty()
          ? "123456"
          : InMemoryHoldfast.codeAt(tokens.get(0).secret(), now() + pick(List.of(-2, 1, 2)));
    }
    if (dice < 85) {
      return v.key + modhex(32); // typed by nobody
    }
    return dice < 95 ? pick(List.of("000000", "12", "000 000")) : garbage();
  }

  private String garbage() {
    return pick(
        List.of(
            "",
            " ",
            "x",
            "'; --",
            "\u0000",
            "äöü\u202e",
            "a".repeat(300),
            "null",
            stray(),
            uuid()));
  }

  private String stray() {
    var stray = new StringBuilder();
    for (var i = 0; i < 43; i++) {
      stray.append("ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789_-".charAt(chance.nextInt(44)));
    }
    return stray.toString();
  }

  private String uuid() {
    return new UUID(chance.nextLong(), chance.nextLong()).toString();
  }

  private String modhex(int length) {
    var typed = new StringBuilder();
    for (var i = 0; i < length; i++) {
      typed.append(MODHEX.charAt(chance.nextInt(16)));
    }
    return typed.toString();
  }

  private String newPassword() {
    return CANARY + ++made + "-" + modhex(10);
  }

  private long now() {
    return Math.floorDiv(inside.clock.instant().getEpochSecond(), 30L);
  }

  /** A second factor that is right, if there is one; whoever is honest waits for a fresh code. */
  private String code(Person v, boolean isHonest) {
    var ways = new ArrayList<Supplier<String>>();
    for (var token : memory.store().factors().tokens(v.user)) {
      ways.add(
          () -> {
            if (isHonest && oracle.newestStep(token.factor().id()) >= now()) {
              inside.clock.pass(Duration.ofSeconds(30));
            }
            var back = oracle.newestStep(token.factor().id()) < now() - 1 ? chance.nextInt(2) : 0;
            var code = InMemoryHoldfast.codeAt(token.secret(), now() - back);
            return chance.nextInt(5) == 0 ? code.substring(0, 3) + " " + code.substring(3) : code;
          });
    }
    if (memory.store().factors().yubiKey(v.user, v.key).isPresent()) {
      ways.add(() -> touch(v));
    }
    if (!v.recoveryCodes.isEmpty() && chance.nextInt(6) == 0) {
      ways.clear();
      ways.add(
          () -> {
            var code = v.recoveryCodes.remove(chance.nextInt(v.recoveryCodes.size()));
            Person.keep(v.usedCodes, code);
            return chance.nextBoolean() ? code : code.toUpperCase(Locale.ROOT);
          });
    }
    if (ways.isEmpty()) {
      return "";
    }
    var code = pick(ways).get();
    v.saw("code", code);
    return code;
  }

  private String touch(Person v) {
    var typed = v.key + modhex(32);
    oracle.touches.add(typed);
    v.saw("code", typed);
    return typed;
  }

  private String firstCode(Agent agent) {
    if (agent.begun.isEmpty()) {
      return "000000";
    }
    var id = new Factor.Id(UUID.fromString(agent.begun));
    return people.keySet().stream()
        .flatMap(user -> memory.store().factors().unconfirmed(user, id).stream())
        .findFirst()
        .map(token -> InMemoryHoldfast.codeAt(token.secret(), now()))
        .orElse("000000");
  }

  private String link(String kind, Agent agent, Person v) {
    var to = email(v);
    var all = mailed(kind);
    return all.stream()
        .filter(
            mail -> mail.to().equals(to) || agent.owner.isEmpty() || mail.to().startsWith("new"))
        .skip(chance.nextInt(4) == 0 ? 1 : 0)
        .findFirst()
        .map(Mail::secret)
        .orElseGet(this::stray);
  }

  private String anyMailed() {
    var kind = pick(ImmutableList.copyOf(LINKS.values()));
    var all = ImmutableList.copyOf(mailed(kind));
    return all.isEmpty() ? stray() : pick(all).secret();
  }

  private String recoveryCase(Person v) {
    return memory
        .store()
        .recoveryCases()
        .openOf(v.user)
        .map(recovery -> recovery.id().toString())
        .orElseGet(this::uuid);
  }

  private String contact(Person v) {
    return account(v)
        .map(account -> any(memory.contacts.of(account.id()), contact -> contact.id().toString()))
        .orElseGet(this::uuid);
  }

  private Optional<Account> account(Person v) {
    return memory.accounts.heldBy(v.user).stream().findFirst();
  }

  private ImmutableList<Factor> factorsOf(Person v) {
    return memory.store().factors().of(v.user);
  }

  private ImmutableList<LinkedIdentity> linkedTo(Person v) {
    return memory.store().linkedIdentities().of(v.user);
  }

  private String email(Person v) {
    return memory.users.find(v.user).orElseThrow().email().value();
  }

  /** Their password, as the pretended hash shows it. */
  private String password(Person v) {
    return memory
        .passwords
        .find(v.user)
        .map(stored -> stored.hash().substring("hash of ".length()))
        .orElse("");
  }

  private <T> String any(List<T> all, Function<T, String> text) {
    return all.isEmpty() ? uuid() : text.apply(pick(all));
  }

  private String one(Deque<String> all) {
    return all.isEmpty() ? garbage() : pick(ImmutableList.copyOf(all));
  }

  private <T> T pick(List<T> all) {
    return all.get(chance.nextInt(all.size()));
  }

  // ---- sending it, and what comes of it

  private void send(Agent agent, Asked asked) {
    var isReachable = chance.nextInt(50) != 0;
    var typed = asked.field("code").strip().toLowerCase(Locale.ROOT);
    inside.yubico.answer =
        !isReachable
            ? Verdict.UNREACHABLE
            : oracle.touches.contains(typed) ? Verdict.VALID : Verdict.REFUSED;
    var isFound = oracle.isFound(asked.pending());
    var judgement = oracle.begin(asked, isReachable);
    var response = exchange(agent, asked);
    var isDone = oracle.isDone();
    note(
        "%s %s%s %s -> %d %s %s"
            .formatted(
                agent.owner.map(o -> o.name).orElse("attacker"),
                asked.isHonest() ? "" : "! ",
                asked.route(),
                judgement.why(),
                response.statusCode(),
                location(response),
                isDone ? judgement.may() : ""));
    tally.act("changes that end sessions", oracle.end());
    tally.judged(judgement, isDone);
    check(asked, judgement, response, isFound, isDone);
    scan(asked, judgement, response);
    learn(agent, asked, judgement, response);
    tally.walked(asked.route(), isRefused(asked, response));
  }

  private void check(
      Asked asked,
      Oracle.Judgement judgement,
      HttpResponse<String> response,
      boolean isFound,
      boolean isDone) {
    var status = response.statusCode();
    if (status >= 500 && status != 503) {
      oracle.violation("a fault of ours: " + status);
    }
    if (Guarded.isPrivate(asked.route())
        && oracle.acting().isEmpty()
        && !isRefused(asked, response)) {
      oracle.violation("answered without a session");
    }
    if (asked.isForHost() && !asked.token().equals(serviceKey) && status < 400) {
      oracle.violation("answered without a service key");
    }
    var isLate = status == 429 || status == 503;
    var mustWork =
        switch (judgement.may()) {
          case BE_HALF -> true;
          case BEGIN -> isFound || !judgement.why().contains("pending");
          default -> false;
        };
    if (asked.isHonest() && mustWork && !isDone && !isLate) {
      oracle.violation("somebody honest was refused: " + status + " " + response.body());
    }
  }

  private static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElse("");
  }

  private static boolean isRefused(Asked asked, HttpResponse<String> response) {
    var to = location(response);
    return response.statusCode() >= 400
        || to.startsWith("/sign-in?next")
        || to.contains("done=session-ended")
        || to.contains("done=sign-in-expired")
        || to.equals("/sign-in") && asked.route().equals("GET /")
        || to.startsWith("/prove-it-is-you?next");
  }

  private HttpResponse<String> exchange(Agent agent, Asked asked) {
    var method = asked.route().substring(0, asked.route().indexOf(' '));
    var hasBody = method.equals("POST") || method.equals("PUT");
    var query = hasBody ? "" : encoded(asked.fields());
    var request =
        HttpRequest.newBuilder(
                URI.create(portal.url() + path(asked) + (query.isEmpty() ? "" : "?" + query)))
            .header("X-Forwarded-For", agent.address)
            .header("User-Agent", "Firefox/1 Linux");
    if (!asked.isHonest() && chance.nextInt(100) == 0) {
      request.header("Sec-Fetch-Site", "cross-site");
    }
    if (asked.isApi()) {
      if (!asked.token().isEmpty()) {
        request.header("Authorization", "Bearer " + ascii(asked.token()));
      }
    } else if (!asked.cookies().isEmpty()) {
      request.header(
          "Cookie",
          asked.cookies().entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + ascii(cookie.getValue()))
              .collect(Collectors.joining("; ")));
    }
    body(request, method, hasBody, asked);
    try {
      return send(request.build());
    } catch (IOException broken) {
      throw new UncheckedIOException(asked.route(), broken);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /**
   * What cannot be read as HTTP is answered and the connection closed, without saying so before.
   */
  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException closed) {
      tally.act("connection closed");
      return CLIENT.send(request, BodyHandlers.ofString());
    }
  }

  private void body(HttpRequest.Builder request, String method, boolean hasBody, Asked asked) {
    if (!hasBody) {
      request.method(method, BodyPublishers.noBody());
      return;
    }
    if (asked.isApi()) {
      var json = asked.fields().isEmpty() ? "" : json(asked.fields()).toString();
      var isBroken = !asked.isHonest() && chance.nextInt(50) == 0;
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(isBroken ? json + "{\"more\": 1" : json));
      return;
    }
    var fields = new LinkedHashMap<>(asked.fields());
    if (!asked.formToken().isEmpty()) {
      fields.put("formToken", asked.formToken());
    }
    if (!asked.isHonest() && chance.nextInt(50) == 0) {
      fields.put("more", "1");
    }
    request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(encoded(fields)));
  }

  private static String path(Asked asked) {
    var path = asked.route().substring(asked.route().indexOf(' ') + 1);
    for (var part : asked.path().entrySet()) {
      var value = encode(part.getValue()).replace("+", "%20");
      path = path.replace("{" + part.getKey() + "}", value.isEmpty() ? "-" : value);
    }
    return path;
  }

  private static String ascii(String text) {
    return text.replaceAll("[^\\x21-\\x7e]|[;,\"]", "_");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String encoded(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static ObjectNode json(Map<String, String> fields) {
    var json = JSON.createObjectNode();
    fields.forEach(
        (name, value) -> {
          if (name.startsWith("address.")) {
            json.withObject("/address").put(name.substring(8), value);
          } else if (name.equals("categories") || name.equals("domains")) {
            json.withArray("/" + name).add(value);
          } else if (name.equals("version") && value.matches("[0-9]{1,9}")) {
            json.put(name, Long.parseLong(value));
          } else if (name.equals("demanded") && value.matches("true|false")) {
            json.put(name, Boolean.parseBoolean(value));
          } else {
            json.put(name, value);
          }
        });
    return json;
  }

  // ---- what an answer must not tell

  private void scan(Asked asked, Oracle.Judgement judgement, HttpResponse<String> response) {
    if (asked.route().contains("/assets/") || asked.route().endsWith("openapi.yaml")) {
      return;
    }
    var text = new StringBuilder(response.body());
    response.headers().map().values().forEach(values -> text.append('\n').append(values));
    var begin = -1;
    for (var i = 0; i <= text.length(); i++) {
      var isWord = i < text.length() && isWord(text.charAt(i));
      if (isWord && begin < 0) {
        begin = i;
      } else if (!isWord && begin >= 0) {
        word(asked, judgement, text, begin, i);
        begin = -1;
      }
    }
    if (text.indexOf("secret-text") >= 0) {
      first(GROUPED, text.toString())
          .ifPresent(secret -> tokenShown(asked, judgement, secret.replace(" ", "")));
    }
  }

  private static boolean isWord(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '_';
  }

  private void word(
      Asked asked, Oracle.Judgement judgement, StringBuilder text, int begin, int end) {
    switch (end - begin) {
      case 43 -> {
        var secret = text.substring(begin, end);
        if (known.contains(secret) && !asked.brings(secret)) {
          oracle.violation("a secret was told again");
        }
      }
      case 32 -> {
        var secret = text.substring(begin, end);
        if (TOTP.matcher(secret).matches()) {
          tokenShown(asked, judgement, secret);
        }
      }
      case 19 -> {
        var code = text.substring(begin, end);
        if (RECOVERY.matcher(code).matches() && !asked.brings(code)) {
          recoveryCodeShown(asked, judgement, code);
        }
      }
      default -> {}
    }
    if (end - begin > CANARY.length()
        && text.charAt(begin) == 'c'
        && text.substring(begin, begin + CANARY.length()).equals(CANARY)) {
      oracle.violation("a password was told");
    }
  }

  private void tokenShown(Asked asked, Oracle.Judgement judgement, String base32) {
    var owner = oracle.ownerOfToken(base32);
    if (owner.isPresent() && !concerned(asked, judgement).contains(owner.get())) {
      oracle.violation("another's token was told");
    }
    if (oracle.counts(base32)) {
      oracle.violation("the secret of a token that counts was told");
    }
  }

  private void recoveryCodeShown(Asked asked, Oracle.Judgement judgement, String code) {
    for (var user : concerned(asked, judgement)) {
      if (oracle.isCodeOf(user, code)) {
        Optional.ofNullable(people.get(user)).ifPresent(person -> person.recoveryCodes.add(code));
        return;
      }
    }
    oracle.violation("another's recovery code was told");
  }

  /** Whom a request may hear something of. */
  private Set<UserId> concerned(Asked asked, Oracle.Judgement judgement) {
    var all = new HashSet<UserId>();
    oracle.acting().map(Oracle.Open::user).ifPresent(all::add);
    oracle.half(asked.pending()).ifPresent(all::add);
    judgement.user().ifPresent(all::add);
    return all;
  }

  // ---- what an agent keeps of an answer

  private void learn(
      Agent agent, Asked asked, Oracle.Judgement judgement, HttpResponse<String> response) {
    first(STATE, response.headers().firstValue("Refresh").orElse(""))
        .ifPresent(
            state -> {
              agent.state = state;
              saw(asked, judgement, "state", state);
            });
    for (var line : response.headers().allValues("Set-Cookie")) {
      var pair = line.split(";", 2)[0].split("=", 2);
      if (line.contains("Expires=Thu, 01 Jan 1970")) {
        agent.cookies.remove(pair[0]);
      } else {
        agent.cookies.put(pair[0], pair[1]);
        saw(asked, judgement, pair[0].equals("linking") ? "browser" : pair[0], pair[1]);
      }
    }
    first(BEGUN, location(response)).ifPresent(id -> agent.begun = id);
    if (asked.isApi()) {
      keep(agent, asked, judgement, response);
    } else {
      first(FORM_TOKEN, response.body())
          .ifPresent(
              token -> {
                agent.formToken = token;
                agent.formOf = agent.cookie("session");
              });
      if (asset.isEmpty()) {
        first(ASSET, response.body()).ifPresent(file -> asset = file);
      }
    }
    var typed = asked.field("password");
    if (typed.startsWith(CANARY)) {
      judgement
          .user()
          .flatMap(user -> Optional.ofNullable(people.get(user)))
          .ifPresent(person -> person.saw("password", typed));
    }
  }

  private void keep(
      Agent agent, Asked asked, Oracle.Judgement judgement, HttpResponse<String> response) {
    if (response.statusCode() >= 300 || asked.route().startsWith("GET ")) {
      if (response.statusCode() == 401 && asked.token().equals(agent.kept("token"))) {
        agent.kept.remove("token");
      }
      if (asked.route().endsWith("/return")) {
        agent.kept.remove("browser");
      }
      return;
    }
    var json = read(response.body());
    for (var name : List.of("token", "device", "pending", "browser")) {
      var secret = json.path(name).asText();
      if (!secret.isEmpty()) {
        agent.kept.put(name, secret);
        saw(asked, judgement, name.equals("token") ? "session" : name, secret);
      }
    }
    first(STATE, json.path("authorizationUri").asText())
        .ifPresent(
            state -> {
              agent.kept.put("state", state);
              saw(asked, judgement, "state", state);
            });
    if (json.has("secret")) {
      agent.begun = json.path("id").asText();
    }
    if (json.has("token")) {
      agent.kept.remove("pending");
      agent.kept.remove("browser");
    }
    if (asked.route().endsWith("/host/announcements")) {
      announcement = json.path("id").asText();
    }
  }

  private static JsonNode read(String body) {
    try {
      return body.startsWith("{") ? JSON.readTree(body) : JSON.createObjectNode();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private void saw(Asked asked, Oracle.Judgement judgement, String kind, String secret) {
    if (secret.length() != 43) {
      return;
    }
    known.add(secret);
    var owner =
        judgement
            .user()
            .or(() -> oracle.half(secret))
            .or(() -> oracle.acting().map(Oracle.Open::user))
            .flatMap(user -> Optional.ofNullable(people.get(user)))
            .orElseGet(this::anybody);
    if (!asked.brings(secret)) {
      owner.saw(kind, secret);
    }
  }

  private void note(String what) {
    history.addLast(what);
    if (history.size() > 40) {
      history.removeFirst();
    }
  }

  private static Optional<String> first(Pattern pattern, String text) {
    var found = pattern.matcher(text);
    return found.find()
        ? Optional.of(found.groupCount() > 0 ? found.group(1) : found.group())
        : Optional.empty();
  }
}
