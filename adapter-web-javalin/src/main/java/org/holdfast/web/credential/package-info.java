/** The Change Password page, and the strength meter beside every new password. */
@NullMarked
package org.holdfast.web.credential;

import org.jspecify.annotations.NullMarked;
