/** Capability freeze. */
@NullMarked
package org.holdfast.application.freeze;

import org.jspecify.annotations.NullMarked;
