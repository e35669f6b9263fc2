package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.AUTHORIZATION_REQUESTS;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.application.linkedaccount.AuthorizationRequests;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.session.Session;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps them in {@code authorization_requests}; {@code used_at} elects the one who is back. */
final class JooqAuthorizationRequests implements AuthorizationRequests {

  private final DSLContext db;
  private final Sealer sealer;

  JooqAuthorizationRequests(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public void add(AuthorizationRequest request) {
    db.insertInto(AUTHORIZATION_REQUESTS)
        .set(AUTHORIZATION_REQUESTS.STATE_FINGERPRINT, request.stateFingerprint())
        .set(AUTHORIZATION_REQUESTS.BROWSER_FINGERPRINT, request.browserFingerprint())
        .set(AUTHORIZATION_REQUESTS.PROVIDER, request.provider())
        .set(AUTHORIZATION_REQUESTS.PURPOSE, request.purpose().name())
        .set(
            AUTHORIZATION_REQUESTS.SESSION_ID,
            request.session().map(Session.Id::value).orElse(null))
        .set(
            AUTHORIZATION_REQUESTS.WORDS,
            sealer.seal(
                WordsCodec.write(request.words()),
                SealedColumn.AUTHORIZATION_REQUESTS_WORDS.place(request.stateFingerprint())))
        .set(AUTHORIZATION_REQUESTS.EXPIRES_AT, request.expiresAt())
        .execute();
  }

  @Override
  public Optional<AuthorizationRequest> take(
      String provider, String stateFingerprint, String browserFingerprint, Instant now) {
    var won =
        db.update(AUTHORIZATION_REQUESTS)
            .set(AUTHORIZATION_REQUESTS.USED_AT, now)
            .where(
                AUTHORIZATION_REQUESTS.STATE_FINGERPRINT.eq(stateFingerprint),
                AUTHORIZATION_REQUESTS.BROWSER_FINGERPRINT.eq(browserFingerprint),
                AUTHORIZATION_REQUESTS.PROVIDER.eq(provider),
                AUTHORIZATION_REQUESTS.USED_AT.isNull(),
                AUTHORIZATION_REQUESTS.EXPIRES_AT.gt(now))
            .execute();
    return won == 0
        ? Optional.empty()
        : db.selectFrom(AUTHORIZATION_REQUESTS)
            .where(AUTHORIZATION_REQUESTS.STATE_FINGERPRINT.eq(stateFingerprint))
            .fetchOptional(this::request);
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(AUTHORIZATION_REQUESTS)
        .where(AUTHORIZATION_REQUESTS.EXPIRES_AT.lt(before))
        .execute();
  }

  private AuthorizationRequest request(Record row) {
    var state = row.get(AUTHORIZATION_REQUESTS.STATE_FINGERPRINT);
    return new AuthorizationRequest(
        state,
        row.get(AUTHORIZATION_REQUESTS.BROWSER_FINGERPRINT),
        row.get(AUTHORIZATION_REQUESTS.PROVIDER),
        Purpose.valueOf(row.get(AUTHORIZATION_REQUESTS.PURPOSE)),
        Optional.ofNullable(row.get(AUTHORIZATION_REQUESTS.SESSION_ID)).map(Session.Id::new),
        WordsCodec.read(
            sealer.open(
                row.get(AUTHORIZATION_REQUESTS.WORDS),
                SealedColumn.AUTHORIZATION_REQUESTS_WORDS.place(state))),
        row.get(AUTHORIZATION_REQUESTS.EXPIRES_AT));
  }
}
