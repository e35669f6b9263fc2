/** Whom to write to besides the holder. */
@NullMarked
package org.holdfast.domain.contact;

import org.jspecify.annotations.NullMarked;
