package org.holdfast.web.planted;

import org.holdfast.application.Holdfast;
import org.holdfast.application.Policy;
import org.holdfast.application.Store;
import org.holdfast.application.account.Accounts;
import org.holdfast.domain.staff.StaffSession;
import org.holdfast.persistence.Databases;

/** A page that wires, reads a port, begins a session and knows a database. */
final class Offender {

  Holdfast wire(Store store, Policy policy, Holdfast.Parts parts) {
    return new Holdfast(store, policy, parts);
  }

  Accounts read(Store store) {
    return store.accounts();
  }

  void begin(Store store, StaffSession session) {
    store.staffSessions().add(session, "");
  }

  Databases database(String url) {
    return Databases.of(url);
  }
}
