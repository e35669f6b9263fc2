package org.holdfast.auth;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.holdfast.application.factor.YubicoValidation;
import org.holdfast.auth.YubicoQuestion.Opinion;
import org.holdfast.domain.factor.YubiKeyOtp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks validation servers one after the other, YubiCloud or the operator's own, until one of them
 * says yes or no. A server in trouble costs its share of the time, and the next one is asked; a no
 * is never taken to another server, which might not have heard of the OTP's first use yet.
 *
 * <p>Of Yubico's library this takes the protocol ({@link YubicoQuestion}) and not the client, which
 * cannot be bounded from outside: each client has threads of its own, which wait 15 seconds for
 * every byte and go on when nobody waits any more; it reads without end, follows redirects, and
 * logs the whole address, OTP and all, when a server answers with an error. Here a server that
 * stalls, talks on or sends us elsewhere holds no thread but the caller's, no more memory than an
 * answer needs, and nobody beyond the time that was set. So many may ask at once; to everybody else
 * the verdict is {@link org.holdfast.application.factor.YubicoValidation.Verdict#UNREACHABLE}, at
 * once.
 */
public final class YubicoServers implements YubicoValidation {

  private static final Logger LOG = LoggerFactory.getLogger(YubicoServers.class);
  private static final int LONGEST_ANSWER = 4_096; // theirs have about 200 bytes
  private static final int THREADS = 8; // busy only while bytes come, or a name is looked up
  private static final int STEPS_WAITING = 1_024; // each ask has a few

  private final YubicoSettings settings;
  private final RandomGenerator random;
  private final Semaphore places;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .executor(threads())
          .build();

  /**
   * @param random what questions are told apart by; must be a cryptographic generator
   */
  public YubicoServers(YubicoSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
    this.places = new Semaphore(settings.atOnce());
  }

  @Override
  public Verdict ask(YubiKeyOtp otp) {
    if (!places.tryAcquire()) {
      LOG.warn("YubiKey {}: no server was asked, as too many are being asked", otp.publicId());
      return Verdict.UNREACHABLE;
    }
    try {
      return askInTurn(otp);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Verdict.UNREACHABLE;
    } catch (RuntimeException ourMistake) { // its message might repeat the OTP
      LOG.warn("YubiKey {}: no server could be asked ({})", otp.publicId(), name(ourMistake));
      return Verdict.UNREACHABLE;
    } finally {
      places.release();
    }
  }

  private Verdict askInTurn(YubiKeyOtp otp) throws InterruptedException {
    var end = System.nanoTime() + settings.patience().toNanos();
    var left = settings.servers().size();
    for (var server : settings.servers()) {
      var opinion = ask(server, otp, (end - System.nanoTime()) / left--);
      if (!opinion.remark().isEmpty()) {
        LOG.warn("YubiKey {}: {} {}", otp.publicId(), server.getAuthority(), opinion.remark());
      }
      if (opinion.verdict() != Verdict.UNREACHABLE) {
        return opinion.verdict();
      }
    }
    return Verdict.UNREACHABLE;
  }

  private Opinion ask(URI server, YubiKeyOtp otp, long nanos) throws InterruptedException {
    var question = new YubicoQuestion(otp, settings, random);
    var address = URI.create(server + "?" + question.query());
    var answer =
        client.sendAsync(HttpRequest.newBuilder(address).build(), YubicoServers::shortBody);
    try {
      return judge(question, answer.get(nanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException outOfTime) {
      return Opinion.inTrouble("did not answer in time");
    } catch (ExecutionException broken) {
      return Opinion.inTrouble("cannot be asked (" + name(broken) + ")");
    } finally {
      answer.cancel(true); // which cuts the connection where the answer is not complete
    }
  }

  private static Opinion judge(YubicoQuestion question, HttpResponse<Optional<byte[]>> answer) {
    return answer.statusCode() == 200
        ? answer
            .body()
            .map(question::judge)
            .orElseGet(() -> Opinion.untrusted("does not stop answering"))
        : Opinion.inTrouble("answered with HTTP " + answer.statusCode());
  }

  private static HttpResponse.BodySubscriber<Optional<byte[]>> shortBody(
      HttpResponse.ResponseInfo head) {
    return new ShortBody(head.statusCode() == 200 ? LONGEST_ANSWER : 0);
  }

  private static String name(Throwable failure) {
    var cause = Optional.ofNullable(failure.getCause()).orElse(failure);
    return cause.getClass().getSimpleName();
  }

  /** Few, and none while nothing is asked. */
  private static Executor threads() {
    var threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(STEPS_WAITING),
            new ThreadFactoryBuilder().setNameFormat("yubico-%d").setDaemon(true).build());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }
}
