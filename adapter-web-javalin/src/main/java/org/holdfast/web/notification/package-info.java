/** The pages of who would hear about what, what became of each letter, and unsubscribing. */
@NullMarked
package org.holdfast.web.notification;

import org.jspecify.annotations.NullMarked;
