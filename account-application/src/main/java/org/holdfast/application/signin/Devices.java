package org.holdfast.application.signin;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.UserId;

/** The devices that users have signed in on before, known by a cookie's fingerprint. */
public interface Devices {

  /** Remembers this device, or that it was seen again. */
  void remember(UserId user, String fingerprint, Instant now);

  /** When this user last signed in on this device, no finer than {@link #remember} was told. */
  Optional<Instant> seenAt(UserId user, String fingerprint);

  /** Forgets all of the user's devices. */
  void forgetAll(UserId user);

  /** Forgets devices not seen since then. */
  int sweep(Instant before);
}
