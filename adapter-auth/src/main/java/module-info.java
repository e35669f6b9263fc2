/** Passwords hashed, measured and looked up; sealing. */
module org.holdfast.auth {
  requires transitive org.holdfast.application;
  requires com.google.crypto.tink;
  requires com.google.gson; // of Tink, which is no real module; our part of the key set's file
  requires com.nulabinc.zxcvbn;
  requires org.bouncycastle.provider;
  requires org.slf4j;

  exports org.holdfast.auth;
}
