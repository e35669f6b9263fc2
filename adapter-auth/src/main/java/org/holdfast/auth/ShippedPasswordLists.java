package org.holdfast.auth;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.holdfast.application.credential.PasswordLists;
import org.jspecify.annotations.Nullable;

/**
 * The passwords that attackers try first, without asking anybody on the network: the common ones
 * come with Holdfast, and so do some long ones that breaches have shown. An operator can add the
 * whole list of breached passwords as a file.
 */
public final class ShippedPasswordLists implements PasswordLists, AutoCloseable {

  private final @Nullable BreachFile file;

  /** The lists that come with Holdfast. */
  public ShippedPasswordLists() {
    this.file = null;
  }

  /**
   * These and the operator's file.
   *
   * @param breachFile Have I Been Pwned's download, ordered by hash: a line {@code SHA1:count} each
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public ShippedPasswordLists(Path breachFile) {
    this.file = BreachFile.open(breachFile);
  }

  @Override
  public boolean isCommon(String lowerCase) {
    return Shipped.COMMON.contains(lowerCase);
  }

  @Override
  public boolean isBreached(String password) {
    return Shipped.BREACHED.contains(password.toLowerCase(Locale.ROOT))
        || (file != null && file.contains(password));
  }

  /** Closes the operator's file. */
  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  /** Read when first asked for, once for all. */
  private static final class Shipped {
    static final CommonPasswords COMMON = CommonPasswords.shipped();
    static final ImmutableSet<String> BREACHED = breached();

    private static ImmutableSet<String> breached() {
      // asked for here and not by Guava, which may not look into this module
      try (var in = ShippedPasswordLists.class.getResourceAsStream("breached.txt")) {
        if (in == null) {
          throw new IllegalStateException("breached.txt is missing");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isEmpty() && !line.startsWith("# "))
            .map(Ascii::toLowerCase)
            .collect(toImmutableSet());
      } catch (IOException brokenJar) {
        throw new UncheckedIOException(brokenJar);
      }
    }
  }
}
