/** Capability signin. */
@NullMarked
package org.holdfast.application.signin;

import org.jspecify.annotations.NullMarked;
