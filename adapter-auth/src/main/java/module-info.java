/** Passwords hashed, measured and looked up; sealing; second factors and identities checked. */
module org.holdfast.auth {
  requires transitive org.holdfast.application;
  requires com.google.crypto.tink;
  requires com.google.gson; // of Tink, which is no real module; our part of the key set's file
  requires com.nimbusds.jose.jwt;
  requires com.nulabinc.zxcvbn;
  requires java.net.http;
  requires org.apache.commons.codec; // of Yubico's library, which is no real module either
  requires org.bouncycastle.provider;
  requires org.slf4j;

  // named after their files, as they say no names themselves
  requires oauth2.oidc.sdk;
  requires otp.java;
  requires yubico.validation.client2;

  exports org.holdfast.auth;
}
