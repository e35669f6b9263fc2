package org.holdfast.web.walk;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;

/**
 * What each route is asked with: the fields of its body, or of its query where it has no body. A
 * field is written as its name, or as name and kind, where what belongs into it is not what its
 * name says. Routes that are not listed are asked with nothing.
 */
final class Fields {

  private static final String ADDRESS =
      "address.line1:line address.line2:empty address.city:line address.region:empty"
          + " address.postcode:postcode address.country:country";
  private static final String DETAILS =
      "firstName:line lastName:line company:empty phone:empty taxId:empty language " + ADDRESS;
  private static final String CONTACT =
      "name email:newEmail company:empty phone:empty " + ADDRESS + " categories:category";
  private static final String PROFILE = "firstName:line lastName:line language timeZone:zone";
  private static final String MESSAGE = "idempotencyKey:key subject:line text:line html:line";

  private static final ImmutableMap<String, String> ALL =
      ImmutableMap.<String, String>builder()
          .put("POST /language", "language next")
          .put("POST /sign-in", "email password next")
          .put("POST /prove-it-is-you", "password code next")
          .put("POST /sign-in/code", "code next")
          .put("POST /sign-in/set-up", "name next")
          .put("POST /sign-in/set-up/yubikey", "name code:touch next")
          .put("POST /sign-in/set-up/{factor}", "code:firstCode next")
          .put("POST /sign-in/with/{provider}", "next")
          .put("POST /prove-it-is-you/with/{provider}", "code next")
          .put("GET /linked/{provider}/return", "state code:identity error:error")
          .put("POST /security/tokens/add", "name")
          .put("POST /security/tokens/{factor}", "code:firstCode")
          .put("POST /security/yubikeys/add", "name code:touch")
          .put("POST /security/factors/{factor}", "name")
          .put("GET /freeze", "token:FREEZE?")
          .put("GET /recovery/veto", "token:VETO_CASE?")
          .put("GET /recovery/confirm", "token:CONFIRM_CASE?")
          .put("POST /register", "email:newEmail " + DETAILS)
          .put("GET /welcome", "token:WELCOME?")
          .put("POST /welcome", "newPassword")
          .put("POST /forgot", "email")
          .put("GET /forgot/choose", "token:RESET?")
          .put("POST /forgot/choose", "newPassword")
          .put("POST /change-password", "currentPassword:password newPassword")
          .put("POST /password-strength", "newPassword")
          .put("POST /accounts/{number}/details", DETAILS + " version")
          .put("POST /accounts/{number}/billing", "contact")
          .put("POST /profile", PROFILE)
          .put("POST /profile/email", "email:newEmail")
          .put("POST /accounts/{number}/email", "email:newEmail")
          .put("GET /email/confirm", "token:CONFIRM_EMAIL?")
          .put("GET /email/undo", "token:UNDO_EMAIL?")
          .put("POST /accounts/{number}/contacts/new", CONTACT)
          .put("POST /accounts/{number}/contacts/holder", "categories:category")
          .put("POST /accounts/{number}/contacts/{contact}", CONTACT)
          .put("GET /contacts/confirm", "token:CONFIRM_CONTACT?")
          .put("GET /accounts/{number}/recipients", "category")
          .put("GET /unsubscribe", "token:UNSUBSCRIBE")
          .put("POST /unsubscribe", "token:UNSUBSCRIBE")
          .put("POST /api/v1/sessions", "email password device")
          .put("POST /api/v1/sessions/factor", "pending code device")
          .put("POST /api/v1/sessions/set-up/totp", "pending name")
          .put("POST /api/v1/sessions/set-up/totp/{factor}", "pending code:firstCode device")
          .put("POST /api/v1/sessions/set-up/yubikey", "pending name code:touch device")
          .put("POST /api/v1/sessions/current/step-up", "password code")
          .put("POST /api/v1/factors/totp", "name")
          .put("POST /api/v1/factors/totp/{factor}/confirm", "code:firstCode")
          .put("POST /api/v1/factors/yubikeys", "name code:touch")
          .put("PUT /api/v1/factors/{factor}", "name")
          .put("PUT /api/v1/accounts/{number}/factor-demand", "demanded")
          .put("POST /api/v1/providers/{provider}/step-up", "code")
          .put("POST /api/v1/providers/{provider}/return", "browser state code:identity device")
          .put("POST /api/v1/freeze", "link:FREEZE")
          .put("POST /api/v1/recovery-cases/veto", "link:VETO_CASE")
          .put("POST /api/v1/recovery-cases/confirm", "link:CONFIRM_CASE")
          .put("POST /api/v1/registrations", "email:newEmail " + DETAILS)
          .put("POST /api/v1/registrations/confirm", "token:WELCOME newPassword")
          .put("POST /api/v1/host/accounts", "email:newEmail " + DETAILS)
          .put("POST /api/v1/password/forgot", "email device")
          .put("POST /api/v1/password/reset", "token:RESET newPassword")
          .put("PUT /api/v1/password", "currentPassword:password newPassword")
          .put("POST /api/v1/password/strength", "newPassword token:RESET")
          .put("PUT /api/v1/profile", PROFILE)
          .put("GET /api/v1/host/users", "email")
          .put("PUT /api/v1/accounts/{number}/details", "version " + DETAILS)
          .put("PUT /api/v1/accounts/{number}/billing", "contact")
          .put("PUT /api/v1/accounts/{number}/holder-categories", "categories:category")
          .put("PUT /api/v1/host/accounts/{number}/details", DETAILS)
          .put("PUT /api/v1/host/accounts/{number}/domains", "domains:domain")
          .put("GET /api/v1/host/accounts/{number}/invoice-party", "at")
          .put("POST /api/v1/accounts/{number}/contacts", CONTACT)
          .put("PUT /api/v1/accounts/{number}/contacts/{contact}", CONTACT)
          .put("POST /api/v1/contacts/confirm", "token:CONFIRM_CONTACT")
          .put("POST /api/v1/profile/email-change", "email:newEmail")
          .put("POST /api/v1/accounts/{number}/email-change", "email:newEmail")
          .put("POST /api/v1/email-changes/confirm", "token:CONFIRM_EMAIL")
          .put("POST /api/v1/email-changes/undo", "token:UNDO_EMAIL")
          .put("GET /api/v1/accounts/{number}/recipients", "category")
          .put("GET /api/v1/host/accounts/{number}/recipients", "category")
          .put("POST /api/v1/unsubscribe", "token:UNSUBSCRIBE")
          .put("POST /api/v1/host/accounts/{number}/notifications", "category " + MESSAGE)
          .put("POST /api/v1/host/announcements", MESSAGE)
          .put("GET /api/v1/activity/export", "format")
          .buildOrThrow();

  private Fields() {}

  /** The kinds of the fields of a route, by their names. */
  static ImmutableListMultimap<String, String> of(String route) {
    var fields = ImmutableListMultimap.<String, String>builder();
    for (var field : Splitter.on(' ').omitEmptyStrings().split(ALL.getOrDefault(route, ""))) {
      var parts = Splitter.on(':').splitToList(field);
      fields.put(parts.get(0), parts.get(parts.size() - 1));
    }
    return fields.build();
  }
}
