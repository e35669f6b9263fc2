/** Capability credential. */
@NullMarked
package org.holdfast.application.credential;

import org.jspecify.annotations.NullMarked;
