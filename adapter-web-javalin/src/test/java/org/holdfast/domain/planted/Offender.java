package org.holdfast.domain.planted;

/** A rule that knows a database. */
final class Offender {
  java.sql.Timestamp breaks(long millis) {
    return new java.sql.Timestamp(millis);
  }
}
