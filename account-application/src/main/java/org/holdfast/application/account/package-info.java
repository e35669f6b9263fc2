/** Capability account. */
@NullMarked
package org.holdfast.application.account;

import org.jspecify.annotations.NullMarked;
