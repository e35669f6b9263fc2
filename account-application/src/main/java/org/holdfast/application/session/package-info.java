/** Capability session. */
@NullMarked
package org.holdfast.application.session;

import org.jspecify.annotations.NullMarked;
