/** Capability activity. */
@NullMarked
package org.holdfast.application.activity;

import org.jspecify.annotations.NullMarked;
