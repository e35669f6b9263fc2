package org.holdfast.application.staff;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.session.Origin;
import org.holdfast.domain.staff.Staff;

/** What staff did, each act written in its own transaction. Nothing is ever changed in it. */
public interface StaffLog {

  void record(Entry entry);

  /** The newest of this staff member, behind the one with that id. */
  ImmutableList<Entry> newest(Staff.Id staff, Optional<UUID> before, int most);

  /** Has this staff member signed in from this network address since then? */
  boolean hasSignedIn(Staff.Id staff, String address, Instant since);

  /** How often each of them did what since then. */
  ImmutableList<Count> counts(Instant since);

  /**
   * Something that was done.
   *
   * @param account the number of the account it concerns; empty where it concerns none
   * @param details in words that need no translation
   */
  record Entry(
      UUID id,
      Staff.Id staff,
      Did did,
      Optional<AccountId> account,
      Instant at,
      Origin origin,
      ImmutableMap<String, String> details) {}

  /** So often did somebody this. */
  record Count(Staff.Id staff, Did did, int times) {}

  /** What staff do that is written down. */
  enum Did {
    SIGNED_IN,
    SIGNED_OUT,
    STEPPED_UP,
    READY,
    PASSWORD_CHANGED,
    SEARCHED,
    CALL_VERIFIED,
    CALLER_REFUSED,
    CALL_WITHOUT_PROOF,
    CODE_MAILED,
    CALL_ENDED,
    DETAILS_SEEN,
    RESET_LINK_SENT,
    SIGN_IN_UNLOCKED,
    SUPPORT_PIN_GIVEN,
    SUPPORT_PIN_REPLACED,
    ADVICE_SENT,
    SEEN_AS_CUSTOMER,
    CASE_OPENED,
    CASE_APPROVED,
    CASE_REFUSED,
    CASE_WITHDRAWN,
    STAFF_INVITED,
    STAFF_ROLE_CHANGED,
    STAFF_DISABLED,
    STAFF_ENABLED;

    /** Its name in words and JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
