/** The pages behind "Forgot?". */
@NullMarked
package org.holdfast.web.passwordreset;

import org.jspecify.annotations.NullMarked;
