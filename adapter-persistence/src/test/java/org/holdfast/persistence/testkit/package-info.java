/** Throw-away databases for tests. */
@NullMarked
package org.holdfast.persistence.testkit;

import org.jspecify.annotations.NullMarked;
