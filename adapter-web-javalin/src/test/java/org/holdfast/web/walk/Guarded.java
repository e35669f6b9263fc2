package org.holdfast.web.walk;

import com.google.common.collect.ImmutableSet;

/** Which routes are for those who are signed in, and which refuse nobody. */
final class Guarded {

  private static final ImmutableSet<String> PAGES =
      ImmutableSet.of(
          "/account/",
          "/accounts/",
          "/activity",
          "/change-password",
          "/profile",
          "/prove-it-is-you",
          "/recovery/{",
          "/security",
          "/sessions");

  /** Calls that strangers make: all others are for those who are signed in, or for hosts. */
  private static final ImmutableSet<String> OPEN_CALLS =
      ImmutableSet.of(
          "POST /api/v1/sessions",
          "POST /api/v1/sessions/factor",
          "POST /api/v1/sessions/set-up/totp",
          "POST /api/v1/sessions/set-up/totp/{factor}",
          "POST /api/v1/sessions/set-up/yubikey",
          "GET /api/v1/providers",
          "POST /api/v1/providers/{provider}/sign-in",
          "POST /api/v1/providers/{provider}/return",
          "POST /api/v1/freeze",
          "POST /api/v1/recovery-cases/veto",
          "POST /api/v1/recovery-cases/confirm",
          "POST /api/v1/registrations",
          "POST /api/v1/registrations/confirm",
          "POST /api/v1/password/forgot",
          "POST /api/v1/password/reset",
          "POST /api/v1/password/strength",
          "POST /api/v1/contacts/confirm",
          "POST /api/v1/email-changes/confirm",
          "POST /api/v1/email-changes/undo",
          "POST /api/v1/unsubscribe");

  /** What a button's address leads to when it is opened is a page, which is guarded itself. */
  private static final ImmutableSet<String> BUTTONS =
      ImmutableSet.of(
          "GET /accounts/{number}/billing",
          "GET /accounts/{number}/contacts/{contact}/resend",
          "GET /accounts/{number}/demand-factor",
          "GET /accounts/{number}/demand-no-factor",
          "GET /accounts/{number}/email/withdraw",
          "GET /language",
          "GET /profile/email/withdraw",
          "GET /prove-it-is-you/with/{provider}",
          "GET /recovery/{case}/veto",
          "GET /security/factors/{factor}/remove",
          "GET /security/links/{provider}/add",
          "GET /sessions/end-others",
          "GET /sessions/{session}/end",
          "GET /sign-in/with/{provider}",
          "GET /sign-out");

  /** The same for everybody. */
  private static final ImmutableSet<String> SIGNS =
      ImmutableSet.of(
          "GET /.well-known/change-password",
          "GET /api/v1/providers",
          "GET /contacts/confirmed",
          "GET /email/confirmed",
          "GET /email/undone",
          "GET /forgot",
          "GET /forgot/sent",
          "GET /frozen",
          "GET /openapi.yaml",
          "GET /recovery/confirmed",
          "GET /recovery/stopped",
          "GET /register",
          "GET /register/sent",
          "GET /sign-in",
          "GET /unsubscribed");

  private Guarded() {}

  /** Is there anything to be had only by those who are signed in? */
  static boolean isPrivate(String route) {
    if (BUTTONS.contains(route) || OPEN_CALLS.contains(route)) {
      return false;
    }
    var path = route.substring(route.indexOf(' ') + 1);
    return path.startsWith("/api/")
        ? !path.startsWith("/api/v1/host/")
        : path.equals("/") || path.equals("/recovery") || PAGES.stream().anyMatch(path::startsWith);
  }

  /** Can it be refused to anybody at all? */
  static boolean refuses(String route) {
    return !BUTTONS.contains(route) && !SIGNS.contains(route);
  }
}
