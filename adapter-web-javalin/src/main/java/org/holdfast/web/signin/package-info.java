/** The pages of signing in, signing out, and proving again who one is. */
@NullMarked
package org.holdfast.web.signin;

import org.jspecify.annotations.NullMarked;
