package org.holdfast.application.factor;

import org.holdfast.domain.factor.TotpSecret;

/** Computes the code of one time step (RFC 6238 §4.2). Which codes count is the domain's rule. */
@FunctionalInterface
public interface TotpCodes {

  /**
   * The code for this step.
   *
   * @param step how many time steps have passed since 1970
   */
  String at(TotpSecret secret, long step);
}
