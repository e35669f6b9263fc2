/** What may become a password. */
@NullMarked
package org.holdfast.domain.credential;

import org.jspecify.annotations.NullMarked;
