package org.holdfast.application.activity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Happening.What;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeadTest {

  private static final Instant NOW = Instant.parse("2026-03-08T02:30:00.123Z");
  private static final UUID ID = new UUID(1, 1);
  private static final AccountId ACCOUNT = new AccountId(new UUID(2, 2));
  private static final UserId USER = new UserId(new UUID(3, 3));
  private static final Head START = Head.before(ACCOUNT.value());
  private static final Happening HAPPENING =
      Happening.of(What.CONTACT_ADDED, ACCOUNT, USER, NOW)
          .from(new Origin("192.0.2.7", "Firefox"))
          .with("contact", "zoë@example.com")
          .with("categories", "");

  private static String hash(Happening happening) {
    return START.then(new Entry(ID, happening)).hash();
  }

  private static Happening with(
      @Nullable AccountId account,
      @Nullable UserId user,
      @Nullable Origin origin,
      ImmutableMap<String, String> details) {
    return new Happening(What.CONTACT_ADDED, account, user, NOW, origin, details);
  }

  /** Another form of hash would break every chain there is. */
  @Test
  void the_hash_of_a_link_is_the_same_for_ever() {
    var first = START.then(new Entry(ID, HAPPENING));
    assertThat(first)
        .isEqualTo(
            new Head(
                ACCOUNT.value(),
                1,
                "81597a5de98b4d797f57fdb0993771a6474bb39dfa0ed5e0b04bce1f25836a90"));
    assertThat(first.then(new Entry(ID, HAPPENING)).hash())
        .isEqualTo("6968989694958167b7527b5e9b49c6b9d307cb98379f835f5272e0035311b320");
  }

  @Test
  void the_order_of_details_and_less_than_a_millisecond_do_not_count() {
    var other =
        Happening.of(What.CONTACT_ADDED, ACCOUNT, USER, NOW.plusNanos(999_999))
            .from(new Origin("192.0.2.7", "Firefox"))
            .with("categories", "")
            .with("contact", "zoë@example.com");
    assertThat(hash(other)).isEqualTo(hash(HAPPENING));
  }

  @Test
  void no_two_happenings_have_one_hash() {
    var none = ImmutableMap.<String, String>of();
    var origin = new Origin("a", "b");
    var hashes =
        Stream.of(
                with(ACCOUNT, USER, origin, none),
                with(null, USER, origin, none),
                with(ACCOUNT, null, origin, none),
                with(new AccountId(USER.value()), null, origin, none),
                with(null, new UserId(ACCOUNT.value()), origin, none),
                with(ACCOUNT, USER, null, none),
                with(ACCOUNT, USER, new Origin("", "ab"), none),
                with(ACCOUNT, USER, new Origin("ab", ""), none),
                with(ACCOUNT, USER, new Origin("", ""), none),
                with(ACCOUNT, USER, origin, ImmutableMap.of("a", "bc")),
                with(ACCOUNT, USER, origin, ImmutableMap.of("ab", "c")),
                with(ACCOUNT, USER, origin, ImmutableMap.of("a", "b", "c", "")),
                with(ACCOUNT, USER, origin, ImmutableMap.of("a", "", "b", "c")),
                with(ACCOUNT, USER, origin, ImmutableMap.of("", "")),
                Happening.of(What.CONTACT_EDITED, ACCOUNT, USER, NOW).from(origin),
                Happening.of(What.CONTACT_ADDED, ACCOUNT, USER, NOW.plusMillis(1)).from(origin))
            .map(HeadTest::hash);
    assertThat(hashes).doesNotHaveDuplicates();
  }

  @Test
  void a_hash_tells_of_the_chain_the_place_the_id_and_all_before() {
    var entry = new Entry(ID, HAPPENING);
    var after = START.then(entry);
    assertThat(
            List.of(
                after.hash(),
                after.then(entry).hash(),
                Head.before(USER.value()).then(entry).hash(),
                new Head(ACCOUNT.value(), 1, START.hash()).then(entry).hash(),
                new Head(ACCOUNT.value(), 0, after.hash()).then(entry).hash(),
                START.then(new Entry(new UUID(1, 2), HAPPENING)).hash()))
        .doesNotHaveDuplicates();
  }

  @Test
  void a_happening_is_in_the_chain_of_its_account_or_else_of_its_user() {
    assertThat(HAPPENING.chain()).isEqualTo(ACCOUNT.value());
    assertThat(Happening.of(What.SIGNED_IN, null, USER, NOW).chain()).isEqualTo(USER.value());
    assertThat(Happening.of(What.SIGNED_IN, null, null, NOW).chain()).isEqualTo(new UUID(0, 0));
  }
}
