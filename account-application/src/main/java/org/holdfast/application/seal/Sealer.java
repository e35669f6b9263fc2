package org.holdfast.application.seal;

/**
 * Seals what must be read again but not by whoever reads the database (AEAD). What was sealed for
 * one place opens at that place only.
 */
public interface Sealer {

  /** Seals these bytes for a place, such as {@code letter.words:} and the row's id. */
  byte[] seal(byte[] plain, String place);

  /**
   * Opens what was sealed for this place.
   *
   * @throws IllegalStateException when it was changed, sealed for another place or by an unknown
   *     key
   */
  byte[] open(byte[] sealed, String place);

  /**
   * Was this sealed with the key that new seals take? What was not has to be sealed anew before its
   * key may go.
   */
  boolean isCurrent(byte[] sealed);
}
