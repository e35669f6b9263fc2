/** The secret by which a caller proves to staff who they are. */
@NullMarked
package org.holdfast.domain.supportpin;

import org.jspecify.annotations.NullMarked;
