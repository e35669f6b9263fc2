/** The page of what could lock somebody out, and its API. */
@NullMarked
package org.holdfast.web.lockout;

import org.jspecify.annotations.NullMarked;
