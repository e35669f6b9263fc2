package org.holdfast.persistence;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.holdfast.persistence.schema.Tables.ACTIVITY;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.holdfast.application.Ids;
import org.holdfast.application.activity.Activity;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.session.Origin;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** Keeps happenings in {@code activity}, in the order of their ids. */
final class JooqActivity implements Activity {

  private final DSLContext db;
  private final Ids ids;
  private final Prepared record;

  JooqActivity(DSLContext db, Ids ids) {
    this.db = db;
    this.ids = ids;
    record =
        Prepared.insert(
            db,
            ACTIVITY,
            ACTIVITY.ID,
            ACTIVITY.WHAT,
            ACTIVITY.ACCOUNT_ID,
            ACTIVITY.USER_ID,
            ACTIVITY.AT,
            ACTIVITY.ORIGIN_ADDRESS,
            ACTIVITY.ORIGIN_DEVICE,
            ACTIVITY.DETAILS);
  }

  @Override
  public void record(Happening happening) {
    var account = happening.account();
    var user = happening.user();
    record.execute(
        ids.next(),
        happening.what().name(),
        account == null ? null : account.value(),
        user == null ? null : user.value(),
        happening.at(),
        happening.where().map(Origin::address).orElse(null),
        happening.where().map(Origin::device).orElse(null),
        encode(happening.details()));
  }

  @Override
  public ImmutableList<Happening> of(UserId user, int most) {
    return newest(ACTIVITY.USER_ID.eq(user.value()), most);
  }

  @Override
  public ImmutableList<Happening> on(AccountId account, int most) {
    return newest(ACTIVITY.ACCOUNT_ID.eq(account.value()), most);
  }

  private ImmutableList<Happening> newest(Condition which, int most) {
    return db
        .selectFrom(ACTIVITY)
        .where(which)
        .orderBy(ACTIVITY.AT.desc(), ACTIVITY.ID.desc())
        .limit(most)
        .fetch(JooqActivity::happening)
        .stream()
        .collect(toImmutableList());
  }

  private static Happening happening(Record row) {
    var account = row.get(ACTIVITY.ACCOUNT_ID);
    var user = row.get(ACTIVITY.USER_ID);
    return new Happening(
        Happening.What.valueOf(row.get(ACTIVITY.WHAT)),
        account == null ? null : new AccountId(account),
        user == null ? null : new UserId(user),
        row.get(ACTIVITY.AT),
        origin(row.get(ACTIVITY.ORIGIN_ADDRESS), row.get(ACTIVITY.ORIGIN_DEVICE)),
        decode(row.get(ACTIVITY.DETAILS)));
  }

  private static @Nullable Origin origin(@Nullable String address, @Nullable String device) {
    return address == null || device == null ? null : new Origin(address, device);
  }

  private static String encode(Map<String, String> details) {
    return details.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static ImmutableMap<String, String> decode(String details) {
    var words = ImmutableMap.<String, String>builder();
    for (var pair : details.split("&")) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        words.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return words.build();
  }
}
