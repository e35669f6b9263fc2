/** Capability factor. */
@NullMarked
package org.holdfast.application.factor;

import org.jspecify.annotations.NullMarked;
