package org.holdfast.application.account;

import org.holdfast.application.Store;
import org.holdfast.application.session.SignedIn;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;

/**
 * Who may touch which account. An account that is not yours answers exactly like one that does not
 * exist.
 */
public final class Access {

  private final Store store;

  public Access(Store store) {
    this.store = store;
  }

  /**
   * The account with this number, of which the caller is the holder.
   *
   * @throws Refusal NO_SUCH_ACCOUNT
   */
  public Account held(SignedIn who, String number) {
    return store
        .accounts()
        .findByNumber(number)
        .filter(account -> account.holder().equals(who.user().id()))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_ACCOUNT));
  }

  /**
   * The same, locked until the transaction ends.
   *
   * @throws Refusal NO_SUCH_ACCOUNT
   */
  public Account lockHeld(SignedIn who, String number) {
    var account = held(who, number);
    return store
        .accounts()
        .lock(account.id())
        .filter(locked -> locked.holder().equals(who.user().id()))
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_ACCOUNT));
  }

  /**
   * The account with this number, for the host.
   *
   * @throws Refusal NO_SUCH_ACCOUNT
   */
  public Account any(String number) {
    return store
        .accounts()
        .findByNumber(number)
        .orElseThrow(() -> new Refusal(Reason.NO_SUCH_ACCOUNT));
  }
}
