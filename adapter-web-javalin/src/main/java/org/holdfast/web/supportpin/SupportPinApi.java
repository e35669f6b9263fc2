package org.holdfast.web.supportpin;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.time.Instant;
import org.holdfast.application.supportpin.KeepSupportPin;
import org.holdfast.web.Api;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** The support PIN, as JSON. */
public final class SupportPinApi implements EndpointGroup {

  private final Api api;
  private final KeepSupportPin supportPin;

  public SupportPinApi(Api api, KeepSupportPin supportPin) {
    this.api = api;
    this.supportPin = supportPin;
  }

  /**
   * The caller's PIN on an account; all null where there is none.
   *
   * @param locked were wrong ones said so often that only a new one helps?
   */
  public record Pin(
      @Nullable String pin, @Nullable Instant madeAt, @Nullable Instant expiresAt, boolean locked) {

    /** It does not print. */
    @Override
    public String toString() {
      return "Pin[…]";
    }

    static Pin of(KeepSupportPin.Shown shown) {
      return new Pin(
          shown.pin().digits(), shown.madeAt(), shown.expiresAt().orElse(null), shown.locked());
    }
  }

  @Override
  public void addEndpoints() {
    api.get("/accounts/{number}/support-pin", this::show);
    api.post("/accounts/{number}/support-pin", this::replace);
  }

  private void show(Context ctx) {
    ctx.json(
        supportPin
            .show(api.signedIn(ctx), Query.account(ctx))
            .map(Pin::of)
            .orElse(new Pin(null, null, null, false)));
  }

  private void replace(Context ctx) {
    var who = api.signedIn(ctx);
    api.readNothing(ctx);
    ctx.status(201).json(Pin.of(supportPin.replace(who, Query.account(ctx))));
  }
}
