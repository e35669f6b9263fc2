/** The page behind "This wasn't me", and its API. */
@NullMarked
package org.holdfast.web.freeze;

import org.jspecify.annotations.NullMarked;
