/** Passwords hashed, measured and looked up; sealing; YubiKeys asked about. */
module org.holdfast.auth {
  requires transitive org.holdfast.application;
  requires com.google.crypto.tink;
  requires com.google.gson; // of Tink, which is no real module and cannot ask for it
  requires com.nulabinc.zxcvbn;
  requires java.net.http;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires yubico.validation.client2; // named after its file, as it says no name itself

  exports org.holdfast.auth;
}
