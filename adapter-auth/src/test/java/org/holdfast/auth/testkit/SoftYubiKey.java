package org.holdfast.auth.testkit;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A YubiKey made of software. It counts how often it was plugged in, and how often it was touched
 * since; both stand in what it types, encrypted, and so no two OTPs are the same.
 */
public final class SoftYubiKey {

  private static final char[] MODHEX = "cbdefghijklnrtuv".toCharArray();

  private final String publicId;
  private final byte[] privateId = new byte[6];
  private final byte[] key = new byte[16];
  private int plugged = 1;
  private int touched;

  /**
   * The key with this number, just plugged in. It has an identity and a secret of its own, the same
   * in every run.
   */
  public SoftYubiKey(int number) {
    publicId = modhex(ByteBuffer.allocate(6).putShort((short) 0).putInt(number).array());
    ByteBuffer.wrap(privateId).putInt(number);
    Arrays.fill(key, (byte) 0x5a);
    ByteBuffer.wrap(key).putInt(number);
  }

  /** What all that it types begins with. */
  public String publicId() {
    return publicId;
  }

  /** Touched once more: what it types. */
  public String touch() {
    return type(plugged, ++touched);
  }

  /** Pulled out and plugged in again. */
  public void replug() {
    plugged++;
    touched = 0;
  }

  /** What it types when it has these counters. */
  public String type(int plugged, int touched) {
    checkArgument(plugged > 0 && plugged < 0x8000 && touched > 0 && touched < 0x100, "counters");
    var plain =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(privateId)
            .putShort((short) plugged)
            .put(new byte[] {(byte) touched, 0, 0}) // its clock, 24 bits
            .put((byte) touched)
            .putShort((short) (31 * plugged + 7 * touched)); // a key draws it; here runs are alike
    plain.putShort((short) ~crc(plain.array()));
    return publicId + modhex(encrypt(plain.array()));
  }

  String privateId() {
    return BaseEncoding.base16().lowerCase().encode(privateId);
  }

  String key() {
    return BaseEncoding.base16().lowerCase().encode(key);
  }

  private byte[] encrypt(byte[] block) {
    try {
      var cipher = Cipher.getInstance("AES/ECB/NoPadding"); // one block, as the keys do it
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return cipher.doFinal(block);
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  /** CRC-16 as in ISO 13239, over all but the last two bytes. */
  private static int crc(byte[] block) {
    var crc = 0xffff;
    for (var i = 0; i < block.length - 2; i++) {
      crc ^= block[i] & 0xff;
      for (var bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0x8408;
      }
    }
    return crc;
  }

  private static String modhex(byte[] bytes) {
    var text = new StringBuilder();
    for (var each : bytes) {
      text.append(MODHEX[each >> 4 & 0xf]).append(MODHEX[each & 0xf]);
    }
    return text.toString();
  }
}
