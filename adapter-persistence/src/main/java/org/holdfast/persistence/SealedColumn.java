package org.holdfast.persistence;

import static org.holdfast.persistence.schema.Tables.ACTIVITY_HEADS;
import static org.holdfast.persistence.schema.Tables.AUTHORIZATION_REQUESTS;
import static org.holdfast.persistence.schema.Tables.ERRANDS;
import static org.holdfast.persistence.schema.Tables.FACTORS;
import static org.holdfast.persistence.schema.Tables.LETTERS;
import static org.holdfast.persistence.schema.Tables.MAILED_CODES;
import static org.holdfast.persistence.schema.Tables.MAILED_LINKS;
import static org.holdfast.persistence.schema.Tables.NOTIFICATIONS;
import static org.holdfast.persistence.schema.Tables.RECOVERY_CASES;
import static org.holdfast.persistence.schema.Tables.STAFF;
import static org.holdfast.persistence.schema.Tables.SUPPORT_PINS;

import com.google.common.collect.ImmutableList;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.Table;

/**
 * A column whose bytes are sealed, each value for its own row: moved to another row or column it
 * does not open. All of them are listed here, because a key may go only when none of them is sealed
 * with it any more.
 *
 * @param key the primary key of its table
 */
record SealedColumn<K>(Table<?> table, Field<K> key, Field<byte[]> bytes) {

  static final SealedColumn<String> MAILED_LINKS_PAYLOAD =
      new SealedColumn<>(MAILED_LINKS, MAILED_LINKS.FINGERPRINT, MAILED_LINKS.PAYLOAD);
  static final SealedColumn<UUID> NOTIFICATIONS_MESSAGE =
      new SealedColumn<>(NOTIFICATIONS, NOTIFICATIONS.ID, NOTIFICATIONS.MESSAGE);
  static final SealedColumn<UUID> LETTERS_WORDS =
      new SealedColumn<>(LETTERS, LETTERS.ID, LETTERS.WORDS);
  static final SealedColumn<UUID> ERRANDS_WORDS =
      new SealedColumn<>(ERRANDS, ERRANDS.ID, ERRANDS.WORDS);
  static final SealedColumn<UUID> FACTORS_SECRET =
      new SealedColumn<>(FACTORS, FACTORS.ID, FACTORS.SECRET);
  static final SealedColumn<String> AUTHORIZATION_REQUESTS_WORDS =
      new SealedColumn<>(
          AUTHORIZATION_REQUESTS,
          AUTHORIZATION_REQUESTS.STATE_FINGERPRINT,
          AUTHORIZATION_REQUESTS.WORDS);
  static final SealedColumn<UUID> ACTIVITY_HEADS_SEAL =
      new SealedColumn<>(ACTIVITY_HEADS, ACTIVITY_HEADS.CHAIN_ID, ACTIVITY_HEADS.SEAL);

  static final SealedColumn<UUID> SUPPORT_PINS_PIN =
      new SealedColumn<>(SUPPORT_PINS, SUPPORT_PINS.ID, SUPPORT_PINS.PIN);
  static final SealedColumn<UUID> STAFF_TOKEN = new SealedColumn<>(STAFF, STAFF.ID, STAFF.TOKEN);
  static final SealedColumn<UUID> MAILED_CODES_CODE =
      new SealedColumn<>(MAILED_CODES, MAILED_CODES.ID, MAILED_CODES.CODE);
  static final SealedColumn<UUID> RECOVERY_CASES_NOTE =
      new SealedColumn<>(RECOVERY_CASES, RECOVERY_CASES.ID, RECOVERY_CASES.NOTE);

  /** Every one there is. */
  static final ImmutableList<SealedColumn<?>> ALL =
      ImmutableList.of(
          MAILED_LINKS_PAYLOAD,
          NOTIFICATIONS_MESSAGE,
          LETTERS_WORDS,
          ERRANDS_WORDS,
          FACTORS_SECRET,
          AUTHORIZATION_REQUESTS_WORDS,
          ACTIVITY_HEADS_SEAL,
          SUPPORT_PINS_PIN,
          STAFF_TOKEN,
          MAILED_CODES_CODE,
          RECOVERY_CASES_NOTE);

  /** Such as {@code letters.words}. */
  String name() {
    return table.getName() + "." + bytes.getName();
  }

  /** What the value in the row with this key is sealed for; it stays so whatever is renamed. */
  String place(K key) {
    return name() + ":" + key;
  }
}
