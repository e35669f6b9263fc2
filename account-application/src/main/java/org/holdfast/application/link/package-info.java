/** Capability link. */
@NullMarked
package org.holdfast.application.link;

import org.jspecify.annotations.NullMarked;
