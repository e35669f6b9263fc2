/** Capability servicekey. */
@NullMarked
package org.holdfast.application.servicekey;

import org.jspecify.annotations.NullMarked;
