/** A random walk over every route and state, watched by somebody who decides for himself. */
@NullMarked
package org.holdfast.web.walk;

import org.jspecify.annotations.NullMarked;
