package org.holdfast.application.mail;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Language;
import org.holdfast.domain.contact.Contact;
import org.jspecify.annotations.Nullable;

/**
 * A letter to one address. Its id makes its Message-ID, so that a letter sent again after a crash
 * is known for the same one. It does not print its words: some of them open things.
 *
 * @param words what the letter's text mentions; kept sealed, and only until it is sent
 * @param account whose delivery log shows it
 * @param contact which contact it goes to, where it goes to one
 * @param notification whose message it carries, for {@link Kind#NOTIFICATION}
 * @param expiresAt when it is no longer worth sending
 */
public record Letter(
    UUID id,
    Kind kind,
    EmailAddress to,
    Language language,
    ImmutableMap<String, String> words,
    @Nullable AccountId account,
    Contact.@Nullable Id contact,
    @Nullable UUID notification,
    Instant postedAt,
    @Nullable Instant expiresAt) {

  /** The letters we write; each names the words its text mentions. */
  public enum Kind {
    /** link, hours. */
    CONFIRM_REGISTRATION,
    /** signInLink, forgotLink. */
    ALREADY_REGISTERED,
    /** name, number, link, days. */
    WELCOME,
    /** name, link, minutes, at, zone, address, device. */
    RESET_LINK,
    /** number, name, at, zone: to contacts, and never with a link. */
    PASSWORD_REMINDER,
    /** name, at, zone, address, device, forgotLink, freezeLink. */
    PASSWORD_CHANGED,
    /** name, at, zone, address, device, forgotLink, freezeLink. */
    NEW_DEVICE,
    /** name, guesses, at, zone, address, device, freezeLink: at the password. */
    GUESSES_FAILED,
    /** name, guesses, at, zone, address, device, freezeLink: behind the right password. */
    CODES_FAILED,
    /** name, factor, at, zone, address, device, freezeLink. */
    FACTOR_ADDED,
    /** name, factor, last (or empty), at, zone, address, device, freezeLink. */
    FACTOR_REMOVED,
    /** name, at, zone, address, device, freezeLink. */
    RECOVERY_CODES_MADE,
    /** name, left, few (or empty), at, zone, address, device, freezeLink. */
    RECOVERY_CODE_USED,
    /** name, provider, at, zone, address, device, freezeLink. */
    ACCOUNT_LINKED,
    /** name, provider, at, zone, address, device, freezeLink. */
    ACCOUNT_UNLINKED,
    /** name, at, zone, address, device, freezeLink. */
    SESSIONS_ENDED,
    /** name, number, at, zone, address, device, freezeLink. */
    SUPPORT_PIN_REPLACED,
    /** name, code, minutes, at, zone, freezeLink: read out to support by whoever called. */
    SUPPORT_CODE,
    /** name, number, agent, at, zone, freezeLink: read out to a verified caller. */
    SUPPORT_PIN_GIVEN,
    /** name, number, agent, at, zone, freezeLink: replaced by support for a verified caller. */
    SUPPORT_PIN_REPLACED_BY_STAFF,
    /** name, number, at, zone, pinLink: wrong ones were said too often. */
    SUPPORT_PIN_LOCKED,
    /** name, number, agent, at, zone, freezeLink. */
    SIGN_IN_UNLOCKED,
    /** name, number, agent, at, zone, freezeLink. */
    SEEN_AS_CUSTOMER,
    /** name, number, agent, findings (their kinds, by commas), link, at, zone. */
    LOCK_OUT_ADVICE,
    /** name, number, lost (a case's kind), newAddress (may be empty), hours, vetoLink, at, zone. */
    CASE_OPENED,
    /** name, number, lost, newAddress (may be empty), due, vetoLink, at, zone. */
    CASE_APPROVED,
    /** name, number, lost, ended (the state it came to), at, zone. */
    CASE_ENDED,
    /** name, number, lost, newAddress (may be empty), forgotLink, at, zone. */
    CASE_DONE,
    /** link, days: to the new address. */
    CONFIRM_CASE_ADDRESS,
    /** name, role, link, days: to staff. */
    STAFF_INVITATION,
    /** name, at, zone, address, device: to the staff member. */
    STAFF_PASSWORD_CHANGED,
    /** name, who, role, by (may be empty): to administrators. */
    STAFF_JOINED,
    /** name, number, agent: to supervisors. */
    PIN_LOCKED_ALERT,
    /** name, agent: to supervisors. */
    STAFF_LIMIT_ALERT,
    /** name, number, agent, lost, link: to supervisors. */
    CASE_TO_DECIDE,
    /** name, at, zone, address, device, forgotLink. */
    FROZEN,
    /** name, at, zone, address, device, freezeLink. */
    THAWED,
    /** link, hours. */
    CONFIRM_EMAIL_CHANGE,
    /** name, newAddress, link (stops it), at, zone, address, device, freezeLink. */
    EMAIL_CHANGE_ASKED,
    /** name, newAddress, link (undoes it), days, at, zone, freezeLink. */
    EMAIL_CHANGED,
    /** name, restored, at, zone, forgotLink. */
    EMAIL_CHANGE_UNDONE,
    /** no words: somebody wanted to move to an address that is another user's. */
    ADDRESS_IN_USE,
    /** holder, company (may be empty), link, days. */
    CONFIRM_CONTACT,
    /** name, suppressed, reply, contactsLink. */
    ADDRESS_SUPPRESSED,
    /** none: it carries the notification's message. */
    NOTIFICATION
  }

  public Optional<AccountId> ofAccount() {
    return Optional.ofNullable(account);
  }

  public Optional<Contact.Id> toContact() {
    return Optional.ofNullable(contact);
  }

  public Optional<UUID> ofNotification() {
    return Optional.ofNullable(notification);
  }

  public Optional<Instant> expiry() {
    return Optional.ofNullable(expiresAt);
  }

  @Override
  public String toString() {
    return kind + " " + id;
  }
}
