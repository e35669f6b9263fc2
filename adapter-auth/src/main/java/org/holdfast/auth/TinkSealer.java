package org.holdfast.auth;

import com.google.crypto.tink.Aead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.holdfast.application.seal.Sealer;

/** Seals with AES-256-GCM; the place is what the seal is bound to (its associated data). */
public final class TinkSealer implements Sealer {

  private volatile Aead aead;

  public TinkSealer(KeySet keys) {
    this.aead = keys.aead();
  }

  /** Goes on with these keys, such as a set that was rotated meanwhile. */
  public void use(KeySet keys) {
    this.aead = keys.aead();
  }

  @Override
  public byte[] seal(byte[] plain, String place) {
    try {
      return aead.encrypt(plain, place.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException tooLongOrBrokenJava) {
      throw new IllegalStateException("cannot be sealed");
    }
  }

  @Override
  public byte[] open(byte[] sealed, String place) {
    try {
      return aead.decrypt(sealed, place.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException whyIsNobodysBusiness) {
      throw new IllegalStateException("cannot be opened");
    }
  }
}
