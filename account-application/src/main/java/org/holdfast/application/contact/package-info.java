/** Capability contact. */
@NullMarked
package org.holdfast.application.contact;

import org.jspecify.annotations.NullMarked;
