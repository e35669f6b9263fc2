/** Passwords hashed, measured and looked up; sealing; identities that others vouch for. */
module org.holdfast.auth {
  requires transitive org.holdfast.application;
  requires com.google.crypto.tink;
  requires com.google.gson; // of Tink, which is no real module and cannot ask for it
  requires com.nimbusds.jose.jwt;
  requires com.nulabinc.zxcvbn;
  requires java.net.http;
  requires oauth2.oidc.sdk; // no real module: its name is its file's
  requires org.bouncycastle.provider;
  requires org.slf4j;

  exports org.holdfast.auth;
}
