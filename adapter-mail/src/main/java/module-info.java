/** Letters written and sent. */
module org.holdfast.mail {
  requires transitive org.holdfast.application;
  requires jakarta.mail;
  requires org.eclipse.angus.mail;
  requires org.slf4j;

  exports org.holdfast.mail;
}
