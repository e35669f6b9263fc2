/** The people of the company: a population of their own, never users. */
@NullMarked
package org.holdfast.domain.staff;

import org.jspecify.annotations.NullMarked;
