package org.holdfast.application.servicekey;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The service keys that are good. */
public interface ServiceKeys {

  void add(ServiceKey key, String fingerprint);

  /** The key with this fingerprint: one indexed read. */
  Optional<ServiceKey> find(String fingerprint);

  /** Writes down that a key was used. */
  void touch(UUID id, Instant now);

  ImmutableList<ServiceKey> all();

  /** Makes a key worthless; says whether it was good. */
  boolean revoke(UUID id);
}
