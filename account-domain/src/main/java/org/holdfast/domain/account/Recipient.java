package org.holdfast.domain.account;

import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.contact.Contact;

/**
 * Somebody a notification goes to.
 *
 * @param contact who it is among the contacts; nothing for the holder
 * @param confirmed has the address proved to be read?
 */
public record Recipient(
    EmailAddress email, String name, Optional<Contact.Id> contact, boolean confirmed) {}
