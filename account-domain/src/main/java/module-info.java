/** The rules of account users and their security. No clock, no randomness of its own, no I/O. */
module org.holdfast.domain {
  requires transitive com.google.common;
  requires transitive static org.jspecify;

  exports org.holdfast.domain;
  exports org.holdfast.domain.account;
  exports org.holdfast.domain.activity;
  exports org.holdfast.domain.contact;
  exports org.holdfast.domain.credential;
  exports org.holdfast.domain.factor;
  exports org.holdfast.domain.guessing;
  exports org.holdfast.domain.invoice;
  exports org.holdfast.domain.notification;
  exports org.holdfast.domain.session;
  exports org.holdfast.domain.staff;
  exports org.holdfast.domain.support;
  exports org.holdfast.domain.supportpin;
}
