package org.holdfast.persistence;

import static com.google.common.base.Preconditions.checkState;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.holdfast.persistence.schema.Tables.ACTIVITY;
import static org.holdfast.persistence.schema.Tables.ACTIVITY_HEADS;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.application.Ids;
import org.holdfast.application.activity.Activity;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.activity.Link;
import org.holdfast.domain.session.Origin;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Keeps happenings in {@code activity}, and the end of each chain in {@code activity_heads}.
 * Whoever writes into a chain locks its end first.
 */
final class JooqActivity implements Activity {

  private static final Splitter PAIRS = Splitter.on('&').omitEmptyStrings();
  private static final Field<?>[] WHAT_HAPPENED = {
    ACTIVITY.ID,
    ACTIVITY.WHAT,
    ACTIVITY.ACCOUNT_ID,
    ACTIVITY.USER_ID,
    ACTIVITY.AT,
    ACTIVITY.ORIGIN_ADDRESS,
    ACTIVITY.ORIGIN_DEVICE,
    ACTIVITY.DETAILS
  };
  private static final Field<?>[] ALL =
      Stream.concat(
              Stream.of(WHAT_HAPPENED), Stream.of(ACTIVITY.CHAIN_ID, ACTIVITY.SEQ, ACTIVITY.HASH))
          .toArray(Field<?>[]::new);

  private final DSLContext db;
  private final Sealer sealer;
  private final Ids ids;
  private final Prepared lock;
  private final Prepared add;
  private final Prepared advance;

  JooqActivity(DSLContext db, Sealer sealer, Ids ids) {
    this.db = db;
    this.sealer = sealer;
    this.ids = ids;
    lock =
        Prepared.query(
            db.select(ACTIVITY_HEADS.SEQ, ACTIVITY_HEADS.HASH)
                .from(ACTIVITY_HEADS)
                .where(ACTIVITY_HEADS.CHAIN_ID.eq(Prepared.place(ACTIVITY_HEADS.CHAIN_ID)))
                .forUpdate(),
            ACTIVITY_HEADS.SEQ,
            ACTIVITY_HEADS.HASH);
    add = Prepared.insert(db, ACTIVITY, ALL);
    advance =
        Prepared.write(
            db.update(ACTIVITY_HEADS)
                .set(ACTIVITY_HEADS.SEQ, Prepared.place(ACTIVITY_HEADS.SEQ))
                .set(ACTIVITY_HEADS.HASH, Prepared.place(ACTIVITY_HEADS.HASH))
                .set(ACTIVITY_HEADS.SEAL, Prepared.place(ACTIVITY_HEADS.SEAL))
                .where(
                    ACTIVITY_HEADS.CHAIN_ID.eq(Prepared.place(ACTIVITY_HEADS.CHAIN_ID)),
                    ACTIVITY_HEADS.SEQ.eq(Prepared.place(ACTIVITY_HEADS.SEQ))));
  }

  @Override
  public void record(Happening happening) {
    var entry = new Entry(ids.next(), happening);
    var end = lock(happening.chain()).orElseGet(() -> begin(happening.chain()));
    var next = end.then(entry);
    add.execute(columns(entry, next));
    var advanced = advance.execute(next.seq(), next.hash(), seal(next), next.chain(), end.seq());
    checkState(advanced == 1, "the end of chain %s was not locked", next.chain());
  }

  private Optional<Head> lock(UUID chain) {
    return lock.one(
        row -> new Head(chain, row.get(ACTIVITY_HEADS.SEQ), row.get(ACTIVITY_HEADS.HASH)), chain);
  }

