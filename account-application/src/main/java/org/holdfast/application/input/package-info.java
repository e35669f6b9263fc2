/** What people and hosts hand in, as typed, and how it is checked. */
@NullMarked
package org.holdfast.application.input;

import org.jspecify.annotations.NullMarked;
