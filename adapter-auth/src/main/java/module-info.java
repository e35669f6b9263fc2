/** Passwords hashed, measured and looked up; sealing; YubiKeys asked about. */
module org.holdfast.auth {
  requires transitive org.holdfast.application;
  requires com.google.crypto.tink;
  requires com.google.gson; // of Tink, which is no real module and cannot ask for it
  requires com.nulabinc.zxcvbn;
  requires java.net.http;
  requires org.apache.commons.codec; // of Yubico's library, which is no real module either
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires yubico.validation.client2; // which says no name, and so has its file's

  exports org.holdfast.auth;
}
