package org.holdfast.application.contact;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import java.util.Collection;
import java.util.Optional;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.contact.Contact;

/** The contacts of the accounts. */
public interface Contacts {

  /** Adds a contact, unless the account has one with this address: then this says false. */
  boolean add(Contact contact);

  Optional<Contact> find(Contact.Id id);

  /**
   * Stores a changed contact.
   *
   * @return false, and nothing has happened, when another contact of the account has this address
   */
  boolean save(Contact contact);

  void remove(Contact.Id id);

  /** The account's contacts, oldest first. */
  ImmutableList<Contact> of(AccountId account);

  /** The contacts of several accounts in one read. */
  ImmutableListMultimap<AccountId, Contact> ofAll(Collection<AccountId> accounts);
}
