/** Capability seal. */
@NullMarked
package org.holdfast.application.seal;

import org.jspecify.annotations.NullMarked;
