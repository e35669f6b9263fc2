/** Capability guessing. */
@NullMarked
package org.holdfast.application.guessing;

import org.jspecify.annotations.NullMarked;
