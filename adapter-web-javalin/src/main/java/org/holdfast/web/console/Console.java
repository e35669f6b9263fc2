package org.holdfast.web.console;

import static io.javalin.apibuilder.ApiBuilder.before;
import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.collect.ImmutableSet;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.holdfast.application.Holdfast;
import org.holdfast.web.Answers;
import org.holdfast.web.Api;
import org.holdfast.web.Assets;
import org.holdfast.web.Origins;
import org.holdfast.web.Site;

/**
 * The console, to be put into a Javalin server of its own:
 *
 * <pre>{@code
 * var console = new Console(holdfast, clock, proxy -> false);
 * Javalin.start(console::configure);
 * }</pre>
 *
 * <p>It must be reached at the URI of the policy's desk, which must be https except on loopback,
 * and must not be the portal's.
 */
public final class Console {

  /** What a stranger may open; anything else asks for a session first, whatever its route does. */
  private static final ImmutableSet<String> OPEN =
      ImmutableSet.of("/sign-in", "/invitation", "/openapi.yaml");

  private static final byte[] OPENAPI = Assets.load("console-openapi.yaml");

  private final Holdfast holdfast;
  private final InstantSource clock;
  private final Site<StaffVisits> site;

  /**
   * The console of one Holdfast.
   *
   * @param isTrustedProxy whose X-Forwarded-For is believed, by network address
   */
  public Console(Holdfast holdfast, InstantSource clock, Predicate<String> isTrustedProxy) {
    this.holdfast = holdfast;
    this.clock = clock;
    site =
        Site.console(
            holdfast.policy(),
            cookies ->
                new StaffVisits(holdfast.signInStaff(), new Origins(isTrustedProxy), cookies));
  }

  /** Puts the console into a server. */
  public void configure(JavalinConfig config) {
    site.configure(
        config,
        () -> {
          before(this::mustBeSignedIn);
          get("/assets/{file}", site.assets()::send);
          new StaffSignInRoutes(site, holdfast.signInStaff(), holdfast.policy()).addEndpoints();
          new InvitationRoutes(site, holdfast.signInStaff(), holdfast.policy()).addEndpoints();
          new SearchRoutes(site, holdfast.answerCall(), clock).addEndpoints();
          new VerifyRoutes(site, holdfast.answerCall()).addEndpoints();
          new CallRoutes(
                  site,
                  holdfast.answerCall(),
                  holdfast.helpCaller(),
                  holdfast.recoverAccess(),
                  clock)
              .addEndpoints();
          new CaseRoutes(site, holdfast.recoverAccess(), clock).addEndpoints();
          new LogRoutes(site, holdfast.readStaffLog()).addEndpoints();
          new StaffRoutes(site, holdfast.keepStaff(), clock).addEndpoints();
          addApi();
        });
  }

  private void addApi() {
    var api = new Api(site.visits());
    get("/openapi.yaml", ctx -> ctx.contentType("application/yaml").result(OPENAPI));
    new StaffApi(
            api,
            holdfast.signInStaff(),
            holdfast.keepStaff(),
            holdfast.readStaffLog(),
            holdfast.policy())
        .addEndpoints();
    new CallApi(api, holdfast.answerCall(), holdfast.helpCaller(), holdfast.recoverAccess())
        .addEndpoints();
    new CaseApi(api, holdfast.recoverAccess()).addEndpoints();
  }

  private void mustBeSignedIn(Context ctx) {
    var path = ctx.path();
    // below /api each route asks, as there a stranger may also sign in
    if (!OPEN.contains(path) && !path.startsWith("/assets/") && !Answers.isApi(ctx)) {
      site.visits().of(ctx).signedInStaff();
    }
  }
}
