/**
 * Flaws that other products had, each tried here: what must not happen is the name of a test, and
 * where it did happen stands above it.
 */
@NullMarked
package org.holdfast.web.attacks;

import org.jspecify.annotations.NullMarked;
