/** Capability notification. */
@NullMarked
package org.holdfast.application.notification;

import org.jspecify.annotations.NullMarked;
