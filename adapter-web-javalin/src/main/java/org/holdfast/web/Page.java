package org.holdfast.web;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.UrlEscapers;
import java.text.Collator;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.application.Words;
import org.holdfast.domain.Fault;
import org.holdfast.domain.Language;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.invoice.Country;
import org.holdfast.domain.notification.Category;
import org.holdfast.domain.support.Act;

/**
 * What every template is given: who reads, in which words, and the form as it stands.
 *
 * @param registers may strangers register?
 * @param path where the page is, for forms that come back to it
 * @param account the account the page is about
 * @param form what is typed; {@link Form#EMPTY} where the page has none
 * @param done what has just been done, to be confirmed
 */
public record Page(
    Visit visit,
    Wording words,
    String brand,
    boolean registers,
    Assets assets,
    String path,
    Optional<Account> account,
    Form form,
    Optional<String> done) {

  private static final ConcurrentHashMap<Language, ImmutableList<Choice>> COUNTRIES =
      new ConcurrentHashMap<>();

  /** One of the things to choose from. */
  public record Choice(String value, String label) {}

  /** The words for this. */
  public String t(String key, Object... details) {
    return words.of(key, details);
  }

  /** Where a page finds a stylesheet, script or icon. */
  public String asset(String name) {
    return assets.path(name);
  }

  /** The brand's first letter, for its mark. */
  public String initial() {
    return brand.isEmpty()
        ? ""
        : Character.toString(brand.codePointAt(0)).toUpperCase(words.locale());
  }

  /** The name of whoever is signed in; empty for strangers. */
  public String name() {
    return visit
        .who()
        .map(who -> who.user().name().full())
        .or(() -> visit.staff().map(who -> who.staff().name()))
        .orElse("");
  }

  public boolean isSignedIn() {
    return visit.isSignedIn();
  }

  /** May the staff member who reads do this at all? */
  public boolean may(Act act) {
    return visit.staff().filter(who -> act.isOf(who.staff().role())).isPresent();
  }

  /** A page of the account in hand, or one that finds the account first. */
  public String ofAccount(String page) {
    return account.map(a -> "/accounts/" + a.number() + "/" + page).orElse("/account/" + page);
  }

  /** A text as a data URL holds it (RFC 3986 §2.1). */
  public static String percent(String text) {
    return UrlEscapers.urlFragmentEscaper().escape(text).replace("#", "%23").replace("\n", "%0A");
  }

  /** What a field is called. */
  public String label(String field) {
    var key = "field." + field;
    return words.has(key) ? words.of(key) : field;
  }

  /** What is wrong, in words. */
  public String sentence(Fault fault) {
    return Words.of(fault, words.language());
  }

  /** What forbids the form, in words. */
  public Optional<String> refusal() {
    return form.refusal().map(no -> Answers.sentence(no, words.language()));
  }

  /** The id of a field's control. */
  public static String id(String field) {
    return "f-" + field.replace('.', '-');
  }

  /** What a control is described by: its hint and its error, where it has them. */
  public @org.jspecify.annotations.Nullable String describedBy(String field, boolean hint) {
    var ids = (hint ? id(field) + "-hint " : "") + (isWrong(field) ? id(field) + "-error" : "");
    return ids.isBlank() ? null : ids.strip();
  }

  public boolean isWrong(String field) {
    return !form.faults(field).isEmpty();
  }

  /** A time as the reader's clock shows it. */
  public String when(Instant instant) {
    return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
        .withLocale(words.locale())
        .withZone(zone())
        .format(instant);
  }

  private ZoneId zone() {
    return visit.who().map(who -> who.user().timeZone()).orElse(ZoneOffset.UTC);
  }

  /** Every country, in the reader's words and order. */
  public ImmutableList<Choice> countries() {
    return COUNTRIES.computeIfAbsent(words.language(), Page::countriesIn);
  }

  private static ImmutableList<Choice> countriesIn(Language language) {
    var order = Collator.getInstance(language.locale());
    return Country.all().stream()
        .map(code -> new Choice(code, new Locale("", code).getDisplayCountry(language.locale())))
        .sorted(Comparator.comparing(Choice::label, order))
        .collect(toImmutableList());
  }

  /** The languages there are, each in its own words. */
  public ImmutableList<Choice> languages() {
    return Arrays.stream(Language.values())
        .map(l -> new Choice(l.tag(), l.locale().getDisplayLanguage(l.locale())))
        .collect(toImmutableList());
  }

  /** What notifications are about. */
  public ImmutableList<Choice> categories() {
    return Arrays.stream(Category.values())
        .map(c -> new Choice(c.key(), category(c)))
        .collect(toImmutableList());
  }

  public String category(Category category) {
    return words.of("category." + category.key());
  }

  /** Several, in one line. */
  public String categories(ImmutableSet<Category> some) {
    return some.stream()
        .sorted()
        .map(this::category)
        .collect(java.util.stream.Collectors.joining(", "));
  }
}
