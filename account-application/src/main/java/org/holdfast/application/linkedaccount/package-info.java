/** Capability linkedaccount. */
@NullMarked
package org.holdfast.application.linkedaccount;

import org.jspecify.annotations.NullMarked;
