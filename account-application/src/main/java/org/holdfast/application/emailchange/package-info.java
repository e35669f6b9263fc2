/** Capability emailchange. */
@NullMarked
package org.holdfast.application.emailchange;

import org.jspecify.annotations.NullMarked;
