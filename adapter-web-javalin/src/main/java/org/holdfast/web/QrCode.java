package org.holdfast.web;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/**
 * A QR code as the path of an SVG, one unit a module, with the quiet zone that readers need.
 *
 * @param size how wide and high it is, in units
 * @param path the dark modules
 */
public record QrCode(int size, String path) {

  private static final int QUIET = 4; // ISO/IEC 18004 §6.3.8

  /** The QR code of this text. */
  public static QrCode of(String text) {
    try {
      var bits =
          new QRCodeWriter()
              .encode(
                  text,
                  BarcodeFormat.QR_CODE,
                  0,
                  0,
                  Map.of(
                      EncodeHintType.MARGIN,
                      QUIET,
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.M));
      var path = new StringBuilder();
      for (var y = 0; y < bits.getHeight(); y++) {
        for (var x = 0; x < bits.getWidth(); x++) {
          var from = x;
          while (x < bits.getWidth() && bits.get(x, y)) {
            x++;
          }
          if (x > from) {
            path.append("M%d %dh%dv1h-%dz".formatted(from, y, x - from, x - from));
          }
        }
      }
      return new QrCode(bits.getWidth(), path.toString());
    } catch (WriterException tooLong) {
      throw new IllegalArgumentException("too long for a QR code", tooLong);
    }
  }

  @Override
  public String toString() {
    return "QrCode[…]"; // it shows a secret
  }
}
