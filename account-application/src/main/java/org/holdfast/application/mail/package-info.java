/** Capability mail. */
@NullMarked
package org.holdfast.application.mail;

import org.jspecify.annotations.NullMarked;
