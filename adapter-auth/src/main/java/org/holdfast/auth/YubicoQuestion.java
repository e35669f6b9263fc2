package org.holdfast.auth;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Strings;
import com.google.common.base.VerifyException;
import com.google.common.io.BaseEncoding;
import com.yubico.client.v2.HttpUtils;
import com.yubico.client.v2.Signature;
import com.yubico.client.v2.VerificationResponse;
import com.yubico.client.v2.exceptions.YubicoInvalidResponse;
import com.yubico.client.v2.exceptions.YubicoSignatureException;
import com.yubico.client.v2.impl.VerificationResponseImpl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.holdfast.application.factor.YubicoValidation.Verdict;
import org.holdfast.domain.factor.YubiKeyOtp;

/**
 * One question to one validation server, and what an answer to it is worth.
 *
 * <p>Yubico's library spells and signs the question, reads the answer and computes what its
 * signature must be. It reads generously, so before it does an answer must have but one meaning: of
 * two lines with one name it would take the last, and a line that holds {@code &} would be signed
 * like two.
 */
final class YubicoQuestion {

  private static final int NONCE_BYTES = 16;
  private static final Pattern LINE = Pattern.compile("([a-z0-9_]+)=[ -%'-~]*"); // ASCII, no &

  private final YubiKeyOtp otp;
  private final int clientId;
  private final Optional<byte[]> key;
  private final String nonce;

  /** Asks about this OTP in a way that was never asked before. */
  YubicoQuestion(YubiKeyOtp otp, YubicoSettings settings, RandomGenerator random) {
    this.otp = otp;
    this.clientId = settings.clientId();
    this.key = settings.key();
    var bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    this.nonce = BaseEncoding.base16().lowerCase().encode(bytes);
  }

  /**
   * What an answer is worth.
   *
   * @param remark what the operator must know of it; empty where nothing is out of order. It never
   *     repeats what the server said.
   */
  record Opinion(Verdict verdict, String remark) {
    static Opinion inTrouble(String remark) {
      return new Opinion(Verdict.UNREACHABLE, remark);
    }

    static Opinion untrusted(String remark) {
      return new Opinion(Verdict.REFUSED, remark);
    }
  }

  /** The question as it stands in the address. */
  String query() {
    var parameters = new TreeMap<String, String>(); // signed in the order of their names
    parameters.put("id", Integer.toString(clientId));
    parameters.put("nonce", nonce);
    parameters.put("otp", otp.value());
    var query = spell(parameters);
    if (key.isEmpty()) {
      return query;
    }
    var signature = new TreeMap<String, String>();
    signature.put("h", sign(query, key.get()));
    return query + "&" + spell(signature);
  }

  /** Only an answer that says so, to this question and about this OTP, signed, makes it valid. */
  Opinion judge(byte[] answer) {
    if (!hasOneMeaning(new String(answer, StandardCharsets.ISO_8859_1))) {
      return Opinion.untrusted("does not answer like a validation server");
    }
    try {
      return judge(new VerificationResponseImpl(new ByteArrayInputStream(answer)));
    } catch (YubicoInvalidResponse | IOException noStatus) {
      return Opinion.untrusted("answered without a status");
    } catch (IllegalArgumentException unknown) {
      return Opinion.untrusted("answered with a status that the protocol does not know");
    }
  }

  private Opinion judge(VerificationResponse answer) {
    return switch (answer.getStatus()) {
      case OK -> believe(answer);
      case BAD_OTP, REPLAYED_OTP, REPLAYED_REQUEST -> new Opinion(Verdict.REFUSED, "");
      // These are about the server or about us, and leave open what the OTP is worth.
      case BACKEND_ERROR,
          NOT_ENOUGH_ANSWERS,
          BAD_SIGNATURE,
          MISSING_PARAMETER,
          NO_SUCH_CLIENT,
          OPERATION_NOT_ALLOWED ->
          Opinion.inTrouble("answered " + answer.getStatus());
    };
  }

  private Opinion believe(VerificationResponse answer) {
    if (!isSigned(answer)) {
      return Opinion.untrusted("gave an answer that our API key did not sign");
    }
    if (!nonce.equals(answer.getNonce())) {
      return Opinion.untrusted("gave an answer to another question");
    }
    return otp.value().equals(answer.getOtp())
        ? new Opinion(Verdict.VALID, "")
        : Opinion.untrusted("gave an answer about another OTP");
  }

  private boolean isSigned(VerificationResponse answer) {
    if (key.isEmpty()) {
      return true;
    }
    var text =
        answer.getKeyValueMap().entrySet().stream() // which the library keeps in order
            .filter(line -> !line.getKey().equals("h"))
            .map(line -> line.getKey() + "=" + line.getValue())
            .collect(joining("&"));
    return MessageDigest.isEqual(
        sign(text, key.get()).getBytes(StandardCharsets.US_ASCII),
        Strings.nullToEmpty(answer.getH()).getBytes(StandardCharsets.US_ASCII));
  }

  /** Lines of readable ASCII that have a name each, no two the same. */
  private static boolean hasOneMeaning(String answer) {
    var names = new HashSet<String>();
    return answer
        .lines()
        .filter(line -> !line.isEmpty())
        .map(LINE::matcher)
        .allMatch(line -> line.matches() && names.add(line.group(1)));
  }

  private static String spell(TreeMap<String, String> parameters) {
    try {
      return HttpUtils.toQueryString(parameters);
    } catch (UnsupportedEncodingException everyJavaHasIt) {
      throw new VerifyException(everyJavaHasIt);
    }
  }

  private static String sign(String text, byte[] key) {
    try {
      return Signature.calculate(text, key);
    } catch (YubicoSignatureException everyJavaHasIt) {
      throw new VerifyException(everyJavaHasIt);
    }
  }
}
