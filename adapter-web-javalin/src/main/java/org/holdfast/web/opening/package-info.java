/** The pages of registering, and of choosing a first password. */
@NullMarked
package org.holdfast.web.opening;

import org.jspecify.annotations.NullMarked;
