/** Capability lockout. */
@NullMarked
package org.holdfast.application.lockout;

import org.jspecify.annotations.NullMarked;
