/** Capability support. */
@NullMarked
package org.holdfast.application.support;

import org.jspecify.annotations.NullMarked;
