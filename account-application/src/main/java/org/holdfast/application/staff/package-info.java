/** Capability staff. */
@NullMarked
package org.holdfast.application.staff;

import org.jspecify.annotations.NullMarked;
