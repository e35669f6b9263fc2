/** Capability supportpin. */
@NullMarked
package org.holdfast.application.supportpin;

import org.jspecify.annotations.NullMarked;
