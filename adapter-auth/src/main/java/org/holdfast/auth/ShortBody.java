package org.holdfast.auth;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** What a server sends, if it is no longer than it may be; otherwise it is heard no further. */
final class ShortBody implements BodySubscriber<Optional<byte[]>> {

  private final int most;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
  private final CompletableFuture<Flow.Subscription> speaker = new CompletableFuture<>();

  ShortBody(int most) {
    this.most = most;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    speaker.complete(subscription);
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (var part : parts) {
      if (body.isDone()) {
        return; // parts that were on their way
      }
      if (part.remaining() > most - heard.size()) {
        body.complete(Optional.empty());
        speaker.join().cancel(); // which cuts the connection
        return;
      }
      var bytes = new byte[part.remaining()];
      part.get(bytes);
      heard.writeBytes(bytes);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(Optional.of(heard.toByteArray()));
  }

  @Override
  public CompletionStage<Optional<byte[]>> getBody() {
    return body;
  }
}
