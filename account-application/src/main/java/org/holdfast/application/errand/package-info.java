/** Capability errand. */
@NullMarked
package org.holdfast.application.errand;

import org.jspecify.annotations.NullMarked;
