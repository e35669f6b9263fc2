package org.holdfast.web.console;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.holdfast.application.support.HelpCaller.Beside;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.support.Act;

/**
 * Something that can be done in a call, or why it cannot be.
 *
 * @param path below the call's
 * @param isPage is it a page to be opened rather than a button to be pressed?
 * @param whyNot the key of the words that say why not; nothing where it can be done
 */
public record Offer(Act act, String path, boolean isPage, Optional<String> whyNot) {

  /**
   * All that there is to do in a call, each by the role, the call's method, and how things stand.
   */
  static ImmutableList<Offer> all(Beside beside, Role role) {
    return ImmutableList.of(
        button(Act.GIVE_SUPPORT_PIN, "/pin", beside, role),
        button(Act.SEND_RESET_LINK, "/reset-link", beside, role),
        button(Act.UNLOCK_SIGN_IN, "/unlock", beside, role),
        button(Act.SEND_ADVICE, "/advice", beside, role),
        button(Act.REPLACE_SUPPORT_PIN, "/pin/replace", beside, role),
        page(Act.SEE_AS_CUSTOMER, "/customer", beside, role),
        page(Act.OPEN_CASE, "/case", beside, role));
  }

  public boolean isPossible() {
    return whyNot.isEmpty();
  }

  private static Offer button(Act act, String path, Beside beside, Role role) {
    return new Offer(act, path, false, whyNot(act, beside, role));
  }

  private static Offer page(Act act, String path, Beside beside, Role role) {
    return new Offer(act, path, true, whyNot(act, beside, role));
  }

  private static Optional<String> whyNot(Act act, Beside beside, Role role) {
    if (!act.isOf(role)) {
      return Optional.of("role");
    }
    if (!beside.allows(act)) {
      return Optional.of("by_" + beside.grant().method().key());
    }
    return switch (act) {
      case GIVE_SUPPORT_PIN ->
          switch (beside.pin()) {
            case GOOD -> Optional.empty();
            case NONE -> Optional.of("pin_none");
            case EXPIRED -> Optional.of("pin_expired");
            case LOCKED -> Optional.of("pin_locked");
            case SUSPENDED -> Optional.of("frozen");
          };
      case REPLACE_SUPPORT_PIN -> beside.frozen() ? Optional.of("frozen") : Optional.empty();
      case UNLOCK_SIGN_IN -> beside.signInLocked() ? Optional.empty() : Optional.of("not_locked");
      case SEND_ADVICE ->
          beside.findings().isEmpty() ? Optional.of("nothing_found") : Optional.empty();
      case OPEN_CASE -> beside.recovery().map(open -> "case_open");
      default -> Optional.empty();
    };
  }
}