  /** Of all who begin one chain at once, one does; the others wait, and go on where it ended. */
  private Head begin(UUID chain) {
    var first = Head.before(chain);
    var insert =
        db.insertInto(ACTIVITY_HEADS)
            .set(ACTIVITY_HEADS.CHAIN_ID, chain)
            .set(ACTIVITY_HEADS.SEQ, first.seq())
            .set(ACTIVITY_HEADS.HASH, first.hash());
    if (db.family() == SQLDialect.MARIADB) {
      // who only failed to insert would share the row's lock: two of them wait for each other
      insert.onDuplicateKeyUpdate().set(ACTIVITY_HEADS.SEQ, ACTIVITY_HEADS.SEQ).execute();
    } else {
      Columns.insertOnce(insert);
    }
    return lock(chain).orElseThrow();
  }

  @Override
  public ImmutableList<Entry> newest(
      Whose whose, Set<Happening.What> which, Optional<UUID> before, int most) {
    var wanted =
        ACTIVITY
            .WHAT
            .in(which.stream().map(Enum::name).toList())
            .and(before.map(this::behind).orElse(DSL.noCondition()));
    var theirs = whose.user().map(u -> ACTIVITY.USER_ID.eq(u.value())).orElse(DSL.falseCondition());
    var onTheirs = ACTIVITY.ACCOUNT_ID.in(whose.accounts().stream().map(AccountId::value).toList());
    // each half by its own index: with an OR a database would read all there is
    var both = newest(wanted.and(theirs), most).union(newest(wanted.and(onTheirs), most));
    var table = both.asTable("both_halves");
    return db
        .select()
        .from(table)
        .orderBy(
            requireNonNull(table.field(ACTIVITY.AT)).desc(),
            requireNonNull(table.field(ACTIVITY.ID)).desc())
        .limit(most)
        .fetch(row -> entry(row::get))
        .stream()
        .collect(toImmutableList());
  }

  private Select<Record> newest(Condition which, int most) {
    return db.select(WHAT_HAPPENED)
        .from(ACTIVITY)
        .where(which)
        .orderBy(ACTIVITY.AT.desc(), ACTIVITY.ID.desc())
        .limit(most);
  }

  private Condition behind(UUID id) {
    return db.select(ACTIVITY.AT)
        .from(ACTIVITY)
        .where(ACTIVITY.ID.eq(id))
        .fetchOptional(ACTIVITY.AT)
        .map(at -> ACTIVITY.AT.lt(at).or(ACTIVITY.AT.eq(at).and(ACTIVITY.ID.lt(id))))
        .orElse(DSL.noCondition());
  }

