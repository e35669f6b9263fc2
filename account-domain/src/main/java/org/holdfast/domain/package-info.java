/** Words everyone shares: addresses, ids, text, and the two kinds of no. */
@NullMarked
package org.holdfast.domain;

import org.jspecify.annotations.NullMarked;
