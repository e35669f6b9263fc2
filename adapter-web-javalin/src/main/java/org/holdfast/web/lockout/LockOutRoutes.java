package org.holdfast.web.lockout;

import static io.javalin.apibuilder.ApiBuilder.get;

import com.google.common.collect.ImmutableMap;
import io.javalin.apibuilder.EndpointGroup;
import io.javalin.http.Context;
import org.holdfast.application.account.EditAccount;
import org.holdfast.application.lockout.CheckLockOut;
import org.holdfast.domain.account.Account;
import org.holdfast.web.Form;
import org.holdfast.web.Portal;
import org.holdfast.web.Query;

/** What could lock somebody out of an account, each with where it is mended. */
public final class LockOutRoutes implements EndpointGroup {

  private final Portal portal;
  private final CheckLockOut checkLockOut;
  private final EditAccount editAccount;

  public LockOutRoutes(Portal portal, CheckLockOut checkLockOut, EditAccount editAccount) {
    this.portal = portal;
    this.checkLockOut = checkLockOut;
    this.editAccount = editAccount;
  }

  @Override
  public void addEndpoints() {
    get("/accounts/{number}/lock-out", this::show);
  }

  private void show(Context ctx) {
    var who = portal.visits().of(ctx).signedIn();
    var number = Query.account(ctx);
    var findings = checkLockOut.check(who, number);
    portal
        .pages()
        .show(
            ctx,
            "lockout/check.jte",
            Form.EMPTY,
            editAccount.page(who, number).account(),
            ImmutableMap.of("findings", findings));
  }

  /** The page on which a finding is mended. */
  public static String mending(CheckLockOut.Finding finding, Account account) {
    var base = "/accounts/" + account.number();
    var ofAccount = finding.about().equals(account.details().email().value());
    return switch (finding.kind()) {
      case ADDRESS_ON_OWN_DOMAIN, ADDRESS_REFUSES_MAIL ->
          ofAccount ? base + "/email" : "/profile/email";
      case ONE_FACTOR_NO_CODES -> "/security/recovery-codes";
      case NAMES_DIFFER -> base + "/align";
      case NOBODY_RECEIVES_INVOICES -> base + "/contacts";
    };
  }
}
