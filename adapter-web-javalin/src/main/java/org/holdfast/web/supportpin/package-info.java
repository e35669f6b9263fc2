/** The support PIN's page, and its API. */
@NullMarked
package org.holdfast.web.supportpin;

import org.jspecify.annotations.NullMarked;
