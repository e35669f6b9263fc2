package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.SUPPRESSIONS;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Collection;
import org.holdfast.application.mail.Suppressions;
import org.holdfast.domain.EmailAddress;
import org.jooq.DSLContext;

/** Keeps addresses in {@code suppressions}. */
final class JooqSuppressions implements Suppressions {

  private final DSLContext db;

  JooqSuppressions(DSLContext db) {
    this.db = db;
  }

  @Override
  public boolean add(EmailAddress address, String reply, Instant now) {
    return Columns.insertOnce(
        db.insertInto(SUPPRESSIONS)
            .set(SUPPRESSIONS.ADDRESS, address.value())
            .set(SUPPRESSIONS.REPLY, Columns.reply(reply))
            .set(SUPPRESSIONS.SINCE, now));
  }

  @Override
  public boolean contains(EmailAddress address) {
    return db.fetchExists(SUPPRESSIONS, SUPPRESSIONS.ADDRESS.eq(address.value()));
  }

  @Override
  public ImmutableSet<EmailAddress> among(Collection<EmailAddress> addresses) {
    if (addresses.isEmpty()) {
      return ImmutableSet.of();
    }
    return db
        .select(SUPPRESSIONS.ADDRESS)
        .from(SUPPRESSIONS)
        .where(SUPPRESSIONS.ADDRESS.in(addresses.stream().map(EmailAddress::value).toList()))
        .fetch(SUPPRESSIONS.ADDRESS)
        .stream()
        .map(EmailAddress::new)
        .collect(ImmutableSet.toImmutableSet());
  }

  @Override
  public void lift(EmailAddress address) {
    db.deleteFrom(SUPPRESSIONS).where(SUPPRESSIONS.ADDRESS.eq(address.value())).execute();
  }
}
