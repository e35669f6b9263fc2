package org.holdfast.web.lockout;

import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import java.util.List;
import org.holdfast.application.lockout.CheckLockOut;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;
import org.holdfast.web.Api;
import org.holdfast.web.Json;
import org.holdfast.web.Query;
import org.jspecify.annotations.Nullable;

/** What could lock somebody out, and which domains an account runs, as JSON. */
public final class LockOutApi implements EndpointGroup {

  private final Api api;
  private final CheckLockOut checkLockOut;

  public LockOutApi(Api api, CheckLockOut checkLockOut) {
    this.api = api;
    this.checkLockOut = checkLockOut;
  }

  private record Domains(@Nullable List<String> domains) {}

  /** Something that could lock somebody out; {@code about} an address, or empty. */
  public record Finding(String kind, String about) {}

  /** All that was found. */
  public record Findings(List<Finding> findings) {}

  @Override
  public void addEndpoints() {
    api.get("/accounts/{number}/lock-out", this::check);
    api.put("/host/accounts/{number}/domains", this::hostDomains);
  }

  private void check(Context ctx) {
    ctx.json(
        new Findings(
            checkLockOut.check(api.signedIn(ctx), Query.account(ctx)).stream()
                .map(found -> new Finding(found.kind().key(), found.about()))
                .toList()));
  }

  private void hostDomains(Context ctx) {
    var domains = Json.read(ctx, Domains.class).domains();
    if (domains == null || domains.contains(null)) {
      throw new InvalidInput(List.of(new Fault("domains", "required")));
    }
    checkLockOut.hostDomains(Query.account(ctx), domains);
    ctx.status(204);
  }
}
