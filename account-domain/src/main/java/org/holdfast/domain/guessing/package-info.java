/** How guessing is made slow. */
@NullMarked
package org.holdfast.domain.guessing;

import org.jspecify.annotations.NullMarked;
