package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.holdfast.application.factor.YubicoValidation;
import org.holdfast.application.linkedaccount.IdentityProvider;
import org.holdfast.auth.FacebookProvider;
import org.holdfast.auth.OidcProvider;
import org.holdfast.auth.YubicoServers;
import org.holdfast.auth.YubicoSettings;

/**
 * Who else vouches for people: validation servers for their YubiKeys, providers for their accounts
 * elsewhere.
 *
 * @param openId Google, and any other OpenID Connect provider
 */
record Vouching(
    Optional<YubicoSettings> yubico,
    ImmutableList<OidcProvider.Settings> openId,
    Optional<FacebookProvider.Settings> facebook) {

  private static final String YUBICO = "https://api.yubico.com/wsapi/2.0/verify";
  private static final String GOOGLE = "https://accounts.google.com";
  private static final String PROVIDER_FILES = "provider-files";

  /** What stands in the file of a provider. */
  private static final ImmutableSet<String> OF_A_PROVIDER =
      ImmutableSet.of(
          "key", "label", "issuer", "client-id", "client-secret-file", "proves-freshness");

  static Vouching read(Given given) {
    var openId = ImmutableList.<OidcProvider.Settings>builder();
    both(given, "google.client-id", "google.client-secret-file")
        .map(
            google ->
                told(
                    "google.client-id",
                    () ->
                        new OidcProvider.Settings(
                            "google", "Google", GOOGLE, google.id(), google.secret(), false)))
        .ifPresent(openId::add);
    given.list(PROVIDER_FILES).stream().map(Vouching::provider).forEach(openId::add);
    var facebook =
        both(given, "facebook.app-id", "facebook.app-secret-file")
            .map(
                app ->
                    told(
                        "facebook.app-id",
                        () -> FacebookProvider.Settings.of(app.id(), app.secret())));
    var all = openId.build();
    mustDiffer(all);
    return new Vouching(yubico(given), all, facebook);
  }

  /** Asks whom the settings name. */
  YubicoValidation yubicoValidation(SecureRandom random) {
    return yubico
        .<YubicoValidation>map(settings -> new YubicoServers(settings, random))
        .orElse(YubicoValidation.NONE);
  }

  /** The providers in the order they are offered. */
  ImmutableList<IdentityProvider> providers(InstantSource clock) {
    var all = ImmutableList.<IdentityProvider>builder();
    openId.forEach(settings -> all.add(new OidcProvider(settings, clock)));
    facebook.ifPresent(settings -> all.add(new FacebookProvider(settings)));
    return all.build();
  }

  private static Optional<YubicoSettings> yubico(Given given) {
    if (!given.has("yubico.client-id")) {
      for (var other : ImmutableList.of("yubico.key-file", "yubico.servers")) {
        if (given.has(other)) {
          throw new WrongSetting("yubico.client-id", "must be set where " + other + " is");
        }
      }
      return Optional.empty();
    }
    var named =
        given
            .parsed(
                "yubico.servers",
                text ->
                    given.list("yubico.servers").stream()
                        .map(URI::create)
                        .collect(ImmutableList.toImmutableList()),
                "must list addresses such as " + YUBICO)
            .orElse(ImmutableList.of(URI.create(YUBICO)));
    return Optional.of(
        told(
            "yubico.servers",
            () ->
                YubicoSettings.of(
                    named, given.number("yubico.client-id", 0), given.secret("yubico.key-file"))));
  }

  /** A client at somebody else's, and its secret. */
  private record Client(String id, String secret) {}

  private static Optional<Client> both(Given given, String id, String secretFile) {
    if (given.has(id) != given.has(secretFile)) {
      throw new WrongSetting(
          given.has(id) ? secretFile : id,
          "must be set where " + (given.has(id) ? id : secretFile) + " is");
    }
    return given.text(id).map(known -> new Client(known, given.secret(secretFile).orElseThrow()));
  }

  private static OidcProvider.Settings provider(String file) {
    var path = Path.of(file);
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new WrongSetting(PROVIDER_FILES, "names a file that cannot be read: " + file);
    }
    try {
      return provider(Given.of(OF_A_PROVIDER, Optional.of(path), Map.of(), Map.of()));
    } catch (WrongSetting | IllegalArgumentException why) {
      throw new WrongSetting(PROVIDER_FILES, "names " + file + ", where " + why.getMessage());
    }
  }

  private static OidcProvider.Settings provider(Given given) {
    return new OidcProvider.Settings(
        needed(given.text("key"), "key"),
        needed(given.text("label"), "label"),
        needed(given.text("issuer"), "issuer"),
        needed(given.text("client-id"), "client-id"),
        needed(given.secret("client-secret-file"), "client-secret-file"),
        given.choice("proves-freshness", ImmutableMap.of("yes", true, "no", false), false));
  }

  private static String needed(Optional<String> given, String key) {
    return given.orElseThrow(() -> new WrongSetting(key, "is missing"));
  }

  private static void mustDiffer(ImmutableList<OidcProvider.Settings> all) {
    var keys = new HashSet<String>();
    keys.add("facebook");
    for (var settings : all) {
      if (!keys.add(settings.key())) {
        throw new WrongSetting(PROVIDER_FILES, "name the key " + settings.key() + " twice");
      }
    }
  }

  private static <T> T told(String key, Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException why) {
      throw new WrongSetting(key, "cannot be: " + why.getMessage());
    }
  }
}
