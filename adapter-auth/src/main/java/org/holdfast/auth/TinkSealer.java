package org.holdfast.auth;

import com.google.crypto.tink.Aead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.holdfast.application.seal.Sealer;

/** Seals with AES-256-GCM; the place is what the seal is bound to (its associated data). */
public final class TinkSealer implements Sealer {

  private static final byte KNOWN_KEY = 1; // how Tink begins what a key with an id has sealed

  private volatile Keys keys;

  public TinkSealer(KeySet keys) {
    this.keys = Keys.of(keys);
  }

  /** What seals and opens, and what has sealed since. */
  private record Keys(Aead aead, String primary) {
    static Keys of(KeySet set) {
      return new Keys(set.aead(), set.primaryId());
    }
  }

  /** Goes on with these keys, such as a set that was rotated meanwhile. */
  public void use(KeySet keys) {
    this.keys = Keys.of(keys);
  }

  @Override
  public byte[] seal(byte[] plain, String place) {
    try {
      return keys.aead().encrypt(plain, place.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException tooLongOrBrokenJava) {
      throw new IllegalStateException("cannot be sealed");
    }
  }

  @Override
  public byte[] open(byte[] sealed, String place) {
    try {
      return keys.aead().decrypt(sealed, place.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException whyIsNobodysBusiness) {
      throw new IllegalStateException("cannot be opened");
    }
  }

  @Override
  public boolean isCurrent(byte[] sealed) {
    return keyOf(sealed).equals(keys.primary());
  }

  /** The id of the key that sealed this, in this set or not; empty where it is no seal at all. */
  public static String keyOf(byte[] sealed) {
    return sealed.length > Integer.BYTES && sealed[0] == KNOWN_KEY
        ? KeySet.id(ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt())
        : "";
  }
}
