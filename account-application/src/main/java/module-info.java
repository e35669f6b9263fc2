/** The use cases of account users and their security, and the ports they need. */
module org.holdfast.application {
  requires transitive org.holdfast.domain;
  requires transitive com.google.common;
  requires transitive static org.jspecify;
  requires transitive jakarta.validation;
  requires org.hibernate.validator;

  exports org.holdfast.application;
  exports org.holdfast.application.account;
  exports org.holdfast.application.activity;
  exports org.holdfast.application.contact;
  exports org.holdfast.application.credential;
  exports org.holdfast.application.emailchange;
  exports org.holdfast.application.errand;
  exports org.holdfast.application.factor;
  exports org.holdfast.application.linkedaccount;
  exports org.holdfast.application.freeze;
  exports org.holdfast.application.guessing;
  exports org.holdfast.application.input;
  exports org.holdfast.application.link;
  exports org.holdfast.application.lockout;
  exports org.holdfast.application.mail;
  exports org.holdfast.application.notification;
  exports org.holdfast.application.seal;
  exports org.holdfast.application.servicekey;
  exports org.holdfast.application.session;
  exports org.holdfast.application.signin;
  exports org.holdfast.application.staff;
  exports org.holdfast.application.support;
  exports org.holdfast.application.supportpin;

  opens org.holdfast.application.input to
      org.hibernate.validator;
  opens org.holdfast.application.account to
      org.hibernate.validator;
  opens org.holdfast.application.contact to
      org.hibernate.validator;
  opens org.holdfast.application.notification to
      org.hibernate.validator;
}
