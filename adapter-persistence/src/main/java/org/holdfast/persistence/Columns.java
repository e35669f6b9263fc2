package org.holdfast.persistence;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.holdfast.domain.Language;
import org.holdfast.domain.notification.Category;
import org.jooq.InsertOnDuplicateStep;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.exception.IntegrityConstraintViolationException;

/** How small values stand in a column. */
final class Columns {

  private static final int MAX_REPLY = 1000; // the column's length
  private static final Splitter BLANK = Splitter.on(' ').omitEmptyStrings();

  private Columns() {}

  static String keys(Collection<Category> categories) {
    return categories.stream().sorted().map(Category::key).collect(Collectors.joining(" "));
  }

  static ImmutableSet<Category> categories(String keys) {
    return BLANK
        .splitToStream(keys)
        .map(key -> Category.parse(key).orElseThrow())
        .collect(ImmutableSet.toImmutableSet());
  }

  static Language language(String tag) {
    return Language.parse(tag).orElseThrow();
  }

  /**
   * Inserts a row unless its key is there already; says whether it did. Where another transaction
   * is inserting the same key, this waits for it to end.
   */
  static boolean insertOnce(InsertOnDuplicateStep<?> insert) {
    var configuration = ((Query) insert).configuration();
    if (configuration != null && configuration.family() == SQLDialect.POSTGRES) {
      return insert.onConflictDoNothing().execute() == 1; // an error would end the transaction
    }
    try {
      return insert.execute() == 1; // MariaDB's INSERT IGNORE would ignore every other fault too
    } catch (IntegrityConstraintViolationException violation) {
      if (isDuplicate(violation)) {
        return false;
      }
      throw violation;
    }
  }

  private static boolean isDuplicate(IntegrityConstraintViolationException violation) {
    var cause = violation.getCause(SQLException.class);
    return "23505".equals(violation.sqlState()) // H2
        || cause != null && cause.getErrorCode() == 1062; // MariaDB: ER_DUP_ENTRY
  }

  /**
   * What a mail server said, as far as every database can keep it: no NUL, no half of a character,
   * and not too long.
   */
  static String reply(String said) {
    var kept = new StringBuilder();
    for (var c : said.codePoints().toArray()) {
      if (kept.length() + Character.charCount(c) > MAX_REPLY) {
        break;
      }
      if (c != 0 && Character.getType(c) != Character.SURROGATE) {
        kept.appendCodePoint(c);
      }
    }
    return kept.toString();
  }

  /** Can this stand in a text at all? Some databases throw at what none of them can keep. */
  static boolean isText(String text) {
    return text.codePoints().allMatch(c -> c != 0 && Character.getType(c) != Character.SURROGATE);
  }

  /** Some databases throw at characters that none of our keys has: those are simply not found. */
  static boolean isPlain(String key) {
    return key.length() <= 400 && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
