package org.holdfast.persistence;

import static org.holdfast.persistence.SealedColumn.MAILED_LINKS_PAYLOAD;
import static org.holdfast.persistence.schema.Tables.MAILED_LINKS;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.application.link.MailedLink;
import org.holdfast.application.link.MailedLinks;
import org.holdfast.application.link.Purpose;
import org.holdfast.application.seal.Sealer;
import org.holdfast.domain.EmailAddress;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Keeps links in {@code mailed_links}; {@code used_at} elects the one who uses it. */
final class JooqMailedLinks implements MailedLinks {

  private final DSLContext db;
  private final Sealer sealer;

  JooqMailedLinks(DSLContext db, Sealer sealer) {
    this.db = db;
    this.sealer = sealer;
  }

  @Override
  public void issue(MailedLink link) {
    db.insertInto(MAILED_LINKS)
        .set(MAILED_LINKS.FINGERPRINT, link.fingerprint())
        .set(MAILED_LINKS.PURPOSE, link.purpose().name())
        .set(MAILED_LINKS.SUBJECT_ID, link.subject())
        .set(MAILED_LINKS.ADDRESS, link.address().value())
        .set(MAILED_LINKS.VERSION, link.version())
        .set(
            MAILED_LINKS.PAYLOAD,
            link.payload().isEmpty()
                ? null
                : sealer.seal(
                    WordsCodec.write(link.payload()),
                    MAILED_LINKS_PAYLOAD.place(link.fingerprint())))
        .set(MAILED_LINKS.EXPIRES_AT, link.expiresAt())
        .execute();
  }

  @Override
  public Optional<MailedLink> peek(Purpose purpose, String fingerprint, Instant now) {
    return Columns.isPlain(fingerprint)
        ? db.selectFrom(MAILED_LINKS)
            .where(isOpen(purpose, fingerprint, now))
            .fetchOptional(this::link)
        : Optional.empty();
  }

  @Override
  public Optional<MailedLink> consume(Purpose purpose, String fingerprint, Instant now) {
    if (!Columns.isPlain(fingerprint)) {
      return Optional.empty();
    }
    var won = // the UPDATE elects the winner; reading first would let two in
        db.update(MAILED_LINKS)
            .set(MAILED_LINKS.USED_AT, now)
            .where(isOpen(purpose, fingerprint, now))
            .execute();
    return won == 0
        ? Optional.empty()
        : db.selectFrom(MAILED_LINKS)
            .where(MAILED_LINKS.FINGERPRINT.eq(fingerprint))
            .fetchOptional(this::link);
  }

  @Override
  public void withdraw(Purpose purpose, UUID subject) {
    db.update(MAILED_LINKS)
        .set(MAILED_LINKS.USED_AT, MAILED_LINKS.EXPIRES_AT)
        .where(
            MAILED_LINKS.SUBJECT_ID.eq(subject),
            MAILED_LINKS.PURPOSE.eq(purpose.name()),
            MAILED_LINKS.USED_AT.isNull())
        .execute();
  }

  @Override
  public int sweep(Instant before) {
    return db.deleteFrom(MAILED_LINKS).where(MAILED_LINKS.EXPIRES_AT.lt(before)).execute();
  }

  private static Condition isOpen(Purpose purpose, String fingerprint, Instant now) {
    return MAILED_LINKS
        .FINGERPRINT
        .eq(fingerprint)
        .and(MAILED_LINKS.PURPOSE.eq(purpose.name()))
        .and(MAILED_LINKS.USED_AT.isNull())
        .and(MAILED_LINKS.EXPIRES_AT.gt(now));
  }

  private MailedLink link(Record row) {
    var fingerprint = row.get(MAILED_LINKS.FINGERPRINT);
    var payload = row.get(MAILED_LINKS.PAYLOAD);
    return new MailedLink(
        fingerprint,
        Purpose.valueOf(row.get(MAILED_LINKS.PURPOSE)),
        row.get(MAILED_LINKS.SUBJECT_ID),
        new EmailAddress(row.get(MAILED_LINKS.ADDRESS)),
        row.get(MAILED_LINKS.VERSION),
        payload == null
            ? ImmutableMap.of()
            : WordsCodec.read(sealer.open(payload, MAILED_LINKS_PAYLOAD.place(fingerprint))),
        row.get(MAILED_LINKS.EXPIRES_AT));
  }
}
