/** Account users and their security: the use cases, and the ports they need. */
@NullMarked
package org.holdfast.application;

import org.jspecify.annotations.NullMarked;
