package org.holdfast.application.link;

/** What a mailed link is for. It opens that and nothing else. */
public enum Purpose {
  /** Confirms a self-registration and chooses the first password. Subject: the registration. */
  REGISTER,
  /** Confirms the address of a user whose account the host opened. Subject: the user. */
  WELCOME,
  /** Chooses a new password. Subject: the user. */
  RESET_PASSWORD,
  /** Confirms a new e-mail address. Subject: the change. */
  CONFIRM_EMAIL_CHANGE,
  /** Takes a change of e-mail address back. Subject: the change. */
  UNDO_EMAIL_CHANGE,
  /** Confirms a contact's address. Subject: the contact. */
  CONFIRM_CONTACT,
  /** Says "This wasn't me". Subject: the user. */
  FREEZE,
  /** Sets a staff member's password and second factor up. Subject: the staff member. */
  STAFF_INVITATION,
  /** Says no to a recovery case. Subject: the case. */
  VETO_CASE,
  /** Proves the new address of a recovery case. Subject: the case. */
  CONFIRM_CASE_ADDRESS
}