  @Override
  public ImmutableList<SealedHead> heads(Optional<UUID> after, int most) {
    return db
        .selectFrom(ACTIVITY_HEADS)
        .where(after.map(ACTIVITY_HEADS.CHAIN_ID::gt).orElse(DSL.noCondition()))
        .orderBy(ACTIVITY_HEADS.CHAIN_ID)
        .limit(most)
        .fetch(this::head)
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public Optional<SealedHead> head(UUID chain) {
    return db.selectFrom(ACTIVITY_HEADS)
        .where(ACTIVITY_HEADS.CHAIN_ID.eq(chain))
        .fetchOptional(this::head);
  }

  @Override
  public ImmutableList<Link> links(UUID chain, long after, int most) {
    return db
        .select(ALL)
        .from(ACTIVITY)
        .where(ACTIVITY.CHAIN_ID.eq(chain), ACTIVITY.SEQ.gt(after))
        .orderBy(ACTIVITY.SEQ)
        .limit(most)
        .fetch(row -> link(row::get))
        .stream()
        .collect(toImmutableList());
  }

  @Override
  public ImmutableSet<UUID> strays(int most) {
    return db
        .selectDistinct(ACTIVITY.CHAIN_ID)
        .from(ACTIVITY)
        .leftJoin(ACTIVITY_HEADS)
        .on(ACTIVITY_HEADS.CHAIN_ID.eq(ACTIVITY.CHAIN_ID))
        .where(
            ACTIVITY.CHAIN_ID.isNotNull(),
            ACTIVITY_HEADS.CHAIN_ID.isNull().or(ACTIVITY.SEQ.isNull()).or(ACTIVITY.SEQ.lt(1L)))
        .limit(most)
        .fetch(ACTIVITY.CHAIN_ID)
        .stream()
        .collect(toImmutableSet());
  }

  @Override
  public long unchained() {
    return db.fetchCount(ACTIVITY, ACTIVITY.CHAIN_ID.isNull());
  }

  private byte[] seal(Head head) {
    return sealer.seal(sealed(head), SealedColumn.ACTIVITY_HEADS_SEAL.place(head.chain()));
  }

  private static byte[] sealed(Head head) {
    return (head.seq() + " " + head.hash()).getBytes(UTF_8);
  }

  private SealedHead head(Record row) {
    var chain = row.get(ACTIVITY_HEADS.CHAIN_ID);
    return new SealedHead(
        new Head(chain, row.get(ACTIVITY_HEADS.SEQ), row.get(ACTIVITY_HEADS.HASH)),
        Optional.ofNullable(row.get(ACTIVITY_HEADS.SEAL)).flatMap(seal -> open(seal, chain)));
  }

  private Optional<Head> open(byte[] seal, UUID chain) {
    try {
      var parts =
          new String(sealer.open(seal, SealedColumn.ACTIVITY_HEADS_SEAL.place(chain)), UTF_8)
              .split(" ", 2);
      return Optional.of(new Head(chain, Long.parseLong(parts[0]), parts[1]));
    } catch (IllegalStateException broken) {
      return Optional.empty();
    }
  }

  private static @Nullable Object[] columns(Entry entry, Head place) {
    var happening = entry.happening();
    var account = happening.account();
    var user = happening.user();
    return new @Nullable Object[] {
      entry.id(),
      happening.what().name(),
      account == null ? null : account.value(),
      user == null ? null : user.value(),
      happening.at(),
      happening.where().map(Origin::address).orElse(null),
      happening.where().map(Origin::device).orElse(null),
      encode(happening.details()),
      place.chain(),
      place.seq(),
      place.hash()
    };
  }

  private static Link link(Row row) {
    var hash = row.get(ACTIVITY.HASH);
    var head =
        new Head(row.get(ACTIVITY.CHAIN_ID), row.get(ACTIVITY.SEQ), hash == null ? "" : hash);
    return new Link(head, written(row, head));
  }

  /** What stands there, unless nothing that we write could look like this. */
  private static Optional<Entry> written(Row row, Head place) {
    try {
      var entry = entry(row);
      var stands = Stream.of(ALL).map(row::get).toArray();
      return Arrays.equals(columns(entry, place), stands) ? Optional.of(entry) : Optional.empty();
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private static Entry entry(Row row) {
    var account = row.get(ACTIVITY.ACCOUNT_ID);
    var user = row.get(ACTIVITY.USER_ID);
    return new Entry(
        row.get(ACTIVITY.ID),
        new Happening(
            Happening.What.valueOf(row.get(ACTIVITY.WHAT)),
            account == null ? null : new AccountId(account),
            user == null ? null : new UserId(user),
            row.get(ACTIVITY.AT),
            origin(row.get(ACTIVITY.ORIGIN_ADDRESS), row.get(ACTIVITY.ORIGIN_DEVICE)),
            decode(row.get(ACTIVITY.DETAILS))));
  }

  private static @Nullable Origin origin(@Nullable String address, @Nullable String device) {
    return address == null || device == null ? null : new Origin(address, device);
  }

  static String encode(Map<String, String> details) {
    return details.entrySet().stream()
        .map(
            e ->
                URLEncoder.encode(e.getKey(), UTF_8) + "=" + URLEncoder.encode(e.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  static ImmutableMap<String, String> decode(String details) {
    var words = ImmutableMap.<String, String>builder();
    for (var pair : PAIRS.split(details)) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        words.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return words.buildOrThrow();
  }
}
