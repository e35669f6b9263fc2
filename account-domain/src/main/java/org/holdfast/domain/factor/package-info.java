/** The second factors of a user: time-based tokens, YubiKeys and recovery codes. */
@NullMarked
package org.holdfast.domain.factor;

import org.jspecify.annotations.NullMarked;
