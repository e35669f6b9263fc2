/** The portal over real HTTP, everything behind it in memory. */
@NullMarked
package org.holdfast.web;

import org.jspecify.annotations.NullMarked;
